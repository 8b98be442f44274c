import { describe, expect, test } from 'vitest';
import { closes, events } from '../../test/fixtures/strategy-bars.ts';
import { RSIDivergenceStrategy } from './rsi-divergence.ts';

/** Two changes seed the RSI and each later one moves it half of the way: it can be followed by hand. */
const small = { rsiLength: 2, swing: 1 };
// gains           0.5 0.25 3.125 1.5625; losses 0.5 4.25 2.125 4.5625
// RSI              50  5.6  59.5   25.5
const falling = [20, 21, 20, 12, 18, 11, 15];
const rising = falling.map((price) => 40 - price);

describe('RSIDivergenceStrategy', () => {
  test('buys a lower low with a higher RSI, when the low is confirmed', () => {
    const { signal, columns } = new RSIDivergenceStrategy(small).run(closes(falling));
    expect(events(signal)).toEqual([[6, 1]]);
    expect(columns['stop_loss'][6]).toBe(11);
    expect(columns['stop_loss'].subarray(0, 6).every(Number.isNaN)).toBe(true);
    expect(columns['rsi'][3]).toBeCloseTo(25 / 4.5, 12);
    expect(columns['rsi'][5]).toBeCloseTo(156.25 / 6.125, 12);
  });

  test('sells a higher high with a lower RSI', () => {
    const { signal, columns } = new RSIDivergenceStrategy(small).run(closes(rising));
    expect(events(signal)).toEqual([[6, -1]]);
    expect(columns['stop_loss'][6]).toBe(29);
  });

  test('says nothing before the swing point is confirmed', () => {
    expect(events(new RSIDivergenceStrategy(small).run(closes(falling.slice(0, 6))).signal)).toEqual([]);
    // With two bars on each side the low of bar 5 would be known at bar 7, but bar 4 is no second-last higher one.
    expect(events(new RSIDivergenceStrategy({ rsiLength: 2, swing: 2 }).run(closes(falling)).signal)).toEqual([]);
  });

  test.each([
    ['the first low was not oversold', { ...small, oversold: 5 }, falling],
    ['the lows are too far apart', { ...small, maxDistance: 2 }, [20, 21, 20, 12, 18, 18, 11, 15]],
    ['the second low is not lower', small, [20, 21, 20, 12, 18, 12, 15]],
    ['RSI makes a lower low too', small, [20, 21, 20, 18, 18.5, 8, 12]],
  ])('says nothing where %s', (_why, params, prices) => {
    expect(events(new RSIDivergenceStrategy(params).run(closes(prices)).signal)).toEqual([]);
  });

  test('accepts two lows exactly maxDistance apart', () => {
    expect(events(new RSIDivergenceStrategy({ ...small, maxDistance: 2 }).run(closes(falling)).signal)).toEqual([
      [6, 1],
    ]);
  });

  test('counts the distance from the swing point, where the bar that confirms it has the same price', () => {
    const params = { ...small, maxDistance: 2 };
    expect(events(new RSIDivergenceStrategy(params).run(closes([...falling.slice(0, 6), 11])).signal)).toEqual([
      [6, 1],
    ]);
  });

  test('finds the RSI of a swing point across a broken bar', () => {
    const broken = [...falling.slice(0, 6), Number.NaN, 15];
    expect(events(new RSIDivergenceStrategy(small).run(closes(broken)).signal)).toEqual([[7, 1]]);
  });

  test('refuses levels in the wrong order', () => {
    expect(() => new RSIDivergenceStrategy({ oversold: 70, overbought: 30 })).toThrow(
      expect.objectContaining({ code: 'VLV_STRATEGY_PARAMS' }),
    );
  });
});
