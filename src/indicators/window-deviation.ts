import { productError, squareError, sumError } from './exact.ts';
import { requireWhole } from './params.ts';
import type { Series } from './series.ts';

/** State of a moving deviation: sums of the distances from an anchor and of their squares, with their rounding errors. */
export class DeviationState {
  readonly ring: Float64Array;
  anchor = 0.5;
  sum = 0.5;
  sumRest = 0.5;
  square = 0.5;
  squareRest = 0.5;
  position = 0;
  count = 0;

  constructor(indicator: string, length: number) {
    requireWhole(indicator, 'length', length);
    this.ring = new Float64Array(length);
    this.anchor = 0;
    this.sum = 0;
    this.sumRest = 0;
    this.square = 0;
    this.squareRest = 0;
  }
}

/**
 * Population standard deviation of the last `length` values (divided by n, as TA-Lib and Tulip do).
 * Sums of plain squares lose all digits when prices are large against their moves, and a variance below some epsilon is
 * not zero when the price is 0.00001. So: distances from an anchor inside the window, squares with their rounding
 * errors, the anchor moved and the sums built afresh each time the ring comes round. Skips NaN.
 */
export function deviationStep(x: Series, from: number, to: number, state: DeviationState, out: Float64Array): void {
  const ring = state.ring;
  const length = ring.length;
  let { anchor, sum, sumRest, square, squareRest, position, count } = state;
  for (let i = from; i < to; i++) {
    const value = x[i];
    if (value - value !== 0) {
      out[i] = Number.NaN;
      continue;
    }
    const left = ring[position];
    const oldest = left - anchor;
    ring[position++] = value;
    if (position === length) {
      position = 0;
      anchor = value;
      sum = 0;
      sumRest = 0;
      square = 0;
      squareRest = 0;
      for (let j = 0; j < length; j++) {
        const distance = ring[j] - anchor;
        const lost = sumError(ring[j], -anchor, distance);
        const total = sum + distance;
        sumRest += sumError(sum, distance, total) + lost;
        sum = total;
        const squared = distance * distance;
        const squares = square + squared;
        squareRest += sumError(square, squared, squares) + squareError(distance, squared) + 2 * distance * lost;
        square = squares;
      }
    } else {
      const newest = value - anchor;
      const newestLost = sumError(value, -anchor, newest);
      const oldestLost = sumError(left, -anchor, oldest);
      const change = newest - oldest;
      const total = sum + change;
      sumRest += sumError(newest, -oldest, change) + sumError(sum, change, total) + (newestLost - oldestLost);
      sum = total;
      const added = newest * newest;
      const removed = oldest * oldest;
      const growth = added - removed;
      const squares = square + growth;
      squareRest += squareError(newest, added) - squareError(oldest, removed);
      squareRest += 2 * (newest * newestLost - oldest * oldestLost);
      squareRest += sumError(added, -removed, growth) + sumError(square, growth, squares);
      square = squares;
    }
    if (count < length) count++;
    out[i] = count < length ? Number.NaN : deviation(sum, sumRest, square, squareRest, length);
  }
  state.anchor = anchor;
  state.sum = sum;
  state.sumRest = sumRest;
  state.square = square;
  state.squareRest = squareRest;
  state.position = position;
  state.count = count;
}

/** sqrt(n * sum of squares - square of the sum) / n, both products with their rounding errors. */
function deviation(sum: number, sumRest: number, square: number, squareRest: number, n: number): number {
  const scaled = n * square;
  const scaledRest = productError(n, square, scaled) + n * squareRest;
  const squared = sum * sum;
  const squaredRest = squareError(sum, squared) + 2 * sum * sumRest;
  const rounded = scaled - squared;
  const difference = rounded + (sumError(scaled, -squared, rounded) + scaledRest - squaredRest);
  return difference > 0 ? Math.sqrt(difference) / n : 0;
}
