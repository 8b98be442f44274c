import type { Clock, Random } from '../core/ports.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { FaultPlan } from './faults.ts';

export type Side = 'BUY' | 'SELL';
export type SymbolStatus = 'TRADING' | 'HALT' | 'BREAK' | 'CANCEL_ONLY';

/** What takers and quotes meet besides the orders of other accounts. */
export interface Liquidity {
  /** How far best bid and ask stand from the last price, basis points, to the next tick; 0: both at the last price. */
  readonly halfSpreadBps?: number;
  /** Base quantity of each level; endless where it is missing. Taken quantity comes back with the next market print. */
  readonly levelQuantity?: string;
  /** Levels on each side, one tick apart. Default 20. */
  readonly levels?: number;
}

/** One spot symbol. Prices, quantities and rates are decimal strings; what is missing has a usual value. */
export interface ExchangeSymbol {
  readonly name: string;
  readonly base: string;
  readonly quote: string;
  /** The last price before any market event. */
  readonly price: string;
  readonly tickSize: string;
  readonly stepSize: string;
  readonly minPrice?: string;
  readonly maxPrice?: string;
  readonly minQty?: string;
  readonly maxQty?: string;
  readonly minNotional?: string;
  readonly maxNotional?: string;
  readonly marketLot?: { readonly minQty: string; readonly maxQty: string; readonly stepSize: string };
  /** PERCENT_PRICE_BY_SIDE multipliers of the average price. */
  readonly percentPrice?: {
    readonly bidUp: string;
    readonly bidDown: string;
    readonly askUp: string;
    readonly askDown: string;
  };
  /** Least and greatest `trailingDelta`, basis points. */
  readonly trailingDelta?: { readonly min: number; readonly max: number };
  readonly maxOrders?: number;
  readonly maxAlgoOrders?: number;
  readonly maxIcebergOrders?: number;
  readonly maxOrderLists?: number;
  readonly maxAmends?: number;
  readonly maxPosition?: string;
  /** Fee rates, e.g. `"0.00100000"`. */
  readonly takerCommission?: string;
  readonly makerCommission?: string;
  readonly status?: SymbolStatus;
  readonly liquidity?: Liquidity;
}

/** One API key: an HMAC secret, or the public key (PEM) of an RSA or Ed25519 pair. */
export interface ExchangeKey {
  readonly apiKey: string;
  readonly secret?: string;
  readonly publicKey?: string;
  /** Default: reading and spot trading, no withdrawals. */
  readonly permissions?: KeyPermissions;
}

export interface KeyPermissions {
  readonly reading?: boolean;
  readonly spotTrading?: boolean;
  readonly withdrawals?: boolean;
  readonly ipRestrict?: boolean;
}

export interface ExchangeAccount extends ExchangeKey {
  /** More keys of the same account. */
  readonly moreKeys?: readonly ExchangeKey[];
  readonly balances: Readonly<Record<string, string>>;
  /** Where fees are taken. `received` (the default): from what was bought; `quote`: always from the quote asset; `bnb`:
   * in BNB with a quarter off, while there is enough of it. */
  readonly fees?: FeeMode;
}

export type FeeMode = 'received' | 'quote' | 'bnb';

export interface ExchangeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly symbols: readonly ExchangeSymbol[];
  readonly accounts: readonly ExchangeAccount[];
  /** Length of the shortest kline kept; longer ones are made of these. Default `1m`. */
  readonly baseInterval?: Timeframe;
  /**
   * Whether a limit order fills when the last price only touches it; by default it must be traded through. What stands
   * in the book, of accounts or as a quote with a spread, is taken at its price in either case.
   */
  readonly limitFill?: 'through' | 'touch';
  /** Whether a market print fills resting orders up to its own quantity only. Default: whatever they want. */
  readonly printLimits?: boolean;
  readonly faults?: FaultPlan;
  readonly limits?: RateLimits;
  /** One-way delay of requests and replies in process, ms. Default 0: answered without waiting for the clock. */
  readonly latencyMs?: number;
  /**
   * Whether the timestamps of signed requests must fit exchange time. `ignored` is for an exchange whose time runs
   * faster than that of its clients. Default `checked`.
   */
  readonly timestamps?: 'checked' | 'ignored';
}

export interface RateLimits {
  readonly weightPerMinute?: number;
  readonly ordersPer10Seconds?: number;
  readonly ordersPerDay?: number;
  readonly rawRequestsPer5Minutes?: number;
}

/** A bar of the base interval as a data set has it: ordinary numbers, `time` is the open time. */
export interface ExchangeBar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A public trade. Price and quantity are printed as the API prints them. */
export interface TradePrint {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly quoteQuantity: string;
  readonly time: number;
  readonly buyerIsMaker: boolean;
}

export type MarketEvent =
  | { readonly kind: 'trade'; readonly symbol: string; readonly trade: TradePrint }
  /** Best bid and ask may have changed; `LocalExchange.book` tells them. */
  | { readonly kind: 'book'; readonly symbol: string; readonly updateId: number }
  /** The base-interval bar that opened at `openTime` changed, or is over. `LocalExchange.kline` tells its values. */
  | { readonly kind: 'bar'; readonly symbol: string; readonly openTime: number; readonly closed: boolean };

/**
 * An event of the user data stream with Binance's own field names (`executionReport`, `outboundAccountPosition`,
 * `balanceUpdate`, `listStatus`): what stands inside `event`.
 */
export interface UserEvent extends Readonly<Record<string, unknown>> {
  readonly e: string;
  readonly E: number;
}

/** A kline: prices and amounts printed as the API prints them. */
export interface Kline {
  readonly openTime: number;
  /** Last millisecond of the bar. */
  readonly closeTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly trades: number;
  readonly takerBase: string;
  readonly takerQuote: string;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

/** Who sends a request. */
export type Caller =
  | { readonly kind: 'anonymous' }
  /** `payload` is the text that was signed; `apiKey` and `signature` are undefined where they were not sent. */
  | {
      readonly kind: 'signed';
      readonly apiKey: string | undefined;
      readonly signature: string | undefined;
      readonly payload: string;
    }
  /** A WebSocket session that logged on with this key. */
  | { readonly kind: 'session'; readonly apiKey: string };

/** One call of the API, however it came: REST and WebSocket API have the same operations. */
export interface ApiCall {
  /** A WebSocket API method name, e.g. `order.place`. */
  readonly operation: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly caller: Caller;
  /** Address that the weight is counted against. */
  readonly address: string;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

export interface ApiAnswer {
  readonly status: number;
  /** The result, or `{code, msg}` where `status` is 400 or more. */
  readonly body: Json;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Counters for the WebSocket API's `rateLimits`. */
  readonly rateLimits: readonly RateLimitCount[];
}

export interface RateLimitCount {
  readonly [name: string]: Json;
  readonly rateLimitType: 'REQUEST_WEIGHT' | 'ORDERS' | 'RAW_REQUESTS' | 'CONNECTIONS';
  readonly interval: 'SECOND' | 'MINUTE' | 'DAY';
  readonly intervalNum: number;
  readonly limit: number;
  readonly count: number;
}

/** Best levels of a symbol, `[price, quantity]` as decimal strings, best first. */
export interface Book {
  readonly updateId: number;
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}
