import { describe, expect, test } from 'vitest';
import { events, ohlc } from '../../test/fixtures/strategy-bars.ts';
import { PullbackEMAStrategy } from './pullback-ema.ts';

/** Length 1 is the close itself; 3 and 7 move by a half and a quarter of the way. */
const strategy = new PullbackEMAStrategy({ emaShort: 3, emaLong: 7, swing: 2 });
const still = (price: number) => [price, price, price, price] as const;
/** Bars 0 to 6 stand at 80; bar 7 jumps to 96, so that short = 88 and long = 84; bar 8 stays clear of both at 104. */
const uptrend = [...Array.from({ length: 7 }, () => still(80)), still(96), [100, 106, 99, 104] as const];
// After bar 8: short 96, long 89.

describe('PullbackEMAStrategy', () => {
  test('buys the bar that touches the short average and closes above it, with the stop under the last lows', () => {
    // short (96 + 100) / 2 = 98; long 89 + 11 / 4 = 91.75
    const { signal, columns } = strategy.run(ohlc([...uptrend, [97, 101, 94, 100]]));
    expect(events(signal)).toEqual([[9, 1]]);
    expect(columns['ema_short'][9]).toBe(98);
    expect(columns['ema_long'][9]).toBe(91.75);
    expect(columns['stop_loss'][9]).toBe(94);
    expect(columns['stop_loss'].subarray(0, 9).every(Number.isNaN)).toBe(true);
  });

  test('looks back over `swing` bars for the stop', () => {
    // Bar 9 dips and closes at 94 (short 95); bar 10 closes back above: short 97.5, low 93.5 above bar 9's 92.
    const dip = [100, 101, 92, 94] as const;
    const { signal, columns } = strategy.run(ohlc([...uptrend, dip, [95, 101, 93.5, 100]]));
    expect(events(signal)).toEqual([[10, 1]]);
    expect(columns['stop_loss'][10]).toBe(92);
  });

  test('counts a close under the average before as the touch, when the next bar gaps over it', () => {
    const dip = [100, 101, 92, 94] as const;
    expect(events(strategy.run(ohlc([...uptrend, dip, [98, 101, 97.8, 100]])).signal)).toEqual([[10, 1]]);
  });

  test.each([
    ['the bar did not come back to the average', [99, 101, 98.5, 100]],
    ['the bar closed lower than it opened', [101, 102, 94, 100]],
    ['the bar closed under the average', [93, 95, 90, 94]],
  ] as const)('does not buy where %s', (_why, bar) => {
    expect(events(strategy.run(ohlc([...uptrend, bar])).signal)).toEqual([]);
  });

  test('sells once where the close falls under the long average', () => {
    // long 89 + (60 - 89) / 4 = 81.75, then 76.3
    const { signal, columns } = strategy.run(ohlc([...uptrend, [104, 105, 59, 60], still(60)]));
    expect(events(signal)).toEqual([[9, -1]]);
    expect(columns['stop_loss'][9]).toBe(106);
  });
});
