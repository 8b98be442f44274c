import { z } from 'zod';
import type { Bars } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import { sma } from '../indicators/index.ts';
import { BaseStrategy } from './base.ts';
import { Candles } from './candle.ts';
import { emptyColumn } from './events.ts';

const PATTERNS = ['engulfing', 'hammer', 'shooting_star', 'morning_star', 'evening_star'] as const;

const params = z.object({
  patterns: z
    .array(z.enum(PATTERNS))
    .min(1)
    .default([...PATTERNS])
    .describe('Patterns that give signals; `engulfing` stands for both of its directions.'),
  trendLength: z
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('Bars of the mean close that the move before a pattern is measured against.'),
  bodyLength: z.int().min(1).max(1000).default(10).describe('Bars of the mean body that a long body exceeds.'),
  dojiRatio: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe('Part of the range up to which a body or shadow counts as none.'),
  shadowRatio: z.number().min(1).max(20).default(2).describe('Least length of a long shadow, in bodies.'),
  starRatio: z.number().min(0).max(1).default(0.3).describe('Largest body of a star, as a part of the body before it.'),
});

/**
 * Reversal patterns of candlestick charts, after the move that they are said to end. A bullish pattern counts only where
 * the close before its first bar is below the mean of `trendLength` closes, a bearish one only above it.
 *
 * Buys a bullish engulfing, a hammer, a morning star; sells a bearish engulfing, a shooting star, an evening star; at
 * the close that completes the pattern. Where both directions appear at one bar, the sale wins. A doji (body up to
 * `dojiRatio` of the range) is undecided: it gives no signal, is no hammer or shooting star, neither engulfs nor is
 * engulfed, but may be the middle of a star. The stop is the far end of the pattern's bars.
 *
 * Columns: `engulfing` (1, 0, -1), `hammer` and `morning_star` (1, 0), `shooting_star` and `evening_star` (-1, 0),
 * `doji` (1, 0), whichever of them trade; `stop_loss` at signals.
 * Source: Steve Nison, Japanese Candlestick Charting Techniques (1991).
 */
export class CandlestickPatternStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Trades engulfing bars, hammers, shooting stars, morning and evening stars';

  override get history(): number {
    return Math.max(super.history, 2 * Math.max(this.params.trendLength, this.params.bodyLength) + 4);
  }

  override generateSignals(bars: Bars): Signals {
    const { length, close } = bars;
    const candles = new Candles(bars, this.params);
    const mean = sma(close, this.params.trendLength);
    const falling = (i: number): boolean => close[i] < mean[i];
    const rising = (i: number): boolean => close[i] > mean[i];
    const each = (value: (i: number) => number): Float64Array => columnOf(length, value);
    const seen = {
      engulfing: each((i) =>
        falling(i - 2) && candles.engulfing(i, 1) ? 1 : rising(i - 2) && candles.engulfing(i, -1) ? -1 : 0,
      ),
      hammer: each((i) => (falling(i - 1) && candles.hammer(i) ? 1 : 0)),
      shooting_star: each((i) => (rising(i - 1) && candles.shootingStar(i) ? -1 : 0)),
      morning_star: each((i) => (falling(i - 3) && candles.star(i, 1) ? 1 : 0)),
      evening_star: each((i) => (rising(i - 3) && candles.star(i, -1) ? -1 : 0)),
    };
    const signal = new Int8Array(length);
    const stopLoss = emptyColumn(length);
    for (const pattern of this.params.patterns) {
      const column = seen[pattern];
      for (let i = 0; i < length; i++) {
        const side = column[i];
        if (side === 0 || (signal[i] !== 0 && side > signal[i])) continue;
        const stop = farEnd(bars, i, BARS[pattern], side);
        stopLoss[i] = side === signal[i] ? beyond(stopLoss[i], stop, side) : stop;
        signal[i] = side;
      }
    }
    return { signal, columns: { ...seen, doji: each((i) => (candles.doji(i) ? 1 : 0)), stop_loss: stopLoss } };
  }
}

/** A loop, because `Float64Array.from` with a function costs many times as much on a million bars. */
function columnOf(length: number, value: (i: number) => number): Float64Array {
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[i] = value(i);
  return out;
}

/** How many bars each pattern spans. */
const BARS = { engulfing: 2, hammer: 1, shooting_star: 1, morning_star: 3, evening_star: 3 } as const;

/** The lowest low (for a sale the highest high) of the `count` bars up to `i`. */
function farEnd(bars: Bars, i: number, count: number, side: number): number {
  let end = side === 1 ? bars.low[i] : bars.high[i];
  for (let k = i - count + 1; k < i; k++) end = beyond(end, side === 1 ? bars.low[k] : bars.high[k], side);
  return end;
}

function beyond(a: number, b: number, side: number): number {
  return side === 1 ? Math.min(a, b) : Math.max(a, b);
}
