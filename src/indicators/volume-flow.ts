import { type ExponentialState, emaState, exponentialStep } from './exponential.ts';
import { indicator, runBatch } from './indicator.ts';
import { type LengthParams, requireWhole } from './params.ts';
import type { Series } from './series.ts';
import type { HighLowClose } from './true-range.ts';
import { MeanState, meanStep } from './window-mean.ts';

/** The columns of a `Bars` that volume indicators read. */
export interface HighLowCloseVolume extends HighLowClose {
  readonly volume: Series;
}

class ObvState {
  total = 0.5;
  previous = Number.NaN;

  constructor() {
    this.total = 0;
  }
}

export const obvIndicator = indicator({
  name: 'obv',
  inputs: ['close', 'volume'],
  outputs: ['value'],
  defaults: {},
  about: {
    title: 'On-balance volume',
    formula: 'running sum of volume, with the sign of the change of the close',
    source: 'Granville (1963); TA-Lib OBV',
    seeding: 'starts at the first volume',
    flat: { value: 'volume' },
  },
  warmup: () => ({ value: 0 }),
  createState: () => new ObvState(),
  step: ([close, volume], from, to, state, _params, [value]) => {
    let { total, previous } = state;
    for (let i = from; i < to; i++) {
      const price = close[i];
      if (price > previous || previous - previous !== 0) total += volume[i];
      else if (price < previous) total -= volume[i];
      previous = price;
      value[i] = total;
    }
    state.total = total;
    state.previous = previous;
  },
});

/** On-balance volume, in units of the volume; its level depends on where the column starts. */
export function obv(bars: { readonly close: Series; readonly volume: Series }): Float64Array {
  return runBatch(obvIndicator, bars, {}).value;
}

/** Volume times the close's place in the bar, -1 at the low to 1 at the high; 0 where the bar has no height. */
function moneyFlow(high: number, low: number, close: number, volume: number): number {
  return high > low ? ((close - low - (high - close)) / (high - low)) * volume : 0;
}

class SumState {
  total = 0.5;

  constructor() {
    this.total = 0;
  }
}

function accumulate(inputs: readonly Series[], from: number, to: number, state: SumState, out: Float64Array): void {
  const [high, low, close, volume] = inputs;
  let total = state.total;
  for (let i = from; i < to; i++) {
    total += moneyFlow(high[i], low[i], close[i], volume[i]);
    out[i] = total;
  }
  state.total = total;
}

export const accumulationDistributionIndicator = indicator({
  name: 'accumulationDistribution',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  defaults: {},
  about: {
    title: 'Accumulation/distribution line',
    formula: 'running sum of volume (2 close - high - low) / (high - low)',
    source: 'Chaikin; TA-Lib AD, Tulip ad',
    seeding: 'starts at 0; a bar without height adds nothing',
    flat: { value: 0 },
  },
  warmup: () => ({ value: 0 }),
  createState: () => new SumState(),
  step: (inputs, from, to, state, _params, out) => accumulate(inputs, from, to, state, out[0]),
});

/** Accumulation/distribution line, in units of the volume; its level depends on where the column starts. */
export function accumulationDistribution(bars: HighLowCloseVolume): Float64Array {
  return runBatch(accumulationDistributionIndicator, bars, {}).value;
}

export interface ChaikinOscillatorParams {
  readonly short: number;
  readonly long: number;
}

interface ChaikinState {
  readonly line: SumState;
  readonly short: ExponentialState;
  readonly long: ExponentialState;
  readonly column: Float64Array;
}

export const chaikinOscillatorIndicator = indicator({
  name: 'chaikinOscillator',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  defaults: { short: 3, long: 10 } as ChaikinOscillatorParams,
  about: {
    title: 'Chaikin oscillator',
    formula: 'ema(accumulation/distribution, short) - ema(accumulation/distribution, long)',
    source: 'Chaikin; TA-Lib ADOSC, Tulip adosc',
    seeding: 'first value',
    flat: { value: 0 },
  },
  warmup: ({ long }) => ({ value: long - 1 }),
  createState: ({ short, long }, capacity): ChaikinState => {
    requireWhole('chaikinOscillator', 'short', short);
    requireWhole('chaikinOscillator', 'long', long, short + 1);
    return {
      line: new SumState(),
      short: emaState('chaikinOscillator', short),
      long: emaState('chaikinOscillator', long),
      column: new Float64Array(capacity),
    };
  },
  step: (inputs, from, to, { line, short, long, column }, _params, [value]) => {
    accumulate(inputs, from, to, line, column);
    exponentialStep(column, from, to, short, value);
    exponentialStep(column, from, to, long, column);
    for (let i = from; i < to; i++) value[i] -= column[i];
  },
});

/** Chaikin oscillator, in units of the volume. First value at bar `long - 1`. @throws RangeError */
export function chaikinOscillator(bars: HighLowCloseVolume, short = 3, long = 10): Float64Array {
  return runBatch(chaikinOscillatorIndicator, bars, { short, long }).value;
}

interface CmfState {
  readonly flow: MeanState;
  readonly volume: MeanState;
  readonly column: Float64Array;
}

export const cmfIndicator = indicator({
  name: 'cmf',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Chaikin money flow',
    formula: 'sum of volume (2 close - high - low) / (high - low) / sum of volume over n',
    source: 'Chaikin',
    seeding: 'none (window); 0 where nothing was traded',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }, capacity): CmfState => ({
    flow: new MeanState('cmf', length),
    volume: new MeanState('cmf', length),
    column: new Float64Array(capacity),
  }),
  step: ([high, low, close, volume], from, to, state, _params, [value]) => {
    const { column } = state;
    for (let i = from; i < to; i++) value[i] = moneyFlow(high[i], low[i], close[i], volume[i]);
    meanStep(value, from, to, state.flow, value);
    meanStep(volume, from, to, state.volume, column);
    for (let i = from; i < to; i++) value[i] = column[i] === 0 ? 0 : value[i] / column[i];
  },
});

/** Chaikin money flow, -1 to 1. First value at bar `length - 1`. @throws RangeError */
export function cmf(bars: HighLowCloseVolume, length = 20): Float64Array {
  return runBatch(cmfIndicator, bars, { length }).value;
}
