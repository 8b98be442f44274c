import { indicator, runBatch } from './indicator.ts';
import { LagState, lagStep } from './lag.ts';
import { requireWhole } from './params.ts';
import type { Series } from './series.ts';
import { MeanState, meanStep } from './window-mean.ts';

export interface KamaParams {
  /** Bars over which efficiency is measured. */
  readonly length: number;
  /** Average length in a straight move. */
  readonly fast: number;
  /** Average length in noise. */
  readonly slow: number;
}

interface KamaState {
  readonly lag: LagState;
  readonly path: MeanState;
  readonly steps: Float64Array;
  readonly start: Float64Array;
  previous: number;
  average: number;
}

export const kamaIndicator = indicator({
  name: 'kama',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 10, fast: 2, slow: 30 } as KamaParams,
  about: {
    title: "Kaufman's adaptive moving average",
    formula:
      'k += c (x - k), c = (E (f - s) + s)^2, E = |x - x[n ago]| / sum of |one-bar changes|, f = 2 / (fast + 1), s = 2 / (slow + 1)',
    source: 'Kaufman (1995); TA-Lib KAMA, Tulip kama',
    seeding: 'the value one bar before the first output',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length }),
  createState: ({ length, fast, slow }, capacity): KamaState => {
    requireWhole('kama', 'fast', fast);
    requireWhole('kama', 'slow', slow, fast + 1);
    return {
      lag: new LagState('kama', length),
      path: new MeanState('kama', length),
      steps: new Float64Array(capacity),
      start: new Float64Array(capacity),
      previous: Number.NaN,
      average: Number.NaN,
    };
  },
  step: (inputs, from, to, state, { length, fast, slow }, out) => {
    const [x] = inputs;
    const { steps, start } = state;
    const fastest = 2 / (fast + 1);
    const slowest = 2 / (slow + 1);
    let { previous, average } = state;
    lagStep(x, from, to, state.lag, start);
    for (let i = from; i < to; i++) steps[i] = Math.abs(x[i] - (i > from ? x[i - 1] : previous));
    meanStep(steps, from, to, state.path, steps);
    for (let i = from; i < to; i++) {
      const value = x[i];
      const path = length * steps[i];
      if (path - path === 0) {
        if (average - average !== 0) average = previous;
        const efficiency = path > 0 ? Math.min(1, Math.abs(value - start[i]) / path) : 1;
        const root = efficiency * (fastest - slowest) + slowest;
        average += root * root * (value - average);
      }
      out[0][i] = average;
      previous = value;
    }
    state.previous = previous;
    state.average = average;
  },
});

/** Kaufman's adaptive moving average. First value at bar `length`. @throws RangeError */
export function kama(series: Series, length: number, fast = 2, slow = 30): Float64Array {
  return runBatch(kamaIndicator, { value: series }, { length, fast, slow }).value;
}
