import { computePerformanceMetrics } from 'valvulin/analytics/performance';
import { syntheticBars } from 'valvulin/data';
import { Backtester } from 'valvulin/execution';
import { MyStrategy } from './my-strategy.ts';

const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 7, bars: 8_760 });

const backtester = new Backtester(bars, {
  capital: 10_000,
  orders: { sizing: { kind: 'risk', percent: 1 }, stop: { atr: 3 }, targetRatio: 2 },
  costs: { takerPct: 0.075, slippageBps: 2 },
});
const result = backtester.run(new MyStrategy({ length: 50 }));

const { winRate, profitFactor, averageRMultiple, maxDrawdownPct } = computePerformanceMetrics(result.trades, result);
console.log({ trades: result.trades.length, winRate, profitFactor, averageRMultiple, maxDrawdownPct });
