import { describe, expect, it } from 'vitest';
import {
  accumulationDistribution,
  adx,
  atr,
  chaikinOscillator,
  cmo,
  ema,
  kama,
  keltner,
  macd,
  medianPrice,
  mom,
  natr,
  parabolicSar,
  ppo,
  rma,
  roc,
  rsi,
  stochastic,
  stochRsi,
  supertrend,
  t3,
  trix,
  trueRange,
  ultimateOscillator,
} from './index.ts';

const column = (...values: number[]): Float64Array => Float64Array.from(values);
const { NaN: none } = Number;
const LENGTH = 200;
const close = Float64Array.from({ length: LENGTH }, (_, i) => 100 + 10 * Math.sin(i / 5) + 3 * Math.sin(i * 1.3));
const high = close.map((x, i) => x + 1 + Math.sin(i));
const low = close.map((x, i) => x - 1 - Math.cos(i * 0.7) ** 2);
const volume = close.map((_, i) => 500 + 400 * Math.cos(i * 2.1));
const bars = { high, low, close, volume };

function expectSeries(actual: Float64Array, reference: (i: number) => number): void {
  expect(actual.some(Number.isFinite)).toBe(true);
  for (let i = 0; i < actual.length; i++) {
    const expected = reference(i);
    if (Number.isNaN(expected)) expect(actual[i], `bar ${i}`).toBeNaN();
    else expect(Math.abs(actual[i] - expected), `bar ${i}`).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected)));
  }
}

describe('indicators made of others', () => {
  const [, , e3, e4, e5, e6] = Array.from({ length: 6 }).reduce<Float64Array[]>(
    (chain) => [...chain, ema(chain.at(-1) ?? close, 5)],
    [],
  );

  it('chain averages', () => {
    expectSeries(trix(close, 5), (i) => 100 * (e3[i] / e3[i - 1] - 1));
    const v = 0.6;
    const double = (a: Float64Array, b: Float64Array, i: number): number => (1 + v) * a[i] - v * b[i];
    // Tillson's definition: the generalised double average, applied three times.
    const coefficients = [e3, e4, e5, e6];
    expectSeries(t3(close, 5, v), (i) => {
      const once = coefficients.slice(1).map((_, k) => double(coefficients[k], coefficients[k + 1], i));
      const twice = [0, 1].map((k) => (1 + v) * once[k] - v * once[k + 1]);
      return (1 + v) * twice[0] - v * twice[1];
    });
  });

  it('subtract averages', () => {
    const short = ema(close, 4);
    const long = ema(close, 9);
    expectSeries(ppo(close, 4, 9), (i) => (100 * (short[i] - long[i])) / long[i]);
    const line = accumulationDistribution(bars);
    const [fast, slow] = [ema(line, 3), ema(line, 10)];
    expectSeries(chaikinOscillator(bars, 3, 10), (i) => fast[i] - slow[i]);
  });

  it('start both averages of an sma-seeded macd at the same bar', () => {
    const slow = ema(close, 12, { seed: 'sma' });
    const late = ema(close.subarray(7), 5, { seed: 'sma' });
    expectSeries(macd(close, 5, 12, 4, { seed: 'sma' }).macd, (i) => (i < 11 ? none : late[i - 7] - slow[i]));
  });

  it('measure ranges', () => {
    const range = atr(bars, 7);
    expectSeries(range, (i) => rma(trueRange(bars).subarray(1), 7)[i - 1] ?? none);
    expectSeries(natr(bars, 7), (i) => (100 * range[i]) / close[i]);
    const { middle, upper, lower } = keltner(bars, 10, 1.5, 7);
    const average = ema(close, 10);
    expectSeries(middle, (i) => average[i]);
    expectSeries(upper, (i) => average[i] + 1.5 * range[i]);
    expectSeries(lower, (i) => average[i] - 1.5 * range[i]);
    expectSeries(medianPrice(bars), (i) => (high[i] + low[i]) / 2);
  });

  it('rescale others', () => {
    const strength = rsi(close, 9);
    expectSeries(cmo(close, 9), (i) => 2 * strength[i] - 100);
    const place = stochastic({ high: strength, low: strength, close: strength }, 6, 2, 3);
    expect(stochRsi(close, 9, 6, 2, 3)).toEqual(place);
  });

  it('compare with an earlier bar', () => {
    expect(mom(column(5, 7, 4), 2)).toEqual(column(none, none, -1));
    expect(roc(column(50, 60, 0, 30), 1)).toEqual(column(none, 20, -100, none));
  });

  it('weigh three windows in the ultimate oscillator', () => {
    const range = trueRange(bars);
    const share = (i: number, n: number): number => {
      let [pressure, total] = [0, 0];
      for (let j = i - n + 1; j <= i; j++) {
        pressure += close[j] - Math.min(low[j], close[j - 1]);
        total += range[j];
      }
      return pressure / total;
    };
    expectSeries(ultimateOscillator(bars, 3, 6, 12), (i) =>
      i < 12 ? none : (100 * (4 * share(i, 3) + 2 * share(i, 6) + share(i, 12))) / 7,
    );
  });
});

describe('kama', () => {
  it('moves as its fastest average in a straight move and where nothing moves', () => {
    const fastest = (2 / 3) ** 2;
    const first = 1 + fastest * 4;
    expectSeries(kama(column(1, 5, 5), 1), (i) => [none, first, first + fastest * (5 - first)][i]);
  });

  it('moves as its slowest average where the path leads nowhere', () => {
    const slowest = (2 / 31) ** 2;
    expectSeries(kama(column(1, 9, 1), 2), (i) => [none, none, 9 + slowest * (1 - 9)][i]);
  });
});

describe('adx', () => {
  it('counts a bar that grows on both sides by the same as no direction', () => {
    const grow = Float64Array.from({ length: 30 }, (_, i) => i);
    const { plusDi, minusDi, dx } = adx(
      { high: grow.map((x) => 50 + x), low: grow.map((x) => 50 - x), close: grow.map(() => 50) },
      5,
    );
    expect([plusDi[20], minusDi[20], dx[20]]).toEqual([0, 0, 0]);
  });

  it('is 100 in a straight rise', () => {
    const rise = Float64Array.from({ length: 60 }, (_, i) => 10 + i);
    const answer = adx({ high: rise.map((x) => x + 1), low: rise, close: rise }, 5);
    expect([answer.adx[40], answer.adxr[40], answer.minusDi[40]]).toEqual([100, 100, 0]);
    expect(answer.plusDi[40]).toBeCloseTo(50, 10);
  });
});

describe('supertrend', () => {
  it('holds while the close is on the line and turns where it is beyond', () => {
    const { line, direction } = supertrend(
      { high: column(11, 12, 15, 12, 10), low: column(9, 10, 13, 10, 8), close: column(10, 11, 14, 10, 9) },
      1,
      1,
    );
    expect(line).toEqual(column(none, 13, 10, 10, 11));
    expect(direction).toEqual(column(none, -1, 1, 1, -1));
  });
});

describe('parabolicSar', () => {
  it('accelerates with each new extreme up to its maximum', () => {
    const highs = Float64Array.from({ length: 20 }, (_, i) => 100 + 10 * i);
    const lows = highs.map((x) => x - 1);
    let [expected, acceleration] = [lows[0], 0.02];
    const sar = parabolicSar({ high: highs, low: lows }, 0.02, 0.1);
    for (let i = 1; i < 20; i++) {
      expect(sar[i]).toBeCloseTo(expected, 10);
      if (i > 1) acceleration = Math.min(acceleration + 0.02, 0.1);
      expected += acceleration * (highs[i] - expected);
    }
  });

  it('stays outside the last two bars', () => {
    const sar = parabolicSar({ high: column(10, 11, 30, 31), low: column(9, 10, 10.5, 20) }, 0.5, 1);
    expect(sar).toEqual(column(none, 9, 10, 10));
  });
});
