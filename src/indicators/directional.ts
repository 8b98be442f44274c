import { indicator, runBatch } from './indicator.ts';
import { LagState, lagStep } from './lag.ts';
import { type LengthParams, requireWhole } from './params.ts';
import { type ExponentialState, exponentialStep, wilderState } from './exponential.ts';
import type { HighLowClose } from './true-range.ts';

class DirectionalState {
  readonly average: ExponentialState;
  readonly lag: LagState;
  plus = 0.5;
  minus = 0.5;
  range = 0.5;
  previousHigh = 0.5;
  previousLow = 0.5;
  previousClose = 0.5;
  count = 0;

  constructor(length: number) {
    requireWhole('adx', 'length', length, 2);
    this.average = wilderState('adx', length);
    this.lag = new LagState('adx', length - 1);
    this.plus = 0;
    this.minus = 0;
    this.range = 0;
  }
}

export const adxIndicator = indicator({
  name: 'adx',
  inputs: ['high', 'low', 'close'],
  outputs: ['adx', 'plusDi', 'minusDi', 'dx', 'adxr'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: 'Average directional index',
    formula:
      '+-DI = 100 smoothed +-DM / smoothed true range; dx = 100 |+DI - -DI| / (+DI + -DI); adx = rma(dx); adxr = mean of adx and adx n - 1 bars ago',
    source: 'Wilder (1978); TA-Lib ADX, PLUS_DI, MINUS_DI, DX, ADXR',
    seeding: 'smoothed moves start as the sum of the first n - 1 divided by n; adx with the mean of the first n dx',
    flat: { adx: 0, plusDi: 0, minusDi: 0, dx: 0, adxr: 0 },
  },
  warmup: ({ length }) => ({
    adx: 2 * length - 1,
    plusDi: length,
    minusDi: length,
    dx: length,
    adxr: 3 * length - 2,
  }),
  createState: ({ length }) => new DirectionalState(length),
  step: ([high, low, close], from, to, state, { length }, [adxOut, plusDi, minusDi, dx, adxr]) => {
    let { plus, minus, range, previousHigh, previousLow, previousClose, count } = state;
    const factor = 1 / length;
    for (let i = from; i < to; i++) {
      const top = high[i];
      const bottom = low[i];
      const up = top - previousHigh;
      const down = previousLow - bottom;
      const moveUp = up > 0 && up > down ? up : 0;
      const moveDown = down > 0 && down > up ? down : 0;
      const stretch = Math.max(top, previousClose) - Math.min(bottom, previousClose);
      previousHigh = top;
      previousLow = bottom;
      previousClose = close[i];
      if (count >= length) {
        plus += factor * (moveUp - plus);
        minus += factor * (moveDown - minus);
        range += factor * (stretch - range);
        plusDi[i] = range > 0 ? (100 * plus) / range : 0;
        minusDi[i] = range > 0 ? (100 * minus) / range : 0;
        const both = plus + minus;
        dx[i] = both > 0 ? (100 * Math.abs(plus - minus)) / both : 0;
      } else {
        count++;
        if (count > 1) {
          plus += factor * moveUp;
          minus += factor * moveDown;
          range += factor * stretch;
        }
        plusDi[i] = Number.NaN;
        minusDi[i] = Number.NaN;
        dx[i] = Number.NaN;
      }
    }
    exponentialStep(dx, from, to, state.average, adxOut);
    lagStep(adxOut, from, to, state.lag, adxr);
    for (let i = from; i < to; i++) adxr[i] = (adxr[i] + adxOut[i]) / 2;
    state.plus = plus;
    state.minus = minus;
    state.range = range;
    state.previousHigh = previousHigh;
    state.previousLow = previousLow;
    state.previousClose = previousClose;
    state.count = count;
  },
});

/**
 * Wilder's directional movement, all 0 to 100: `plusDi`, `minusDi` and `dx` from bar `length`, `adx` from
 * `2 * length - 1`, `adxr` from `3 * length - 2`. @throws RangeError
 */
export function adx(
  bars: HighLowClose,
  length = 14,
): { readonly [name in 'adx' | 'plusDi' | 'minusDi' | 'dx' | 'adxr']: Float64Array } {
  return runBatch(adxIndicator, bars, { length });
}
