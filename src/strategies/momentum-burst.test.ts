import { describe, expect, test } from 'vitest';
import { events, ohlc } from '../../test/fixtures/strategy-bars.ts';
import { MomentumBurstStrategy } from './momentum-burst.ts';

const strategy = new MomentumBurstStrategy({
  atrLength: 2,
  burst: 1.5,
  closePart: 0.7,
  volumeLength: 2,
  volumeFactor: 2,
  exitLength: 3,
});
/** Range 4 and volume 10 at every bar: the average true range is 4, so a burst is a rise of at least 6. */
const calm = Array.from({ length: 5 }, () => [100, 102, 98, 100, 10] as const);

describe('MomentumBurstStrategy', () => {
  test('buys the far rise that closes high on volume, with the stop at its low', () => {
    // Measured by the range before it: with its own range of 8 the average would be 6 and the rise only one of it.
    const { signal, columns } = strategy.run(ohlc([...calm, [100, 107, 99, 106, 21]]));
    expect(events(signal)).toEqual([[5, 1]]);
    expect(columns['atr'][4]).toBe(4);
    expect(columns['ema_exit'][5]).toBe(103);
    expect([...columns['stop_loss']]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 99]);
  });

  test.each([
    ['rises too little', [100, 107, 99, 105.9, 21]],
    ['closes too low in its range', [100, 110, 99, 106, 21]],
    ['has just the multiple of the volume', [100, 107, 99, 106, 20]],
    ['falls', [100, 101, 93, 94, 21]],
  ] as const)('does not buy a bar that %s', (_why, bar) => {
    expect(events(strategy.run(ohlc([...calm, bar])).signal).filter(([, side]) => side === 1)).toEqual([]);
  });

  test('does not buy a burst that stays under the exit average', () => {
    // exit line 100, 95, 92.5 over closes 100, 80, 85
    const slow = new MomentumBurstStrategy({ ...strategy.params, burst: 0.1, exitLength: 7 });
    const { signal, columns } = slow.run(ohlc([...calm, ...calm, [100, 100, 79, 80, 10], [80, 85.5, 79, 85, 50]]));
    expect(columns['ema_exit'][11]).toBe(92.5);
    expect(events(signal)).toEqual([[10, -1]]);
  });

  test('sells where the close falls under the exit average', () => {
    // exit line 103, 104.5, 103.25
    const { signal, columns } = strategy.run(
      ohlc([...calm, [100, 107, 99, 106, 21], [106, 107, 105, 106, 10], [106, 106, 101, 102, 10]]),
    );
    expect(events(signal)).toEqual([
      [5, 1],
      [7, -1],
    ]);
    expect(columns['stop_loss'][7]).toBe(Number.NaN);
  });
});
