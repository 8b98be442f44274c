import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { makeTrade } from '../../test/fixtures/trades.ts';
import type { Trade } from '../core/trade.ts';
import { computePerformanceMetrics } from './performance.ts';
import { annualVolatility, downsideRisk, omegaRatio, sharpeRatio, simpleReturns, sortinoRatio } from './returns.ts';

const HOUR = 3_600_000;

const trade = (id: number, profit: number, more: Partial<Trade> = {}): Trade => makeTrade({ id, profit, ...more });

function account(equity: number[], initialCapital = 1000) {
  return {
    time: Float64Array.from(equity, (_, i) => (i + 1) * HOUR),
    equityCurve: Float64Array.from(equity),
    initialCapital,
    exposure: Float64Array.from(equity, (_, i) => (i % 2 === 0 ? 0 : 100)),
  };
}

describe('trade measures', () => {
  const metrics = computePerformanceMetrics([trade(0, 20), trade(1, -10), trade(2, -5), trade(3, 25), trade(4, 0)]);

  test('are those worked out by hand', () => {
    expect(metrics.totalTrades).toBe(5);
    expect(metrics.winRate).toBe(0.4);
    expect(metrics.profitFactor).toBe(3);
    expect(metrics.expectancy).toBe(6);
    expect(metrics.averageRMultiple).toBeCloseTo(0.6, 12);
    expect(metrics.averageWin).toBe(22.5);
    expect(metrics.averageLoss).toBe(7.5);
    expect(metrics.payoffRatio).toBe(3);
    expect(metrics.bestTrade).toBe(25);
    expect(metrics.worstTrade).toBe(-10);
    expect(metrics.maxConsecutiveLosses).toBe(2);
    expect(metrics.maxConsecutiveWins).toBe(1);
    expect(metrics.maxDrawdown).toBe(15);
    expect(metrics.maxDrawdownR).toBeCloseTo(1.5, 12);
    expect(metrics.recoveryFactor).toBe(2);
    // mean 6, squared distances 196 + 256 + 121 + 361 + 36 = 970 over 4
    expect(metrics.sqn).toBeCloseTo((Math.sqrt(5) * 6) / Math.sqrt(970 / 4), 12);
    expect(metrics.averageMaeR).toBe(-0.1);
  });

  test('an open trade is counted apart', () => {
    const withOpen = computePerformanceMetrics([trade(0, 20), trade(1, -500, { open: true })]);
    expect(withOpen.totalTrades).toBe(1);
    expect(withOpen.winRate).toBe(1);
    expect(withOpen.openTrades).toBe(1);
    expect(withOpen.openProfit).toBe(-500);
  });

  test('a trade that only broke even is not won', () => {
    expect(computePerformanceMetrics([trade(0, 0)]).winRate).toBe(0);
  });

  test('order of exit decides streaks and drawdown, not order in the list', () => {
    const shuffled = [trade(3, 25), trade(1, -10), trade(4, 0), trade(0, 20), trade(2, -5)];
    expect(computePerformanceMetrics(shuffled).maxDrawdownR).toBeCloseTo(1.5, 12);
  });
});

describe('account measures', () => {
  test('drawdown in money, percent and days, and exposure', () => {
    const metrics = computePerformanceMetrics([], account([1100, 990, 1045, 1100, 1200, 1140]));
    expect(metrics.maxDrawdown).toBe(110);
    expect(metrics.maxDrawdownPct).toBeCloseTo(10, 12);
    // from the high of hour 1 to the return to it in hour 4
    expect(metrics.maxDrawdownDurationDays).toBeCloseTo(3 / 24, 12);
    expect(metrics.totalReturnPct).toBeCloseTo(14, 12);
    expect(metrics.finalEquity).toBe(1140);
    expect(metrics.timeInMarketPct).toBe(50);
    expect(metrics.exposurePct).toBeCloseTo((100 * (100 / 990 + 100 / 1100 + 100 / 1140)) / 6, 12);
    expect(metrics.ulcerIndex).toBeCloseTo(100 * Math.sqrt((0.1 ** 2 + 0.05 ** 2 + 0.05 ** 2) / 6), 12);
    expect(metrics.recoveryFactor).toBeCloseTo(140 / 110, 12);
  });

  test('a loss right from the start is a drawdown', () => {
    expect(computePerformanceMetrics([], account([900, 950])).maxDrawdownPct).toBeCloseTo(10, 12);
  });

  test('a doubling in a year is a hundred percent a year', () => {
    const days = 366;
    const time = Float64Array.from({ length: days }, (_, i) => (i + 1) * 24 * HOUR);
    const equityCurve = Float64Array.from(time, (_, i) => 1000 * 2 ** ((i + 1) / 365.25));
    const metrics = computePerformanceMetrics([], { time, equityCurve, initialCapital: 1000 });
    expect(metrics.cagrPct).toBeCloseTo(100, 9);
    expect(metrics.annualReturnPct).toBeCloseTo(100, 9);
    expect(metrics.periodsPerYear).toBe(365.25);
    expect(metrics.annualisation).toBe('365.25 periods a year (365.25 days of bars every day)');
  });
});

describe('answers that do not exist', () => {
  test('no trades and a flat account', () => {
    const metrics = computePerformanceMetrics([], account([1000, 1000, 1000]));
    expect(metrics.winRate).toBeNull();
    expect(metrics.reasons.winRate).toBe('no closed trade');
    expect(metrics.sharpe).toBeNull();
    expect(metrics.reasons.sharpe).toBe('the equity does not vary');
    expect(metrics.maxDrawdownPct).toBe(0);
    expect(metrics.totalReturnPct).toBe(0);
    expect(metrics.netProfit).toBe(0);
  });

  test('only wins: no profit factor, but a reason', () => {
    const metrics = computePerformanceMetrics([trade(0, 10), trade(1, 20)]);
    expect(metrics.profitFactor).toBeNull();
    expect(metrics.reasons.profitFactor).toBe('no losing trade');
    expect(metrics.winRate).toBe(1);
  });

  test('one trade has no quality number', () => {
    const metrics = computePerformanceMetrics([trade(0, 10)]);
    expect(metrics.sqn).toBeNull();
    expect(metrics.expectancy).toBe(10);
  });

  test('a lost account ends at minus a hundred percent', () => {
    const metrics = computePerformanceMetrics([], account([1000, 0, 0]));
    expect(metrics.totalReturnPct).toBe(-100);
    expect(metrics.cagrPct).toBe(-100);
    expect(metrics.maxDrawdownPct).toBe(100);
  });

  test('every number of the dict is finite, whatever the trades and the account', () => {
    const money = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const trades = fc.array(fc.record({ profit: money, stopped: fc.boolean(), open: fc.boolean() }), { maxLength: 8 });
    const equity = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(trades, equity, (list, curve) => {
        const made = list.map(({ profit, stopped, open }, i) =>
          trade(i, profit, { open, ...(stopped ? {} : { risk: null, rMultiple: null }) }),
        );
        const metrics = computePerformanceMetrics(made, account(curve));
        for (const [name, value] of Object.entries(metrics.toDict())) {
          if (typeof value === 'number') expect(Number.isFinite(value), name).toBe(true);
        }
        for (const [name, value] of Object.entries(metrics)) {
          if (value === null) expect(metrics.reasons[name], name).toBeTypeOf('string');
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('the ratios of an account are those of the published functions on its returns', () => {
  const equity = fc.array(fc.double({ min: 500, max: 2000, noNaN: true }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(equity, (curve) => {
      const metrics = computePerformanceMetrics([], { ...account(curve), periodsPerYear: 252 });
      const returns = simpleReturns(curve, 1000);
      const near = (actual: number | null, expected: number) => {
        if (!Number.isFinite(expected)) expect(actual).toBeNull();
        else expect(Math.abs((actual ?? Number.NaN) / expected - 1) < 1e-9 || actual === expected).toBe(true);
      };
      near(metrics.sharpe, sharpeRatio(returns, 252));
      near(metrics.sortino, sortinoRatio(returns, 252));
      near(metrics.omega, omegaRatio(returns, 252));
      near(metrics.volatilityPct, 100 * annualVolatility(returns, 252));
      near(metrics.downsideRiskPct, 100 * downsideRisk(returns, 252));
    }),
  );
});

test('the dict carries the published names', () => {
  const dict = computePerformanceMetrics([trade(0, 10)], account([1000, 1010])).toDict();
  for (const name of [
    'win_rate',
    'profit_factor',
    'expectancy',
    'average_r_multiple',
    'max_drawdown',
    'max_drawdown_pct',
    'sharpe',
    'sortino',
    'calmar',
    'total_trades',
    'total_return_pct',
    'final_equity',
  ]) {
    expect(dict).toHaveProperty(name);
  }
  expect(JSON.parse(JSON.stringify(dict))).toEqual(dict);
});
