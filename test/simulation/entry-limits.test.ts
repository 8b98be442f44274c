import { expect, test } from 'vitest';
import { DEFAULT_ORDERS, NO_LIMITS, type RiskSettings } from '../../src/core/settings.ts';
import { syntheticBars } from '../../src/data/index.ts';
import { runPortfolio } from '../../src/execution/portfolio.ts';
import { DEFAULT_COSTS, DEFAULT_FILLS } from '../../src/core/settings.ts';

const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1m', bars: 2_880, seed: 5 });
/** In and out of the market at every other bar. */
const signal = Int8Array.from({ length: bars.length }, (_, i) => (i % 2 === 0 ? 1 : -1));

function refusals(limits: Partial<RiskSettings>): { entries: number; codes: Set<string> } {
  const slots = ['a', 'b'].map((strategy) => ({
    strategy,
    bars,
    orders: { ...DEFAULT_ORDERS, sizing: { kind: 'percent', percent: 10 } } as const,
    allocation: null,
    decisions: { kind: 'signals', signals: { signal, columns: {} } } as const,
  }));
  const risk = { ...NO_LIMITS, ...limits };
  const { portfolio } = runPortfolio({ capital: 10_000, slots, costs: DEFAULT_COSTS, fills: DEFAULT_FILLS, risk });
  const entries = portfolio.orders.filter(({ role }) => role === 'entry').length;
  return { entries, codes: new Set(portfolio.refusals.map(({ code }) => code)) };
}

test('a limit of entries per minute binds all strategies together', () => {
  const free = refusals({});
  expect(free.codes.size).toBe(0);
  const limited = refusals({ maxOrdersPerMinute: 1 });
  expect(limited.entries).toBe(free.entries / 2);
  expect(limited.codes).toEqual(new Set(['ORDER_RATE']));
});

test('a limit of entries per day binds each strategy by itself', () => {
  expect(refusals({ maxEntriesPerDay: 7 })).toEqual({ entries: 2 * 2 * 7, codes: new Set(['ORDER_RATE']) });
});

test('an entry above the largest order value is refused, not shrunk', () => {
  expect(refusals({ maxOrderValue: 900 })).toEqual({ entries: 0, codes: new Set(['MAX_ORDER_VALUE']) });
  expect(refusals({ maxOrderValue: 1_100 }).codes.size).toBe(0);
});
