import { describe, expect, test } from 'vitest';
import { makeTrade } from '../../test/fixtures/trades.ts';
import { bootstrapIntervals, dailyReturns } from './bootstrap.ts';
import { breakdown, monthlyReturns } from './breakdowns.ts';
import { annualisation } from './calendar.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('breakdown', () => {
  const trades = [
    makeTrade({
      id: 1,
      profit: 5,
      strategy: 'a',
      entryTime: Date.UTC(2024, 0, 31, 22),
      exitTime: Date.UTC(2024, 1, 1),
    }),
    makeTrade({ id: 2, profit: -1, strategy: 'b', entryTime: Date.UTC(2024, 0, 3, 9), exitTime: Date.UTC(2024, 0, 4) }),
    makeTrade({ id: 3, profit: 9, strategy: 'b', entryTime: Date.UTC(2024, 0, 5, 9), exitTime: Date.UTC(2024, 0, 6) }),
  ];
  const keys = (by: Parameters<typeof breakdown>[1]) =>
    breakdown(trades, by).map(({ key, stats }) => [key, stats.netProfit]);

  test('months by exit and in order, hours by entry, names by profit', () => {
    expect(keys('month')).toEqual([
      ['2024-01', 8],
      ['2024-02', 5],
    ]);
    expect(keys('hour')).toEqual([
      ['09', 8],
      ['22', 5],
    ]);
    expect(keys('strategy')).toEqual([
      ['b', 8],
      ['a', 5],
    ]);
    expect(keys('weekday').map(([key]) => key)).toEqual(['Wed', 'Fri']);
  });

  test('an open trade is in no group', () => {
    expect(breakdown([makeTrade({ id: 1, profit: 5, open: true })], 'symbol')).toEqual([]);
  });
});

test('monthly returns compound to the whole, and a close at midnight ends the old month', () => {
  const time = [Date.UTC(2024, 0, 31), Date.UTC(2024, 1, 1), Date.UTC(2024, 1, 1) + HOUR, Date.UTC(2024, 2, 1)];
  const months = monthlyReturns({ time, equityCurve: [1010, 1100, 1150, 1210], initialCapital: 1000 });
  expect(months.map(({ year, month }) => [year, month])).toEqual([
    [2024, 1],
    [2024, 2],
  ]);
  expect(months[0]?.returnPct).toBeCloseTo(10, 10);
  expect(months[1]?.returnPct).toBeCloseTo(10, 10);
});

describe('annualisation', () => {
  const every = (spacing: number, count: number, keep: (time: number) => boolean = () => true) =>
    Array.from({ length: count }, (_, i) => Date.UTC(2024, 0, 1) + (i + 1) * spacing).filter(keep);
  /** Close times whose bar ended on a weekday. */
  const weekday = (time: number) => ![0, 6].includes(new Date(time - 1).getUTCDay());

  test('around the clock, stock days, foreign exchange hours, months', () => {
    expect(annualisation(every(HOUR, 1000))?.periodsPerYear).toBe(8766);
    expect(annualisation(every(DAY, 400, weekday))?.periodsPerYear).toBe(252);
    const hours = annualisation(every(HOUR, 24 * 700, weekday))?.periodsPerYear ?? 0;
    expect(Math.abs(hours - 8766 * (5 / 7))).toBeLessThan(30);
    const months = Array.from({ length: 30 }, (_, i) => Date.UTC(2020, i + 1, 1));
    expect(annualisation(months)?.periodsPerYear).toBe(12);
    expect(annualisation([1])).toBeNull();
  });

  test('a hole in the data does not change the spacing', () => {
    expect(annualisation([...every(HOUR, 400), ...every(HOUR, 400).map((t) => t + 900 * HOUR)])?.periodsPerYear).toBe(
      8766,
    );
  });
});

describe('bootstrap', () => {
  const trades = Array.from({ length: 200 }, (_, i) =>
    makeTrade({ id: i, profit: i % 5 < 2 ? 30 : -10, rMultiple: i % 5 < 2 ? 3 : -1 }),
  );

  test('the same seed gives the same intervals, another one other', () => {
    expect(bootstrapIntervals(trades, undefined, { seed: 7 })).toEqual(
      bootstrapIntervals(trades, undefined, { seed: 7 }),
    );
    expect(bootstrapIntervals(trades, undefined, { seed: 8 })).not.toEqual(
      bootstrapIntervals(trades, undefined, { seed: 7 }),
    );
  });

  test('the interval of the win rate has the width the binomial law says', () => {
    const { winRate, expectancy, averageRMultiple } = bootstrapIntervals(trades);
    const half = 1.96 * Math.sqrt((0.4 * 0.6) / 200);
    expect(winRate?.low).toBeGreaterThan(0.4 - half - 0.02);
    expect(winRate?.low).toBeLessThan(0.4 - half + 0.02);
    expect(winRate?.high).toBeGreaterThan(0.4 + half - 0.02);
    expect(winRate?.high).toBeLessThan(0.4 + half + 0.02);
    expect(expectancy?.low).toBeLessThan(6);
    expect(expectancy?.high).toBeGreaterThan(6);
    expect(averageRMultiple?.low).toBeCloseTo((expectancy?.low ?? 0) / 10, 9);
  });

  test('too few trades or no losses have no interval', () => {
    expect(bootstrapIntervals(trades.slice(0, 3)).winRate).toBeNull();
    const won = Array.from({ length: 20 }, (_, i) => makeTrade({ id: i, profit: 1 }));
    expect(bootstrapIntervals(won).profitFactor).toBeNull();
    expect(bootstrapIntervals([]).chanceOfLoss).toBeNull();
  });

  test('daily returns take the last value of each day', () => {
    const time = [12 * HOUR, DAY, DAY + HOUR, 2 * DAY];
    const returns = dailyReturns({ time, equityCurve: [90, 110, 100, 121], initialCapital: 100 });
    expect(returns.length).toBe(2);
    expect(returns[0]).toBeCloseTo(0.1, 12);
    expect(returns[1]).toBeCloseTo(0.1, 12);
  });
});
