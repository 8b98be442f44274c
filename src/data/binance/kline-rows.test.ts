import { describe, expect, it } from 'vitest';
import { barsFromRows, type KlineRange } from './kline-rows.ts';

const range: KlineRange = { symbol: 'BTCUSDT', timeframe: '3d', from: 0, to: 1e13, closedAt: 1_700_000_000_000 };

function row(time: number | string, closeTime: number | string, close = '42000.01'): unknown[] {
  return [time, '42000.00', '42000.02', '41999.99', close, '0.00012', closeTime, '5.04', 1, '0', '0', '0'];
}

const bars = (rows: readonly unknown[]): ReturnType<typeof barsFromRows> => barsFromRows(rows, rows.length, range);

describe('barsFromRows', () => {
  it('reads the doubles nearest to the decimal texts', () => {
    const { open, high, low, close, volume } = bars([row(1, 2)]).at(0) ?? expect.fail('no bar');
    expect([open, high, low, close, volume]).toEqual([42_000, 42_000.02, 41_999.99, 42_000.01, 0.00012]);
  });

  it("leaves out a bar that is open by the row's own close time, wherever the time grid puts it", () => {
    const closed = row(1_699_000_000_000, 1_699_999_999_999);
    const open = row(1_699_400_000_000, 1_700_000_000_000);
    expect([...bars([closed, open]).time]).toEqual([1_699_000_000_000]);
  });

  it('reads microseconds, as text or number, down to the millisecond', () => {
    const micro = row('1690000000000000', '1690000059999999');
    expect([...bars([micro, row(1_690_000_060_000_000, 1_690_000_119_999_999)]).time]).toEqual([
      1_690_000_000_000, 1_690_000_060_000,
    ]);
  });

  it('keeps the last of several rows of one open time, in order of time', () => {
    const result = bars([row(30, 31), row(10, 11), row(30, 31, '42000.02'), row(20, 21)]);
    expect([...result.time]).toEqual([10, 20, 30]);
    expect(result.close[2]).toBe(42_000.02);
  });

  it.each([
    ['a short row', [1, '2', '3'], 'Expected a kline row'],
    ['an empty price', row(1, 2, ''), 'Expected a number in a kline row, got ""'],
    ['a price that is no number', row(1, 2, 'NaN'), 'got "NaN"'],
    ['no row at all', null, 'Expected a kline row, got "null"'],
  ])('refuses %s', (_name, bad, message) => {
    expect(() => bars([bad])).toThrow(message);
  });
});
