import { describe, expect, test } from 'vitest';
import { closes } from '../../test/fixtures/strategy-bars.ts';
import type { Bars } from '../core/bars.ts';
import { DEFAULT_COSTS, DEFAULT_FILLS, DEFAULT_ORDERS, NO_LIMITS } from '../core/settings.ts';
import { syntheticBars } from '../data/index.ts';
import { runPortfolio } from '../execution/index.ts';
import type { SliceContext } from './base.ts';
import { meanReturnScore, PairsRotationStrategy } from './pairs-rotation.ts';

/** Returns of 50 % and -20 % in both orders; their z-scores by hand are in the test of the score. */
const strong = closes([80, 120, 96, 144], 'STRONG');
const weak = closes([100, 50, 75, 37.5], 'WEAK');
const flat = closes([10, 10, 10, 10], 'FLAT');

function context(all: readonly Bars[], positions: Record<string, number> = {}, bar = 3): SliceContext {
  const of = (symbol: string): Bars => {
    const bars = all.find((each) => each.symbol === symbol);
    if (!bars) throw new Error(`Unknown symbol "${symbol}"`);
    return bars;
  };
  return {
    time: (bar + 1) * 3_600_000,
    symbols: all.map((bars) => bars.symbol),
    bars: (symbol, count = bar + 1) => {
      const end = Math.min(bar + 1, of(symbol).length);
      return of(symbol).slice(Math.max(0, end - count), end);
    },
    position: (symbol) => positions[symbol] ?? 0,
    entryPrice: () => Number.NaN,
    equity: 1000,
    free: 1000,
  };
}

const strategy = new PairsRotationStrategy({ length: 3, entryScore: 0.5, exitScore: -0.5, hysteresis: 0.75 });
const time = 4 * 3_600_000;

describe('meanReturnScore', () => {
  test('is the mean return in standard errors', () => {
    // 0.5, -0.2, 0.5: mean 0.8/3, squares 2 (0.7/3)^2 + (1.4/3)^2 = 2.94/9, error sqrt(2.94/9/2/3) = 0.7/3
    expect(meanReturnScore(strong.close)).toBeCloseTo(0.8 / 0.7, 12);
    // -0.5, 0.5, -0.5: mean -0.5/3, squares 2 (1/3)^2 + (2/3)^2 = 6/9, error sqrt(6/9/2/3) = 1/3
    expect(meanReturnScore(weak.close)).toBeCloseTo(-0.5, 12);
  });

  test('is 0 on a flat market and beyond all bounds on a move without any spread', () => {
    expect(meanReturnScore(flat.close)).toBe(0);
    expect(meanReturnScore(closes([1, 2, 4, 8]).close)).toBe(Number.POSITIVE_INFINITY);
    expect(meanReturnScore(closes([8, 4, 2, 1]).close)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('PairsRotationStrategy', () => {
  test('buys the strongest symbol when flat and leaves its size to risk', () => {
    expect(strategy.onSlice(context([weak, flat, strong]))).toEqual([
      { symbol: 'STRONG', timestamp: time, side: 'BUY', tag: 'rotate-in' },
    ]);
  });

  test('stays in cash where no score is above the entry score', () => {
    expect(strategy.onSlice(context([weak, flat]))).toEqual([]);
  });

  test('sells what another symbol has overtaken, and buys only afterwards', () => {
    expect(strategy.onSlice(context([flat, strong], { FLAT: 7 }))).toEqual([
      { symbol: 'FLAT', timestamp: time, side: 'SELL', quantity: 7, reduceOnly: true, tag: 'rotate-out' },
    ]);
  });

  test('keeps what is led by less than the hysteresis', () => {
    const patient = new PairsRotationStrategy({ ...strategy.params, hysteresis: 1.2 });
    expect(patient.onSlice(context([flat, strong], { FLAT: 7 }))).toEqual([]);
  });

  test('goes to cash where the held symbol is weak, though nothing is better', () => {
    const strict = new PairsRotationStrategy({ ...strategy.params, exitScore: -0.4 });
    expect(strict.onSlice(context([weak, flat], { WEAK: 2 }))).toMatchObject([
      { symbol: 'WEAK', side: 'SELL', quantity: 2, tag: 'weak' },
    ]);
    expect(strict.onSlice(context([flat, strong], { STRONG: 1 }))).toEqual([]);
  });

  test('neither sells nor buys a symbol whose bar has not come', () => {
    const late = closes([80, 120, 96], 'STRONG');
    expect(strategy.onSlice(context([late, flat]))).toEqual([]);
    expect(strategy.onSlice(context([flat, closes([8, 4, 2], 'LATE'), strong], { LATE: 1 }))).toEqual([]);
    // Enough bars for a score, but the last of them closed an hour ago.
    expect(strategy.onSlice(context([strong, closes([10, 10, 10, 10, 10], 'FLAT')], {}, 4))).toEqual([]);
  });

  test('does not sell for a leader that may not be bought', () => {
    const near = new PairsRotationStrategy({ ...strategy.params, exitScore: -0.6, hysteresis: 0.3 });
    expect(near.onSlice(context([weak, flat], { WEAK: 2 }))).toEqual([]);
  });

  test('says nothing before every score has its bars', () => {
    expect(strategy.onSlice(context([weak, strong], {}, 2))).toEqual([]);
  });

  test('ties go to the symbol named first', () => {
    const twin = closes([80, 120, 96, 144], 'TWIN');
    expect(strategy.onSlice(context([twin, strong]))).toMatchObject([{ symbol: 'TWIN' }]);
    expect(strategy.onSlice(context([twin, strong], { STRONG: 1 }))).toEqual([]);
  });

  test('refuses an exit score that is not below the entry score', () => {
    expect(() => new PairsRotationStrategy({ entryScore: 0, exitScore: 0 })).toThrow(
      expect.objectContaining({ code: 'VLV_STRATEGY_PARAMS' }),
    );
  });
});

describe('PairsRotationStrategy in a backtest', () => {
  const markets = syntheticBars({ symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'], timeframe: '1h', seed: 7, bars: 3000 });
  const rotation = new PairsRotationStrategy({ hysteresis: 1 });
  const { portfolio } = runPortfolio({
    capital: 10_000,
    slots: markets.map((bars) => ({
      strategy: 'rotation',
      bars,
      decisions: { kind: 'slices', strategy: rotation },
      orders: DEFAULT_ORDERS,
      allocation: null,
    })),
    costs: DEFAULT_COSTS,
    fills: DEFAULT_FILLS,
    risk: NO_LIMITS,
  });
  const trades = portfolio.trades.toSorted((a, b) => a.entryTime - b.entryTime);

  test('holds every symbol at some time and never two at once', () => {
    expect(trades.length).toBeGreaterThan(10);
    expect(new Set(trades.map((trade) => trade.symbol)).size).toBe(3);
    for (let i = 1; i < trades.length; i++) expect(trades[i].entryTime).toBeGreaterThan(trades[i - 1].exitTime);
  });

  test('moves the whole capital, and no order is refused', () => {
    expect(portfolio.refusals).toEqual([]);
    let capital = 10_000;
    for (const trade of trades) {
      expect(trade.quantity * trade.entryPrice).toBeGreaterThan(0.98 * capital);
      capital += trade.profit;
    }
  });
});
