import { indicator, runBatch } from './indicator.ts';
import type { LengthParams } from './params.ts';
import type { Series } from './series.ts';
import { ExtremeState, extremeStep } from './window-extreme.ts';

export const highestIndicator = indicator({
  name: 'highest',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Highest value',
    formula: 'maximum of the last n, the current bar included',
    source: 'TA-Lib MAX, Tulip max',
    seeding: 'none (window)',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }) => new ExtremeState('highest', length),
  step: (inputs, from, to, state, _params, out) => extremeStep(inputs[0], from, to, state, 1, out[0]),
});

/** Highest of the last `length` values, the current one included. First value at bar `length - 1`. @throws RangeError */
export function highest(series: Series, length: number): Float64Array {
  return runBatch(highestIndicator, { value: series }, { length }).value;
}

export const lowestIndicator = indicator({
  name: 'lowest',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Lowest value',
    formula: 'minimum of the last n, the current bar included',
    source: 'TA-Lib MIN, Tulip min',
    seeding: 'none (window)',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }) => new ExtremeState('lowest', length),
  step: (inputs, from, to, state, _params, out) => extremeStep(inputs[0], from, to, state, -1, out[0]),
});

/** Lowest of the last `length` values, the current one included. First value at bar `length - 1`. @throws RangeError */
export function lowest(series: Series, length: number): Float64Array {
  return runBatch(lowestIndicator, { value: series }, { length }).value;
}
