import { ValvulinError } from '../../../core/errors.ts';
import type { InstrumentRules } from '../../../core/instrument.ts';
import type { CcxtMarket } from './unified.ts';

const TICK_SIZE = 4;

/** Spot markets of an exchange by the names that the engine uses: the exchange's own, or base and quote in one word. */
export class Markets {
  readonly #byName = new Map<string, CcxtMarket | null>();
  readonly #names = new Map<string, string>();
  readonly #exchange: string;
  readonly #precisionMode: number;

  constructor(exchange: string, markets: Readonly<Record<string, CcxtMarket>>, precisionMode: number) {
    this.#exchange = exchange;
    this.#precisionMode = precisionMode;
    for (const market of Object.values(markets)) {
      if (!market.spot) continue;
      for (const name of new Set([market.id, `${market.base}${market.quote}`])) {
        // Two markets may share a word, such as A-BC and AB-C: then it names neither.
        this.#byName.set(name, this.#byName.has(name) ? null : market);
      }
    }
  }

  /** @throws ValvulinError `VLV_VENUE_UNSUPPORTED` where the exchange does not trade it */
  market(symbol: string): CcxtMarket {
    const market = this.#byName.get(symbol);
    if (!market)
      throw new ValvulinError('VLV_VENUE_UNSUPPORTED', `Expected a spot symbol of ${this.#exchange}, got "${symbol}"`);
    this.#names.set(market.symbol, symbol);
    return market;
  }

  /** Our name of a market, by the library's. */
  nameOf(unified: string): string {
    return this.#names.get(unified) ?? unified.replace('/', '');
  }

  /** @throws ValvulinError as `market`, and where the exchange does not state its steps */
  rules(symbol: string): InstrumentRules {
    const { base, quote, precision, limits } = this.market(symbol);
    return {
      symbol,
      base,
      quote,
      priceTick: this.#step(precision.price, symbol),
      lotStep: this.#step(precision.amount, symbol),
      minNotional: Number(limits.cost?.min ?? 0),
      source: 'exchange',
    };
  }

  #step(value: unknown, symbol: string): number {
    const step = this.#precisionMode === TICK_SIZE ? Number(value) : Number(`1e-${String(value)}`);
    if (value != null && step > 0) return step;
    throw new ValvulinError('VLV_VENUE_UNSUPPORTED', `Expected the steps of "${symbol}", got "${String(value)}"`);
  }
}
