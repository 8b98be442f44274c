import type { Http } from '../core/ports.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { ExchangeFault, RequestFaultRule } from './faults.ts';
import type { ApiAnswer, ApiCall, ExchangeBar, Kline, MarketEvent, UserEvent } from './types.ts';

/** What other files may rely on while the class grows behind it. */
export interface Exchange {
  /** Exchange time, epoch ms. */
  time(): number;
  /** REST in process, with latency and faults. */
  http(): Http;
  /** Executes one call at once or through its delays; faults of the network are not for it. */
  call(call: ApiCall): Promise<ApiAnswer>;
  symbols(): readonly string[];
  /** A market print: the last price moves, stops trigger, resting orders that it reaches fill. */
  trade(symbol: string, price: string | number, quantity: string | number): void;
  /** A whole base bar at once: its open, what its range reaches, its close. */
  bar(symbol: string, bar: ExchangeBar): void;
  /** The first part of `bar`: the bar opens, and what the open is beyond trades. */
  openBar(symbol: string, bar: ExchangeBar): void;
  /** The next order that the range of the open bar reaches trades; false where none is left. */
  stepBar(symbol: string, bar: ExchangeBar): boolean;
  /** The last part: the bar is over. */
  closeBar(symbol: string, bar: ExchangeBar): void;
  /** Klines of the past, which no order meets. */
  seed(symbol: string, bars: readonly ExchangeBar[]): void;
  /** The kline of any interval that contains `time`, as far as it is known; null where nothing traded in it. */
  kline(symbol: string, interval: Timeframe, time: number): Kline | null;
  /** Best bid and ask, `[price, quantity]`, decimal strings; and the update id. */
  book(symbol: string, levels: number): Book;
  onMarket(listener: (event: MarketEvent) => void): () => void;
  onUser(apiKey: string, listener: (event: UserEvent) => void): () => void;
  inject(fault: ExchangeFault): void;
  injectRequest(rule: RequestFaultRule): void;
}

export interface Book {
  readonly updateId: number;
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}
