import { type Bars, lowerBound, type Series } from '../core/bars.ts';
import { MarketBar } from '../core/engine.ts';
import { isFixed, timeframeMs } from '../core/timeframe.ts';
import type { RunStream } from './historical-run.ts';

/** A constant of this module: the global `Infinity` in a branch that has not run yet would box every number that meets it. */
const NEVER = Number.POSITIVE_INFINITY;

/** Where a run stands in one stream: before the open of a bar, or inside it. */
export class StreamCursor {
  readonly symbol: number;
  /** Orders of the symbol fill from the bar it stands in: no finer stream of the symbol has bars inside it. */
  fills = false;
  /** Slots decide on it, so the account is valued when its bars close. */
  readonly values: boolean;
  /** The bar it stands in, or stood in last. */
  readonly bar: MarketBar;
  readonly bars: Bars;
  // Numbers that bars are counted with start as fractions, so that they are stored unboxed.
  /** When the next bar opens, epoch ms; never while it stands in one, and after the last. */
  opensAt = 0.5;
  /** When the bar it stands in closes, epoch ms; never outside of bars. */
  closesAt = 0.5;
  /** When the bar after the one it stands in opens. */
  #following = 0.5;
  /** Price units of one. */
  readonly #scale: number = 0.5;
  /** Length of every bar, or 0 where they differ (months). */
  readonly #barMs: number = 0.5;
  readonly #finer: readonly Bars[];
  // The columns themselves: one step less to each price than through `bars`.
  readonly #time: Series;
  readonly #open: Series;
  readonly #high: Series;
  readonly #low: Series;
  readonly #close: Series;
  readonly #volume: Series;

  constructor(stream: number, { bars, symbolIndex, finer, slots }: RunStream, priceScale: number) {
    this.bar = new MarketBar(stream);
    this.bar.index = -1;
    this.symbol = symbolIndex;
    this.#finer = finer;
    this.values = slots.length > 0;
    this.bars = bars;
    this.#time = bars.time;
    this.#open = bars.open;
    this.#high = bars.high;
    this.#low = bars.low;
    this.#close = bars.close;
    this.#volume = bars.volume;
    this.#scale = priceScale;
    this.#barMs = isFixed(bars.timeframe) ? timeframeMs(bars.timeframe) : 0;
    this.opensAt = bars.length > 0 ? bars.time[0] : NEVER;
    this.closesAt = NEVER;
  }

  /** Into the next bar: its close comes next, or the open of its successor where that is earlier. */
  enter(): void {
    const { bar } = this;
    const i = bar.index + 1;
    const time = this.opensAt;
    const close = this.#barMs > 0 ? time + this.#barMs : this.bars.closeTime(i);
    const following = i + 1 < this.bars.length ? this.#time[i + 1] : NEVER;
    bar.index = i;
    bar.openTime = time;
    bar.open = nearest(this.#open[i] * this.#scale);
    bar.volume = this.#volume[i];
    this.#following = following;
    this.opensAt = NEVER;
    this.closesAt = following < close ? following : close;
    this.fills = this.#finer.length === 0 || !this.#isRefined();
  }

  /** To its end: its range and close are known now, and the open of the next bar comes next. */
  leave(): void {
    const { bar } = this;
    const i = bar.index;
    const scale = this.#scale;
    bar.high = nearest(this.#high[i] * scale);
    bar.low = nearest(this.#low[i] * scale);
    bar.close = nearest(this.#close[i] * scale);
    bar.closeTime = this.closesAt;
    this.opensAt = this.#following;
    this.closesAt = NEVER;
  }

  /** True where a finer stream has a bar that opens inside the present one. */
  #isRefined(): boolean {
    return this.#finer.some(({ time }) => {
      const first = lowerBound(time, this.bar.openTime);
      return first < time.length && time[first] < this.closesAt;
    });
  }
}

/**
 * To the nearest whole number, halves up, like `Math.round`; that compiles to a branch on the fraction, which is missed
 * at every second price.
 */
function nearest(price: number): number {
  return Math.floor(price + 0.5);
}
