import { ValvulinError } from '../core/errors.ts';
import type { Clock, Http } from '../core/ports.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { OwnTrade } from './account.ts';
import { units } from './amount.ts';
import { Candles } from './candles.ts';
import { bookOf } from './depth.ts';
import { ExchangeState, type SymbolDesk } from './exchange-state.ts';
import { happen } from './external-events.ts';
import { FaultInjector } from './fault-injector.ts';
import type { ExchangeFault, RequestFaultRule } from './faults.ts';
import { Gateway } from './gateway.ts';
import { type OrderView, orderView } from './order-views.ts';
import { Rest } from './rest.ts';
import type { ApiAnswer, ApiCall, Book, ExchangeBar, ExchangeOptions, Kline, MarketEvent, UserEvent } from './types.ts';

export type { Book } from './types.ts';

/** What servers, streams and drivers use of the exchange. */
export interface Exchange {
  /** Exchange time, epoch ms. */
  time(): number;
  /** REST in process, with latency and faults. */
  http(address?: string): Http;
  /** Executes one call through its delays; faults of the network are not for it. */
  call(call: ApiCall): Promise<ApiAnswer>;
  symbols(): readonly string[];
  /**
   * A market print: the last price goes there, through all prices in between unless it jumps; stops trigger, resting
   * orders that it reaches fill. A quantity of 0 moves the quotes alone; a symbol that is not trading ignores it.
   */
  trade(symbol: string, price: string | number, quantity: string | number, how?: PrintDetails): void;
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

export interface PrintDetails {
  /** True where the price did not pass through what lies between. */
  readonly jump?: boolean;
  readonly buyerIsMaker?: boolean;
}

const HERE = 'local';

/**
 * A Binance-compatible spot exchange in this process. Money is exact to 1e-8 of every asset. Time and chance come from
 * outside, so that the same calls have the same effects.
 */
export class LocalExchange implements Exchange {
  readonly #state: ExchangeState;
  readonly #gateway: Gateway;
  readonly #faults: FaultInjector;
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #printLimits: boolean;

  /** @throws ValvulinError `VLV_EXCHANGE_SETUP`, `VLV_INSTRUMENT` where a rule or an amount is impossible */
  constructor(options: ExchangeOptions) {
    const { clock, random, faults = {} } = options;
    this.#clock = clock;
    this.#latencyMs = options.latencyMs ?? 0;
    this.#printLimits = options.printLimits ?? false;
    this.#state = new ExchangeState(options);
    this.#faults = new FaultInjector(faults, clock, random);
    this.#gateway = new Gateway(this.#state, clock, this.#faults);
    for (const { at, fault } of faults.timed ?? []) {
      clock.after(Math.max(0, at - clock.now()), () => this.inject(fault));
    }
  }

  time(): number {
    return this.#state.time();
  }

  http(address: string = HERE): Http {
    const spec = { gateway: this.#gateway, clock: this.#clock, faults: this.#faults, latencyMs: this.#latencyMs };
    return new Rest(spec, address);
  }

  call(call: ApiCall): Promise<ApiAnswer> {
    return this.#gateway.call(call);
  }

  symbols(): readonly string[] {
    return [...this.#state.symbols.keys()];
  }

  trade(symbol: string, price: string | number, quantity: string | number, how: PrintDetails = {}): void {
    const { engine, motion } = this.#state;
    const desk = this.#desk(symbol);
    const { jump = false, buyerIsMaker = false } = how;
    const [at, amount] = [units(price), units(quantity)];
    if (isHalted(desk)) return;
    engine.run(() => {
      if (amount > 0n) this.#state.publish(desk, at, amount, ++desk.book.tradeId, buyerIsMaker);
      motion.moveTo(desk.book, at, jump, this.#printLimits ? amount : null);
    });
    this.#state.tellBook(desk.book);
  }

  bar(symbol: string, bar: ExchangeBar): void {
    this.openBar(symbol, bar);
    while (this.stepBar(symbol, bar));
    this.closeBar(symbol, bar);
  }

  openBar(symbol: string, bar: ExchangeBar): void {
    const { engine, motion } = this.#state;
    const desk = this.#desk(symbol);
    if (isHalted(desk)) return;
    desk.book.barNumber++;
    desk.candles.open(bar, desk.book.tradeId);
    engine.run(() => motion.moveTo(desk.book, units(bar.open), true, null));
    desk.barPass = motion.newPass();
    this.#state.tellBook(desk.book);
    this.#state.tellMarket({ kind: 'bar', symbol, openTime: desk.candles.newest, closed: false });
  }

  stepBar(symbol: string, bar: ExchangeBar): boolean {
    const { engine, motion } = this.#state;
    const desk = this.#desk(symbol);
    if (isHalted(desk)) return false;
    const stretch = { open: units(bar.open), high: units(bar.high), low: units(bar.low) };
    return engine.run(() => motion.stepRange(desk.book, stretch, desk.barPass));
  }

  closeBar(symbol: string, bar: ExchangeBar): void {
    const { motion } = this.#state;
    const desk = this.#desk(symbol);
    if (isHalted(desk)) return;
    const stretch = { open: units(bar.open), high: units(bar.high), low: units(bar.low) };
    motion.endRange(desk.book, stretch, units(bar.close));
    desk.book.tradeId += Candles.tradesOf(bar);
    desk.candles.close(bar, desk.book.tradeId);
    this.#state.tellBook(desk.book);
    this.#state.tellMarket({ kind: 'bar', symbol, openTime: desk.candles.newest, closed: true });
  }

  seed(symbol: string, bars: readonly ExchangeBar[]): void {
    const desk = this.#desk(symbol);
    for (const bar of bars) {
      desk.book.tradeId += Candles.tradesOf(bar);
      desk.candles.close(bar, desk.book.tradeId);
    }
    const last = bars.at(-1);
    if (last) desk.book.quotes.move(units(last.close));
  }

  kline(symbol: string, interval: Timeframe, time: number): Kline | null {
    return this.#desk(symbol).candles.at(interval, time);
  }

  book(symbol: string, levels: number): Book {
    return bookOf(this.#desk(symbol).book, levels);
  }

  onMarket(listener: (event: MarketEvent) => void): () => void {
    this.#state.market.add(listener);
    return () => this.#state.market.delete(listener);
  }

  onUser(apiKey: string, listener: (event: UserEvent) => void): () => void {
    const listeners = this.#state.users.get(this.#state.account(apiKey));
    listeners?.add(listener);
    return () => listeners?.delete(listener);
  }

  inject(fault: ExchangeFault): void {
    if (fault.verb === 'eng.maintenance') this.#gateway.closedUntil = this.time() + fault.ms;
    else happen(this.#state, fault);
  }

  injectRequest(rule: RequestFaultRule): void {
    this.#faults.add(rule);
  }

  /** All own trades of an account as they were booked: the truth that tests compare with. */
  allTrades(apiKey: string): readonly OwnTrade[] {
    return this.#state.account(apiKey).trades;
  }

  /** Balances as they are, in units of 1e-8, without any lag. */
  balances(apiKey: string): ReadonlyMap<string, { readonly free: bigint; readonly locked: bigint }> {
    return this.#state.account(apiKey).balances();
  }

  /** All orders of an account as they are, as queries would show them without any lag. */
  orders(apiKey: string): readonly OrderView[] {
    return [...this.#state.account(apiKey).orders.values()].map(orderView);
  }

  #desk(symbol: string): SymbolDesk {
    const desk = this.#state.symbols.get(symbol);
    if (desk) return desk;
    throw new ValvulinError('VLV_EXCHANGE_SETUP', `Expected a symbol of the exchange, got "${symbol}"`, {
      hint: `It has: ${[...this.#state.symbols.keys()].join(', ')}.`,
    });
  }
}

/** Nothing trades and no kline is made while a symbol is halted. */
function isHalted({ book }: SymbolDesk): boolean {
  return book.rules.status !== 'TRADING';
}
