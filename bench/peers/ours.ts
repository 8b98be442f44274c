import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Bars } from '../../src/core/bars.ts';
import { Instrument } from '../../src/core/instrument.ts';
import { type Signals, signals } from '../../src/core/signal.ts';
import { readBars } from '../../src/data/readers/read-bars.ts';
import { Backtester } from '../../src/execution/backtester.ts';
import type { BacktestResult } from '../../src/execution/types.ts';
import { ema } from '../../src/indicators/index.ts';

// `ours.ts bars.csv repetitions`: the same run, the same line of JSON as the Python scripts beside it.

const CAPITAL = 10_000;
const MILLION = 1_000_000;
const [path, repetitions] = [process.argv[2], Number(process.argv[3])];
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const { bars } = await readBars(path, { symbol: 'BTCUSDT', timeframe: '1m' });
const rules = { symbol: bars.symbol, base: 'BTC', quote: 'USDT', priceTick: 1e-8, minNotional: 0 };
const costs = { takerPct: 0.01, makerPct: 0.01, slippageBps: 0 };
const backtester = new Backtester(bars, {
  capital: CAPITAL,
  costs,
  // What is open after the last bar is valued and not closed, as in the other engines of fractional quantities.
  fills: { atEnd: 'keep' },
  instrument: new Instrument({ ...rules, lotStep: 1e-8, source: 'given' }),
});

let made = crossings(bars);
let result = backtester.run(made);
const whole: number[] = [];
const simulation: number[] = [];
for (let r = 0; r < repetitions; r++) {
  const start = performance.now();
  made = crossings(bars);
  const decided = performance.now();
  result = backtester.run(made);
  const end = performance.now();
  whole.push((end - start) / 1000);
  simulation.push((end - decided) / 1000);
}
const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
// The two other conventions met among the peers. backtesting.py buys whole units, with a million, and closes what is left
// at the open of the last bar.
const wholeUnits = new Backtester(bars, {
  capital: MILLION,
  costs,
  fills: { atEnd: 'open' },
  instrument: new Instrument({ ...rules, lotStep: 1, source: 'given' }),
});
// nautilus_trader fills at the close that decided.
const sameClose = new Backtester(bars, {
  capital: CAPITAL,
  costs,
  fills: { fillAt: 'close', atEnd: 'keep' },
  instrument: new Instrument({ ...rules, lotStep: 1e-8, source: 'given' }),
});
console.log(
  JSON.stringify({
    peer: 'valvulin',
    version,
    bars: bars.length,
    seconds: median(whole),
    simulation_seconds: median(simulation),
    repetitions,
    ...outcome(result),
    ...(repetitions > 0
      ? { whole_units: outcome(wholeUnits.run(made)), same_close: outcome(sameClose.run(made)) }
      : {}),
  }),
);

function outcome({ finalEquity, initialCapital, trades }: BacktestResult) {
  return { total_return: finalEquity / initialCapital - 1, trades: trades.length };
}

function crossings({ close }: Bars): Signals {
  const fast = ema(close, 10);
  const slow = ema(close, 30);
  return signals(bars, (i) => {
    if (fast[i - 1] <= slow[i - 1] && fast[i] > slow[i]) return 1;
    return fast[i - 1] >= slow[i - 1] && fast[i] < slow[i] ? -1 : 0;
  });
}
