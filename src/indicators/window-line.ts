import { exactQuotient, sumError, upperHalf } from './exact.ts';
import { requireWhole } from './params.ts';
import type { Series } from './series.ts';

/** State of a straight line fitted to a moving window: its sum and its tilt, both with their rounding errors. */
export class LineState {
  readonly ring: Float64Array;
  sum = 0.5;
  sumRest = 0.5;
  tilt = 0.5;
  tiltRest = 0.5;
  position = 0;
  count = 0;

  constructor(indicator: string, length: number) {
    requireWhole(indicator, 'length', length);
    this.ring = new Float64Array(length);
    this.sum = 0;
    this.sumRest = 0;
    this.tilt = 0;
    this.tiltRest = 0;
  }
}

/**
 * Least-squares line through the last n values: its slope per bar, and the line's value `reach` bars to the right of the
 * window's centre. A reach of (n - 1) / 2 is the regression at the current bar; (n - 1) / 6 is, by algebra, the linearly
 * weighted moving average. `out` and `slope` may be one array, which then holds the value.
 *
 * The tilt is the sum of x times (2j - n - 1), j from 1 to n. Moving the window by one bar changes it by
 * (n - 1) newest + (n + 1) oldest - 2 sum; values are split in halves so that these products are exact. Skips NaN.
 */
export function lineStep(
  x: Series,
  from: number,
  to: number,
  state: LineState,
  reach: number,
  out: Float64Array,
  slope: Float64Array,
): void {
  const ring = state.ring;
  const length = ring.length;
  const scale = length > 1 ? 6 / (length * (length * length - 1)) : 0;
  let { sum, sumRest, tilt, tiltRest, position, count } = state;
  for (let i = from; i < to; i++) {
    const value = x[i];
    if (value - value !== 0) {
      slope[i] = Number.NaN;
      out[i] = Number.NaN;
      continue;
    }
    const oldest = ring[position];
    ring[position++] = value;
    if (position === length) {
      position = 0;
      sum = 0;
      sumRest = 0;
      tilt = 0;
      tiltRest = 0;
      for (let j = 0; j < length; j++) {
        const weight = 2 * j + 1 - length;
        const upper = upperHalf(ring[j]);
        const total = sum + ring[j];
        sumRest += sumError(sum, ring[j], total);
        sum = total;
        const tilted = tilt + weight * upper;
        tiltRest += sumError(tilt, weight * upper, tilted) + weight * (ring[j] - upper);
        tilt = tilted;
      }
    } else {
      const newUpper = upperHalf(value);
      const oldUpper = upperHalf(oldest);
      const gain = (length - 1) * newUpper;
      const back = (length + 1) * oldUpper;
      const moved = gain + back;
      const turn = moved - 2 * sum;
      const tilted = tilt + turn;
      tiltRest += (length - 1) * (value - newUpper) + (length + 1) * (oldest - oldUpper) - 2 * sumRest;
      tiltRest += sumError(gain, back, moved) + sumError(moved, -2 * sum, turn) + sumError(tilt, turn, tilted);
      tilt = tilted;
      const change = value - oldest;
      const total = sum + change;
      sumRest += sumError(value, -oldest, change) + sumError(sum, change, total);
      sum = total;
    }
    if (count < length) count++;
    const rise = count < length ? Number.NaN : scale * (tilt + tiltRest);
    slope[i] = rise;
    out[i] = count < length ? Number.NaN : exactQuotient(sum, sumRest, length) + rise * reach;
  }
  state.sum = sum;
  state.sumRest = sumRest;
  state.tilt = tilt;
  state.tiltRest = tiltRest;
  state.position = position;
  state.count = count;
}
