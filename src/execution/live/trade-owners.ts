import type { VenueTrade } from '../venues/venue.ts';

/** Trades of unknown orders that are kept, so that an order whose number comes to be known later gets its own. */
const MOST_STRANGERS = 2_000;

/** Finds out whose a trade is: exchanges list trades by their own number of the order, which an answer may have lost. */
export class TradeOwners {
  readonly #clientIds = new Map<string, string>();
  #strangers: VenueTrade[] = [];

  /** Takes the exchange's number of an order; hands back trades of it that came before. */
  learn(symbol: string, orderId: number, clientId: string): readonly VenueTrade[] {
    const key = `${symbol}#${orderId}`;
    if (this.#clientIds.has(key)) return [];
    this.#clientIds.set(key, clientId);
    const own = this.#strangers.filter((trade) => trade.symbol === symbol && trade.orderId === orderId);
    if (own.length > 0) this.#strangers = this.#strangers.filter((trade) => !own.includes(trade));
    return own;
  }

  /** Client id of the order that a trade belongs to; null where it is not known, or nobody's here. */
  clientId(trade: VenueTrade): string | null {
    const known = trade.clientId ?? this.#clientIds.get(`${trade.symbol}#${trade.orderId}`);
    if (known !== undefined) return known;
    const { symbol, tradeId } = trade;
    if (this.#strangers.some((one) => one.tradeId === tradeId && one.symbol === symbol)) return null;
    this.#strangers.push(trade);
    if (this.#strangers.length > MOST_STRANGERS) this.#strangers.shift();
    return null;
  }
}
