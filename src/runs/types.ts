import type { Bars } from '../core/bars.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { BacktestResult } from '../execution/types.ts';

/** What a causality check found for one strategy. */
export interface CausalityReport {
  readonly passed: boolean;
  /** How many truncated histories were tried, and how many could have been. */
  readonly cuts: number;
  readonly possibleCuts: number;
  /** First disagreement: the bar, its time, and the signal with and without the bars that came after. */
  readonly violation: {
    readonly bar: number;
    readonly time: number;
    readonly column: string;
    readonly withFuture: number;
    readonly withoutFuture: number;
  } | null;
}

/** One symbol:timeframe:strategy of a backtest, with the bars it saw. Its own trades are those with its names. */
export interface StrategyRun {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  /** Parameters under their snake_case names. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly bars: Bars;
  readonly result: BacktestResult;
  readonly causality: CausalityReport;
  /** Indicator columns of the strategy, for charts. */
  readonly indicators: Readonly<Record<string, Float64Array>>;
  /** What the readers had to repair or found in these bars, one sentence each. */
  readonly dataNotes: readonly string[];
}

/** A whole backtest: every strategy's own account of itself, and the shared account. */
export interface RunReport {
  readonly name: string;
  readonly runs: readonly StrategyRun[];
  readonly portfolio: BacktestResult;
  /** SHA-256 over all trades: the same input gives the same hash. */
  readonly tradesHash: string;
  /** The bars come from the seeded synthetic market, not from a real one. */
  readonly synthetic: boolean;
  readonly quote: string;
  readonly configHash: string;
  readonly dataHash: string;
  readonly version: string;
}
