import { mean, percentileOfSorted, sorted, standardDeviation } from './statistics.ts';

/**
 * Measures of a series of simple returns (0.01 is one percent), by the definitions of empyrical: arithmetic means,
 * sample deviation (n - 1), `periods` returns to the year. NaN returns count as no observation. An answer that does
 * not exist is NaN; a ratio over no risk at all is infinite. `computePerformanceMetrics` turns both into null.
 */

/** Returns from one value to the next; `base` stands before the first value, so that the lengths are equal. */
export function simpleReturns(values: ArrayLike<number>, base: number): Float64Array {
  const out = new Float64Array(values.length);
  let before = base;
  for (let i = 0; i < out.length; i++) {
    const value = values[i] as number;
    out[i] = before > 0 ? value / before - 1 : 0;
    before = value;
  }
  return out;
}

/** Compounded value after each return, starting from `start`; with 0 the compounded return itself. */
export function cumulativeReturns(returns: ArrayLike<number>, start = 0): Float64Array {
  const out = new Float64Array(returns.length);
  let growth = 1;
  for (let i = 0; i < out.length; i++) {
    const value = returns[i] as number;
    if (!Number.isNaN(value)) growth *= 1 + value;
    out[i] = start === 0 ? growth - 1 : growth * start;
  }
  return out;
}

/** Compounded return of the whole series; NaN for an empty one. */
export function totalReturn(returns: ArrayLike<number>): number {
  if (returns.length === 0) return Number.NaN;
  let growth = 1;
  for (let i = 0; i < returns.length; i++) {
    const value = returns[i] as number;
    if (!Number.isNaN(value)) growth *= 1 + value;
  }
  return growth - 1;
}

/** Deepest fall from a high, as a fraction at most 0; the start counts as a high. NaN for an empty series. */
export function maxDrawdownOfReturns(returns: ArrayLike<number>): number {
  if (returns.length === 0) return Number.NaN;
  let growth = 1;
  let high = 1;
  let worst = 0;
  for (let i = 0; i < returns.length; i++) {
    const value = returns[i] as number;
    if (!Number.isNaN(value)) growth *= 1 + value;
    if (growth > high) high = growth;
    const fall = growth / high - 1;
    if (fall < worst) worst = fall;
  }
  return worst;
}

/** `(1 + total return) ^ (periods / n) - 1`, n being the number of returns. */
export function annualReturn(returns: ArrayLike<number>, periods: number): number {
  if (returns.length === 0) return Number.NaN;
  return Math.max(0, 1 + totalReturn(returns)) ** (periods / returns.length) - 1;
}

/** Sample deviation times the root of `periods`. */
export function annualVolatility(returns: ArrayLike<number>, periods: number): number {
  return standardDeviation(returns) * Math.sqrt(periods);
}

/** Mean over sample deviation of the returns above `riskFree` (per period), times the root of `periods`. */
export function sharpeRatio(returns: ArrayLike<number>, periods: number, riskFree: Rate = 0): number {
  if (returns.length < 2) return Number.NaN;
  const excess = above(returns, riskFree);
  return (mean(excess) / standardDeviation(excess)) * Math.sqrt(periods);
}

/** Root of the mean square of what falls short of `required` (per period), times the root of `periods`. */
export function downsideRisk(returns: ArrayLike<number>, periods: number, required: Rate = 0): number {
  if (returns.length === 0) return Number.NaN;
  const excess = above(returns, required);
  for (let i = 0; i < excess.length; i++) {
    const value = excess[i] as number;
    excess[i] = value < 0 ? value * value : value - value;
  }
  return Math.sqrt(mean(excess)) * Math.sqrt(periods);
}

/** Mean return above `required` times `periods`, over the downside risk. */
export function sortinoRatio(returns: ArrayLike<number>, periods: number, required: Rate = 0): number {
  if (returns.length < 2) return Number.NaN;
  return (mean(above(returns, required)) * periods) / downsideRisk(returns, periods, required);
}

/** Annual return over the deepest drawdown; NaN where there was none. */
export function calmarRatio(returns: ArrayLike<number>, periods: number): number {
  const fall = maxDrawdownOfReturns(returns);
  return fall < 0 ? annualReturn(returns, periods) / -fall : Number.NaN;
}

/**
 * Sum of returns above the threshold over the sum of those below. `required` is an annual rate, brought to one period
 * geometrically; NaN where nothing lies below.
 */
export function omegaRatio(returns: ArrayLike<number>, periods: number, required = 0, riskFree: Rate = 0): number {
  if (returns.length < 2 || required <= -1) return Number.NaN;
  const threshold = periods === 1 ? required : (1 + required) ** (1 / periods) - 1;
  let gained = 0;
  let lost = 0;
  for (const value of above(returns, riskFree)) {
    const excess = value - threshold;
    if (excess > 0) gained += excess;
    else if (excess < 0) lost -= excess;
  }
  return lost > 0 ? gained / lost : Number.NaN;
}

/** The 95th percentile over the 5th, both without sign. */
export function tailRatio(returns: ArrayLike<number>): number {
  const rising = sorted(returns);
  return Math.abs(percentileOfSorted(rising, 95)) / Math.abs(percentileOfSorted(rising, 5));
}

/**
 * Slope (beta) of the returns on those of a benchmark, and the annual return that the slope leaves unexplained (alpha,
 * compounded over `periods`). Pairs with a NaN are left out; both NaN with fewer than two pairs.
 */
export function alphaBeta(
  returns: ArrayLike<number>,
  benchmark: ArrayLike<number>,
  periods: number,
): { alpha: number; beta: number } {
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  const pairs = Math.min(returns.length, benchmark.length);
  const both = (i: number): boolean => !Number.isNaN(returns[i]) && !Number.isNaN(benchmark[i]);
  for (let i = 0; i < pairs; i++) {
    if (!both(i)) continue;
    sumX += benchmark[i] as number;
    sumY += returns[i] as number;
    n++;
  }
  if (n < 2) return { alpha: Number.NaN, beta: Number.NaN };
  const meanX = sumX / n;
  const meanY = sumY / n;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < pairs; i++) {
    if (!both(i)) continue;
    const x = (benchmark[i] as number) - meanX;
    covariance += x * ((returns[i] as number) - meanY);
    variance += x * x;
  }
  const beta = variance > 0 ? covariance / variance : Number.NaN;
  return { alpha: (1 + meanY - beta * meanX) ** periods - 1, beta };
}

/** A rate per period: one for all, or one for each return. */
export type Rate = number | ArrayLike<number>;

function above(returns: ArrayLike<number>, rate: Rate): Float64Array {
  const out = new Float64Array(returns.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = (returns[i] as number) - (typeof rate === 'number' ? rate : (rate[i] as number));
  }
  return out;
}
