import { ValvulinError } from './errors.ts';
import type { OrderStatus } from './trade.ts';

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
  readonly status: 'canceled' | 'expired' | 'rejected';
  readonly reason: string;
  readonly time: number;
}

const NO_FILLS: readonly FillFact[] = [];

/** An order is the set of facts known of it; its status is derived. Facts may come twice, late or in any order. */
export class Order {
  readonly intent: ApprovedOrder;
  /** Most orders of a run never fill, and the others fill once: the list is as long as it must be. */
  fills = NO_FILLS;
  end: EndFact | null = null;
  filled = 0;
  complete = false;
  /** What it asks for now, after amendments. */
  quantity: number;
  price: number;

  constructor(intent: ApprovedOrder) {
    this.intent = intent;
    this.quantity = intent.quantity;
    this.price = intent.price;
  }

  /** Takes a fill; false where it was known already. */
  addFill(fill: FillFact): boolean {
    for (const known of this.fills) if (known.tradeId === fill.tradeId) return false;
    this.fills = this.fills === NO_FILLS ? [fill] : [...this.fills, fill];
    this.filled += fill.quantity;
    if (fill.complete) this.complete = true;
    return true;
  }

  /** Takes the news that it is over. Of several, the earliest counts, whatever order they come in. */
  addEnd(end: EndFact): void {
    const known = this.end;
    const earlier = known === null || end.time < known.time || (end.time === known.time && end.status < known.status);
    if (earlier) this.end = end;
  }

  get status(): OrderStatus {
    if (this.complete) return 'filled';
    return this.end ? this.end.status : 'working';
  }

  get isOpen(): boolean {
    return !this.complete && this.end === null;
  }
}

/** All orders of a run by their number; numbers start at 1 and have no holes. */
export class OrderBook {
  readonly #orders: Order[] = [];

  nextId(): number {
    return this.#orders.length + 1;
  }

  add(intent: ApprovedOrder): Order {
    const order = new Order(intent);
    this.#orders.push(order);
    return order;
  }

  /** @throws ValvulinError `VLV_ORDER_STATE` for a number that was never given out */
  get(id: number): Order {
    const order = this.#orders[id - 1];
    if (!order) throw new ValvulinError('VLV_ORDER_STATE', `Expected a known order, got number "${id}"`);
    return order;
  }

  all(): readonly Order[] {
    return this.#orders;
  }
}
