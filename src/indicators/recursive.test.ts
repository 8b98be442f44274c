import { describe, expect, it } from 'vitest';
import {
  atr,
  bollinger,
  dema,
  ema,
  emaIndicator,
  macd,
  macdIndicator,
  obv,
  parabolicSar,
  rma,
  rsi,
  stream,
  supertrend,
  tema,
  trueRange,
  vwap,
} from './index.ts';

const column = (...values: number[]): Float64Array => Float64Array.from(values);
const { NaN: none } = Number;

describe('ema', () => {
  it('starts at the first value and is shown from the n-th', () => {
    expect(ema(column(1, 2, 3, 4), 3)).toEqual(column(none, none, 2.25, 3.125));
  });

  it('starts at the mean of the first n where asked to', () => {
    expect(ema(column(1, 2, 6, 4), 3, { seed: 'sma' })).toEqual(column(none, none, 3, 3.5));
  });

  it('counts good values only', () => {
    expect(ema(column(none, 1, none, 2, 3, none, 4), 3)).toEqual(column(none, none, none, none, 2.25, none, 3.125));
  });

  it('of length 1 is the series', () => {
    expect(ema(column(3, 1, 2), 1)).toEqual(column(3, 1, 2));
  });

  it('refuses a length that is none', () => {
    expect(() => ema(column(1), 1.5)).toThrow('ema: expected length to be a whole number of at least 1, got "1.5"');
    expect(() => ema(column(1), 3, { seed: 'last' as 'sma' })).toThrow('got "last"');
  });
});

describe('averages of averages', () => {
  it('follow a straight line without lag once the start has faded', () => {
    const line = Float64Array.from({ length: 400 }, (_, i) => 2 * i);
    expect(dema(line, 10).at(-1)).toBeCloseTo(798, 8);
    expect(tema(line, 10).at(-1)).toBeCloseTo(798, 8);
  });
});

describe('rma', () => {
  it('is the mean of the first n, then moves by one n-th', () => {
    expect(rma(column(1, 2, 3, 6), 3)).toEqual(column(none, none, 2, 2 + 4 / 3));
  });
});

describe('rsi', () => {
  it('gives the figures of the published example', () => {
    const prices = column(
      44.3389,
      44.0902,
      44.1497,
      43.6124,
      44.3278,
      44.8264,
      45.0955,
      45.4245,
      45.8433,
      46.0826,
      45.8931,
      46.0328,
      45.614,
      46.282,
      46.282,
      46.0028,
      46.0328,
      46.4116,
      46.2222,
      45.6439,
    );
    const shown = [...rsi(prices, 14).subarray(14)].map((value) => value.toFixed(2));
    expect(shown).toEqual(['70.53', '66.32', '66.55', '69.41', '66.36', '57.97']);
  });

  it('is 100 where all rise, 0 where all fall, 50 where nothing moves', () => {
    expect(rsi(column(1, 2, 3, 4), 3)[3]).toBe(100);
    expect(rsi(column(4, 3, 2, 1), 3)[3]).toBe(0);
    expect(rsi(column(2, 2, 2, 2), 3)[3]).toBe(50);
  });
});

describe('macd', () => {
  it('is the difference of its averages, and its signal the average of that', () => {
    const x = Float64Array.from({ length: 80 }, (_, i) => 100 + Math.sin(i / 3) * i);
    const answer = macd(x, 5, 12, 4);
    const slow = ema(x, 12);
    const line = ema(x, 5).map((value, i) => value - slow[i]);
    expect(answer.macd).toEqual(line);
    expect(answer.signal).toEqual(ema(line, 4));
    expect(answer.histogram).toEqual(line.map((value, i) => value - answer.signal[i]));
  });

  it('refuses a short length that is not shorter', () => {
    expect(() => macd(column(1), 26, 12, 9)).toThrow(
      'macd: expected long to be a whole number of at least 27, got "12"',
    );
  });
});

describe('ranges', () => {
  const bars = { high: column(10, 12, 9), low: column(8, 11, 7), close: column(9, 11.5, 8) };

  it('include the gap from the previous close, in both directions', () => {
    expect(trueRange(bars)).toEqual(column(none, 3, 4.5));
    expect(atr(bars, 2)).toEqual(column(none, none, 3.75));
  });
});

describe('bollinger', () => {
  it('has bands for a coin worth 0.00001', () => {
    const { upper, lower } = bollinger(column(1e-5, 1.001e-5, 1e-5, 1.001e-5), 4, 2);
    expect(upper[3] / lower[3]).toBeCloseTo(1 + (4 * 0.0005) / (1.0005 - 0.001), 8);
  });

  it('places the price at 0 on the lower band and at 1 on the upper', () => {
    const { percentB, middle } = bollinger(column(1, 3), 2, 1);
    expect(middle[1]).toBe(2);
    expect(percentB[1]).toBe(1);
    expect(bollinger(column(3, 1), 2, 1).percentB[1]).toBe(0);
  });
});

describe('supertrend', () => {
  it('turns where the close passes the line, and the line never moves away from the price', () => {
    const path = [
      ...Array.from({ length: 30 }, (_, i) => 100 - i),
      ...Array.from({ length: 40 }, (_, i) => 71 + 2 * i),
    ];
    const close = Float64Array.from(path);
    const { line, direction } = supertrend(
      { high: close.map((x) => x + 1), low: close.map((x) => x - 1), close },
      5,
      2,
    );
    const turn = direction.findIndex((value) => value === 1);
    expect(turn).toBeGreaterThan(29);
    expect(close[turn]).toBeGreaterThan(line[turn - 1]);
    for (let i = turn; i < path.length; i++) {
      expect(direction[i]).toBe(1);
      expect(line[i]).toBeLessThan(close[i]);
      if (i > turn) expect(line[i]).toBeGreaterThanOrEqual(line[i - 1]);
    }
  });
});

describe('parabolicSar', () => {
  it('trails a rise and turns at the extreme when the low reaches it', () => {
    const high = column(10, 11, 12, 13, 14, 9);
    const low = column(9, 10, 11, 12, 13, 7);
    const sar = parabolicSar({ high, low }, 0.02, 0.2);
    expect(sar.subarray(0, 3)).toEqual(column(none, 9, 9 + 0.02 * 2));
    expect(sar[5]).toBe(14);
  });
});

describe('obv', () => {
  it('adds volume on a rise and takes it away on a fall', () => {
    expect(obv({ close: column(5, 6, 6, 4), volume: column(10, 20, 30, 40) })).toEqual(column(10, 30, 30, -10));
  });
});

describe('vwap', () => {
  it('starts anew with each UTC day', () => {
    const price = column(10, 20, 30, 40);
    const time = column(0, 3_600_000, 86_400_000, 90_000_000);
    const volume = column(1, 3, 0, 2);
    expect(vwap({ time, high: price, low: price, close: price, volume })).toEqual(column(10, 17.5, 30, 40));
  });
});

describe('the streaming form', () => {
  it('takes numbers and gives numbers, or records where there are several outputs', () => {
    const average = stream(emaIndicator, { length: 3 });
    expect([1, 2, 3, none, 4].map((x) => average.update(x))).toEqual([none, none, 2.25, none, 3.125]);
    const lines = stream(macdIndicator, { short: 1, long: 2, signal: 1 });
    lines.update(1);
    const { macd: line, signal, histogram } = lines.update(4);
    expect([line, signal, histogram]).toEqual([1, 1, 0]);
  });
});
