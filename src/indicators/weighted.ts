import { indicator, runBatch } from './indicator.ts';
import { type LengthParams, requireWhole } from './params.ts';
import type { Series } from './series.ts';
import { LineState, lineStep } from './window-line.ts';

export const wmaIndicator = indicator({
  name: 'wma',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Weighted moving average',
    formula: 'sum of j x[j] / sum of j, j from 1 (oldest) to n (newest)',
    source: 'TA-Lib WMA, Tulip wma',
    seeding: 'none (window)',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }) => new LineState('wma', length),
  step: (inputs, from, to, state, { length }, out) =>
    lineStep(inputs[0], from, to, state, (length - 1) / 6, out[0], out[0]),
});

/** Linearly weighted moving average. First value at bar `length - 1`. @throws RangeError */
export function wma(series: Series, length: number): Float64Array {
  return runBatch(wmaIndicator, { value: series }, { length }).value;
}

interface HmaState {
  readonly half: LineState;
  readonly full: LineState;
  readonly smooth: LineState;
  readonly scratch: Float64Array;
}

export const hmaIndicator = indicator({
  name: 'hma',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Hull moving average',
    formula: 'wma(2 wma(x, n / 2) - wma(x, n), sqrt n), lengths rounded down',
    source: 'Hull; Tulip hma',
    seeding: 'none (window)',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length + Math.floor(Math.sqrt(length)) - 2 }),
  createState: ({ length }, capacity): HmaState => {
    requireWhole('hma', 'length', length, 2);
    return {
      half: new LineState('hma', Math.floor(length / 2)),
      full: new LineState('hma', length),
      smooth: new LineState('hma', Math.floor(Math.sqrt(length))),
      scratch: new Float64Array(capacity),
    };
  },
  step: (inputs, from, to, { half, full, smooth, scratch }, _params, out) => {
    const [x] = inputs;
    const [value] = out;
    lineStep(x, from, to, half, (half.ring.length - 1) / 6, value, value);
    lineStep(x, from, to, full, (full.ring.length - 1) / 6, scratch, scratch);
    for (let i = from; i < to; i++) value[i] = 2 * value[i] - scratch[i];
    lineStep(value, from, to, smooth, (smooth.ring.length - 1) / 6, value, value);
  },
});

/** Hull moving average. First value at bar `length + floor(sqrt(length)) - 2`. @throws RangeError */
export function hma(series: Series, length: number): Float64Array {
  return runBatch(hmaIndicator, { value: series }, { length }).value;
}

export const linearRegressionIndicator = indicator({
  name: 'linearRegression',
  inputs: ['value'],
  outputs: ['value', 'slope'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: 'Linear regression',
    formula: 'least-squares line through the last n; value: the line at the current bar; slope: per bar',
    source: 'TA-Lib LINEARREG and LINEARREG_SLOPE, Tulip linreg and linregslope',
    seeding: 'none (window)',
    flat: { value: 'price', slope: 0 },
  },
  warmup: ({ length }) => ({ value: length - 1, slope: length - 1 }),
  createState: ({ length }) => {
    requireWhole('linearRegression', 'length', length, 2);
    return new LineState('linearRegression', length);
  },
  step: (inputs, from, to, state, { length }, out) =>
    lineStep(inputs[0], from, to, state, (length - 1) / 2, out[0], out[1]),
});

/**
 * Least-squares line through the last `length` values: its `value` at the current bar and its `slope` per bar.
 * First value at bar `length - 1`. @throws RangeError
 */
export function linearRegression(
  series: Series,
  length: number,
): { readonly value: Float64Array; readonly slope: Float64Array } {
  return runBatch(linearRegressionIndicator, { value: series }, { length });
}
