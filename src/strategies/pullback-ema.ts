import { z } from 'zod';
import type { Bars } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import { ema, highest, lowest } from '../indicators/index.ts';
import { BaseStrategy } from './base.ts';
import { emptyColumn, eventSignals } from './events.ts';
import { below } from './params.ts';

const params = z
  .object({
    emaShort: z.int().min(1).max(1000).default(20).describe('Length of the average that the price falls back to.'),
    emaLong: z.int().min(2).max(2000).default(50).describe('Length of the trend average; above `emaShort`.'),
    swing: z.int().min(1).max(200).default(5).describe('Bars whose extreme is the stop, the signal bar included.'),
  })
  .refine(...below('emaShort', 'emaLong'));

/**
 * Buying the dip of a rising market. In a trend the price comes back to its short average again and again; the bar that
 * touches it and closes above it again is the entry with the nearest sensible stop.
 *
 * Buys where, with the short average above the long one, a bar closes above its open and above the short average
 * after having touched it (its low, or the close before, at or under the average). Sells where the close falls below
 * the long average: the trend is over. The stop is the lowest low of the last `swing` bars (of a sale: the highest high).
 *
 * Columns: `ema_short`, `ema_long`; `stop_loss` at signals.
 * Source: the "holy grail" entry of Linda Raschke and Laurence Connors, Street Smarts (1995), with a long average in
 * place of ADX.
 */
export class PullbackEMAStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Buys the return to a short average within a rising trend';

  override get history(): number {
    return 40 * this.params.emaLong + this.params.swing;
  }

  override generateSignals(bars: Bars): Signals {
    const { open, high, low, close } = bars;
    const { emaShort, emaLong, swing } = this.params;
    const short = ema(close, emaShort);
    const long = ema(close, emaLong);
    const stopLoss = emptyColumn(bars.length);
    const touched = (i: number): boolean => low[i] <= short[i] || close[i - 1] <= short[i - 1];
    const answer = eventSignals(
      bars,
      {
        ready: (i) => Number.isFinite(long[i]) && Number.isFinite(open[i] + high[i] + low[i]),
        enter: (i) => short[i] > long[i] && close[i] > short[i] && close[i] > open[i] && touched(i),
        exit: (i) => close[i] < long[i],
      },
      { ema_short: short, ema_long: long, stop_loss: stopLoss },
    );
    const floor = lowest(low, swing);
    const ceiling = highest(high, swing);
    for (let i = 0; i < bars.length; i++) {
      if (answer.signal[i] !== 0) stopLoss[i] = answer.signal[i] === 1 ? floor[i] : ceiling[i];
    }
    return answer;
  }
}
