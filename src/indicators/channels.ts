import { type ExponentialState, emaState, exponentialStep } from './exponential.ts';
import { indicator, runBatch } from './indicator.ts';
import { type LengthParams, requirePositive } from './params.ts';
import type { Series } from './series.ts';
import { type AtrState, atrState, atrStep, type HighLowClose } from './true-range.ts';
import { ExtremeState, extremeStep } from './window-extreme.ts';

/** Three lines around the price. */
export interface Channel {
  readonly middle: Float64Array;
  readonly upper: Float64Array;
  readonly lower: Float64Array;
}

export interface KeltnerParams {
  readonly length: number;
  readonly multiplier: number;
  readonly atrLength: number;
}

interface KeltnerState {
  readonly average: ExponentialState;
  readonly range: AtrState;
}

export const keltnerIndicator = indicator({
  name: 'keltner',
  inputs: ['high', 'low', 'close'],
  outputs: ['middle', 'upper', 'lower'],
  defaults: { length: 20, multiplier: 2, atrLength: 10 } as KeltnerParams,
  about: {
    title: 'Keltner channel',
    formula: 'middle = ema(close, n); upper, lower = middle +- m atr(atr length)',
    source: 'Raschke; TradingView ta.kc with ATR',
    seeding: 'as ema and atr',
    flat: { middle: 'price', upper: 'price', lower: 'price' },
  },
  warmup: ({ length, atrLength }) => {
    const bands = Math.max(length - 1, atrLength);
    return { middle: length - 1, upper: bands, lower: bands };
  },
  createState: ({ length, multiplier, atrLength }): KeltnerState => {
    requirePositive('keltner', 'multiplier', multiplier);
    return { average: emaState('keltner', length), range: atrState('keltner', atrLength) };
  },
  step: ([high, low, close], from, to, state, { multiplier }, [middle, upper, lower]) => {
    exponentialStep(close, from, to, state.average, middle);
    atrStep(high, low, close, from, to, state.range, upper);
    for (let i = from; i < to; i++) {
      const half = multiplier * upper[i];
      upper[i] = middle[i] + half;
      lower[i] = middle[i] - half;
    }
  },
});

/**
 * Keltner channel around an exponential average of the close. `middle` from bar `length - 1`, the bands once the
 * average true range has started too. @throws RangeError
 */
export function keltner(bars: HighLowClose, length = 20, multiplier = 2, atrLength = 10): Channel {
  return runBatch(keltnerIndicator, bars, { length, multiplier, atrLength });
}

interface DonchianState {
  readonly highest: ExtremeState;
  readonly lowest: ExtremeState;
}

export const donchianIndicator = indicator({
  name: 'donchian',
  inputs: ['high', 'low'],
  outputs: ['middle', 'upper', 'lower'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Donchian channel',
    formula: 'upper = highest high, lower = lowest low of the last n, the current bar included; middle = their mean',
    source: 'Donchian; TA-Lib MAX and MIN',
    seeding: 'none (window)',
    flat: { middle: 'price', upper: 'price', lower: 'price' },
  },
  warmup: ({ length }) => ({ middle: length - 1, upper: length - 1, lower: length - 1 }),
  createState: ({ length }): DonchianState => ({
    highest: new ExtremeState('donchian', length),
    lowest: new ExtremeState('donchian', length),
  }),
  step: ([high, low], from, to, state, _params, [middle, upper, lower]) => {
    extremeStep(high, from, to, state.highest, 1, upper);
    extremeStep(low, from, to, state.lowest, -1, lower);
    for (let i = from; i < to; i++) middle[i] = (upper[i] + lower[i]) / 2;
  },
});

/**
 * Donchian channel. The current bar is part of its own channel: to trade a breakout of earlier bars compare with the
 * value one bar back. First value at bar `length - 1`. @throws RangeError
 */
export function donchian(bars: { readonly high: Series; readonly low: Series }, length = 20): Channel {
  return runBatch(donchianIndicator, bars, { length });
}
