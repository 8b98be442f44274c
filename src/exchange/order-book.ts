import { Quotes } from './quotes.ts';
import type { SpotOrder } from './spot-order.ts';
import { SymbolRules } from './symbol-rules.ts';
import type { ExchangeSymbol, Side } from './types.ts';

/** What waits in one symbol: limit orders by price and time, stops by time; and the simulated market around them. */
export class OrderBook {
  readonly rules: SymbolRules;
  readonly quotes: Quotes;
  readonly #bids: SpotOrder[] = [];
  readonly #asks: SpotOrder[] = [];
  readonly stops: SpotOrder[] = [];
  /** How many bars have opened, and whether orders have begun to act in the range of the last one. */
  barNumber = 0;
  insideBar = false;
  /** Whether the order that acted last in the range is an entry by a stop: what comes now is its child. */
  parentIsStop = false;
  tradeId = 0;
  updateId = 0;

  constructor(spec: ExchangeSymbol) {
    this.rules = new SymbolRules(spec);
    this.quotes = new Quotes(this.rules, spec.price, spec.liquidity ?? {});
  }

  /** Resting limit orders of one side, the best price and then the oldest first. */
  side(side: Side): readonly SpotOrder[] {
    return side === 'BUY' ? this.#bids : this.#asks;
  }

  /** Puts a limit order in its place: behind all of the same price. */
  rest(order: SpotOrder): void {
    const orders = order.terms.side === 'BUY' ? this.#bids : this.#asks;
    const { price } = order.terms;
    let at = orders.length;
    while (at > 0 && this.#better(order, price, orders[at - 1].terms.price)) at--;
    orders.splice(at, 0, order);
    this.updateId++;
  }

  #better({ terms }: SpotOrder, price: bigint, than: bigint): boolean {
    return terms.side === 'BUY' ? price > than : price < than;
  }

  remove(order: SpotOrder): void {
    for (const orders of [this.stops, this.#bids, this.#asks]) {
      const at = orders.indexOf(order);
      if (at < 0) continue;
      orders.splice(at, 1);
      this.updateId++;
    }
  }

  /** Orders that have been accepted and wait for a price, oldest first in each kind. */
  *waiting(): Generator<SpotOrder> {
    yield* this.stops;
    yield* this.#bids;
    yield* this.#asks;
  }
}
