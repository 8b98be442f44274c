import { indicator, runBatch } from './indicator.ts';
import type { LengthParams } from './params.ts';
import type { Series } from './series.ts';
import { DeviationState, deviationStep } from './window-deviation.ts';
import { MeanState, meanStep } from './window-mean.ts';

export const stdevIndicator = indicator({
  name: 'stdev',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Standard deviation',
    formula: 'sqrt(mean((x - mean)^2)) over n, population form',
    source: 'TA-Lib STDDEV, Tulip stddev',
    seeding: 'none (window)',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }) => new DeviationState('stdev', length),
  step: (inputs, from, to, state, _params, out) => deviationStep(inputs[0], from, to, state, out[0]),
});

/** Population standard deviation of the last `length` values. First value at bar `length - 1`. @throws RangeError */
export function stdev(series: Series, length: number): Float64Array {
  return runBatch(stdevIndicator, { value: series }, { length }).value;
}

interface ZScoreState {
  readonly mean: MeanState;
  readonly deviation: DeviationState;
  readonly column: Float64Array;
}

export const zScoreIndicator = indicator({
  name: 'zScore',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Z-score',
    formula: '(x - sma) / stdev, both over n',
    source: 'Standard',
    seeding: 'none (window)',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }, capacity): ZScoreState => ({
    mean: new MeanState('zScore', length),
    deviation: new DeviationState('zScore', length),
    column: new Float64Array(capacity),
  }),
  step: ([x], from, to, { mean, deviation, column }, _params, [value]) => {
    meanStep(x, from, to, mean, value);
    deviationStep(x, from, to, deviation, column);
    for (let i = from; i < to; i++) value[i] = column[i] === 0 ? 0 : (x[i] - value[i]) / column[i];
  },
});

/** Distance from the mean in standard deviations; 0 where there is no deviation. First value at bar `length - 1`. @throws RangeError */
export function zScore(series: Series, length: number): Float64Array {
  return runBatch(zScoreIndicator, { value: series }, { length }).value;
}
