import { z } from 'zod';
import type { Bars } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import { highest, lowest, sma } from '../indicators/index.ts';
import { BaseStrategy } from './base.ts';
import { emptyColumn, eventSignals } from './events.ts';

const params = z.object({
  length: z.int().min(1).max(2000).default(20).describe('Bars whose highest high must be exceeded.'),
  exitLength: z.int().min(1).max(2000).default(10).describe('Bars whose lowest low ends the trade.'),
  volumeLength: z.int().min(1).max(2000).default(20).describe('Bars of the mean volume.'),
  volumeFactor: z.number().min(0).max(100).default(1.5).describe('Multiple of the mean volume that a breakout needs.'),
});

/**
 * A new high that many take part in. Leaving a range on ordinary volume often fails; on unusual volume somebody who
 * matters has decided.
 *
 * Buys where the close exceeds the highest high of the `length` bars before and the bar's volume exceeds `volumeFactor`
 * times the mean of the `volumeLength` bars before. Sells where the close falls below the lowest low of the
 * `exitLength` bars before. The bar itself is in none of the three, so a bar is never compared with itself.
 *
 * Columns: `breakout_level`, `exit_level`, `volume_mean`, each as it stood before the bar.
 * Source: Richard Donchian's channel rule as in the Turtles' 20 and 10 day system (Curtis Faith, Way of the Turtle,
 * 2007), with a volume filter.
 */
export class BreakoutVolumeStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Buys a new high on unusual volume, leaves at a new low';

  override get history(): number {
    const { length, exitLength, volumeLength } = this.params;
    return Math.max(super.history, 2 * Math.max(length, exitLength, volumeLength) + 2);
  }

  override generateSignals(bars: Bars): Signals {
    const { close, volume } = bars;
    const { length, exitLength, volumeLength, volumeFactor } = this.params;
    const ceiling = before(highest(bars.high, length));
    const floor = before(lowest(bars.low, exitLength));
    const usual = before(sma(volume, volumeLength));
    return eventSignals(
      bars,
      {
        ready: (i) => Number.isFinite(ceiling[i] + floor[i] + usual[i] + close[i] + volume[i]),
        enter: (i) => close[i] > ceiling[i] && volume[i] > volumeFactor * usual[i],
        exit: (i) => close[i] < floor[i],
      },
      { breakout_level: ceiling, exit_level: floor, volume_mean: usual },
    );
  }
}

/** The column as it stood one bar earlier. */
function before(column: Float64Array): Float64Array {
  const out = emptyColumn(column.length);
  out.set(column.subarray(0, -1), Math.min(1, column.length));
  return out;
}
