import { barClose, barOpen, divides, type Timeframe } from '../core/timeframe.ts';
import { print, units, valueOf } from './amount.ts';
import type { ExchangeBar, Kline } from './types.ts';

interface Candle {
  readonly openTime: number;
  readonly open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  quoteVolume: bigint;
  trades: number;
  takerBase: bigint;
  takerQuote: bigint;
  firstTradeId: number;
  lastTradeId: number;
}

/** Base bars kept; older ones are forgotten. */
const KEPT = 200_000;
/** How many trades a bar of a data set stands for. */
const TRADES_OF_BAR = 4;

/** The klines of one symbol: bars of the base interval, and longer ones made of them. */
export class Candles {
  readonly #base: Timeframe;
  #candles: Candle[] = [];

  constructor(base: Timeframe) {
    this.#base = base;
  }

  get base(): Timeframe {
    return this.#base;
  }

  /** Open time of the newest base bar, or -1. */
  get newest(): number {
    return this.#candles.at(-1)?.openTime ?? -1;
  }

  /** Books a trade; a new base bar begins where its time needs one. */
  trade(time: number, price: bigint, quantity: bigint, tradeId: number, buyerIsMaker: boolean): void {
    const candle = this.#at(barOpen(time, this.#base), price, tradeId);
    if (price > candle.high) candle.high = price;
    if (price < candle.low) candle.low = price;
    candle.close = price;
    if (quantity === 0n) return;
    const value = valueOf(price, quantity);
    candle.volume += quantity;
    candle.quoteVolume += value;
    candle.trades++;
    candle.lastTradeId = tradeId;
    if (buyerIsMaker) return;
    candle.takerBase += quantity;
    candle.takerQuote += value;
  }

  /** A bar of a data set opens: as yet it knows only its first price. */
  open({ time, open }: ExchangeBar, tradeId: number): void {
    this.#at(barOpen(time, this.#base), units(open), tradeId);
  }

  /** A bar of a data set is over. Its values replace what was known of it. */
  close(bar: ExchangeBar, tradeId: number): void {
    const openTime = barOpen(bar.time, this.#base);
    if (this.newest === openTime) this.#candles.pop();
    const [open, high, low, close, volume] = [bar.open, bar.high, bar.low, bar.close, bar.volume].map(units);
    const quoteVolume = valueOf((open + high + low + close) / 4n, volume);
    const trades = volume > 0n ? TRADES_OF_BAR : 0;
    this.#push({
      openTime,
      open,
      high,
      low,
      close,
      volume,
      quoteVolume,
      trades,
      takerBase: volume / 2n,
      takerQuote: quoteVolume / 2n,
      firstTradeId: trades > 0 ? tradeId - trades + 1 : -1,
      lastTradeId: trades > 0 ? tradeId : -1,
    });
  }

  /** How many trades `close` will count for such a bar. */
  static tradesOf({ volume }: ExchangeBar): number {
    return volume > 0 ? TRADES_OF_BAR : 0;
  }

  /**
   * The bar of `interval` that contains `time`, made of the base bars known; null where there are none, or where base
   * bars do not fill it exactly.
   */
  at(interval: Timeframe, time: number): Kline | null {
    if (!divides(this.#base, interval)) return null;
    const openTime = barOpen(time, interval);
    const close = barClose(openTime, interval);
    const from = this.#indexOf(openTime);
    let sum: Candle | null = null;
    for (let i = from; i < this.#candles.length && this.#candles[i].openTime < close; i++) {
      sum = sum === null ? { ...this.#candles[i], openTime } : joined(sum, this.#candles[i]);
    }
    return sum === null ? null : kline(sum, close - 1);
  }

  /** Klines that open in `[from, to]`: the first ones from `from`, or the last ones where `newest` says so. */
  range(interval: Timeframe, from: number, to: number, limit: number, newest: boolean): Kline[] {
    const rows: Kline[] = [];
    if (!divides(this.#base, interval)) return rows;
    if (newest) {
      let index = this.#indexOf(to + 1) - 1;
      while (index >= 0 && rows.length < limit) {
        const openTime = barOpen(this.#candles[index].openTime, interval);
        if (openTime < from) break;
        const row = this.at(interval, openTime);
        if (row) rows.push(row);
        index = this.#indexOf(openTime) - 1;
      }
      return rows.reverse();
    }
    let index = this.#indexOf(from);
    while (index < this.#candles.length && rows.length < limit) {
      const openTime = barOpen(this.#candles[index].openTime, interval);
      if (openTime > to) break;
      const row = openTime < from ? null : this.at(interval, openTime);
      if (row) rows.push(row);
      index = this.#indexOf(barClose(openTime, interval));
    }
    return rows;
  }

  /** Volume-weighted average price since `from`, or null where nothing traded. */
  average(from: number): bigint | null {
    let volume = 0n;
    let value = 0n;
    for (let i = this.#indexOf(from); i < this.#candles.length; i++) {
      volume += this.#candles[i].volume;
      value += this.#candles[i].quoteVolume;
    }
    return volume === 0n ? null : (value * 100_000_000n) / volume;
  }

  /** Takes base bars out, as an outage of an exchange does. */
  remove(from: number, to: number): void {
    this.#candles = this.#candles.filter(({ openTime }) => openTime < from || openTime >= to);
  }

  /** Index of the first base bar that opens at `time` or later. */
  #indexOf(time: number): number {
    let low = 0;
    let high = this.#candles.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#candles[middle].openTime < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(openTime: number, price: bigint, tradeId: number): Candle {
    const last = this.#candles.at(-1);
    if (last !== undefined && last.openTime >= openTime) return last;
    return this.#push({
      openTime,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 0n,
      quoteVolume: 0n,
      trades: 0,
      takerBase: 0n,
      takerQuote: 0n,
      firstTradeId: tradeId,
      lastTradeId: tradeId,
    });
  }

  #push(candle: Candle): Candle {
    this.#candles.push(candle);
    if (this.#candles.length > KEPT * 1.1) this.#candles = this.#candles.slice(-KEPT);
    return candle;
  }
}

function joined(sum: Candle, next: Candle): Candle {
  return {
    ...sum,
    high: next.high > sum.high ? next.high : sum.high,
    low: next.low < sum.low ? next.low : sum.low,
    close: next.close,
    volume: sum.volume + next.volume,
    quoteVolume: sum.quoteVolume + next.quoteVolume,
    trades: sum.trades + next.trades,
    takerBase: sum.takerBase + next.takerBase,
    takerQuote: sum.takerQuote + next.takerQuote,
    firstTradeId: sum.firstTradeId < 0 ? next.firstTradeId : sum.firstTradeId,
    lastTradeId: next.lastTradeId < 0 ? sum.lastTradeId : next.lastTradeId,
  };
}

function kline(candle: Candle, closeTime: number): Kline {
  return {
    openTime: candle.openTime,
    closeTime,
    open: print(candle.open),
    high: print(candle.high),
    low: print(candle.low),
    close: print(candle.close),
    volume: print(candle.volume),
    quoteVolume: print(candle.quoteVolume),
    trades: candle.trades,
    takerBase: print(candle.takerBase),
    takerQuote: print(candle.takerQuote),
    firstTradeId: candle.firstTradeId,
    lastTradeId: candle.lastTradeId,
  };
}
