import { z } from 'zod';
import type { Bars } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import { BaseStrategy } from './base.ts';
import { emptyColumn } from './events.ts';

const params = z.object({
  maxWait: z.int().min(1).max(100).default(3).describe('Bars after the inside bar in which the break must come.'),
});

/**
 * The break of a rest. An inside bar lies wholly within the bar before it, its mother bar: buyers and sellers agree for
 * a moment, and the side that ends the truce often carries the price further. Of several inside bars in a row, each
 * within the one before, the first bar of all is the mother and the last one is the rest.
 *
 * Buys at the first close above the mother's high, sells at the first close below its low, within `maxWait` bars after
 * the last inside bar. The stop is the far side of that inside bar.
 *
 * Columns: `inside_bar` (1 or 0); `stop_loss` at signals.
 * Source: Toby Crabel, Day Trading with Short Term Price Patterns (1990).
 */
export class InsideBarStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Trades the break of the bar that an inside bar rested in';

  override generateSignals(bars: Bars): Signals {
    const { high, low, close, length } = bars;
    const { maxWait } = this.params;
    const signal = new Int8Array(length);
    const inside = new Float64Array(length);
    const stopLoss = emptyColumn(length);
    let mother = 0;
    let rest = Number.NEGATIVE_INFINITY;
    for (let i = 1; i < length; i++) {
      if (high[i] < high[i - 1] && low[i] > low[i - 1]) {
        if (inside[i - 1] === 0) mother = i - 1;
        inside[i] = 1;
        rest = i;
      } else if (i - rest <= maxWait) {
        if (close[i] > high[mother]) signal[i] = 1;
        else if (close[i] < low[mother]) signal[i] = -1;
        else continue;
        stopLoss[i] = signal[i] === 1 ? low[rest] : high[rest];
        rest = Number.NEGATIVE_INFINITY;
      }
    }
    return { signal, columns: { inside_bar: inside, stop_loss: stopLoss } };
  }
}
