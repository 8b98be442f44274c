import { indicator, runBatch } from './indicator.ts';
import type { LengthParams } from './params.ts';
import { RsiState, rsiStep } from './rsi.ts';
import type { Series } from './series.ts';
import type { HighLowClose } from './true-range.ts';
import { ExtremeState, extremeStep } from './window-extreme.ts';
import { MeanState, meanStep } from './window-mean.ts';

/** Where a value stands between the lowest and the highest of a window, 0 to 100. */
class PlaceState {
  readonly highest: ExtremeState;
  readonly lowest: ExtremeState;
  readonly low: Float64Array;

  constructor(name: string, length: number, capacity: number) {
    this.highest = new ExtremeState(name, length);
    this.lowest = new ExtremeState(name, length);
    this.low = new Float64Array(capacity);
  }
}

/** 50 where the window has no height: the middle, not an extreme that would look like a signal. */
function placeStep(
  high: Series,
  low: Series,
  x: Series,
  from: number,
  to: number,
  state: PlaceState,
  out: Float64Array,
): void {
  extremeStep(high, from, to, state.highest, 1, out);
  extremeStep(low, from, to, state.lowest, -1, state.low);
  for (let i = from; i < to; i++) {
    const bottom = state.low[i];
    const height = out[i] - bottom;
    out[i] = height === 0 ? 50 : (100 * (x[i] - bottom)) / height;
  }
}

export interface StochasticParams {
  readonly length: number;
  /** Length of the mean that makes %K of the raw value; 1 is the fast stochastic. */
  readonly smoothing: number;
  /** Length of the mean that makes %D of %K. */
  readonly signal: number;
}

interface StochasticState {
  readonly place: PlaceState;
  readonly k: MeanState;
  readonly d: MeanState;
}

export const stochasticIndicator = indicator({
  name: 'stochastic',
  inputs: ['high', 'low', 'close'],
  outputs: ['k', 'd'],
  defaults: { length: 14, smoothing: 3, signal: 3 } as StochasticParams,
  about: {
    title: 'Stochastic oscillator',
    formula: 'k = sma(100 (close - lowest low) / (highest high - lowest low), smoothing); d = sma(k, signal)',
    source: 'Lane; TA-Lib STOCH, Tulip stoch',
    seeding: 'none (window)',
    flat: { k: 50, d: 50 },
  },
  warmup: ({ length, smoothing, signal }) => ({
    k: length + smoothing - 2,
    d: length + smoothing + signal - 3,
  }),
  createState: ({ length, smoothing, signal }, capacity): StochasticState => ({
    place: new PlaceState('stochastic', length, capacity),
    k: new MeanState('stochastic', smoothing),
    d: new MeanState('stochastic', signal),
  }),
  step: (inputs, from, to, state, _params, out) => {
    const [k, d] = out;
    placeStep(inputs[0], inputs[1], inputs[2], from, to, state.place, k);
    meanStep(k, from, to, state.k, k);
    meanStep(k, from, to, state.d, d);
  },
});

/**
 * Stochastic oscillator, 0 to 100, 50 where the window has no height. `k` from bar `length + smoothing - 2`, `d`
 * `signal - 1` bars later. @throws RangeError
 */
export function stochastic(
  bars: HighLowClose,
  length = 14,
  smoothing = 3,
  signal = 3,
): { readonly k: Float64Array; readonly d: Float64Array } {
  return runBatch(stochasticIndicator, bars, { length, smoothing, signal });
}

export interface StochRsiParams extends StochasticParams {
  readonly rsiLength: number;
}

interface StochRsiState extends StochasticState {
  readonly rsi: RsiState;
  readonly column: Float64Array;
}

export const stochRsiIndicator = indicator({
  name: 'stochRsi',
  inputs: ['value'],
  outputs: ['k', 'd'],
  defaults: { rsiLength: 14, length: 14, smoothing: 3, signal: 3 } as StochRsiParams,
  about: {
    title: 'Stochastic RSI',
    formula: 'the stochastic of rsi(x)',
    source: 'Chande and Kroll (1994); TA-Lib STOCHRSI with smoothing 1',
    seeding: 'as rsi',
    flat: { k: 50, d: 50 },
  },
  warmup: ({ rsiLength, length, smoothing, signal }) => ({
    k: rsiLength + length + smoothing - 2,
    d: rsiLength + length + smoothing + signal - 3,
  }),
  createState: ({ rsiLength, length, smoothing, signal }, capacity): StochRsiState => ({
    rsi: new RsiState('stochRsi', rsiLength),
    column: new Float64Array(capacity),
    place: new PlaceState('stochRsi', length, capacity),
    k: new MeanState('stochRsi', smoothing),
    d: new MeanState('stochRsi', signal),
  }),
  step: (inputs, from, to, state, _params, out) => {
    const [k, d] = out;
    const { column } = state;
    rsiStep(inputs[0], from, to, state.rsi, column);
    placeStep(column, column, column, from, to, state.place, k);
    meanStep(k, from, to, state.k, k);
    meanStep(k, from, to, state.d, d);
  },
});

/** Stochastic oscillator of the RSI, 0 to 100. `k` from bar `rsiLength + length + smoothing - 2`. @throws RangeError */
export function stochRsi(
  series: Series,
  rsiLength = 14,
  length = 14,
  smoothing = 3,
  signal = 3,
): { readonly k: Float64Array; readonly d: Float64Array } {
  return runBatch(stochRsiIndicator, { value: series }, { rsiLength, length, smoothing, signal });
}

export const williamsRIndicator = indicator({
  name: 'williamsR',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: 'Williams %R',
    formula: '100 (close - highest high) / (highest high - lowest low)',
    source: 'Williams; TA-Lib WILLR, Tulip willr',
    seeding: 'none (window)',
    flat: { value: -50 },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }, capacity) => new PlaceState('williamsR', length, capacity),
  step: (inputs, from, to, state, _params, out) => {
    const [value] = out;
    placeStep(inputs[0], inputs[1], inputs[2], from, to, state, value);
    for (let i = from; i < to; i++) value[i] -= 100;
  },
});

/** Williams %R, -100 to 0, -50 where the window has no height. First value at bar `length - 1`. @throws RangeError */
export function williamsR(bars: HighLowClose, length = 14): Float64Array {
  return runBatch(williamsRIndicator, bars, { length }).value;
}
