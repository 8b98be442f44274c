import type { Bars } from '../core/bars.ts';
import { sma } from '../indicators/index.ts';

/** What counts as small and long, relative to the bar itself or to bars before it. */
export interface CandleLimits {
  /** Bars of the mean body that a long body must exceed. */
  readonly bodyLength: number;
  /** A body or shadow up to this part of the bar's range counts as none. */
  readonly dojiRatio: number;
  /** A long shadow is at least this many bodies long. */
  readonly shadowRatio: number;
  /** The body of a star is at most this part of the body before it. */
  readonly starRatio: number;
}

/**
 * Candlestick shapes of a bar series, as yes or no at a bar; false wherever a bar they need is missing or not a number.
 * `up` 1 asks for the bullish form, -1 for the bearish one. Definitions after Steve Nison, Japanese Candlestick
 * Charting Techniques (1991); "long" as in TA-Lib, relative to the mean body of the bars before.
 */
export class Candles {
  readonly #bars: Bars;
  readonly #limits: CandleLimits;
  readonly #body: Float64Array;
  readonly #meanBody: Float64Array;

  constructor(bars: Bars, limits: CandleLimits) {
    this.#bars = bars;
    this.#limits = limits;
    this.#body = new Float64Array(bars.length);
    for (let i = 0; i < bars.length; i++) this.#body[i] = bars.close[i] - bars.open[i];
    this.#meanBody = sma(this.#body.map(Math.abs), limits.bodyLength);
  }

  /** Opens and closes at nearly one price: undecided. A bar without any range is no doji, it has no shape at all. */
  doji(i: number): boolean {
    const range = this.#range(i);
    return range > 0 && this.#size(i) <= this.#limits.dojiRatio * range;
  }

  /** A long body that swallows the opposite body before it. Two undecided bars cannot engulf each other. */
  engulfing(i: number, up: 1 | -1): boolean {
    const { open, close } = this.#bars;
    return (
      this.#decided(i - 1, up === 1 ? -1 : 1) &&
      this.#decided(i, up) &&
      this.#long(i) &&
      this.#size(i) > this.#size(i - 1) &&
      (close[i - 1] - open[i]) * up >= 0 &&
      (close[i] - open[i - 1]) * up >= 0
    );
  }

  /** A long lower shadow under a small body at the top of the bar; whichever way the body goes. */
  hammer(i: number): boolean {
    return this.#pin(i, this.#lowerShadow(i), this.#upperShadow(i));
  }

  /** A long upper shadow over a small body at the bottom of the bar. */
  shootingStar(i: number): boolean {
    return this.#pin(i, this.#upperShadow(i), this.#lowerShadow(i));
  }

  /**
   * Morning star (`up` 1) or evening star: a long body, a small one or doji that stays on the far side of the first
   * body's middle, and a body back beyond that middle.
   */
  star(i: number, up: 1 | -1): boolean {
    const { open, close } = this.#bars;
    const middle = (open[i - 2] + close[i - 2]) / 2;
    const inner = up === 1 ? Math.max(open[i - 1], close[i - 1]) : Math.min(open[i - 1], close[i - 1]);
    return (
      this.#decided(i - 2, up === 1 ? -1 : 1) &&
      this.#long(i - 2) &&
      (this.doji(i - 1) || this.#size(i - 1) <= this.#limits.starRatio * this.#size(i - 2)) &&
      (middle - inner) * up > 0 &&
      this.#decided(i, up) &&
      (close[i] - middle) * up > 0
    );
  }

  #pin(i: number, long: number, short: number): boolean {
    const { shadowRatio, dojiRatio } = this.#limits;
    return (
      !this.doji(i) && this.#size(i) > 0 && long >= shadowRatio * this.#size(i) && short <= dojiRatio * this.#range(i)
    );
  }

  #decided(i: number, up: 1 | -1): boolean {
    return this.#body[i] * up > 0 && !this.doji(i);
  }

  #long(i: number): boolean {
    return this.#size(i) > this.#meanBody[i - 1];
  }

  #size(i: number): number {
    return Math.abs(this.#body[i]);
  }

  #range(i: number): number {
    return this.#bars.high[i] - this.#bars.low[i];
  }

  #upperShadow(i: number): number {
    return this.#bars.high[i] - Math.max(this.#bars.open[i], this.#bars.close[i]);
  }

  #lowerShadow(i: number): number {
    return Math.min(this.#bars.open[i], this.#bars.close[i]) - this.#bars.low[i];
  }
}
