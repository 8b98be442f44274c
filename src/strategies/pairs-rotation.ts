import { z } from 'zod';
import type { Series } from '../core/bars.ts';
import type { TradeSignal } from '../core/signal.ts';
import { BaseStrategy, type SliceContext } from './base.ts';
import { below } from './params.ts';

const params = z
  .object({
    length: z.int().min(2).max(2000).default(48).describe('Bars over which the momentum is measured.'),
    entryScore: z.number().min(-10).max(10).default(0.5).describe('Score above which a symbol may be bought.'),
    exitScore: z.number().min(-10).max(10).default(-0.5).describe('Score below which a symbol is sold for cash.'),
    hysteresis: z.number().min(0).max(10).default(0.75).describe('Lead in score that a rotation needs.'),
  })
  .refine(...below('exitScore', 'entryScore'));

/**
 * Capital follows strength. Each symbol's score is the z-score of its mean return over `length` bars: how many standard
 * errors the move lies from nothing. So a quiet climb counts for more than a wild one, and symbols of different
 * volatility compare fairly.
 *
 * Holds at most one symbol. Flat, it buys the highest score where that exceeds `entryScore`. Holding, it sells where
 * the score falls below `exitScore`, or where another symbol leads by more than `hysteresis` and may be bought itself:
 * without that lead two equals would swap places at every bar, and costs would eat the account. It buys at a later bar
 * than it sells, when the money is there. A symbol whose bar has not come is neither bought, sold nor compared.
 *
 * It keeps nothing in memory: the same bars and positions give the same orders after any restart.
 * Source: relative strength rotation, Narasimhan Jegadeesh and Sheridan Titman, Returns to Buying Winners and Selling
 * Losers (1993); the t-statistic as score is the common significance measure of a mean.
 */
export class PairsRotationStrategy extends BaseStrategy<z.infer<typeof params>> {
  static override readonly params = params;
  static override readonly summary = 'Rotates the capital into the strongest of several symbols';

  override get history(): number {
    return this.params.length + 1;
  }

  override onSlice(context: SliceContext): readonly TradeSignal[] {
    const { entryScore, exitScore, hysteresis } = this.params;
    const scores = new Map(context.symbols.map((symbol) => [symbol, this.#score(context, symbol)]));
    const best = highestScore(scores);
    const held = context.symbols.filter((symbol) => context.position(symbol) > 0);
    if (held.length === 0) {
      if (best === null || !(best.score > entryScore)) return [];
      return [{ symbol: best.symbol, timestamp: context.time, side: 'BUY', tag: 'rotate-in' }];
    }
    const orders: TradeSignal[] = [];
    for (const symbol of held) {
      const score = scores.get(symbol) ?? Number.NaN;
      const overtaken = best !== null && best.score > entryScore && best.score > score + hysteresis;
      if (!(score < exitScore) && !overtaken) continue;
      orders.push({
        symbol,
        timestamp: context.time,
        side: 'SELL',
        quantity: context.position(symbol),
        reduceOnly: true,
        tag: overtaken ? 'rotate-out' : 'weak',
      });
    }
    return orders;
  }

  /** NaN where the symbol has no bar of this instant or too few bars. */
  #score(context: SliceContext, symbol: string): number {
    const bars = context.bars(symbol, this.params.length + 1);
    if (bars.length <= this.params.length || bars.closeTime(bars.length - 1) !== context.time) return Number.NaN;
    return meanReturnScore(bars.close);
  }
}

/**
 * Mean of the one-bar returns in standard errors: `mean / (stdev / sqrt(n))`, sample deviation; 0 where prices do not
 * move. Simple returns, because logarithms may differ in their last digit between machines.
 */
export function meanReturnScore(close: Series): number {
  const n = close.length - 1;
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += close[i] / close[i - 1] - 1;
  const mean = sum / n;
  let squares = 0;
  for (let i = 1; i <= n; i++) squares += (close[i] / close[i - 1] - 1 - mean) ** 2;
  if (squares === 0) return mean === 0 ? 0 : Math.sign(mean) * Number.POSITIVE_INFINITY;
  return mean / Math.sqrt(squares / (n - 1) / n);
}

/** Ties go to the symbol named first; scores that are NaN take no part. */
function highestScore(scores: ReadonlyMap<string, number>): { symbol: string; score: number } | null {
  let best: { symbol: string; score: number } | null = null;
  for (const [symbol, score] of scores) {
    if (best === null ? !Number.isNaN(score) : score > best.score) best = { symbol, score };
  }
  return best;
}
