import { sma } from 'valvulin/indicators';
import { type Bars, BaseStrategy, type Signals, signals, z } from 'valvulin/strategies';

export class MyStrategy extends BaseStrategy<{ length: number }> {
  static override readonly params = z.object({ length: z.int().min(2).default(20) });

  override generateSignals(bars: Bars): Signals {
    const mean = sma(bars.close, this.params.length);
    return signals(bars, (i) => (bars.close[i] > mean[i] ? 1 : bars.close[i] < mean[i] ? -1 : 0), { mean });
  }
}
