import { emaState, exponentialStep, type Seed, wilderState } from './exponential.ts';
import { indicator, runBatch } from './indicator.ts';
import type { LengthParams } from './params.ts';
import type { Series } from './series.ts';
import { MeanState, meanStep } from './window-mean.ts';

export interface EmaParams extends LengthParams {
  /** Default `first`. */
  readonly seed?: Seed;
}

export interface SeedOption {
  /** `first`: the first value (pandas, Tulip). `sma`: the mean of the first `length` values (TA-Lib). */
  readonly seed?: Seed;
}

export const smaIndicator = indicator({
  name: 'sma',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Simple moving average',
    formula: 'sum of the last n / n',
    source: 'Standard; TA-Lib SMA, Tulip sma',
    seeding: 'none (window)',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }) => new MeanState('sma', length),
  step: (inputs, from, to, state, _params, out) => meanStep(inputs[0], from, to, state, out[0]),
});

/** Simple moving average of the last `length` values. First value at bar `length - 1`. @throws RangeError */
export function sma(series: Series, length: number): Float64Array {
  return runBatch(smaIndicator, { value: series }, { length }).value;
}

export const emaIndicator = indicator({
  name: 'ema',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20, seed: 'first' } as EmaParams,
  about: {
    title: 'Exponential moving average',
    formula: 'e += k (x - e), k = 2 / (n + 1)',
    source: 'pandas ewm(span=n, adjust=False, min_periods=n); TA-Lib EMA with `seed: "sma"`',
    seeding: 'first value; `sma`: mean of the first n',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length, seed }) => emaState('ema', length, seed),
  step: (inputs, from, to, state, _params, out) => exponentialStep(inputs[0], from, to, state, out[0]),
});

/**
 * Exponential moving average, `e += 2 / (length + 1) * (x - e)`. First value at bar `length - 1`, whatever the seed.
 * @throws RangeError where the length is impossible
 */
export function ema(series: Series, length: number, options: SeedOption = {}): Float64Array {
  return runBatch(emaIndicator, { value: series }, { length, ...options }).value;
}

export const rmaIndicator = indicator({
  name: 'rma',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: "Wilder's moving average (RMA, SMMA)",
    formula: 'r += (x - r) / n',
    source: 'Wilder, New Concepts in Technical Trading Systems (1978); TradingView ta.rma, Tulip wilders',
    seeding: 'mean of the first n',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }) => wilderState('rma', length),
  step: (inputs, from, to, state, _params, out) => exponentialStep(inputs[0], from, to, state, out[0]),
});

/** Wilder's moving average, started at the mean of the first `length` values. @throws RangeError */
export function rma(series: Series, length: number): Float64Array {
  return runBatch(rmaIndicator, { value: series }, { length }).value;
}
