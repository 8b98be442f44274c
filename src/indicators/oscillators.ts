import type { SeedOption } from './averages.ts';
import { type ExponentialState, emaState, exponentialStep, type Seed } from './exponential.ts';
import { indicator, runBatch } from './indicator.ts';
import { type LengthParams, requireWhole } from './params.ts';
import { RsiState, rsiStep } from './rsi.ts';
import type { Series } from './series.ts';
import { type HighLowClose, TrueRangeState, trueRangeStep } from './true-range.ts';
import { MeanState, meanStep } from './window-mean.ts';

export const cmoIndicator = indicator({
  name: 'cmo',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: 'Chande momentum oscillator',
    formula: '100 (rma(gains) - rma(losses)) / (rma(gains) + rma(losses)) = 2 rsi - 100',
    source: 'Chande and Kroll (1994); TA-Lib CMO, smoothed as Wilder does',
    seeding: 'as rsi',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length }),
  createState: ({ length }) => new RsiState('cmo', length),
  step: (inputs, from, to, state, _params, [value]) => {
    rsiStep(inputs[0], from, to, state, value);
    for (let i = from; i < to; i++) value[i] = 2 * value[i] - 100;
  },
});

/** Chande momentum oscillator, -100 to 100, 0 on a flat market. First value at bar `length`. @throws RangeError */
export function cmo(series: Series, length = 14): Float64Array {
  return runBatch(cmoIndicator, { value: series }, { length }).value;
}

export interface PpoParams {
  readonly short: number;
  readonly long: number;
  /** Default `first`. */
  readonly seed?: Seed;
}

interface PpoState {
  readonly short: ExponentialState;
  readonly long: ExponentialState;
  readonly column: Float64Array;
}

export const ppoIndicator = indicator({
  name: 'ppo',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { short: 12, long: 26, seed: 'first' } as PpoParams,
  about: {
    title: 'Percentage price oscillator',
    formula: '100 (ema(short) - ema(long)) / ema(long)',
    source: 'Appel; Tulip ppo, TA-Lib PPO with `seed: "sma"`',
    seeding: 'each average as ema',
    flat: { value: 0 },
  },
  warmup: ({ long }) => ({ value: long - 1 }),
  createState: ({ short, long, seed }, capacity): PpoState => {
    requireWhole('ppo', 'short', short);
    requireWhole('ppo', 'long', long, short + 1);
    return {
      short: emaState('ppo', short, seed),
      long: emaState('ppo', long, seed),
      column: new Float64Array(capacity),
    };
  },
  step: ([x], from, to, { short, long, column }, _params, [value]) => {
    exponentialStep(x, from, to, short, value);
    exponentialStep(x, from, to, long, column);
    for (let i = from; i < to; i++) {
      value[i] = column[i] === 0 ? Number.NaN : (100 * (value[i] - column[i])) / column[i];
    }
  },
});

/** Distance of two exponential averages in percent of the longer. First value at bar `long - 1`. @throws RangeError */
export function ppo(series: Series, short = 12, long = 26, options: SeedOption = {}): Float64Array {
  return runBatch(ppoIndicator, { value: series }, { short, long, ...options }).value;
}

export interface UltimateOscillatorParams {
  readonly short: number;
  readonly medium: number;
  readonly long: number;
}

interface UltimateState {
  readonly range: TrueRangeState;
  readonly pressures: readonly MeanState[];
  readonly ranges: readonly MeanState[];
  readonly columns: readonly Float64Array[];
  previous: number;
}

export const ultimateOscillatorIndicator = indicator({
  name: 'ultimateOscillator',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  defaults: { short: 7, medium: 14, long: 28 } as UltimateOscillatorParams,
  about: {
    title: 'Ultimate oscillator',
    formula: '100 (4 a(short) + 2 a(medium) + a(long)) / 7, a = sum of (close - true low) / sum of true range',
    source: 'Williams (1976); TA-Lib ULTOSC, Tulip ultosc',
    seeding: 'none (window)',
    flat: { value: 50 },
  },
  warmup: ({ short, medium, long }) => ({ value: Math.max(short, medium, long) }),
  createState: ({ short, medium, long }, capacity): UltimateState => ({
    range: new TrueRangeState(),
    pressures: [short, medium, long].map((length) => new MeanState('ultimateOscillator', length)),
    ranges: [short, medium, long].map((length) => new MeanState('ultimateOscillator', length)),
    columns: Array.from({ length: 4 }, () => new Float64Array(capacity)),
    previous: Number.NaN,
  }),
  step: ([high, low, close], from, to, state, _params, [value]) => {
    const [pressure, range, pressureMean, rangeMean] = state.columns;
    trueRangeStep(high, low, close, from, to, state.range, range);
    for (let i = from; i < to; i++) {
      pressure[i] = close[i] - Math.min(low[i], state.previous);
      state.previous = close[i];
      value[i] = 0;
    }
    for (let k = 0; k < 3; k++) {
      const weight = 2 ** (2 - k);
      meanStep(pressure, from, to, state.pressures[k], pressureMean);
      meanStep(range, from, to, state.ranges[k], rangeMean);
      for (let i = from; i < to; i++) {
        value[i] += weight * (rangeMean[i] === 0 ? 0.5 : pressureMean[i] / rangeMean[i]);
      }
    }
    for (let i = from; i < to; i++) value[i] = (100 * value[i]) / 7;
  },
});

/** Ultimate oscillator, 0 to 100, 50 on a flat market. First value at bar `long`. @throws RangeError */
export function ultimateOscillator(bars: HighLowClose, short = 7, medium = 14, long = 28): Float64Array {
  return runBatch(ultimateOscillatorIndicator, bars, { short, medium, long }).value;
}

export const medianPriceIndicator = indicator({
  name: 'medianPrice',
  inputs: ['high', 'low'],
  outputs: ['value'],
  defaults: {},
  about: {
    title: 'Median price',
    formula: '(high + low) / 2',
    source: 'TA-Lib MEDPRICE, Tulip medprice',
    seeding: 'none',
    flat: { value: 'price' },
  },
  warmup: () => ({ value: 0 }),
  createState: () => undefined,
  step: ([high, low], from, to, _state, _params, [value]) => {
    for (let i = from; i < to; i++) value[i] = (high[i] + low[i]) / 2;
  },
});

/** Middle of each bar. */
export function medianPrice(bars: { readonly high: Series; readonly low: Series }): Float64Array {
  return runBatch(medianPriceIndicator, bars, {}).value;
}
