import type { Timeframe } from './timeframe.ts';
import type { OrderSide } from './signal.ts';

export type ExitReason =
  | 'signal'
  | 'stop_loss'
  | 'take_profit'
  | 'trailing_stop'
  | 'break_even'
  | 'time_stop'
  | 'partial'
  | 'end_of_data';

/**
 * One round trip in ordinary numbers: money in the quote asset, quantity in the base asset, times in epoch ms.
 * A position that is built or taken down in parts gives one trade for each matched part, first in first out.
 */
export interface Trade {
  readonly id: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  readonly side: 'LONG' | 'SHORT';
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  /** Index of the strategy's bar in which the entry filled. */
  readonly entryBar: number;
  readonly exitTime: number;
  readonly exitPrice: number;
  readonly exitBar: number;
  readonly exitReason: ExitReason;
  /** Fees of both sides. */
  readonly fees: number;
  /** Net of fees. */
  readonly profit: number;
  /** Net profit as a fraction of the entry's value (0.01 is one percent). */
  readonly profitPct: number;
  /** R: the amount risked at entry, `|entry - stop| * quantity`; null where there was no stop. */
  readonly risk: number | null;
  /** `profit / risk`; null where there was no stop. */
  readonly rMultiple: number | null;
  /** Initial stop and target; null where there was none. */
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  /** Worst and best open profit before fees while the trade lived, from bar highs and lows, in the quote asset. */
  readonly mae: number;
  readonly mfe: number;
  readonly tag: string | null;
  /** One bar held several of entry, stop and target, and the order of events had to be assumed. */
  readonly ambiguous: boolean;
  /** Still open when the data ended and only valued, not closed. */
  readonly open: boolean;
}

export interface FillRecord {
  readonly time: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  readonly orderId: number;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
}

export type OrderStatus = 'working' | 'filled' | 'canceled' | 'expired' | 'rejected';

export interface OrderRecord {
  readonly id: number;
  readonly time: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  readonly side: OrderSide;
  readonly type: 'market' | 'limit' | 'stop' | 'stop_limit';
  readonly role: 'entry' | 'exit' | 'stop_loss' | 'take_profit';
  readonly quantity: number | null;
  readonly price: number | null;
  readonly status: OrderStatus;
  readonly filled: number;
  readonly reason: string | null;
}

/** A signal that risk did not let through. */
export interface Refusal {
  readonly time: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  readonly code: RefusalCode;
  readonly detail: string;
}

/** Why risk refused an order; codes are stable and counted in reports. */
export const REFUSAL_CODES = {
  INSUFFICIENT_CASH: 'The order costs more than the free capital.',
  BELOW_MIN_NOTIONAL: 'After rounding the order is worth less than the exchange accepts.',
  BELOW_MIN_LOT: 'After rounding the order has no quantity left.',
  MAX_POSITION: 'The position would be larger than max_position allows.',
  MAX_OPEN_TRADES: 'As many positions are open as max_open_trades allows.',
  MAX_EXPOSURE: 'Gross or net exposure would pass its limit.',
  CORRELATED_GROUP: 'Its group of correlated symbols is at its limit.',
  DAILY_LOSS: 'The loss of this UTC day has reached max_daily_loss_pct.',
  WEEKLY_LOSS: 'The loss of this UTC week has reached max_weekly_loss_pct.',
  MAX_DRAWDOWN: 'The drawdown has reached max_drawdown_pct: entries are halted.',
  COOLDOWN: 'The strategy rests after a series of losses.',
  PRICE_COLLAR: "The order's price is too far from the last close.",
  NO_STOP: 'The entry needs a stop, and neither the signal nor the bars so far give one.',
  STOP_SIDE: 'The stop or target is on the wrong side of the price.',
  SHORT_NOT_ALLOWED: 'The signal would go short and allow_short is off.',
  PYRAMIDING: 'The position already has as many entries as max_entries allows.',
  NOT_TRADING: 'An operator has halted entries.',
  BLOCKED: 'Something makes this moment unfit for entries: stale prices, an order of unknown fate.',
  MAX_ORDER_VALUE: 'The order would be worth more than max_order_value.',
  ORDER_RATE: 'As many entries were sent as max_orders_per_minute or max_entries_per_day allows.',
  ALLOCATION: "The strategy's own share of the capital is used up.",
} as const;
export type RefusalCode = keyof typeof REFUSAL_CODES;
