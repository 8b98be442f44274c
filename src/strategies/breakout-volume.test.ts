import { describe, expect, test } from 'vitest';
import { events, ohlc } from '../../test/fixtures/strategy-bars.ts';
import { BreakoutVolumeStrategy } from './breakout-volume.ts';

const strategy = new BreakoutVolumeStrategy({ length: 3, exitLength: 2, volumeLength: 2, volumeFactor: 2 });
/** Highs 12, lows 8, volume 10: the range that is left. */
const range = Array.from({ length: 4 }, () => [10, 12, 8, 10, 10] as const);

describe('BreakoutVolumeStrategy', () => {
  test('buys the close above the earlier highs on unusual volume', () => {
    const { signal, columns } = strategy.run(ohlc([...range, [11, 14, 11, 13, 21]]));
    expect(events(signal)).toEqual([[4, 1]]);
    expect([columns['breakout_level'][4], columns['exit_level'][4], columns['volume_mean'][4]]).toEqual([12, 8, 10]);
    expect([...columns['breakout_level'].subarray(0, 4)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 12]);
  });

  test.each([
    ['the volume is just the multiple', [11, 14, 11, 13, 20]],
    ['only the wick is above', [11, 14, 11, 12, 100]],
  ] as const)('does not buy where %s', (_why, bar) => {
    expect(events(strategy.run(ohlc([...range, bar])).signal)).toEqual([]);
  });

  test('speaks once while new highs follow each other, and again after a pause', () => {
    const { signal } = strategy.run(
      ohlc([...range, [11, 14, 11, 13, 30], [13, 16, 13, 15, 60], [15, 16, 14, 15, 10], [15, 18, 15, 17, 90]]),
    );
    expect(events(signal)).toEqual([
      [4, 1],
      [7, 1],
    ]);
  });

  test('sells the close below the lows of exitLength bars, on any volume', () => {
    const { signal } = strategy.run(ohlc([...range, [10, 12, 9, 10, 1], [10, 11, 9.5, 9.5, 1], [9, 9, 7, 8.5, 0]]));
    expect(events(signal)).toEqual([[6, -1]]);
  });

  test('a close at the lowest low is not below it', () => {
    expect(events(strategy.run(ohlc([...range, [10, 12, 8, 8, 1]])).signal)).toEqual([]);
  });

  test('keeps enough history for its windows', () => {
    expect(new BreakoutVolumeStrategy().history).toBe(1000);
    expect(new BreakoutVolumeStrategy({ length: 2000 }).history).toBeGreaterThan(4000);
  });
});
