import { describe, expect, it } from 'vitest';
import {
  aroon,
  bollinger,
  cci,
  cmf,
  highest,
  hma,
  linearRegression,
  lowest,
  mfi,
  rollingVwap,
  sma,
  stdev,
  stochastic,
  williamsR,
  wma,
  zScore,
} from './index.ts';

/** A fixed walk; every window below is computed again, slowly and plainly. */
const LENGTH = 300;
const close = new Float64Array(LENGTH);
const high = new Float64Array(LENGTH);
const low = new Float64Array(LENGTH);
const volume = new Float64Array(LENGTH);
for (let i = 0, price = 50; i < LENGTH; i++) {
  price += Math.sin(i * 1.7) + Math.cos(i * 0.31) * 0.5;
  close[i] = price;
  high[i] = price + Math.abs(Math.sin(i * 2.3));
  low[i] = price - Math.abs(Math.cos(i * 1.9));
  volume[i] = 100 + 50 * Math.sin(i);
}
const bars = { high, low, close, volume };
const typical = close.map((c, i) => (high[i] + low[i] + c) / 3);

const sum = (x: readonly number[]): number => x.reduce((total, value) => total + value, 0);
const mean = (x: readonly number[]): number => sum(x) / x.length;
const deviation = (x: readonly number[]): number => Math.sqrt(mean(x.map((value) => (value - mean(x)) ** 2)));
const weighted = (x: readonly number[]): number =>
  sum(x.map((value, j) => value * (j + 1))) / sum(x.map((_, j) => j + 1));
const window = (x: Float64Array, i: number, n: number): number[] => [...x.subarray(i - n + 1, i + 1)];

function expectAt(column: Float64Array, first: number, reference: (i: number) => number): void {
  for (let i = 0; i < LENGTH; i++) {
    if (i < first) expect(column[i]).toBeNaN();
    else expect(Math.abs(column[i] - reference(i)), `bar ${i}`).toBeLessThan(1e-10 * Math.max(1, Math.abs(column[i])));
  }
}

describe.each([1, 2, 5, 20, 64])('windows of %i', (n) => {
  it('average', () => {
    expectAt(sma(close, n), n - 1, (i) => mean(window(close, i, n)));
    expectAt(wma(close, n), n - 1, (i) => weighted(window(close, i, n)));
  });

  it('spread', () => {
    expectAt(stdev(close, n), n - 1, (i) => deviation(window(close, i, n)));
    const { upper, percentB, width } = bollinger(close, n, 1.5);
    expectAt(upper, n - 1, (i) => mean(window(close, i, n)) + 1.5 * deviation(window(close, i, n)));
    if (n === 1) return;
    expectAt(zScore(close, n), n - 1, (i) => (close[i] - mean(window(close, i, n))) / deviation(window(close, i, n)));
    expectAt(width, n - 1, (i) => (3 * deviation(window(close, i, n))) / mean(window(close, i, n)));
    expectAt(
      percentB,
      n - 1,
      (i) => 0.5 + (close[i] - mean(window(close, i, n))) / (3 * deviation(window(close, i, n))),
    );
  });

  it('extremes', () => {
    expectAt(highest(close, n), n - 1, (i) => Math.max(...window(close, i, n)));
    expectAt(lowest(close, n), n - 1, (i) => Math.min(...window(close, i, n)));
    const place = (i: number): number => {
      const bottom = Math.min(...window(low, i, n));
      return (100 * (close[i] - bottom)) / (Math.max(...window(high, i, n)) - bottom);
    };
    expectAt(stochastic(bars, n, 1, 1).k, n - 1, place);
    expectAt(stochastic(bars, n, 3, 2).d, n + 2, (i) =>
      mean([0, 1].map((d) => mean([0, 1, 2].map((k) => place(i - d - k))))),
    );
    expectAt(williamsR(bars, n), n - 1, (i) => place(i) - 100);
    expectAt(aroon(bars, n).up, n, (i) => {
      const seen = window(high, i, n + 1);
      return (100 * seen.lastIndexOf(Math.max(...seen))) / n;
    });
    expectAt(aroon(bars, n).down, n, (i) => {
      const seen = window(low, i, n + 1);
      return (100 * seen.lastIndexOf(Math.min(...seen))) / n;
    });
  });

  it('money', () => {
    const flow = close.map((c, i) => ((2 * c - high[i] - low[i]) / (high[i] - low[i])) * volume[i]);
    expectAt(cmf(bars, n), n - 1, (i) => sum(window(flow, i, n)) / sum(window(volume, i, n)));
    const money = typical.map((price, i) => price * volume[i]);
    expectAt(rollingVwap(bars, n), n - 1, (i) => sum(window(money, i, n)) / sum(window(volume, i, n)));
    const up = money.map((value, i) => (typical[i] > typical[i - 1] ? value : 0));
    expectAt(mfi(bars, n), n, (i) => (100 * sum(window(up, i, n))) / sum(window(money, i, n)));
  });

  it('distance from the mean', () => {
    if (n === 1) return;
    expectAt(cci(bars, n), n - 1, (i) => {
      const seen = window(typical, i, n);
      return (typical[i] - mean(seen)) / (0.015 * mean(seen.map((value) => Math.abs(value - mean(seen)))));
    });
  });

  it('line', () => {
    if (n === 1) return;
    const slope = (i: number): number => {
      const centre = (n - 1) / 2;
      const places = window(close, i, n).map((value, j) => [j - centre, value] as const);
      return sum(places.map(([j, value]) => j * value)) / sum(places.map(([j]) => j * j));
    };
    const line = linearRegression(close, n);
    expectAt(line.slope, n - 1, slope);
    expectAt(line.value, n - 1, (i) => mean(window(close, i, n)) + (slope(i) * (n - 1)) / 2);
    const root = Math.floor(Math.sqrt(n));
    const raw = (i: number): number =>
      2 * weighted(window(close, i, Math.floor(n / 2))) - weighted(window(close, i, n));
    expectAt(hma(close, n), n + root - 2, (i) =>
      weighted(Array.from({ length: root }, (_, k) => raw(i - root + 1 + k))),
    );
  });
});

describe('the standard deviation', () => {
  /** Two passes over the distances from the window's first value: slow, and exact to the last digits. */
  function reference(x: Float64Array, i: number, n: number): number {
    const distances = window(x, i, n).map((value) => value - x[i - n + 1]);
    return deviation(distances);
  }

  it.each([
    ['a coin worth 0.00001 that moves by 0.01 percent', 1e-5, 1e-9],
    ['a price of 100 million that moves by a cent', 1e8, 0.01],
    ['a price of 30,000', 3e4, 30],
  ])('has all its digits for %s', (_name, level, move) => {
    const x = Float64Array.from({ length: 5000 }, (_, i) => level + move * Math.sin(i * 12.9898) * Math.cos(i * 0.1));
    const column = stdev(x, 20);
    for (let i = 19; i < x.length; i++) {
      expect(Math.abs(column[i] / reference(x, i, 20) - 1), `bar ${i}`).toBeLessThan(1e-12);
    }
  });

  it('has forgotten a value of 1e15 two windows later, and the mean one window later', () => {
    const x = Float64Array.from({ length: 200 }, (_, i) => (i === 60 ? 1e15 : 100 + Math.sin(i)));
    const calm = x.map((value, i) => (i === 60 ? 100 : value));
    expect(sma(x, 20).subarray(80)).toEqual(sma(calm, 20).subarray(80));
    expect(stdev(x, 20).subarray(100)).toEqual(stdev(calm, 20).subarray(100));
  });
});

describe('the average of a constant', () => {
  it('is that constant, to the bit', () => {
    for (const price of [0.1, 1 / 3, 1e-5, 65432.1]) {
      for (const n of [3, 7, 49, 200]) {
        const x = new Float64Array(500).fill(price);
        expect(new Set(sma(x, n).subarray(n - 1))).toEqual(new Set([price]));
        expect(new Set(wma(x, n).subarray(n - 1))).toEqual(new Set([price]));
      }
    }
  });
});
