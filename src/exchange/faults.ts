import type { SymbolStatus } from './types.ts';

/** Something that goes wrong with one request. Times are ms. */
export type RequestFault =
  /** It never arrives; the client waits until its own timeout. */
  | { readonly verb: 'net.dropReq' }
  /** It is executed, and the answer is lost; the client waits until its own timeout. */
  | { readonly verb: 'net.dropRes' }
  | { readonly verb: 'net.delay'; readonly requestMs: number; readonly replyMs: number }
  /** The name of the host is not found; nothing is sent. */
  | { readonly verb: 'dns.fail' }
  | { readonly verb: 'http.429'; readonly retryAfter: number }
  | { readonly verb: 'http.418'; readonly retryAfter: number }
  | { readonly verb: 'http.403html' }
  /** A server error instead of the answer, before or after the request was executed. */
  | { readonly verb: 'http.5xx'; readonly status: number; readonly code: number; readonly executed: boolean }
  | { readonly verb: 'http.truncBody' }
  | { readonly verb: 'http.emptyBody' }
  /** The connection is reset after the request was executed. */
  | { readonly verb: 'http.resetAfterExec' }
  /** The order meets only this share of the quantity it would have taken; the rest goes by its time in force. */
  | { readonly verb: 'eng.partial'; readonly share: number }
  /** The matching engine refuses: `code` and `message` as Binance words them. */
  | { readonly verb: 'eng.reject'; readonly code: number; readonly message: string }
  /** The order is accepted and its rest expires at once. */
  | { readonly verb: 'eng.expire'; readonly reason: string }
  /** The request waits before (`gatewayMs`) and behind (`engineMs`) the last check of its timestamp. */
  | { readonly verb: 'eng.slow'; readonly gatewayMs: number; readonly engineMs: number };

/** Something that happens to the exchange or to an account by itself. */
export type ExchangeFault =
  /** Queries show orders, trades and balances this much later than they are booked. 0 ends it. */
  | { readonly verb: 'eng.lagVisible'; readonly ms: number }
  | { readonly verb: 'eng.filterChange'; readonly symbol: string; readonly change: FilterChange }
  | { readonly verb: 'eng.symbolStatus'; readonly symbol: string; readonly status: SymbolStatus }
  /** Every request is refused with 503 for this long. */
  | { readonly verb: 'eng.maintenance'; readonly ms: number }
  /** The exchange's own clock is this much off from now on, ms. */
  | { readonly verb: 'clock.skew'; readonly ms: number }
  /** Klines that open in `[from, to)`, epoch ms, are missing for ever, as behind an outage. */
  | { readonly verb: 'feed.hole'; readonly symbol: string; readonly from: number; readonly to: number }
  /** Open orders of the symbol expire, all or the one with this client id. */
  | {
      readonly verb: 'eng.expireOpen';
      readonly symbol: string;
      readonly reason: string;
      readonly clientOrderId?: string;
    }
  /** The owner trades by hand: a market order of this quantity with a foreign client id. */
  | {
      readonly verb: 'ext.sell' | 'ext.buy';
      readonly apiKey: string;
      readonly symbol: string;
      readonly quantity: string;
    }
  /** The owner cancels: one order by client id, or all open orders of the symbol. */
  | {
      readonly verb: 'ext.cancel';
      readonly apiKey: string;
      readonly symbol: string;
      readonly clientOrderId?: string;
    }
  /** Money leaves (at most what is free) or comes. */
  | {
      readonly verb: 'ext.transfer' | 'ext.deposit';
      readonly apiKey: string;
      readonly asset: string;
      readonly amount: string;
    }
  /** Another product of the exchange locks money (at most what is free), or gives back what such locks hold. */
  | {
      readonly verb: 'ext.lock' | 'ext.unlock';
      readonly apiKey: string;
      readonly asset: string;
      readonly amount: string;
    };

export interface FilterChange {
  readonly tickSize?: string;
  readonly stepSize?: string;
  readonly minQty?: string;
  readonly minNotional?: string;
  readonly maxOrders?: number;
  readonly maxAlgoOrders?: number;
}

/** Which requests a fault meets: all that are not excluded here. */
export interface RequestFaultRule {
  readonly fault: RequestFault;
  /** Operation names such as `order.place`; all where it is missing. */
  readonly operations?: readonly string[];
  /** Exchange time, epoch ms: from here on, and before this. */
  readonly from?: number;
  readonly until?: number;
  /** Chance of each request that matches, 0 to 1. Default 1. */
  readonly chance?: number;
  /** How often at most. */
  readonly times?: number;
}

export interface TimedFault {
  /** Exchange time, epoch ms. */
  readonly at: number;
  readonly fault: ExchangeFault;
}

export interface FaultPlan {
  readonly requests?: readonly RequestFaultRule[];
  readonly timed?: readonly TimedFault[];
}
