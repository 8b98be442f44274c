import { z } from 'zod';
import type { Bars } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import { atr, ema, sma } from '../indicators/index.ts';
import { BaseStrategy } from './base.ts';
import { emptyColumn, eventSignals } from './events.ts';

const params = z.object({
  atrLength: z.int().min(1).max(500).default(14).describe('Length of the average true range, bars.'),
  burst: z.number().min(0.1).max(20).default(1.5).describe('Least rise of the close, in average true ranges.'),
  closePart: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe('Part of the bar, from its low, that the close must reach.'),
  volumeLength: z.int().min(1).max(2000).default(20).describe('Bars of the mean volume.'),
  volumeFactor: z.number().min(0).max(100).default(1.2).describe('Multiple of the mean volume that a burst needs.'),
  exitLength: z.int().min(1).max(1000).default(10).describe('Length of the average that ends the trade.'),
});

/**
 * Riding a sudden move. A bar that rises much further than bars usually do, closes near its high and is widely traded
 * starts moves of a few bars more often than not.
 *
 * Buys where the close rises by at least `burst` average true ranges (as they stood before the bar), in the upper part
 * of the bar, on more than `volumeFactor` times the usual volume before it, above the exit average. Sells where the
 * close falls below the exponential average of `exitLength` bars. The stop is the low of the burst bar.
 *
 * Columns: `ema_exit`, `atr`; `stop_loss` at buys.
 * Source: Pradeep Bonde's momentum burst (stockbee); range expansion after Toby Crabel (1990).
 */
export class MomentumBurstStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Rides a bar that rises far beyond the usual range on volume';

  /** Wilder's averages of length n forget like exponential ones of length 2n - 1. */
  override get history(): number {
    const { atrLength, volumeLength, exitLength } = this.params;
    return 40 * Math.max(2 * atrLength, exitLength) + volumeLength;
  }

  override generateSignals(bars: Bars): Signals {
    const { high, low, close, volume } = bars;
    const { atrLength, burst, closePart, volumeLength, volumeFactor, exitLength } = this.params;
    const range = atr(bars, atrLength);
    const usual = sma(volume, volumeLength);
    const exitLine = ema(close, exitLength);
    const stopLoss = emptyColumn(bars.length);
    const rises = (i: number): boolean => close[i] - close[i - 1] >= burst * range[i - 1] && close[i] > exitLine[i];
    const closesHigh = (i: number): boolean => close[i] - low[i] >= closePart * (high[i] - low[i]);
    const answer = eventSignals(
      bars,
      {
        ready: (i) => Number.isFinite(range[i - 1] + usual[i - 1] + exitLine[i] + high[i] + low[i] + volume[i]),
        enter: (i) => rises(i) && closesHigh(i) && volume[i] > volumeFactor * usual[i - 1],
        exit: (i) => close[i] < exitLine[i],
      },
      { ema_exit: exitLine, atr: range, stop_loss: stopLoss },
    );
    for (let i = 0; i < bars.length; i++) if (answer.signal[i] === 1) stopLoss[i] = low[i];
    return answer;
  }
}
