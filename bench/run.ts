import process from 'node:process';
import type { Bars } from '../src/core/bars.ts';
import { Instrument } from '../src/core/instrument.ts';
import { DEFAULT_COSTS, DEFAULT_FILLS, DEFAULT_ORDERS, NO_LIMITS } from '../src/core/settings.ts';
import type { Signals } from '../src/core/signal.ts';
import { runPortfolio } from '../src/execution/portfolio.ts';
import type { BacktestResult } from '../src/execution/types.ts';
import { columnLoop, crossings, engine } from './cross.ts';
import { kernelSection } from './kernel.ts';
import { cpuOf, Gates, hashOf, inTurn } from './measure.ts';
import { liveSection } from './live.ts';
import { processSection } from './process.ts';
import { KNOWN, recipeBars } from './synthetic-recipe.ts';

/** Beyond this, cost per bar grows with the number of bars whatever else the machine is doing. */
const FLAT_BOUND = 1.6;
const FLAT_GOAL = 1.2;

const quick = process.argv.includes('--quick');
const gates = new Gates();
const sizes = quick ? ([100_000, 400_000] as const) : ([1_000_000, 10_000_000] as const);
const repetitions = quick ? 3 : 7;

console.log(
  `Node ${process.version}, ${process.arch}; CPU time of the main thread, median of ${repetitions} runs in turn`,
);
checkRecipe();
await kernelSection(gates, sizes, repetitions);
await flatness('column loop', columnLoop);
await flatness('engine', engine);
sameResult();
await processSection(sizes[0]);
await liveSection(gates, quick);
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
async function flatness(name: string, run: (bars: Bars, made: Signals) => BacktestResult): Promise<void> {
  console.log(`\n${name}: EMA 12/26 cross, stop and target, costs`);
  const subjects = sizes.map((length) => {
    const bars = recipeBars(length, 4);
    const made = crossings(bars, 12, 26);
    return { name: `${name}, ${length} bars`, bars: length, spend: () => cpuOf(() => run(bars, made)) };
  });
  const [small, large] = await inTurn(repetitions, subjects);
  const ratio = large.leastNsPerBar / small.leastNsPerBar;
  const reached = `${ratio.toFixed(2)}x`;
  gates.target(ratio <= FLAT_GOAL, `${FLAT_GOAL}x per bar at ${large.bars} bars of that at ${small.bars}`, reached);
  gates.check(ratio <= FLAT_BOUND, `the cost per bar does not grow beyond ${FLAT_BOUND}x: ${reached}`);
}

function sameResult(): void {
  console.log('\nboth drivers');
  const bars = recipeBars(sizes[0], 4);
  const made = crossings(bars, 12, 26);
  const fast = hashOf(columnLoop(bars, made));
  gates.check(fast === hashOf(engine(bars, made)), `the same equity curve and trades: ${fast}`);
}
