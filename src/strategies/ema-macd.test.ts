import { describe, expect, test } from 'vitest';
import { closes, events } from '../../test/fixtures/strategy-bars.ts';
import { EMAMACDStrategy } from './ema-macd.ts';

/** Length 1 is the close itself, length 3 moves half of the way: the averages can be followed by hand. */
const small = new EMAMACDStrategy({ emaShort: 1, emaLong: 3, macdSignal: 3 });

describe('EMAMACDStrategy', () => {
  test('buys where trend and momentum begin to agree upwards, sells where they agree downwards', () => {
    // close   10 10 10 10 10 14 14  8  8    16
    // long    10 10 10 10 10 12 13 10.5 9.25 12.625
    // macd     0  0  0  0  0  2  1 -2.5 -1.25 3.375
    // signal               0  1  1 -0.75 -1   1.1875
    const { signal, columns } = small.run(closes([10, 10, 10, 10, 10, 14, 14, 8, 8, 16]));
    expect(events(signal)).toEqual([
      [5, 1],
      [7, -1],
      [9, 1],
    ]);
    expect([...columns['ema_long'].slice(5)]).toEqual([12, 13, 10.5, 9.25, 12.625]);
    expect([...columns['macd'].slice(5)]).toEqual([2, 1, -2.5, -1.25, 3.375]);
    expect([...columns['macd_signal'].slice(5)]).toEqual([1, 1, -0.75, -1, 1.1875]);
    expect([...columns['ema_short'].slice(5)]).toEqual([14, 14, 8, 8, 16]);
  });

  test('keeps a position through a pause in which only momentum turns', () => {
    // long 12 15 16.5 17.25, macd 2 3 1.5 0.75, signal 1 2 1.75 1.25: below its signal, but above 0
    expect(events(small.run(closes([10, 10, 10, 10, 10, 14, 18, 18, 18])).signal)).toEqual([[5, 1]]);
  });

  test('waits while the averages are equal, whatever MACD does', () => {
    // long 8 8 8.5, macd -2 0 0.5, signal -1 -0.5 0
    expect(events(small.run(closes([10, 10, 10, 10, 10, 6, 8, 9])).signal)).toEqual([
      [5, -1],
      [7, 1],
    ]);
  });

  test('does not fire at the first bar it can judge, where the condition is old', () => {
    // Rising from the start: at bar 4, the first with a signal line, both conditions have held for long.
    expect(events(small.run(closes([10, 12, 16, 24, 40, 72])).signal)).toEqual([]);
  });

  test('has the usual lengths by default and enough history to forget where it started', () => {
    const strategy = new EMAMACDStrategy();
    expect(strategy.params).toEqual({ emaShort: 12, emaLong: 26, macdSignal: 9 });
    expect(strategy.history).toBeGreaterThanOrEqual(40 * 26);
  });

  test('refuses a short average that is not shorter, naming it', () => {
    expect(() => new EMAMACDStrategy({ emaShort: 26, emaLong: 26 })).toThrow(
      expect.objectContaining({
        code: 'VLV_STRATEGY_PARAMS',
        where: 'EMAMACDStrategy',
        message: 'Expected "emaShort" (26) below "emaLong" (26); got 26 for "emaShort"',
      }),
    );
    expect(() => new EMAMACDStrategy({ emaLong: 12 })).toThrow(/"emaShort" \(12\) below "emaLong" \(12\)$/);
    expect(() => new EMAMACDStrategy({ emaShort: 2.5 })).toThrow(/emaShort/);
    expect(() => new EMAMACDStrategy({ emaLong: 2001 })).toThrow(/2000/);
  });
});
