import { valueOf } from './amount.ts';
import type { Account } from './account.ts';
import type { OrderList } from './order-list.ts';
import type { OrderType, StpMode, SymbolRules } from './symbol-rules.ts';
import type { Side } from './types.ts';

export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type OrderStatus =
  | 'PENDING_NEW'
  | 'NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'EXPIRED_IN_MATCH'
  | 'REJECTED';

/** What an order was sent as; amounts in units of 1e-8, 0 where they were not sent. */
export interface OrderTerms {
  readonly clientId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly quantity: bigint;
  readonly quoteQuantity: bigint;
  readonly price: bigint;
  readonly stopPrice: bigint;
  /** Basis points, 0 where it does not trail. */
  readonly trailingDelta: number;
  readonly icebergQuantity: bigint;
  readonly stp: StpMode;
  readonly strategyId?: number;
  readonly strategyType?: number;
}

/** Money set aside for an order, or once for both legs of an OCO. */
export interface Reservation {
  readonly asset: string;
  amount: bigint;
}

/** One fill as the FULL answer lists it. */
export interface OrderFill {
  readonly price: bigint;
  readonly quantity: bigint;
  readonly fee: bigint;
  readonly feeAsset: string;
  readonly tradeId: number;
}

/** An order of the exchange. */
export class SpotOrder {
  readonly id: number;
  readonly account: Account;
  readonly rules: SymbolRules;
  readonly terms: OrderTerms;
  /** Changed by an amendment. */
  clientId: string;
  quantity: bigint;
  status: OrderStatus = 'NEW';
  executed = 0n;
  /** Quote that the fills cost or brought. */
  value = 0n;
  /** Quantity that self-trade prevention took away. */
  prevented = 0n;
  readonly time: number;
  updateTime: number;
  /** -1 while it is not on the book. */
  workingTime = -1;
  expiryReason = '';
  list: OrderList | null = null;
  reservation: Reservation | null = null;
  /** A stop that still waits. */
  awaitsTrigger: boolean;
  /** Trailing: whether it follows the price, and the best price since then. */
  trailing = false;
  trailingTime = -1;
  extreme = 0n;
  amends = 0;
  readonly fills: OrderFill[] = [];
  /** Number of the last pass over the book that it acted in. */
  pass = 0;
  /** Number of the bar inside which it came to be, or -1. */
  bornInBar = -1;
  /** Whether it was set to work by a stop order that filled inside that bar. */
  bornOfStop = false;

  constructor(id: number, account: Account, rules: SymbolRules, terms: OrderTerms, time: number) {
    this.id = id;
    this.account = account;
    this.rules = rules;
    this.terms = terms;
    this.clientId = terms.clientId;
    this.quantity = terms.quantity;
    this.time = time;
    this.updateTime = time;
    this.awaitsTrigger = this.isStop;
  }

  /** 1 for a buy, -1 for a sell, as the fill rules have it. */
  get sign(): 1 | -1 {
    return this.terms.side === 'BUY' ? 1 : -1;
  }

  get isStop(): boolean {
    const { type } = this.terms;
    return type !== 'LIMIT' && type !== 'MARKET' && type !== 'LIMIT_MAKER';
  }

  /** True where it has a limit price. */
  get isLimit(): boolean {
    return this.terms.price > 0n;
  }

  get isOpen(): boolean {
    return this.status === 'NEW' || this.status === 'PARTIALLY_FILLED' || this.status === 'PENDING_NEW';
  }

  /** Base quantity that may still trade; not for market orders by quote quantity. */
  get remaining(): bigint {
    return this.quantity - this.executed - this.prevented;
  }

  /** True where its stop acts when the price falls to it. */
  get stopIsBelow(): boolean {
    const { type, side } = this.terms;
    return type.startsWith('STOP_LOSS') === (side === 'SELL');
  }

  /** The price that triggers it now: its stop price, or where it trails, that distance from the best price. */
  get trigger(): bigint {
    const { trailingDelta, stopPrice, side } = this.terms;
    if (trailingDelta === 0) return stopPrice;
    const bips = BigInt(trailingDelta);
    const { tick } = this.rules;
    if (side === 'SELL') return ((this.extreme * (10_000n - bips)) / 10_000n / tick) * tick;
    return ((this.extreme * (10_000n + bips) + 10_000n * tick - 1n) / 10_000n / tick) * tick;
  }

  get spentAsset(): string {
    return this.terms.side === 'BUY' ? this.rules.quote : this.rules.base;
  }

  /** 1 where a rise triggers it, -1 where a fall does. */
  get triggerSign(): 1 | -1 {
    if (this.terms.trailingDelta > 0) return this.sign;
    return this.stopIsBelow ? -1 : 1;
  }

  /** What must be set aside while it is open; a market stop is reckoned at its stop price. */
  get needed(): bigint {
    if (!this.isOpen) return 0n;
    if (this.terms.side === 'SELL') return this.remaining;
    const { price, stopPrice, trailingDelta } = this.terms;
    return valueOf(price > 0n ? price : this.trailing && trailingDelta > 0 ? this.trigger : stopPrice, this.remaining);
  }
}
