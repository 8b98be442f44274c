import { allocateColumns, Bars } from './bars.ts';
import { ValvulinError } from './errors.ts';
import { barClose, barOpen, divides, type Timeframe } from './timeframe.ts';

/**
 * Builds bars of a higher timeframe. A higher bar exists where at least one lower bar lies in it; its open is the first
 * open, its close the last close. The last one is left out unless its last lower bar closes it, so that only closed
 * bars come out; with `keepOpen` it stays.
 * @throws ValvulinError `VLV_TIMEFRAME` where the lower bars do not fill the higher ones exactly
 */
export function resample(bars: Bars, timeframe: Timeframe, keepOpen = false): Bars {
  if (timeframe === bars.timeframe) return bars;
  if (!divides(bars.timeframe, timeframe)) {
    throw new ValvulinError('VLV_TIMEFRAME', `Expected a multiple of "${bars.timeframe}", got "${timeframe}"`, {
      where: bars.symbol,
    });
  }
  const out = allocateColumns(bars.length);
  let n = 0;
  let end = Number.NEGATIVE_INFINITY;
  let high = 0;
  let low = 0;
  let volume = 0;
  for (let i = 0; i < bars.length; i++) {
    const time = bars.time[i];
    if (time >= end) {
      const open = barOpen(time, timeframe);
      end = barClose(open, timeframe);
      out.time[n] = open;
      out.open[n] = bars.open[i];
      high = bars.high[i];
      low = bars.low[i];
      volume = 0;
      n++;
    }
    if (bars.high[i] > high) high = bars.high[i];
    if (bars.low[i] < low) low = bars.low[i];
    volume += bars.volume[i];
    out.high[n - 1] = high;
    out.low[n - 1] = low;
    out.close[n - 1] = bars.close[i];
    out.volume[n - 1] = volume;
  }
  const closed = n > 0 && (keepOpen || bars.closeTime(bars.length - 1) >= end);
  return new Bars(bars.symbol, timeframe, out).slice(0, closed ? n : Math.max(0, n - 1));
}

/** Bars of a higher timeframe beside the base bars they were built from. */
export interface HigherBars {
  /** The closed higher bars. */
  readonly bars: Bars;
  /** Index of the last higher bar that is closed when base bar i closes; -1 before the first. */
  readonly index: Int32Array;
  /**
   * Spreads a series of the higher bars over the base bars, so that each base bar sees only closed higher bars.
   * NaN before the first.
   */
  align(series: ArrayLike<number>): Float64Array;
}

/** Resamples `bars` and aligns the result with them. @throws ValvulinError `VLV_TIMEFRAME` */
export function higherBars(bars: Bars, timeframe: Timeframe): HigherBars {
  const higher = resample(bars, timeframe);
  const index = new Int32Array(bars.length);
  let next = 0;
  for (let i = 0; i < bars.length; i++) {
    const now = bars.closeTime(i);
    while (next < higher.length && higher.closeTime(next) <= now) next++;
    index[i] = next - 1;
  }
  return {
    bars: higher,
    index,
    align(series) {
      const out = new Float64Array(index.length);
      for (let i = 0; i < out.length; i++) out[i] = index[i] < 0 ? Number.NaN : series[index[i]];
      return out;
    },
  };
}
