import { indicator, runBatch } from './indicator.ts';
import { type LengthParams, requireWhole } from './params.ts';
import type { Series } from './series.ts';

/** State of a delay line, filled with NaN. */
export class LagState {
  readonly ring: Float64Array;
  position = 0;

  constructor(indicatorName: string, length: number) {
    requireWhole(indicatorName, 'length', length);
    this.ring = new Float64Array(length).fill(Number.NaN);
  }
}

/** The value `length` good bars ago; NaN before there is one. `x` and `out` may be one array. Skips NaN. */
export function lagStep(x: Series, from: number, to: number, state: LagState, out: Float64Array): void {
  const ring = state.ring;
  let position = state.position;
  for (let i = from; i < to; i++) {
    const value = x[i];
    if (value - value !== 0) {
      out[i] = Number.NaN;
      continue;
    }
    out[i] = ring[position];
    ring[position++] = value;
    if (position === ring.length) position = 0;
  }
  state.position = position;
}

export const momIndicator = indicator({
  name: 'mom',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 10 } as LengthParams,
  about: {
    title: 'Momentum',
    formula: 'x - x[n bars ago]',
    source: 'TA-Lib MOM, Tulip mom',
    seeding: 'none (window)',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length }),
  createState: ({ length }) => new LagState('mom', length),
  step: (inputs, from, to, state, _params, out) => {
    const [x] = inputs;
    const [value] = out;
    lagStep(x, from, to, state, value);
    for (let i = from; i < to; i++) value[i] = x[i] - value[i];
  },
});

/** Change over `length` bars, in the unit of the series. First value at bar `length`. @throws RangeError */
export function mom(series: Series, length: number): Float64Array {
  return runBatch(momIndicator, { value: series }, { length }).value;
}

export const rocIndicator = indicator({
  name: 'roc',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 10 } as LengthParams,
  about: {
    title: 'Rate of change',
    formula: '100 (x - x[n bars ago]) / x[n bars ago]; NaN where that is 0',
    source: 'TA-Lib ROC; Tulip roc is the same as a fraction',
    seeding: 'none (window)',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length }),
  createState: ({ length }) => new LagState('roc', length),
  step: (inputs, from, to, state, _params, out) => {
    const [x] = inputs;
    const [value] = out;
    lagStep(x, from, to, state, value);
    for (let i = from; i < to; i++) {
      const base = value[i];
      value[i] = base === 0 ? Number.NaN : (100 * (x[i] - base)) / base;
    }
  },
});

/** Change over `length` bars in percent. First value at bar `length`; NaN where the base is 0. @throws RangeError */
export function roc(series: Series, length: number): Float64Array {
  return runBatch(rocIndicator, { value: series }, { length }).value;
}
