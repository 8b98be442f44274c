import { z } from 'zod';
import type { Bars } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import { ema, macd } from '../indicators/index.ts';
import { BaseStrategy } from './base.ts';
import { eventSignals } from './events.ts';
import { below } from './params.ts';

const params = z
  .object({
    emaShort: z.int().min(1).max(1000).default(12).describe('Length of the short average of closes, bars.'),
    emaLong: z.int().min(2).max(2000).default(26).describe('Length of the long average; above `emaShort`.'),
    macdSignal: z.int().min(1).max(1000).default(9).describe('Length of the MACD signal line, bars.'),
  })
  .refine(...below('emaShort', 'emaLong'));

/**
 * Trend and momentum that agree. The averages tell the direction, and the MACD line of the same two lengths against its
 * signal line tells whether the move still gathers speed.
 *
 * Buys where the short average is above the long one and MACD is above its signal line, at the bar where both hold for
 * the first time. Sells where both are reversed. Between the two nothing happens, so a weakening trend is kept until
 * it has turned.
 *
 * Columns: `ema_short`, `ema_long`, `macd`, `macd_signal`.
 * Source: Gerald Appel, Technical Analysis: Power Tools for Active Investors (2005), MACD with a trend filter.
 */
export class EMAMACDStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Follows a trend while averages and MACD agree';

  override get history(): number {
    return 40 * (this.params.emaLong + this.params.macdSignal);
  }

  override generateSignals(bars: Bars): Signals {
    const { emaShort, emaLong, macdSignal } = this.params;
    const short = ema(bars.close, emaShort);
    const long = ema(bars.close, emaLong);
    const { macd: line, signal: signalLine } = macd(bars.close, emaShort, emaLong, macdSignal);
    return eventSignals(
      bars,
      {
        ready: (i) => Number.isFinite(signalLine[i]),
        enter: (i) => short[i] > long[i] && line[i] > signalLine[i],
        exit: (i) => short[i] < long[i] && line[i] < signalLine[i],
      },
      { ema_short: short, ema_long: long, macd: line, macd_signal: signalLine },
    );
  }
}
