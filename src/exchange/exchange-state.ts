import { ValvulinError } from '../core/errors.ts';
import { barOpen, type Timeframe } from '../core/timeframe.ts';
import { Account } from './account.ts';
import { print, valueOf } from './amount.ts';
import { orderRefusal, refusal } from './api-error.ts';
import { Candles } from './candles.ts';
import { History } from './history.ts';
import { MarketMotion } from './market-motion.ts';
import { MatchingEngine } from './matching-engine.ts';
import { OrderBook } from './order-book.ts';
import { RateLimiter } from './rate-limiter.ts';
import { ApiKey } from './signatures.ts';
import type { ExchangeOptions, MarketEvent, TradePrint, UserEvent } from './types.ts';

const USUAL_BASE: Timeframe = '1m';
/** Public trades kept for each symbol. */
const PRINTS_KEPT = 2_000;
const AVERAGE_MS = 5 * 60_000;
const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const ID_LENGTH = 22;

/** One symbol of the exchange with all that belongs to it. */
export interface SymbolDesk {
  readonly book: OrderBook;
  readonly candles: Candles;
  prints: TradePrint[];
  /** The pass over the orders that the range of the open bar is in, or 0. */
  barPass: number;
}

/** Everything that the exchange knows, and who listens to it. */
export class ExchangeState {
  readonly symbols = new Map<string, SymbolDesk>();
  readonly keys = new Map<string, ApiKey>();
  readonly history: History;
  readonly engine: MatchingEngine;
  readonly motion: MarketMotion;
  readonly limiter: RateLimiter;
  /** Exchange time, epoch ms. */
  readonly time: () => number;
  /** How much exchange time differs from the clock it was given, ms. */
  skew = 0;
  readonly checksTimestamps: boolean;
  readonly market = new Set<(event: MarketEvent) => void>();
  readonly users = new Map<Account, Set<(event: UserEvent) => void>>();
  readonly #random: () => number;
  readonly #filled = new WeakSet();

  /** @throws ValvulinError `VLV_EXCHANGE_SETUP` where a symbol or an API key is there twice */
  constructor(options: ExchangeOptions) {
    const { clock } = options;
    this.time = () => clock.now() + this.skew;
    this.checksTimestamps = options.timestamps !== 'ignored';
    this.#random = options.random;
    const books = new Map<string, OrderBook>();
    for (const spec of options.symbols) {
      unique(this.symbols, spec.name, 'symbol');
      const book = new OrderBook(spec);
      const candles = new Candles(options.baseInterval ?? USUAL_BASE);
      books.set(spec.name, book);
      this.symbols.set(spec.name, { book, candles, prints: [], barPass: 0 });
    }
    this.history = new History(this.time);
    this.limiter = new RateLimiter(options.limits);
    const touch = options.limitFill === 'touch';
    this.engine = new MatchingEngine({
      books,
      history: this.history,
      time: this.time,
      touch,
      tell: (account, event) => this.#tell(account, event),
      traded: (book, price, quantity, buyerIsMaker) => this.#traded(book, price, quantity, buyerIsMaker),
      bookChanged: (book) => this.tellBook(book),
    });
    this.motion = new MarketMotion(this.engine, touch, this.time);
    for (const spec of options.accounts) {
      const account = new Account(spec, this.users.size + 1);
      this.users.set(account, new Set());
      this.history.balances(account);
      for (const key of [spec, ...(spec.moreKeys ?? [])]) {
        unique(this.keys, key.apiKey, 'API key');
        this.keys.set(key.apiKey, new ApiKey(key, account));
      }
    }
  }

  /** @throws Refusal -1121 */
  desk(symbol: string): SymbolDesk {
    const desk = this.symbols.get(symbol);
    if (!desk) throw refusal(-1121, 'Invalid symbol.');
    return desk;
  }

  /** The account of an API key. @throws Refusal -2015 */
  account(apiKey: string): Account {
    const key = this.keys.get(apiKey);
    if (!key) throw refusal(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
    return key.account;
  }

  /** Price of the last five minutes, or the last one where nothing traded. */
  average({ candles, book }: SymbolDesk): bigint {
    return candles.average(this.time() - AVERAGE_MS) ?? book.quotes.last;
  }

  /** A client id as the exchange makes one. */
  readonly newClientId = (): string => {
    let id = '';
    for (let n = 0; n < ID_LENGTH; n++) id += ID_LETTERS[Math.floor(this.#random() * ID_LETTERS.length)];
    return id;
  };

  /** @throws Refusal -2010 where the symbol takes no new orders now */
  assertTrading({ book }: SymbolDesk): void {
    if (book.rules.status !== 'TRADING') throw orderRefusal('Market is closed.');
  }

  tellMarket(event: MarketEvent): void {
    for (const listener of this.market) listener(event);
  }

  tellBook(book: OrderBook): void {
    book.updateId++;
    this.tellMarket({ kind: 'book', symbol: book.rules.name, updateId: book.updateId });
  }

  #tell(account: Account, event: UserEvent): void {
    if (event['x'] === 'TRADE' && !this.#seen(account, Number(event['i']))) {
      this.limiter.filled(account.name, event['m'] === true, this.time());
    }
    for (const listener of this.users.get(account) ?? []) listener(event);
  }

  /** Whether an order has had a fill before. */
  #seen(account: Account, orderId: number): boolean {
    const order = account.orders.get(orderId);
    if (order === undefined || this.#filled.has(order)) return true;
    this.#filled.add(order);
    return false;
  }

  #traded(book: OrderBook, price: bigint, quantity: bigint, buyerIsMaker: boolean): void {
    // The market follows when the taker is done: stops see the price, limits are not filled by it.
    this.engine.later(() => this.motion.moveTo(book, price, true, 0n));
    this.publish(this.desk(book.rules.name), price, quantity, book.tradeId, buyerIsMaker);
  }

  /** Books and tells one public trade. */
  publish(desk: SymbolDesk, price: bigint, quantity: bigint, id: number, buyerIsMaker: boolean): void {
    const { book, candles } = desk;
    const symbol = book.rules.name;
    const time = this.time();
    const before = candles.newest;
    if (before >= 0 && barOpen(time, candles.base) > before) {
      this.tellMarket({ kind: 'bar', symbol, openTime: before, closed: true });
    }
    candles.trade(time, price, quantity, id, buyerIsMaker);
    const trade: TradePrint = {
      id,
      price: print(price),
      quantity: print(quantity),
      quoteQuantity: print(valueOf(price, quantity)),
      time,
      buyerIsMaker,
    };
    desk.prints.push(trade);
    if (desk.prints.length > PRINTS_KEPT * 2) desk.prints = desk.prints.slice(-PRINTS_KEPT);
    this.tellMarket({ kind: 'trade', symbol, trade });
    this.tellMarket({ kind: 'bar', symbol, openTime: candles.newest, closed: false });
  }
}

function unique(known: ReadonlyMap<string, unknown>, name: string, what: string): void {
  if (!known.has(name)) return;
  throw new ValvulinError('VLV_EXCHANGE_SETUP', `Expected each ${what} once, got "${name}" twice`);
}
