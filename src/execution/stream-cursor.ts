import { type Bars, lowerBound } from '../core/bars.ts';
import { MarketBar } from '../core/engine.ts';
import { isFixed, timeframeMs } from '../core/timeframe.ts';
import type { RunStream } from './historical-run.ts';

/** A constant of this module: the global `Infinity` in a branch that has not run yet would box every number that meets it. */
const NEVER = Number.POSITIVE_INFINITY;

/** Where a run stands in one stream: before the open of bar `index`, or inside it. */
export class StreamCursor {
  readonly symbol: number;
  /** Orders of the symbol fill from the bar it stands in: no finer stream of the symbol has bars inside it. */
  fills = false;
  /** Slots decide on it, so the account is valued when its bars close. */
  readonly values: boolean;
  /** The bar it stands in, or stood in last. */
  readonly bar: MarketBar;
  readonly bars: Bars;
  isOpen = false;
  /** When the next open or close comes, epoch ms; Infinity after the last bar. */
  next = 0.5;
  #index = 0;
  readonly #scale: number;
  /** Length of every bar, or 0 where they differ (months). */
  readonly #barMs: number;
  readonly #finer: readonly Bars[];

  constructor(stream: number, { bars, symbolIndex, finer, slots }: RunStream, priceScale: number) {
    this.bar = new MarketBar(stream);
    this.symbol = symbolIndex;
    this.#finer = finer;
    this.values = slots.length > 0;
    this.bars = bars;
    this.#scale = priceScale;
    this.#barMs = isFixed(bars.timeframe) ? timeframeMs(bars.timeframe) : 0;
    this.next = bars.length > 0 ? bars.time[0] : NEVER;
  }

  /** Into the next bar: its close comes next, or the open of its successor where that is earlier. */
  enter(): void {
    const { bar, bars } = this;
    const i = this.#index;
    const close = this.#barMs > 0 ? bars.time[i] + this.#barMs : bars.closeTime(i);
    const following = i + 1 < bars.length ? bars.time[i + 1] : NEVER;
    bar.index = i;
    bar.openTime = bars.time[i];
    bar.open = Math.round(bars.open[i] * this.#scale);
    bar.volume = bars.volume[i];
    this.next = following < close ? following : close;
    this.fills = this.#finer.length === 0 || !this.#isRefined();
    this.isOpen = true;
  }

  /** To its end: its range and close are known now, and the open of the next bar comes next. */
  leave(): void {
    const { bar, bars } = this;
    const i = this.#index;
    bar.high = Math.round(bars.high[i] * this.#scale);
    bar.low = Math.round(bars.low[i] * this.#scale);
    bar.close = Math.round(bars.close[i] * this.#scale);
    bar.closeTime = this.next;
    this.#index = i + 1;
    this.next = i + 1 < bars.length ? bars.time[i + 1] : NEVER;
    this.isOpen = false;
  }

  /** True where a finer stream has a bar that opens inside the present one. */
  #isRefined(): boolean {
    return this.#finer.some(({ time }) => {
      const first = lowerBound(time, this.bar.openTime);
      return first < time.length && time[first] < this.next;
    });
  }
}
