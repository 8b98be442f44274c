import { requireWhole } from './params.ts';
import type { Series } from './series.ts';

/** State of a moving maximum: the current block of values, and the running maxima from each place of the last block on. */
export class ExtremeState {
  readonly block: Float64Array;
  readonly tail: Float64Array;
  best = 0.5;
  position = 0;
  count = 0;

  constructor(indicator: string, length: number) {
    requireWhole(indicator, 'length', length);
    this.block = new Float64Array(length);
    this.tail = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    this.best = Number.NEGATIVE_INFINITY;
  }
}

/**
 * Highest (`sign` 1) or lowest (`sign` -1) of the last `length` values in constant time per bar: a window is the tail of
 * one block and the head of the next (van Herk 1992, Gil and Werman 1993). Skips NaN.
 */
export function extremeStep(
  x: Series,
  from: number,
  to: number,
  state: ExtremeState,
  sign: 1 | -1,
  out: Float64Array,
): void {
  const { block, tail } = state;
  const length = block.length;
  let { best, position, count } = state;
  for (let i = from; i < to; i++) {
    const value = sign * x[i];
    if (value - value !== 0) {
      out[i] = Number.NaN;
      continue;
    }
    block[position++] = value;
    if (value > best) best = value;
    let highest = best;
    if (position === length) {
      let running = Number.NEGATIVE_INFINITY;
      for (let j = length - 1; j >= 0; j--) {
        if (block[j] > running) running = block[j];
        tail[j] = running;
      }
      position = 0;
      best = Number.NEGATIVE_INFINITY;
    } else if (tail[position] > highest) {
      highest = tail[position];
    }
    if (count < length) count++;
    out[i] = count < length ? Number.NaN : sign * highest;
  }
  state.best = best;
  state.position = position;
  state.count = count;
}
