import { requireWhole } from './params.ts';
import type { Series } from './series.ts';

/** How an exponential average starts: at its first value, or at the plain mean of its first `length` values. */
export type Seed = 'first' | 'sma';

/** @throws RangeError */
export function requireSeed(indicator: string, seed: Seed | undefined): void {
  if (seed === undefined || seed === 'first' || seed === 'sma') return;
  throw new RangeError(`${indicator}: expected seed to be "first" or "sma", got "${String(seed)}"`);
}

/**
 * State of one exponential average. Numbers with a fraction start at one in all kernel states: the engine then stores
 * them as doubles from the first object on, and never recompiles the kernel because one run held a whole number.
 */
export class ExponentialState {
  /** The average; while an `sma` seed is being gathered, the sum. */
  average = 0.5;
  count = 0;
  readonly length: number;
  readonly factor: number;
  readonly seed: Seed;

  constructor(indicator: string, length: number, factor: number, seed: Seed) {
    requireWhole(indicator, 'length', length);
    requireSeed(indicator, seed);
    this.average = 0;
    this.length = length;
    this.factor = factor;
    this.seed = seed;
  }
}

/** The usual average of `length`: factor 2 / (length + 1). */
export function emaState(indicator: string, length: number, seed: Seed = 'first'): ExponentialState {
  return new ExponentialState(indicator, length, 2 / (length + 1), seed);
}

/** Wilder's average: factor 1 / length, started at the plain mean. */
export function wilderState(indicator: string, length: number): ExponentialState {
  return new ExponentialState(indicator, length, 1 / length, 'sma');
}

/** `average += factor * (x - average)`: exact on constant input, where `a * average + k * x` drifts. Skips NaN. */
export function exponentialStep(x: Series, from: number, to: number, state: ExponentialState, out: Float64Array): void {
  const { factor, length } = state;
  let average = state.average;
  let count = state.count;
  for (let i = from; i < to; i++) {
    const value = x[i];
    if (value - value !== 0) {
      out[i] = Number.NaN;
    } else if (count >= length) {
      average += factor * (value - average);
      out[i] = average;
    } else {
      count++;
      if (state.seed === 'sma') {
        average += value;
        if (count === length) average /= length;
      } else if (count === 1) {
        average = value;
      } else {
        average += factor * (value - average);
      }
      out[i] = count === length ? average : Number.NaN;
    }
  }
  state.average = average;
  state.count = count;
}
