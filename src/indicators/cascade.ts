import type { EmaParams, SeedOption } from './averages.ts';
import { type ExponentialState, emaState, exponentialStep, type Seed } from './exponential.ts';
import { indicator, runBatch } from './indicator.ts';
import { requirePositive } from './params.ts';
import type { Series } from './series.ts';

/** Exponential averages of exponential averages: each starts at the first value of the one before it. */
interface CascadeState {
  readonly averages: readonly ExponentialState[];
  readonly columns: readonly Float64Array[];
}

function cascadeState(name: string, params: EmaParams, depth: number, capacity: number): CascadeState {
  return {
    averages: Array.from({ length: depth }, () => emaState(name, params.length, params.seed)),
    columns: Array.from({ length: depth }, () => new Float64Array(capacity)),
  };
}

function cascadeStep(x: Series, from: number, to: number, { averages, columns }: CascadeState): void {
  for (let k = 0; k < averages.length; k++) {
    exponentialStep(k === 0 ? x : columns[k - 1], from, to, averages[k], columns[k]);
  }
}

const seeding = 'each average as ema';

export const demaIndicator = indicator({
  name: 'dema',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20, seed: 'first' } as EmaParams,
  about: {
    title: 'Double exponential moving average',
    formula: '2 e1 - e2, e2 = ema(e1), e1 = ema(x)',
    source: 'Mulloy (1994); Tulip dema, TA-Lib DEMA with `seed: "sma"`',
    seeding,
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: 2 * (length - 1) }),
  createState: (params, capacity) => cascadeState('dema', params, 2, capacity),
  step: (inputs, from, to, state, _params, out) => {
    cascadeStep(inputs[0], from, to, state);
    const [e1, e2] = state.columns;
    for (let i = from; i < to; i++) out[0][i] = 2 * e1[i] - e2[i];
  },
});

/** Double exponential moving average. First value at bar `2 * (length - 1)`. @throws RangeError */
export function dema(series: Series, length: number, options: SeedOption = {}): Float64Array {
  return runBatch(demaIndicator, { value: series }, { length, ...options }).value;
}

export const temaIndicator = indicator({
  name: 'tema',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20, seed: 'first' } as EmaParams,
  about: {
    title: 'Triple exponential moving average',
    formula: '3 e1 - 3 e2 + e3',
    source: 'Mulloy (1994); Tulip tema, TA-Lib TEMA with `seed: "sma"`',
    seeding,
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: 3 * (length - 1) }),
  createState: (params, capacity) => cascadeState('tema', params, 3, capacity),
  step: (inputs, from, to, state, _params, out) => {
    cascadeStep(inputs[0], from, to, state);
    const [e1, e2, e3] = state.columns;
    for (let i = from; i < to; i++) out[0][i] = 3 * (e1[i] - e2[i]) + e3[i];
  },
});

/** Triple exponential moving average. First value at bar `3 * (length - 1)`. @throws RangeError */
export function tema(series: Series, length: number, options: SeedOption = {}): Float64Array {
  return runBatch(temaIndicator, { value: series }, { length, ...options }).value;
}

interface TrixState {
  readonly cascade: CascadeState;
  previous: number;
}

export const trixIndicator = indicator({
  name: 'trix',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 18, seed: 'first' } as EmaParams,
  about: {
    title: 'TRIX',
    formula: '100 times the one-bar rate of change of e3',
    source: 'Hutson (1983); Tulip trix, TA-Lib TRIX with `seed: "sma"`',
    seeding,
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: 3 * (length - 1) + 1 }),
  createState: (params, capacity): TrixState => ({
    cascade: cascadeState('trix', params, 3, capacity),
    previous: Number.NaN,
  }),
  step: (inputs, from, to, state, _params, out) => {
    cascadeStep(inputs[0], from, to, state.cascade);
    const e3 = state.cascade.columns[2];
    let previous = state.previous;
    for (let i = from; i < to; i++) {
      out[0][i] = previous === 0 ? Number.NaN : (100 * (e3[i] - previous)) / previous;
      previous = e3[i];
    }
    state.previous = previous;
  },
});

/** One-bar change of a triple exponential average, in percent. First value at bar `3 * (length - 1) + 1`. @throws RangeError */
export function trix(series: Series, length: number, options: SeedOption = {}): Float64Array {
  return runBatch(trixIndicator, { value: series }, { length, ...options }).value;
}

export interface T3Params {
  readonly length: number;
  /** Volume factor: 0 gives the triple average, 1 its strongest correction. */
  readonly factor: number;
  readonly seed?: Seed;
}

export const t3Indicator = indicator({
  name: 't3',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 5, factor: 0.7, seed: 'first' } as T3Params,
  about: {
    title: 'T3',
    formula: '-v^3 e6 + 3 (v^2 + v^3) e5 - (6 v^2 + 3 (v + v^3)) e4 + (1 + 3 v + v^3 + 3 v^2) e3',
    source: 'Tillson (1998); TA-Lib T3 with `seed: "sma"`',
    seeding,
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: 6 * (length - 1) }),
  createState: (params, capacity) => {
    requirePositive('t3', 'factor', params.factor);
    return cascadeState('t3', params, 6, capacity);
  },
  step: (inputs, from, to, state, { factor: v }, out) => {
    cascadeStep(inputs[0], from, to, state);
    const [, , e3, e4, e5, e6] = state.columns;
    const c6 = -v * v * v;
    const c5 = 3 * (v * v - c6);
    const c4 = -6 * v * v - 3 * (v - c6);
    const c3 = 1 + 3 * v - c6 + 3 * v * v;
    for (let i = from; i < to; i++) out[0][i] = c6 * e6[i] + c5 * e5[i] + c4 * e4[i] + c3 * e3[i];
  },
});

/** Tillson's T3. First value at bar `6 * (length - 1)`. @throws RangeError */
export function t3(series: Series, length: number, factor = 0.7, options: SeedOption = {}): Float64Array {
  return runBatch(t3Indicator, { value: series }, { length, factor, ...options }).value;
}
