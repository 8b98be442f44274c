import { describe, expect, it } from 'vitest';
import { Bars } from '../core/bars.ts';
import type { Timeframe } from '../core/timeframe.ts';
import { checkBars, hasDefects } from './quality.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2024, 0, 1);

/** Sound hourly bars at the given hours, changed by `edit`. */
function hourly(
  hours: readonly number[],
  edit: Partial<Record<string, readonly number[]>> = {},
  timeframe: Timeframe = '1h',
): Bars {
  const column = (name: string, value: number) => Float64Array.from(edit[name] ?? hours.map(() => value));
  return new Bars('X', timeframe, {
    time: Float64Array.from(hours, (hour) => T0 + hour * HOUR),
    open: column('open', 10),
    high: column('high', 12),
    low: column('low', 9),
    close: column('close', 11),
    volume: column('volume', 5),
  });
}

const codes = (bars: Bars, options = {}) => checkBars(bars, options).findings.map(({ code }) => code);

describe('checkBars', () => {
  it('finds nothing in sound bars, and nothing to count in none', () => {
    expect(checkBars(hourly([0, 1, 2])).findings).toEqual([]);
    const empty = checkBars(hourly([]));
    expect([empty.bars, empty.from, empty.to, empty.findings]).toEqual([0, null, null, []]);
  });

  it('counts gaps, the bars absent in them, and names the largest', () => {
    const report = checkBars(hourly([0, 1, 3, 4, 8, 9]));
    expect(report.gaps).toEqual({ count: 2, missing: 4, largest: { after: T0 + 4 * HOUR, missing: 3 } });
    expect(report.findings[0]).toMatchObject({ code: 'gap', severity: 'defect', count: 2 });
    expect(report.findings[0].message).toBe(
      '4 bars missing in 2 gaps; the largest lacks 3 after 2024-01-01 04:00 UTC.',
    );
  });

  it('counts gaps of calendar months as months', () => {
    const months = [0, 1, 2, 5, 6].map((month) => (Date.UTC(2024, month) - T0) / HOUR);
    expect(checkBars(hourly(months, {}, '1M')).gaps).toMatchObject({ count: 1, missing: 2 });
  });

  it('tells identical from conflicting duplicates, wherever they stand', () => {
    const twice = hourly([0, 1, 1, 2, 0], { close: [11, 11, 11, 11, 10.5] });
    const report = checkBars(twice);
    expect(report.duplicates).toEqual({ identical: 1, conflicting: 1 });
    expect(report.gaps.count).toBe(0);
    expect(report.disorder).toEqual({ back: 1, newestFirst: false });
  });

  it('knows newest-first from disorder', () => {
    expect(codes(hourly([3, 2, 1, 0]))).toEqual(['newest_first']);
    expect(codes(hourly([0, 2, 1, 3]))).toEqual(['disorder']);
  });

  it.each([
    ['high below close', { high: [12, 10.5] }, 'impossible_range'],
    ['high below open', { high: [12, 9.5], close: [11, 9.2] }, 'impossible_range'],
    ['low above open', { low: [9, 10.5] }, 'impossible_range'],
    ['low above close', { low: [9, 9.5], close: [11, 9.1] }, 'impossible_range'],
    ['a price of zero', { low: [9, 0] }, 'non_positive_price'],
    ['a negative volume', { volume: [5, -1] }, 'non_positive_price'],
    ['NaN', { open: [10, Number.NaN] }, 'non_finite'],
    ['infinity', { high: [12, Number.POSITIVE_INFINITY] }, 'non_finite'],
    ['volume that is NaN', { volume: [5, Number.NaN] }, 'non_finite'],
  ])('finds %s', (_, edit, code) => {
    expect(codes(hourly([0, 1], edit))).toEqual([code]);
  });

  it('takes zero volume and bars off the UTC grid for notes, not defects', () => {
    const report = checkBars(hourly([0.5, 1.5, 2.5], { volume: [5, 0, 0] }));
    expect(report.findings.map(({ code, severity, count }) => [code, severity, count])).toEqual([
      ['zero_volume', 'note', 2],
      ['off_grid', 'note', 3],
    ]);
    expect(hasDefects(report)).toBe(false);
  });

  it('sees an unclosed last bar by the present, by the fetch, or by its close time', () => {
    const bars = hourly([0, 1]);
    const end = T0 + 2 * HOUR;
    expect(codes(bars, { now: end - 1 })).toEqual(['unclosed_bar']);
    expect(codes(bars, { now: end })).toEqual([]);
    expect(codes(bars, { now: end + HOUR, fetchTime: end - 1 })).toEqual(['unclosed_bar']);
    expect(codes(bars, { closeTimes: [T0 + HOUR - 1, end - 1] })).toEqual([]);
    expect(codes(bars, { closeTimes: [T0 + HOUR - 1, end - 60_000] })).toEqual(['unclosed_bar']);
    expect(codes(bars, { closeTimes: [T0 + HOUR - 1, Number.NaN] })).toEqual([]);
  });

  it('sees a wrong timeframe label', () => {
    const bars = hourly([0, 1, 2, 3], {}, '4h');
    expect(checkBars(bars).wrongTimeframe).toEqual({ label: '4h', spacing: '1h' });
    expect(codes(bars)).toContain('wrong_timeframe');
  });
});
