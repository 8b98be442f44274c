import { Backtester } from 'valvulin/execution';
import { syntheticBars } from 'valvulin/data';
import { crossover, crossunder, ema, lowest } from 'valvulin/indicators';
import { type Bars, BaseStrategy, type Signals, signals, z } from 'valvulin/strategies';

const params = z.object({
  length: z.int().min(2).max(500).default(20).describe('Length of the average, bars.'),
  trendLength: z.int().min(2).max(500).default(30).describe('Length of the trend average, in bars of 4 hours.'),
});

export class TrendFilterStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Buys crossings of an average in the direction of the 4 hour trend';

  // Live, the strategy sees this many bars: 40 times its longest exponential average, in its own timeframe.
  override get history(): number {
    return 40 * Math.max(this.params.length, 4 * this.params.trendLength);
  }

  override generateSignals(bars: Bars): Signals {
    const mean = ema(bars.close, this.params.length);
    const up = crossover(bars.close, mean);
    const down = crossunder(bars.close, mean);

    // Closed bars of a higher timeframe, spread over these bars: each sees only what had closed by then.
    const higher = this.higher('4h');
    const trend = higher.align(ema(higher.bars.close, this.params.trendLength));

    // A column named stop_loss sets the stop of the order; all other columns are for charts.
    const stop_loss = lowest(bars.low, 10);
    return signals(bars, (i) => (up[i] && bars.close[i] > trend[i] ? 1 : down[i] ? -1 : 0), { mean, trend, stop_loss });
  }
}

const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 7, bars: 8_760 });
const result = new Backtester(bars, { orders: { sizing: { kind: 'risk', percent: 1 } } }).run(
  new TrendFilterStrategy({ length: 24 }),
);
console.log(`${result.trades.length} trades, ${result.trades.filter((trade) => trade.profit > 0).length} of them won`);
