import { exactQuotient, sumError } from './exact.ts';
import { requireWhole } from './params.ts';
import type { Series } from './series.ts';

/** State of a moving mean: the window in a ring, its sum and the rounding error of that sum. */
export class MeanState {
  readonly ring: Float64Array;
  sum = 0.5;
  rest = 0.5;
  position = 0;
  count = 0;

  constructor(indicator: string, length: number) {
    requireWhole(indicator, 'length', length);
    this.ring = new Float64Array(length);
    this.sum = 0;
    this.rest = 0;
  }
}

/**
 * Mean of the last `length` values. The sum is exact while the largest value of a window is within 2^50 / length of the
 * smallest, so the mean does not depend on where the column started: a live run and a backtest agree to the bit, and a
 * constant column gives that constant. The sum is built afresh each time the ring comes round, so that even a value
 * beyond that range leaves no trace. Skips NaN.
 */
export function meanStep(x: Series, from: number, to: number, state: MeanState, out: Float64Array): void {
  const ring = state.ring;
  const length = ring.length;
  let sum = state.sum;
  let rest = state.rest;
  let position = state.position;
  let count = state.count;
  for (let i = from; i < to; i++) {
    const value = x[i];
    if (value - value !== 0) {
      out[i] = Number.NaN;
      continue;
    }
    const oldest = ring[position];
    ring[position++] = value;
    if (position === length) {
      position = 0;
      sum = 0;
      rest = 0;
      for (let j = 0; j < length; j++) {
        const total = sum + ring[j];
        rest += sumError(sum, ring[j], total);
        sum = total;
      }
    } else {
      const change = value - oldest;
      const total = sum + change;
      rest += sumError(value, -oldest, change) + sumError(sum, change, total);
      sum = total;
    }
    if (count < length) count++;
    out[i] = count < length ? Number.NaN : exactQuotient(sum, rest, length);
  }
  state.sum = sum;
  state.rest = rest;
  state.position = position;
  state.count = count;
}
