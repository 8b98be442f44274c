export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit';
export type OrderRole = 'entry' | 'exit' | 'stop_loss' | 'take_profit';
/** 1 buys, -1 sells. */
export type Side = 1 | -1;

/** What an order asks for. Prices, quantities and cash are units; 0 means "none" for prices and amounts. */
export interface OrderIntent {
  readonly id: number;
  /** Index of the `symbol:timeframe:strategy` that owns it. */
  readonly slot: number;
  readonly symbol: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly role: OrderRole;
  /** Quantity units; 0 where the budget alone decides. */
  readonly quantity: number;
  /** The most it may spend, fee included, in cash units; 0 is no bound. */
  readonly budget: number;
  /** Limit of a limit order, trigger of a stop or stop-limit order. */
  readonly price: number;
  /** Limit of a stop-limit order. */
  readonly limit: number;
  /** Never opens or enlarges a position. */
  readonly reduceOnly: boolean;
  /** When it was decided, epoch ms. */
  readonly time: number;
  readonly tag: string | null;
}

/** An order that is being written: reused from order to order, so whoever keeps one copies it. */
export class OrderDraft implements OrderIntent {
  id = 0;
  slot = 0;
  symbol = 0;
  side: Side = 1;
  type: OrderType = 'market';
  role: OrderRole = 'entry';
  // Numbers that are no small integers start as fractions, so that they are stored unboxed.
  quantity = 0.5;
  budget = 0.5;
  price = 0.5;
  limit = 0.5;
  reduceOnly = false;
  time = 0.5;
  tag: string | null = null;

  /** Field by field, which takes a fraction of the time of `Object.assign`. */
  copyFrom(order: OrderIntent): void {
    this.id = order.id;
    this.slot = order.slot;
    this.symbol = order.symbol;
    this.side = order.side;
    this.type = order.type;
    this.role = order.role;
    this.quantity = order.quantity;
    this.budget = order.budget;
    this.price = order.price;
    this.limit = order.limit;
    this.reduceOnly = order.reduceOnly;
    this.time = order.time;
    this.tag = order.tag;
  }
}

declare const approvedByRisk: unique symbol;
/** An order that risk let through; only `risk.ts` makes one, and venues take nothing else. */
export type ApprovedOrder = OrderIntent & { readonly [approvedByRisk]: true };

export type Command =
  | { readonly kind: 'submit'; readonly order: ApprovedOrder }
  | { readonly kind: 'cancel'; readonly orderId: number; readonly symbol: number }
  | {
      readonly kind: 'amend';
      readonly orderId: number;
      readonly symbol: number;
      readonly price: number;
      readonly quantity: number;
    };

export interface FillFact {
  /** The venue's own number of this execution: the key by which a fill counts once. */
  readonly tradeId: number;
  readonly orderId: number;
  readonly quantity: number;
  readonly price: number;
  /** Cash units. */
  readonly fee: number;
  /** Fee that was taken off the bought quantity itself, quantity units. */
  readonly feeQuantity: number;
  readonly time: number;
  /** Where in a bar it traded: at its open, inside its range (the order of events there is assumed), or at its close. */
  readonly at: 'open' | 'range' | 'close';
  /** One bar held several of entry, stop and target, and the order of events had to be assumed. */
  readonly ambiguous: boolean;
  /** The venue has nothing left to fill of this order. */
  readonly complete: boolean;
}

export interface EndFact {
  readonly orderId: number;
  /** `filled`: nothing is left to fill, where no fill said so itself. */
  readonly status: 'filled' | 'canceled' | 'expired' | 'rejected';
  readonly reason: string;
  readonly time: number;
}
