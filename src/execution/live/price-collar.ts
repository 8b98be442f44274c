import type { Market } from '../../core/instrument.ts';
import type { DesiredOrder } from './desired-orders.ts';

interface Quote {
  /** Last trade, and best bid and ask where the book is followed; price units. */
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
}

/**
 * Holds entries back that would trade far from what they were decided at: risk looked at the last close, this looks at
 * the book at the moment of sending. Without a limit, or before the first price, everything passes.
 */
export class PriceCollar {
  readonly #percent: number | null;
  readonly #quotes = new Map<string, Quote>();

  /** @param percent `risk.price_collar_pct`; null is no collar */
  constructor(percent: number | null) {
    this.#percent = percent;
  }

  /** Takes what the feed says of a symbol now, in ordinary numbers. */
  see(symbol: string, { instrument }: Market, last: number, bid?: number, ask?: number): void {
    const units = instrument.priceUnits(last);
    this.#quotes.set(symbol, {
      last: units,
      bid: bid === undefined ? units : instrument.priceUnits(bid),
      ask: ask === undefined ? units : instrument.priceUnits(ask),
    });
  }

  /**
   * Why an entry must not be sent now; null where it may.
   * @param decided price that it was decided at, units
   */
  refusal(symbol: string, entry: DesiredOrder, decided: number): string | null {
    const quote = this.#quotes.get(symbol);
    if (this.#percent === null || !quote) return null;
    const market = entry.side > 0 ? quote.ask : quote.bid;
    const price = entry.type === 'market' ? market : entry.price;
    const reference = entry.type === 'market' ? decided : quote.last;
    const apart = (Math.abs(price - reference) / reference) * 100;
    if (!(apart > this.#percent)) return null;
    return `price collar: ${apart.toFixed(2)}% from where it was decided, ${this.#percent}% are allowed`;
  }
}
