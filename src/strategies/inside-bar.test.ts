import { describe, expect, test } from 'vitest';
import { events, ohlc } from '../../test/fixtures/strategy-bars.ts';
import { InsideBarStrategy } from './inside-bar.ts';

const strategy = new InsideBarStrategy();
const mother = [10, 20, 8, 12] as const;
const inside = [12, 18, 11, 13] as const;

describe('InsideBarStrategy', () => {
  test('buys the close above the mother bar, with the stop under the inside bar', () => {
    const { signal, columns } = strategy.run(ohlc([mother, inside, [13, 25, 12, 21]]));
    expect(events(signal)).toEqual([[2, 1]]);
    expect([...columns['inside_bar']]).toEqual([0, 1, 0]);
    expect([...columns['stop_loss']]).toEqual([Number.NaN, Number.NaN, 11]);
  });

  test('sells the close below it, with the stop over the inside bar', () => {
    const { signal, columns } = strategy.run(ohlc([mother, inside, [13, 14, 5, 7]]));
    expect(events(signal)).toEqual([[2, -1]]);
    expect(columns['stop_loss'][2]).toBe(18);
  });

  test('wants a close beyond the mother bar, not a wick, and speaks once', () => {
    const wick = [13, 25, 12, 20] as const;
    const { signal } = strategy.run(ohlc([mother, inside, wick, [20, 26, 12, 22], [22, 27, 13, 25]]));
    expect(events(signal)).toEqual([[3, 1]]);
  });

  test('forgets the pattern after maxWait bars', () => {
    const idle = [13, 18.5, 10, 13] as const;
    const late = [13, 25, 12, 22] as const;
    expect(events(strategy.run(ohlc([mother, inside, idle, idle, late])).signal)).toEqual([[4, 1]]);
    expect(events(strategy.run(ohlc([mother, inside, idle, idle, idle, late])).signal)).toEqual([]);
    expect(events(new InsideBarStrategy({ maxWait: 4 }).run(ohlc([mother, inside, idle, idle, idle, late])).signal)) //
      .toEqual([[5, 1]]);
  });

  test('of nested inside bars the first bar is the mother, the last one gives the stop', () => {
    const second = [13, 17, 12, 14] as const;
    const aboveFirstOnly = [14, 19.5, 13, 19] as const;
    const { signal, columns } = strategy.run(ohlc([mother, inside, second, aboveFirstOnly, [19, 24, 18, 23]]));
    expect([...columns['inside_bar']]).toEqual([0, 1, 1, 0, 0]);
    expect(events(signal)).toEqual([[4, 1]]);
    expect(columns['stop_loss'][4]).toBe(12);
  });

  test('equal highs or lows are not inside', () => {
    const { columns } = strategy.run(ohlc([mother, [12, 20, 11, 13], [12, 19, 11, 13]]));
    expect([...columns['inside_bar']]).toEqual([0, 0, 0]);
  });
});
