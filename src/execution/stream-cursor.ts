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
  fills = true;
  /** The run has finer streams of its symbol. */
  readonly isRefinable: boolean;
  /** Slots decide on it, so the account is valued when its bars close. */
  readonly values: boolean;
  /** The bar it stands in, or stood in last. */
  readonly bar: MarketBar;
  readonly bars: Bars;
  // Numbers that bars are counted with start as fractions, so that they are stored unboxed.
  /** When the bar it stands in closes, or else the next one opens, epoch ms; never after the last. */
  at = 0.5;
  /** It stands in a bar: a close comes next. */
  isInside = false;
  /** When the bar after the one it stands in opens. */
  #following = 0.5;
  /** Price units of one. */
  readonly #scale: number = 0.5;
  /** Fills look at the volume of bars. */
  readonly #readsVolume: boolean = false;
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

  constructor(stream: number, spec: RunStream, priceScale: number, readsVolume: boolean) {
    const { bars, symbolIndex, finer, slots } = spec;
    this.bar = new MarketBar(stream);
    this.bar.index = -1;
    this.symbol = symbolIndex;
    this.#finer = finer;
    this.isRefinable = finer.length > 0;
    this.values = slots.length > 0;
    this.bars = bars;
    this.#time = bars.time;
    this.#open = bars.open;
    this.#high = bars.high;
    this.#low = bars.low;
    this.#close = bars.close;
    this.#volume = bars.volume;
    this.#scale = priceScale;
    this.#readsVolume = readsVolume;
    this.#barMs = isFixed(bars.timeframe) ? timeframeMs(bars.timeframe) : 0;
    this.at = bars.length > 0 ? bars.time[0] : NEVER;
  }

  /** Into the next bar: its close comes next, or the open of its successor where that is earlier. */
  enter(): void {
    const { bar } = this;
    const times = this.#time;
    const i = bar.index + 1;
    const barMs = this.#barMs;
    const close = barMs > 0 ? this.at + barMs : this.bars.closeTime(i);
    const following = i + 1 < times.length ? times[i + 1] : NEVER;
    bar.index = i;
    bar.openTime = this.at;
    bar.open = nearest(this.#open[i] * this.#scale);
    if (this.#readsVolume) bar.volume = this.#volume[i];
    this.#following = following;
    this.at = following < close ? following : close;
    this.isInside = true;
  }

  /** To its end: its range and close are known now, and the open of the next bar comes next. */
  leave(): void {
    const { bar } = this;
    const i = bar.index;
    const scale = this.#scale;
    bar.high = nearest(this.#high[i] * scale);
    bar.low = nearest(this.#low[i] * scale);
    bar.close = nearest(this.#close[i] * scale);
    bar.closeTime = this.at;
    this.at = this.#following;
    this.isInside = false;
  }

  /** After `enter`, where there are finer streams: whether one has a bar that opens inside this one. */
  lookInside(): void {
    this.fills = !this.#finer.some(({ time }) => {
      const first = lowerBound(time, this.bar.openTime);
      return first < time.length && time[first] < this.at;
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
