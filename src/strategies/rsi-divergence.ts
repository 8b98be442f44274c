import { z } from 'zod';
import type { Bars, Series } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import { pivots, rsi } from '../indicators/index.ts';
import { BaseStrategy } from './base.ts';
import { emptyColumn } from './events.ts';
import { below } from './params.ts';

const params = z
  .object({
    rsiLength: z.int().min(2).max(500).default(14).describe('Length of the RSI, bars.'),
    swing: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('Bars on each side that make a swing point; it is known this many bars late.'),
    maxDistance: z.int().min(2).max(2000).default(60).describe('Most bars between the two swing points.'),
    oversold: z.number().min(0).max(100).default(30).describe('RSI that the first swing low must have reached.'),
    overbought: z.number().min(0).max(100).default(70).describe('RSI that the first swing high must have reached.'),
  })
  .refine(...below('oversold', 'overbought'));

/** The last swing point of one side. */
interface Swing {
  readonly bar: number;
  readonly price: number;
  readonly strength: number;
}

/**
 * A move that runs out of force. Where the price makes a lower low but RSI a higher one, sellers push less than before
 * (bullish divergence); the mirror image at highs is bearish.
 *
 * Buys where a swing low is confirmed that is lower than the swing low before it, at most `maxDistance` bars back, while
 * RSI is higher than it was there and was at or under `oversold` there. Sells at the mirror image of highs. A swing
 * point is known only `swing` bars after it was made, and the signal stands at that later bar. The stop is the price of
 * the newer swing point.
 *
 * Columns: `rsi`; `stop_loss` at signals.
 * Source: J. Welles Wilder, New Concepts in Technical Trading Systems (1978), on divergence.
 */
export class RSIDivergenceStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Trades against a move whose RSI no longer confirms its new extreme';

  /** Wilder's averages of length n forget like exponential ones of length 2n - 1. */
  override get history(): number {
    const { rsiLength, swing, maxDistance } = this.params;
    return 80 * rsiLength + maxDistance + 3 * swing;
  }

  override generateSignals(bars: Bars): Signals {
    const { rsiLength, swing, maxDistance, oversold, overbought } = this.params;
    const strength = rsi(bars.close, rsiLength);
    const swings = pivots(bars, swing, swing);
    const signal = new Int8Array(bars.length);
    const stopLoss = emptyColumn(bars.length);
    let low: Swing | undefined;
    let high: Swing | undefined;
    for (let i = 0; i < bars.length; i++) {
      if (Number.isFinite(swings.low[i])) {
        const newer = swingAt(bars.low, swings.low[i], i - swing, strength);
        if (diverges(low, newer, 1, oversold, maxDistance)) {
          signal[i] = 1;
          stopLoss[i] = newer.price;
        }
        low = newer;
      }
      if (Number.isFinite(swings.high[i])) {
        const newer = swingAt(bars.high, swings.high[i], i - swing, strength);
        if (diverges(high, newer, -1, overbought, maxDistance)) {
          signal[i] = -1;
          stopLoss[i] = newer.price;
        }
        high = newer;
      }
    }
    return { signal, columns: { rsi: strength, stop_loss: stopLoss } };
  }
}

/** `side` 1 compares lows, -1 highs: the price goes further than before, RSI does not. */
function diverges(older: Swing | undefined, newer: Swing, side: 1 | -1, level: number, maxDistance: number): boolean {
  if (older === undefined || newer.bar - older.bar > maxDistance) return false;
  const further = (older.price - newer.price) * side > 0;
  const weaker = (newer.strength - older.strength) * side > 0;
  return further && weaker && (level - older.strength) * side >= 0;
}

/** Broken bars are passed over when swing points are sought, so the point may lie further back than `from`. */
function swingAt(prices: Series, price: number, from: number, strength: Float64Array): Swing {
  let bar = from;
  while (bar > 0 && prices[bar] !== price) bar--;
  return { bar, price, strength: strength[bar] };
}
