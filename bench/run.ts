import process from 'node:process';
import type { Bars } from '../src/core/bars.ts';
import { Instrument } from '../src/core/instrument.ts';
import { DEFAULT_COSTS, DEFAULT_FILLS, DEFAULT_ORDERS, NO_LIMITS } from '../src/core/settings.ts';
import { type Signals, signals } from '../src/core/signal.ts';
import { runFastPath } from '../src/execution/fast-path-run.ts';
import { instrumentFor, runPortfolio } from '../src/execution/portfolio.ts';
import type { BacktestResult } from '../src/execution/types.ts';
import { ema } from '../src/indicators/index.ts';
import { Gates, hashOf, measure } from './measure.ts';
import { KNOWN, recipeBars } from './synthetic-recipe.ts';

const quick = process.argv.includes('--quick');
const gates = new Gates();
const sizes = quick ? ([100_000, 400_000] as const) : ([1_000_000, 4_000_000] as const);
const repetitions = quick ? 3 : 5;

console.log(`Node ${process.version}, ${process.arch}; CPU time of the main thread, median of ${repetitions}`);
checkRecipe();
driver('column loop', columns);
driver('engine', engine);
sameResult();
if (gates.failures.length > 0) {
  console.error(`${gates.failures.length} of the gates failed`);
  process.exitCode = 1;
}

function checkRecipe(): void {
  console.log('\nsynthetic bars');
  for (const known of KNOWN.slice(0, quick ? 2 : 3)) {
    const bars = recipeBars(known.bars);
    const { close, high, low } = bars;
    let sumClose = 0;
    let minLow = Number.POSITIVE_INFINITY;
    let maxHigh = 0;
    for (let i = 0; i < known.bars; i++) {
      sumClose += close[i];
      minLow = Math.min(minLow, low[i]);
      maxHigh = Math.max(maxHigh, high[i]);
    }
    const ends = close[known.bars - 1] === known.lastClose && minLow === known.minLow && maxHigh === known.maxHigh;
    // The reference was summed in another order, which shows in the last digits.
    const sum = Math.abs(sumClose / known.sumClose - 1) < 1e-12;
    gates.check(ends && sum, `${known.bars} bars are the recipe's`);
    const off = Math.abs(allInReturn(bars) - known.vectorbtReturn);
    gates.check(
      off < 1e-6,
      `the total return is vectorbt's, but for ${off.toExponential(1)} of rounding to lots (1e-6)`,
    );
  }
}

function allInReturn(bars: Bars): number {
  const capital = 10_000;
  const rules = { symbol: bars.symbol, base: 'BTC', quote: 'USDT', priceTick: 1e-8, lotStep: 1e-8, minNotional: 0 };
  const made = crossings(bars, 10, 30);
  const { portfolio } = runPortfolio({
    capital,
    slots: [
      {
        strategy: 'cross',
        bars,
        decisions: { kind: 'signals', signals: made },
        orders: DEFAULT_ORDERS,
        allocation: null,
      },
    ],
    costs: { ...DEFAULT_COSTS, takerPct: 0.01, makerPct: 0.01, slippageBps: 0 },
    // vectorbt values what is open after the last bar and does not close it.
    fills: { ...DEFAULT_FILLS, atEnd: 'keep' },
    risk: NO_LIMITS,
    instruments: new Map([[bars.symbol, new Instrument({ ...rules, source: 'given' })]]),
  });
  return portfolio.finalEquity / capital - 1;
}

/** The same run at two lengths: its cost per bar must not grow. */
function driver(name: string, run: (bars: Bars, made: Signals) => BacktestResult): void {
  console.log(`\n${name}: EMA 12/26 cross, stop and target, costs`);
  const [small, large] = sizes.map((length) => {
    const bars = recipeBars(length, 4);
    const made = crossings(bars, 12, 26);
    return measure(`${name}, ${length} bars`, length, repetitions, () => run(bars, made));
  });
  const ratio = large.leastNsPerBar / small.leastNsPerBar;
  gates.check(ratio <= 1.2, `${large.bars} bars cost ${ratio.toFixed(2)} times as much per bar as ${small.bars} (1.2)`);
}

function sameResult(): void {
  console.log('\nboth drivers');
  const bars = recipeBars(sizes[0], 4);
  const made = crossings(bars, 12, 26);
  const fast = hashOf(columns(bars, made));
  gates.check(fast === hashOf(engine(bars, made)), `the same equity curve and trades: ${fast}`);
}

function settings() {
  return {
    // Small positions, so that the account lives and trades as densely at every length.
    capital: 1_000_000,
    orders: { ...DEFAULT_ORDERS, sizing: { kind: 'percent', percent: 1 }, stop: { percent: 1 }, targetRatio: 2 },
    costs: { ...DEFAULT_COSTS, takerPct: 0.001, makerPct: 0.001, slippageBps: 0.1 },
    fills: DEFAULT_FILLS,
    risk: NO_LIMITS,
  } as const;
}

function columns(bars: Bars, made: Signals): BacktestResult {
  const instrument = instrumentFor(bars, undefined);
  const result = runFastPath({ ...settings(), bars, signals: made, instrument, strategy: 'cross' });
  if (!result) throw new Error('the column loop cannot serve the benchmark');
  return result;
}

function engine(bars: Bars, made: Signals): BacktestResult {
  const { orders, ...rest } = settings();
  const decisions = { kind: 'signals', signals: made } as const;
  return runPortfolio({ ...rest, slots: [{ strategy: 'cross', bars, decisions, orders, allocation: null }] }).portfolio;
}

function crossings(bars: Bars, short: number, long: number): Signals {
  const fast = ema(bars.close, short);
  const slow = ema(bars.close, long);
  return signals(bars, (i) => {
    if (fast[i - 1] <= slow[i - 1] && fast[i] > slow[i]) return 1;
    return fast[i - 1] >= slow[i - 1] && fast[i] < slow[i] ? -1 : 0;
  });
}
