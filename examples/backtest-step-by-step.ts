import { computePerformanceMetrics } from 'valvulin/analytics/performance';
import { plotBacktestSignals } from 'valvulin/analytics/signals-plot';
import { readBars } from 'valvulin/data';
import { Backtester, type TradeSignal } from 'valvulin/execution';
import { EMAMACDStrategy } from 'valvulin/strategies';

// 1. Data: columns of open, high, low, close and volume, by open time
const { bars } = await readBars('data/history/BTCUSDT_1h.csv');

// 2. Normalised signals: 1 buys, -1 sells, 0 does nothing
const strategy = new EMAMACDStrategy({ emaShort: 12, emaLong: 26, macdSignal: 9 });
const signals = strategy.run(bars);

// 3. Trade signals from them, and the backtest
const tradeSignals: TradeSignal[] = [];
signals.signal.forEach((signal, i) => {
  if (signal === 0) return;
  tradeSignals.push({
    symbol: 'BTCUSDT',
    timestamp: bars.time[i],
    side: signal === 1 ? 'BUY' : 'SELL',
    quantity: 0.01,
    stopLoss: null,
  });
});
const result = new Backtester(bars).run(tradeSignals);

// 4. Win rate, profit factor, expectancy, average R multiple, drawdown and more
const metrics = computePerformanceMetrics(result.trades);
console.log(metrics.toDict());

// 5. An interactive chart, under analytics/plots_output/
const file = await plotBacktestSignals(bars, result.trades, { title: 'Backtest BTCUSDT' });
console.log(file);
