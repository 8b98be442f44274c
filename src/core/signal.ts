import type { Bars } from './bars.ts';
import { ValvulinError } from './errors.ts';

/** 1 wants to be long, -1 wants out of the long (and short, only where shorts are allowed), 0 changes nothing. */
export type SignalValue = 1 | 0 | -1;

export type OrderSide = 'BUY' | 'SELL';
export type EntryType = 'market' | 'limit' | 'stop' | 'stop_limit';

/**
 * What a strategy returns: one signal for each bar, and named columns of the same length.
 * The columns `stop_loss`, `take_profit`, `quantity` and `entry_price`, where present and finite at a signal's bar, set
 * that order's prices and size (an entry price makes it a limit order for the next bar); all others are for charts.
 */
export interface Signals {
  readonly signal: Int8Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/**
 * One wish to trade, in ordinary numbers. The bar that contains `timestamp` decides (its open time names it best, as in
 * a table of bars); the order acts at the next open. A strategy's `onSlice` decides now, whatever it writes there.
 */
export interface TradeSignal {
  readonly symbol: string;
  /** Epoch ms, or a `Date`. */
  readonly timestamp: number | Date;
  readonly side: OrderSide;
  /** In the base asset. Without it, risk sizes the order; an opposite signal without it closes the whole position. */
  readonly quantity?: number | null;
  readonly stopLoss?: number | null;
  readonly takeProfit?: number | null;
  readonly type?: EntryType;
  /** Limit price of a limit order, trigger of a stop or stop-limit order. */
  readonly price?: number | null;
  /** Limit price of a stop-limit order. */
  readonly limitPrice?: number | null;
  /** Never opens or enlarges a position. */
  readonly reduceOnly?: boolean;
  /** How many bars a resting entry order lives; without it, until cancelled by an opposite signal. */
  readonly validBars?: number;
  readonly tag?: string;
}

/**
 * Builds `Signals` by asking `decide` once for each bar.
 * @throws ValvulinError `VLV_STRATEGY_OUTPUT` where an answer is not 1, 0 or -1
 */
export function signals(
  bars: Bars,
  decide: (i: number) => SignalValue,
  columns: Readonly<Record<string, Float64Array>> = {},
): Signals {
  const signal = new Int8Array(bars.length);
  for (let i = 0; i < bars.length; i++) {
    const value = decide(i);
    if (value !== 1 && value !== 0 && value !== -1) {
      throw new ValvulinError('VLV_STRATEGY_OUTPUT', `Expected a signal of 1, 0 or -1, got "${String(value)}"`, {
        where: `${bars.symbol} ${bars.timeframe}, bar ${i}`,
      });
    }
    signal[i] = value;
  }
  return { signal, columns };
}
