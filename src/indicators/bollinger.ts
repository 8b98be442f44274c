import { indicator, runBatch } from './indicator.ts';
import { requirePositive } from './params.ts';
import type { Series } from './series.ts';
import { DeviationState, deviationStep } from './window-deviation.ts';
import { MeanState, meanStep } from './window-mean.ts';

export interface BollingerParams {
  readonly length: number;
  /** Half width of the bands in standard deviations. */
  readonly multiplier: number;
}

interface BollingerState {
  readonly mean: MeanState;
  readonly deviation: DeviationState;
}

export const bollingerIndicator = indicator({
  name: 'bollinger',
  inputs: ['value'],
  outputs: ['middle', 'upper', 'lower', 'percentB', 'width'],
  defaults: { length: 20, multiplier: 2 } as BollingerParams,
  about: {
    title: 'Bollinger bands',
    formula:
      'middle = sma; upper, lower = middle +- m stdev; percentB = (x - lower) / (upper - lower); width = (upper - lower) / middle',
    source: 'Bollinger; TA-Lib BBANDS, Tulip bbands (population deviation)',
    seeding: 'none (window)',
    flat: { middle: 'price', upper: 'price', lower: 'price', percentB: 0.5, width: 0 },
  },
  warmup: ({ length }) => {
    const first = length - 1;
    return { middle: first, upper: first, lower: first, percentB: first, width: first };
  },
  createState: ({ length, multiplier }): BollingerState => {
    requirePositive('bollinger', 'multiplier', multiplier);
    return { mean: new MeanState('bollinger', length), deviation: new DeviationState('bollinger', length) };
  },
  step: (inputs, from, to, state, { multiplier }, out) => {
    const x = inputs[0];
    const [middle, upper, lower, percentB, width] = out;
    meanStep(x, from, to, state.mean, middle);
    deviationStep(x, from, to, state.deviation, upper);
    for (let i = from; i < to; i++) {
      const mean = middle[i];
      const half = multiplier * upper[i];
      upper[i] = mean + half;
      lower[i] = mean - half;
      percentB[i] = half === 0 ? 0.5 : (x[i] - mean + half) / (2 * half);
      width[i] = (2 * half) / mean;
    }
  },
});

/**
 * Bollinger bands: `middle`, `upper` and `lower` in price units; `percentB`, 0 at the lower band and 1 at the upper, 0.5
 * where the bands have no width; `width` as a fraction of the middle. First value at bar `length - 1`.
 * @throws RangeError where a parameter is impossible
 */
export function bollinger(
  series: Series,
  length: number,
  multiplier = 2,
): { readonly [name in 'middle' | 'upper' | 'lower' | 'percentB' | 'width']: Float64Array } {
  return runBatch(bollingerIndicator, { value: series }, { length, multiplier });
}
