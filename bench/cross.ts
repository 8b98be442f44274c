import type { Bars } from '../src/core/bars.ts';
import { DEFAULT_COSTS, DEFAULT_FILLS, DEFAULT_ORDERS, NO_LIMITS } from '../src/core/settings.ts';
import { type Signals, signals } from '../src/core/signal.ts';
import { runFastPath } from '../src/execution/fast-path-run.ts';
import { instrumentFor, runPortfolio } from '../src/execution/portfolio.ts';
import type { BacktestResult } from '../src/execution/types.ts';
import { ema } from '../src/indicators/index.ts';

/** What all timed runs trade with: stop and target in percent, fees and slippage. */
export const SETTINGS = {
  // Small positions, so that the account lives and trades as densely at every length.
  capital: 1_000_000,
  orders: { ...DEFAULT_ORDERS, sizing: { kind: 'percent', percent: 1 }, stop: { percent: 1 }, targetRatio: 2 },
  costs: { ...DEFAULT_COSTS, takerPct: 0.001, makerPct: 0.001, slippageBps: 0.1 },
  fills: DEFAULT_FILLS,
  risk: NO_LIMITS,
} as const;

/** Buys where the short average crosses the long one from below, sells where it falls under it. */
export function crossings(bars: Bars, short: number, long: number): Signals {
  const fast = ema(bars.close, short);
  const slow = ema(bars.close, long);
  return signals(bars, (i) => {
    if (fast[i - 1] <= slow[i - 1] && fast[i] > slow[i]) return 1;
    return fast[i - 1] >= slow[i - 1] && fast[i] < slow[i] ? -1 : 0;
  });
}

/** The backtest on the column loop, with everything that its caller gets. */
export function columnLoop(bars: Bars, made: Signals): BacktestResult {
  const instrument = instrumentFor(bars, undefined);
  const result = runFastPath({ ...SETTINGS, bars, signals: made, instrument, strategy: 'cross' });
  if (!result) throw new Error('the column loop cannot serve the benchmark');
  return result;
}

/** The same on the engine. */
export function engine(bars: Bars, made: Signals): BacktestResult {
  const { orders, ...rest } = SETTINGS;
  const decisions = { kind: 'signals', signals: made } as const;
  return runPortfolio({ ...rest, slots: [{ strategy: 'cross', bars, decisions, orders, allocation: null }] }).portfolio;
}
