/** What the ratios of an account are made of, gathered in two passes over its returns. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Of a sample; exactly 0 where all returns are equal, NaN with fewer than two. */
  readonly deviation: number;
  /** Root of the mean square of the negative returns. */
  readonly downside: number;
  /** Sums of the positive and, without sign, of the negative returns. */
  readonly gained: number;
  readonly lost: number;
}

/** Takes returns without NaN. Says the same as the functions of returns.ts, which each take passes of their own. */
export function moments(returns: Float64Array): Moments {
  const count = returns.length;
  let gained = 0;
  let lost = 0;
  let below = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = returns[i];
    if (value > 0) gained += value;
    else {
      lost -= value;
      below += value * value;
    }
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const mean = (gained - lost) / count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const distance = returns[i] - mean;
    squares += distance * distance;
  }
  const spread = least === most ? 0 : Math.sqrt(squares / (count - 1));
  return { count, mean, deviation: count < 2 ? Number.NaN : spread, downside: Math.sqrt(below / count), gained, lost };
}
