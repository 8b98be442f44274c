import type { Bar } from '../../core/bars.ts';
import { barClose, barOpen, type Timeframe } from '../../core/timeframe.ts';

/**
 * Builds the bars of a timeframe from closed bars of a lower one, as they come, in the order and with the arithmetic of
 * `resample`, so that both give the same bits.
 */
export class BarAggregator {
  readonly timeframe: Timeframe;
  readonly #base: Timeframe;
  #open: Bar | undefined;
  #end = Number.NEGATIVE_INFINITY;

  constructor(base: Timeframe, timeframe: Timeframe) {
    this.#base = base;
    this.timeframe = timeframe;
  }

  /** Takes the next closed base bar; returns the bars that are closed by it: none, one, or two behind a gap. */
  add(bar: Bar): Bar[] {
    const closed: Bar[] = [];
    if (bar.time >= this.#end) {
      if (this.#open) closed.push(this.#open);
      const time = barOpen(bar.time, this.timeframe);
      this.#end = barClose(time, this.timeframe);
      this.#open = { ...bar, time, volume: 0 + bar.volume };
    } else if (this.#open) {
      const { time, open, high, low, volume } = this.#open;
      this.#open = {
        time,
        open,
        high: bar.high > high ? bar.high : high,
        low: bar.low < low ? bar.low : low,
        close: bar.close,
        volume: volume + bar.volume,
      };
    }
    if (this.#open && barClose(bar.time, this.#base) >= this.#end) {
      closed.push(this.#open);
      this.#open = undefined;
    }
    return closed;
  }
}
