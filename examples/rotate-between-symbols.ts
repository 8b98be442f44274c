import { DEFAULT_COSTS, DEFAULT_FILLS, DEFAULT_ORDERS, NO_LIMITS } from 'valvulin/core';
import { syntheticBars } from 'valvulin/data';
import { runPortfolio } from 'valvulin/execution';
import { PairsRotationStrategy } from 'valvulin/strategies';

const markets = syntheticBars({ symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'], timeframe: '1h', seed: 7, bars: 4_000 });

// Slots that share one strategy object form a group: it is asked once for each hour and may trade all of them.
const strategy = new PairsRotationStrategy({ length: 72, hysteresis: 1 });
const { portfolio } = runPortfolio({
  capital: 10_000,
  slots: markets.map((bars) => ({
    strategy: 'rotation',
    bars,
    decisions: { kind: 'slices', strategy },
    orders: DEFAULT_ORDERS,
    allocation: null,
  })),
  costs: DEFAULT_COSTS,
  fills: DEFAULT_FILLS,
  risk: NO_LIMITS,
});

for (const bars of markets) {
  const trades = portfolio.trades.filter((trade) => trade.symbol === bars.symbol);
  console.log(`${bars.symbol}: ${trades.length} trades`);
}
