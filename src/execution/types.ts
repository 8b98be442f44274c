import type { FillRecord, OrderRecord, Refusal, Trade } from '../core/trade.ts';

export type { TradeSignal } from '../core/signal.ts';
export type { FillRecord, OrderRecord, Refusal, RefusalCode, Trade } from '../core/trade.ts';

/** What a backtest returns; all numbers are ordinary (quote money, base quantities, epoch ms). */
export interface BacktestResult {
  readonly trades: readonly Trade[];
  readonly orders: readonly OrderRecord[];
  readonly fills: readonly FillRecord[];
  readonly refusals: readonly Refusal[];
  /** Close times at which the account was valued, epoch ms. */
  readonly time: Float64Array;
  /** Account value at each of them, open positions at the last close. */
  readonly equityCurve: Float64Array;
  /** Fall from the highest value so far, as a fraction of it: 0 at a high, 0.2 is twenty percent below. */
  readonly drawdownCurve: Float64Array;
  /** Value of open positions (absolute) at each instant, quote asset. */
  readonly exposure: Float64Array;
  readonly initialCapital: number;
  readonly finalEquity: number;
  /** The assumptions that were used, for the report: name and value in words. */
  readonly assumptions: readonly Assumption[];
}

export interface Assumption {
  readonly name: string;
  readonly value: string;
  /** True where it flatters the result. */
  readonly optimistic: boolean;
}
