import { type ExponentialState, exponentialStep, wilderState } from './exponential.ts';
import { indicator, runBatch } from './indicator.ts';
import type { LengthParams } from './params.ts';
import type { Series } from './series.ts';

/** The columns of a `Bars` that range indicators read; a `Bars` is one. */
export interface HighLowClose {
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
}

/** State of the true range: the close of the last bar, NaN before the first. */
export class TrueRangeState {
  previous = Number.NaN;
}

/** Largest of high - low, |high - previous close|, |low - previous close|; NaN at the first bar. */
export function trueRangeStep(
  high: Series,
  low: Series,
  close: Series,
  from: number,
  to: number,
  state: TrueRangeState,
  out: Float64Array,
): void {
  let previous = state.previous;
  for (let i = from; i < to; i++) {
    const top = high[i] > previous ? high[i] : previous;
    const bottom = low[i] < previous ? low[i] : previous;
    out[i] = top - bottom;
    previous = close[i];
  }
  state.previous = previous;
}

export const trueRangeIndicator = indicator({
  name: 'trueRange',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  defaults: {},
  about: {
    title: 'True range',
    formula: 'max(high, previous close) - min(low, previous close)',
    source: 'Wilder (1978); TA-Lib TRANGE',
    seeding: 'none; the first bar has no previous close and no value',
    flat: { value: 0 },
  },
  warmup: () => ({ value: 1 }),
  createState: () => new TrueRangeState(),
  step: (inputs, from, to, state, _params, out) =>
    trueRangeStep(inputs[0], inputs[1], inputs[2], from, to, state, out[0]),
});

/** True range. First value at bar 1: the first bar has no previous close. @throws RangeError */
export function trueRange(bars: HighLowClose): Float64Array {
  return runBatch(trueRangeIndicator, bars, {}).value;
}

/** State of an average true range. */
export interface AtrState {
  readonly range: TrueRangeState;
  readonly average: ExponentialState;
}

/** @throws RangeError */
export function atrState(indicatorName: string, length: number): AtrState {
  return { range: new TrueRangeState(), average: wilderState(indicatorName, length) };
}

/** Average true range of the bars. */
export function atrStep(
  high: Series,
  low: Series,
  close: Series,
  from: number,
  to: number,
  state: AtrState,
  out: Float64Array,
): void {
  trueRangeStep(high, low, close, from, to, state.range, out);
  exponentialStep(out, from, to, state.average, out);
}

export const atrIndicator = indicator({
  name: 'atr',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: 'Average true range',
    formula: 'rma(true range)',
    source: 'Wilder (1978); TA-Lib ATR',
    seeding: 'mean of the first n true ranges (bars 1 to n)',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length }),
  createState: ({ length }) => atrState('atr', length),
  step: (inputs, from, to, state, _params, out) => atrStep(inputs[0], inputs[1], inputs[2], from, to, state, out[0]),
});

/** Wilder's average true range, in price units. First value at bar `length`. @throws RangeError */
export function atr(bars: HighLowClose, length: number): Float64Array {
  return runBatch(atrIndicator, bars, { length }).value;
}

export const natrIndicator = indicator({
  name: 'natr',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: 'Normalised average true range',
    formula: '100 atr / close',
    source: 'Forman (2006); TA-Lib NATR',
    seeding: 'as atr',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length }),
  createState: ({ length }) => atrState('natr', length),
  step: (inputs, from, to, state, _params, out) => {
    const [high, low, close] = inputs;
    const value = out[0];
    atrStep(high, low, close, from, to, state, value);
    for (let i = from; i < to; i++) value[i] = (100 * value[i]) / close[i];
  },
});

/** Average true range in percent of the close. First value at bar `length`. @throws RangeError */
export function natr(bars: HighLowClose, length: number): Float64Array {
  return runBatch(natrIndicator, bars, { length }).value;
}
