import type { Series } from '../indicators/series.ts';
import type { BarColumns } from './bars.ts';
import { ValvulinError } from './errors.ts';
import { mulDivCeil, mulDivFloor, pow10, remainder } from './money.ts';

/** Trading rules of one symbol in ordinary numbers, as an exchange states them. */
export interface InstrumentRules {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Smallest step of an order's price. */
  readonly priceTick: number;
  /** Smallest step of an order's quantity. */
  readonly lotStep: number;
  /** Least value of an order, in the quote asset. */
  readonly minNotional: number;
  readonly source: 'exchange' | 'inferred' | 'given';
}

const MAX_DECIMALS = 10;
const SNAP = 1e-4;
/** Values looked at in one call, so that the compiler meets the loop often. */
const CHUNK = 4096;

/**
 * The rules of one symbol as integers, and the only place that converts between ordinary numbers and units or rounds
 * to a tick or a lot. A price unit is `10^-priceDecimals`; market data may be finer than the order tick.
 */
export class Instrument {
  readonly rules: InstrumentRules;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  readonly priceScale: number;
  readonly quantityScale: number;
  /** Order tick in price units. */
  readonly tick: number;
  /** Lot in quantity units. */
  readonly lot: number;
  /** Bars that were found to lie on the price grid, so that none is searched twice. */
  readonly #covered = new WeakSet<object>();

  /**
   * @param dataDecimals decimals that the market data needs, where they are more than the tick's
   * @param assetDecimals decimals in which the base asset is counted, where they are more than the lot's
   * @throws ValvulinError `VLV_INSTRUMENT` where a step is not a positive decimal number
   */
  constructor(rules: InstrumentRules, dataDecimals = 0, assetDecimals = 0) {
    this.rules = rules;
    this.priceDecimals = Math.max(decimalsOf(rules.priceTick, 'priceTick', rules), dataDecimals);
    this.quantityDecimals = Math.max(decimalsOf(rules.lotStep, 'lotStep', rules), assetDecimals);
    this.priceScale = pow10(this.priceDecimals);
    this.quantityScale = pow10(this.quantityDecimals);
    this.tick = Math.round(rules.priceTick * this.priceScale);
    this.lot = Math.round(rules.lotStep * this.quantityScale);
  }

  /** Price to units, to the nearest. */
  priceUnits(price: number): number {
    return Math.round(price * this.priceScale);
  }

  price(units: number): number {
    return units / this.priceScale;
  }

  quantity(units: number): number {
    return units / this.quantityScale;
  }

  /** Quantity to units, down to a whole lot; a value within a millionth of a lot of the next one counts as that one. */
  quantityUnits(quantity: number): number {
    return Math.floor((quantity * this.quantityScale) / this.lot + 1e-6) * this.lot;
  }

  floorLot(units: number): number {
    return this.lot === 1 ? units : units - remainder(units, this.lot);
  }

  /**
   * Price to units, down to a tick. A price within a ten-thousandth of a tick of the next one counts as that one, so
   * that `100 * 1.02` is the 102 its writer meant.
   */
  priceDown(price: number): number {
    return Math.floor((price * this.priceScale) / this.tick + SNAP) * this.tick;
  }

  /** Price to units, up to a tick, with the same tolerance. */
  priceUp(price: number): number {
    return Math.ceil((price * this.priceScale) / this.tick - SNAP) * this.tick;
  }

  /** A price that a signal gave, in units, rounded up for direction 1 and down for -1; 0 where it gave none (NaN). */
  levelUnits(price: number, direction: number): number {
    if (Number.isNaN(price)) return 0;
    return direction > 0 ? this.priceUp(price) : this.priceDown(price);
  }

  /** A price difference in units, up to a tick and at least one; 0 where there is none (NaN or not positive). */
  distanceUnits(distance: number): number {
    return distance > 0 ? Math.max(this.tick, this.priceUp(distance)) : 0;
  }

  /** True where every price of the columns is a whole number of price units. */
  covers(columns: Pick<BarColumns, 'open' | 'high' | 'low' | 'close'>): boolean {
    if (this.#covered.has(columns)) return true;
    const { priceDecimals } = this;
    const covered = [columns.open, columns.high, columns.low, columns.close].every(
      (column) => decimalsNeeded(column, priceDecimals, priceDecimals) <= priceDecimals,
    );
    if (covered) this.#covered.add(columns);
    return covered;
  }

  /**
   * Rules guessed from the data, for symbols whose exchange rules are not known: a tick as fine as the prices, a lot
   * worth about one quote unit at most, a minimum of 5.
   */
  static inferred(symbol: string, columns: BarColumns, quote = 'USDT'): Instrument {
    const decimals = dataDecimals(columns);
    const price = columns.close.length > 0 ? columns.close[columns.close.length >> 1] : 1;
    let lotDecimals = 0;
    while (lotDecimals < 8 && price > pow10(lotDecimals)) lotDecimals++;
    const base = symbol.endsWith(quote) ? symbol.slice(0, -quote.length) : symbol;
    const rules: InstrumentRules = {
      symbol,
      base,
      quote,
      priceTick: 1 / pow10(decimals),
      lotStep: 1 / pow10(lotDecimals),
      minNotional: 5,
      source: 'inferred',
    };
    return new Instrument(rules);
  }

  /** Exchange rules, with as many price decimals as the data needs (ticks were finer or coarser in the past). */
  static forData(rules: InstrumentRules, columns: BarColumns): Instrument {
    return new Instrument(rules, dataDecimals(columns));
  }
}

/** An instrument inside an account: values positions in the account's smallest cash units. */
export class Market {
  readonly instrument: Instrument;
  /** Cash units of one price unit times one quantity unit, as `multiplier / divisor`; one of the two is 1. */
  readonly multiplier: number;
  readonly divisor: number;
  readonly minNotional: number;
  readonly #factor: number;

  constructor(instrument: Instrument, cashDecimals: number) {
    this.instrument = instrument;
    const shift = cashDecimals - instrument.priceDecimals - instrument.quantityDecimals;
    this.multiplier = shift > 0 ? pow10(shift) : 1;
    this.divisor = shift < 0 ? pow10(-shift) : 1;
    this.minNotional = Math.ceil(instrument.rules.minNotional * pow10(cashDecimals));
    this.#factor = this.multiplier / this.divisor;
  }

  /** Value in cash units, down; for what is received. */
  notionalDown(price: number, quantity: number): number {
    return mulDivFloor(price * this.multiplier, quantity, this.divisor);
  }

  /** Value in cash units, up; for what is paid. */
  notionalUp(price: number, quantity: number): number {
    return mulDivCeil(price * this.multiplier, quantity, this.divisor);
  }

  /** Valuation of a signed quantity at a price; exact below 2^53, else to the nearest double. Never booked. */
  mark(price: number, quantity: number): number {
    return price * quantity * this.#factor;
  }

  /** Largest whole-lot quantity worth no more than `budget` cash units at this price. */
  affordable(price: number, budget: number): number {
    if (budget <= 0) return 0;
    const { instrument } = this;
    let quantity = instrument.floorLot(Math.floor(budget / (price * this.#factor)));
    while (quantity > 0 && this.notionalUp(price, quantity) > budget) quantity -= instrument.lot;
    while (this.notionalUp(price, quantity + instrument.lot) <= budget) quantity += instrument.lot;
    return quantity;
  }
}

function decimalsOf(step: number, name: string, rules: InstrumentRules): number {
  if (step > 0 && Number.isFinite(step)) {
    let scale = 1;
    for (let decimals = 0; decimals <= MAX_DECIMALS; decimals++, scale *= 10) {
      const scaled = step * scale;
      if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * scaled && Math.round(scaled) > 0) return decimals;
    }
  }
  throw new ValvulinError('VLV_INSTRUMENT', `Expected a positive decimal step for "${name}", got "${step}"`, {
    where: rules.symbol,
  });
}

function dataDecimals(columns: BarColumns): number {
  let decimals = 0;
  const largest = columns.high.length > 0 ? columns.high[columns.high.length >> 1] : 1;
  let limit = 8;
  while (limit > 0 && largest * pow10(limit) > 1e13) limit--;
  for (const column of [columns.open, columns.high, columns.low, columns.close]) {
    decimals = decimalsNeeded(column, decimals, limit);
  }
  return Math.min(decimals, limit);
}

/** Decimals (from `from` up to `limit + 1`, which means more than `limit`) that hold every value exactly. */
function decimalsNeeded(column: Series, from: number, limit: number): number {
  let decimals = from;
  for (let start = 0; start < column.length && decimals <= limit; ) {
    const end = Math.min(column.length, start + CHUNK);
    start = firstMisfit(column, start, end, pow10(decimals));
    if (start < end) decimals++;
  }
  return decimals;
}

/** Index of the first value in `[from, to)` that is no whole number of `1 / scale`; `to` where there is none. */
function firstMisfit(column: Series, from: number, to: number, scale: number): number {
  for (let i = from; i < to; i++) {
    if (Math.floor(column[i] * scale + 0.5) / scale !== column[i]) return i;
  }
  return to;
}
