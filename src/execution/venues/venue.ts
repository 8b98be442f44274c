import type { InstrumentRules } from '../../core/instrument.ts';

/**
 * A spot exchange as the live executor sees it. Amounts are decimal strings, exactly as the exchange wrote or takes
 * them; `core/decimal.ts` turns them into units and back. No method retries an order.
 */
export interface SpotVenue {
  readonly name: string;
  readonly capabilities: VenueCapabilities;
  /** Trading rules of the symbols, as they are now. */
  rules(symbols: readonly string[]): Promise<readonly InstrumentRules[]>;
  /**
   * Sends the order once, or not at all (rejected with code 0). What `deadlineMs` counts from is at most a second after
   * `time()` at the call.
   */
  place(order: VenueOrder): Promise<Outcome<VenueReport>>;
  /** Stop and target of one position: the exchange cancels the other when one fills. */
  placeOco(list: VenueOco): Promise<Outcome<readonly VenueReport[]>>;
  /** `clientId` of the order, or of the list where `list` says so. */
  cancel(symbol: string, clientId: string, list: boolean): Promise<Outcome<readonly VenueReport[]>>;
  /** What the exchange knows of an order now. Absence is only what one query said: it proves nothing by itself. */
  order(symbol: string, clientId: string): Promise<Lookup>;
  openOrders(): Promise<readonly VenueReport[]>;
  /** All own trades of the symbol with an id of at least `fromId`, rising. */
  trades(symbol: string, fromId: number): Promise<readonly VenueTrade[]>;
  balances(): Promise<ReadonlyMap<string, VenueBalance>>;
  /** Exchange time, epoch ms, as estimated now. */
  time(): number;
  /** Streams own orders and trades until it is closed; reconnects by itself and says so. */
  stream(events: VenueStreamEvents): VenueStream;
}

export interface VenueCapabilities {
  readonly stopMarket: boolean;
  readonly oco: boolean;
  /** A request that the exchange refuses to execute after this many ms, or null where it may execute at any time. */
  readonly deadlineMs: number | null;
}

/**
 * What is known of a request that changes something. `in_doubt` is the default: a request without a clear answer may
 * have been executed, be executing still, or never have arrived.
 */
export type Outcome<T> =
  | { readonly kind: 'accepted'; readonly value: T }
  | { readonly kind: 'rejected'; readonly code: number; readonly reason: string; readonly cure: RejectCure }
  | { readonly kind: 'in_doubt'; readonly reason: string };

/** What may help against a rejection. `rate`: nothing is wrong with the order, and it may go through a little later. */
export type RejectCure = 'would_trigger' | 'price' | 'quantity' | 'balance' | 'unknown_order' | 'rate' | 'none';

export type Lookup =
  | { readonly kind: 'found'; readonly report: VenueReport }
  | { readonly kind: 'absent'; readonly at: number }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface VenueOrder {
  readonly symbol: string;
  readonly clientId: string;
  readonly side: 'BUY' | 'SELL';
  readonly type: 'market' | 'limit' | 'limit_maker' | 'stop' | 'stop_limit';
  readonly timeInForce?: 'GTC' | 'IOC' | 'FOK';
  /** Base asset; or `quoteQuantity`, what a market buy may spend. */
  readonly quantity?: string;
  readonly quoteQuantity?: string;
  /** Limit price. */
  readonly price?: string;
  /** Trigger. */
  readonly stopPrice?: string;
}

export interface VenueOco {
  readonly symbol: string;
  readonly clientId: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly stop: { readonly clientId: string; readonly stopPrice: string };
  readonly target: { readonly clientId: string; readonly price: string };
}

/** State of one order at the exchange. */
export interface VenueReport {
  readonly symbol: string;
  readonly clientId: string;
  readonly orderId: number;
  /** Client id of the list it belongs to, or null. */
  readonly listClientId: string | null;
  readonly side: 'BUY' | 'SELL';
  readonly status: 'working' | 'filled' | 'canceled' | 'expired' | 'rejected' | 'unknown';
  /** The exchange's own words for `status` and why. */
  readonly detail: string;
  readonly quantity: string;
  readonly filled: string;
  readonly time: number;
}

export interface VenueTrade {
  readonly symbol: string;
  readonly tradeId: number;
  readonly orderId: number;
  /** Client id of the order, or null where the exchange does not say (then look it up by `orderId`). */
  readonly clientId: string | null;
  readonly side: 'BUY' | 'SELL';
  readonly price: string;
  readonly quantity: string;
  readonly quoteQuantity: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly maker: boolean;
  readonly time: number;
}

export interface VenueBalance {
  readonly free: string;
  readonly locked: string;
}

export interface VenueStreamEvents {
  report(report: VenueReport): void;
  trade(trade: VenueTrade): void;
  /** Balances changed without an own order: a deposit, a transfer, an external lock. */
  balance(asset: string, change: string, time: number): void;
  /** `true`: subscribed, and everything before this moment must be recovered by queries; `false`: nothing arrives. */
  connected(up: boolean, reason: string): void;
}

export interface VenueStream {
  close(): void;
}
