import { describe, expect, test } from 'vitest';
import { DEFAULT_COSTS, DEFAULT_ORDERS, NO_LIMITS } from '../../src/core/settings.ts';
import { syntheticBars } from '../../src/data/index.ts';
import { builtInStrategies } from '../../src/strategies/index.ts';
import { onExchange } from './exchange-driver.ts';
import { byBacktest, type LiveCase, onPaper, RecordingLog } from './live-drivers.ts';

const bars = syntheticBars({ symbols: ['BTCUSDT', 'ETHUSDT'], timeframe: '15m', bars: 2_000, seed: 11 });
const orders = {
  ...DEFAULT_ORDERS,
  sizing: { kind: 'fixed', quantity: 0.02 },
  stop: { percent: 1.5 },
  targetRatio: 1.5,
} as const;
const costs = { ...DEFAULT_COSTS, slippageBps: 0, spreadBps: 0, impactBps: 0 };
const common = { capital: 10_000, costs, risk: NO_LIMITS };

describe('live on the local exchange trades what a backtest and paper trade', () => {
  const names = Object.keys(builtInStrategies).filter((name) => name !== 'PairsRotationStrategy');
  test.each(names)('%s', async (name) => {
    const given: LiveCase = {
      ...common,
      slots: bars.map((series) => ({ handler: `strategies:${name}`, bars: series, orders })),
    };
    const [backtest, paper] = [await byBacktest(given), await onPaper(given, new RecordingLog())];
    const live = await onExchange(given);
    expect(paper.trades).toEqual(backtest.trades);
    expect(backtest.trades.length).toBeGreaterThan(0);
    expect(live.alerts).toEqual([]);
    expect(live.trades).toEqual(backtest.trades);
  });
});
