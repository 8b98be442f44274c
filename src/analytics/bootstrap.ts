import type { Trade } from '../core/trade.ts';
import type { AccountHistory } from './account-stats.ts';
import { DAY_MS } from './calendar.ts';
import { sharpeRatio, simpleReturns } from './returns.ts';
import { mean, percentileOfSorted, seededRandom, sorted } from './statistics.ts';
import { closedInOrder } from './trade-stats.ts';

export interface BootstrapOptions {
  readonly seed?: number;
  /** How many samples are drawn; fewer where there are very many trades. */
  readonly resamples?: number;
  /** Share of the samples inside the interval: 0.95. */
  readonly confidence?: number;
}

/** The middle `confidence` of a measure over the samples; null where too few of them had an answer. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapIntervals {
  readonly winRate: Interval | null;
  readonly profitFactor: Interval | null;
  readonly expectancy: Interval | null;
  readonly averageRMultiple: Interval | null;
  /** Annual Sharpe ratio of daily returns. */
  readonly sharpe: Interval | null;
  /** Share of the samples that lost money, 0 to 1. */
  readonly chanceOfLoss: number | null;
  readonly resamples: number;
  readonly confidence: number;
  readonly seed: number;
}

/** Draws for one call at most, so that many trades stay a matter of a fraction of a second. */
const MAX_DRAWS = 4_000_000;
const FEWEST_TRADES = 5;
const FEWEST_DAYS = 20;

/**
 * Confidence intervals by resampling: trades one by one with replacement, daily returns in blocks of random length
 * (stationary bootstrap, mean block of the cube root of n) so that volatility keeps its clusters. They say how much of
 * a result may be luck if the future draws from the same trades; they know nothing of overfitting. The same seed gives
 * the same intervals.
 */
export function bootstrapIntervals(
  trades: readonly Trade[],
  account?: AccountHistory,
  options: BootstrapOptions = {},
): BootstrapIntervals {
  const { seed = 1, confidence = 0.95 } = options;
  const closed = closedInOrder(trades);
  const profits = Float64Array.from(closed, (trade) => trade.profit);
  const multiples = Float64Array.from(closed, (trade) => trade.rMultiple ?? Number.NaN);
  const days = account ? dailyReturns(account) : new Float64Array(0);
  const wanted = options.resamples ?? 1_000;
  const resamples = Math.max(200, Math.min(wanted, Math.floor(MAX_DRAWS / Math.max(1, profits.length))));
  const random = seededRandom(seed);
  const ofTrades = resampleTrades(profits, multiples, resamples, random);
  const sharpe = resampleDays(days, resamples, random);
  const enough = profits.length >= FEWEST_TRADES;
  const interval = (samples: Float64Array): Interval | null => middle(samples, confidence);
  return {
    winRate: enough ? interval(ofTrades.winRate) : null,
    profitFactor: enough ? interval(ofTrades.profitFactor) : null,
    expectancy: enough ? interval(ofTrades.expectancy) : null,
    averageRMultiple: enough ? interval(ofTrades.averageR) : null,
    sharpe: days.length >= FEWEST_DAYS ? interval(sharpe) : null,
    chanceOfLoss: enough ? ofTrades.expectancy.filter((value) => value < 0).length / resamples : null,
    resamples,
    confidence,
    seed,
  };
}

/** Returns from the last valuation of each UTC day to that of the next. */
export function dailyReturns({ time, equityCurve, initialCapital }: AccountHistory): Float64Array {
  const closes: number[] = [];
  for (let i = 0; i < time.length; i++) {
    const day = Math.floor(((time[i] as number) - 1) / DAY_MS);
    const next = i + 1 < time.length ? Math.floor(((time[i + 1] as number) - 1) / DAY_MS) : Number.POSITIVE_INFINITY;
    if (next !== day) closes.push(equityCurve[i] as number);
  }
  return simpleReturns(closes, initialCapital);
}

function resampleTrades(profits: Float64Array, multiples: Float64Array, resamples: number, random: () => number) {
  const n = profits.length;
  const winRate = new Float64Array(resamples).fill(Number.NaN);
  const profitFactor = winRate.slice();
  const expectancy = winRate.slice();
  const averageR = winRate.slice();
  for (let sample = 0; n > 0 && sample < resamples; sample++) {
    let wins = 0;
    let gained = 0;
    let lost = 0;
    let sumR = 0;
    let withR = 0;
    for (let k = 0; k < n; k++) {
      const pick = Math.floor(random() * n);
      const profit = profits[pick] as number;
      const multiple = multiples[pick] as number;
      if (profit > 0) {
        wins++;
        gained += profit;
      } else lost -= profit;
      if (Number.isNaN(multiple)) continue;
      sumR += multiple;
      withR++;
    }
    winRate[sample] = wins / n;
    profitFactor[sample] = lost > 0 ? gained / lost : Number.NaN;
    expectancy[sample] = (gained - lost) / n;
    averageR[sample] = withR > 0 ? sumR / withR : Number.NaN;
  }
  return { winRate, profitFactor, expectancy, averageR };
}

function resampleDays(days: Float64Array, resamples: number, random: () => number): Float64Array {
  const out = new Float64Array(resamples).fill(Number.NaN);
  const n = days.length;
  if (n < FEWEST_DAYS) return out;
  const leave = 1 / Math.max(1, Math.cbrt(n));
  const drawn = new Float64Array(n);
  for (let sample = 0; sample < resamples; sample++) {
    let at = Math.floor(random() * n);
    for (let k = 0; k < n; k++) {
      drawn[k] = days[at] as number;
      at = random() < leave ? Math.floor(random() * n) : (at + 1) % n;
    }
    out[sample] = sharpeRatio(drawn, 365.25);
  }
  return out;
}

/** Null where fewer than nine samples in ten had an answer. */
function middle(samples: Float64Array, confidence: number): Interval | null {
  const rising = sorted(samples.filter((value) => Number.isFinite(value)));
  if (rising.length < samples.length * 0.9 || Number.isNaN(mean(rising))) return null;
  const tail = 50 * (1 - confidence);
  return { low: percentileOfSorted(rising, tail), high: percentileOfSorted(rising, 100 - tail) };
}
