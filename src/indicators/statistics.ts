import { indicator, runBatch } from './indicator.ts';
import type { LengthParams } from './params.ts';
import type { Series } from './series.ts';
import { DeviationState, deviationStep } from './window-deviation.ts';

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
