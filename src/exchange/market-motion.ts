import { limitPrice, limitReached, stopPrice, stopReached } from '../execution/fill-rules.ts';
import { least } from './amount.ts';
import type { MatchingEngine } from './matching-engine.ts';
import type { OrderBook } from './order-book.ts';
import type { SpotOrder } from './spot-order.ts';

/** A stretch of the market in units: where it begins, and how far it reaches. */
export interface Stretch {
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
}

/**
 * Moves the simulated market of a symbol and lets waiting orders act on it, by the rule book that backtests use: which
 * prices reach an order, at what price it then trades, and which order comes first.
 */
export class MarketMotion {
  readonly #engine: MatchingEngine;
  readonly #touch: boolean;
  readonly #time: () => number;
  #pass = 0;

  constructor(engine: MatchingEngine, touch: boolean, time: () => number) {
    this.#engine = engine;
    this.#touch = touch;
    this.#time = time;
  }

  /**
   * The price goes to `price`: through all prices in between, or at once where it jumps. Resting limits trade no more
   * than `pool` together, where it is not null.
   */
  moveTo(book: OrderBook, price: bigint, jump: boolean, pool: bigint | null): void {
    const pass = ++this.#pass;
    let from = jump ? price : book.quotes.last;
    let left = pool;
    for (;;) {
      const stretch = { open: from, high: from > price ? from : price, low: least(from, price) };
      const order = this.#next(book, stretch, pass);
      if (!order) break;
      left = this.#act(order, book, from, pass, left);
      if (!jump) from = book.quotes.last;
    }
    book.quotes.move(price);
    this.#trail(book, price, price);
  }

  /** The next order that the range of the open bar reaches acts, in the order that is worst for what is held. */
  stepRange(book: OrderBook, bar: Stretch, pass: number): boolean {
    const order = this.#next(book, bar, pass);
    if (!order) return false;
    book.insideBar = true;
    book.parentIsStop = order.awaitsTrigger && order.terms.type === 'STOP_LOSS' && order.terms.side === 'BUY';
    this.#act(order, book, bar.open, pass, null);
    return true;
  }

  /** A pass over the waiting orders, in which each acts once. */
  newPass(): number {
    return ++this.#pass;
  }

  /** Trailing stops follow what the market reached. */
  #trail(book: OrderBook, high: bigint, low: bigint): void {
    for (const order of book.stops) {
      if (order.terms.trailingDelta === 0) continue;
      this.#engine.trail(order, order.terms.side === 'SELL' ? high : low, this.#time());
    }
  }

  /** The bar is over; orders that come now are no longer born inside it. */
  endRange(book: OrderBook, bar: Stretch, close: bigint): void {
    book.insideBar = false;
    this.#trail(book, bar.high, bar.low);
    book.quotes.move(close);
  }

  #act(order: SpotOrder, book: OrderBook, from: bigint, pass: number, pool: bigint | null): bigint | null {
    order.pass = pass;
    if (order.awaitsTrigger) {
      book.quotes.move(BigInt(stopPrice(order.triggerSign, Number(order.trigger), Number(from))));
      this.#engine.trigger(order);
      return pool;
    }
    const price = BigInt(limitPrice(order.sign, Number(order.terms.price), Number(from)));
    book.quotes.move(price);
    const quantity = pool === null ? order.remaining : least(order.remaining, pool);
    if (quantity > 0n) this.#engine.fill(order, price, quantity, true, ++book.tradeId);
    return pool === null ? null : pool - quantity;
  }

  /** The order that acts next: the nearest to the open; selling limits come behind everything that may hurt more. */
  #next(book: OrderBook, { open, high, low }: Stretch, pass: number): SpotOrder | null {
    let next: SpotOrder | null = null;
    let nextLast = false;
    let nextDistance = 0n;
    for (const order of book.waiting()) {
      if (order.pass === pass || !this.#reached(order, high, low)) continue;
      if (order.bornInBar === book.barNumber && !this.#mayActAtBirth(order, book, high, low)) continue;
      const level = order.awaitsTrigger ? order.trigger : order.terms.price;
      const last = order.terms.side === 'SELL' && (order.awaitsTrigger ? !order.stopIsBelow : true);
      const distance = level > open ? level - open : open - level;
      const sooner = last === nextLast ? distance < nextDistance : !last;
      if (next === null || sooner) {
        next = order;
        nextLast = last;
        nextDistance = distance;
      }
    }
    return next;
  }

  #reached(order: SpotOrder, high: bigint, low: bigint): boolean {
    if (!order.awaitsTrigger) {
      return limitReached(order.sign, Number(order.terms.price), Number(high), Number(low), this.#touch);
    }
    if (order.terms.trailingDelta > 0 && !order.trailing) return false;
    return stopReached(order.triggerSign, Number(order.trigger), Number(high), Number(low));
  }

  /** As in backtests: a stop may act in the bar that brought it; a target only behind a stop entry, if no stop was hit. */
  #mayActAtBirth(order: SpotOrder, book: OrderBook, high: bigint, low: bigint): boolean {
    if (order.awaitsTrigger && order.terms.type.startsWith('STOP_LOSS')) return true;
    if (!order.bornOfStop) return false;
    return !book.stops.some(
      (stop) => stop.account === order.account && stop !== order && this.#reached(stop, high, low),
    );
  }
}
