import { lowerBound, type Bars } from '../core/bars.ts';
import { isFixed, timeframeMs } from '../core/timeframe.ts';
import { type Annualisation, annualisation, medianSpacing, YEAR_MS } from './calendar.ts';
import { drawdownStats } from './drawdown.ts';
import { moments } from './moments.ts';
import { alphaBeta, maxDrawdownOfReturns, sharpeRatio, simpleReturns } from './returns.ts';
import { defined } from './trade-stats.ts';

/** The value of an account over time. A `BacktestResult` is one. */
export interface AccountHistory {
  /** Instants of valuation (bar closes), epoch ms, rising. */
  readonly time: ArrayLike<number>;
  /** Account value at each of them, quote asset. */
  readonly equityCurve: ArrayLike<number>;
  /** Value before the first bar. */
  readonly initialCapital: number;
  /** Absolute value of open positions at each instant. */
  readonly exposure?: ArrayLike<number>;
  /** Overrides what the spacing of the bars says. */
  readonly periodsPerYear?: number;
  /** Bars of the traded symbol: adds buying and holding it as the benchmark. */
  readonly bars?: Bars;
  /** Or the value of any other benchmark at each instant. */
  readonly benchmark?: ArrayLike<number>;
}

/** What an equity curve says. Percents are percent (1 is one percent); null where the answer does not exist. */
export interface AccountStats {
  readonly initialCapital: number | null;
  readonly finalEquity: number | null;
  readonly totalReturnPct: number | null;
  /** Geometric, by the number of returns. */
  readonly annualReturnPct: number | null;
  /** Geometric, by the calendar (years of 365.25 days). */
  readonly cagrPct: number | null;
  readonly volatilityPct: number | null;
  readonly downsideRiskPct: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly omega: number | null;
  /** Positive money; deepest fall from a high. */
  readonly maxDrawdown: number | null;
  readonly maxDrawdownPct: number | null;
  /** Longest time below a high, days. */
  readonly maxDrawdownDurationDays: number | null;
  readonly ulcerIndex: number | null;
  /** Mean of position value over equity. */
  readonly exposurePct: number | null;
  /** Share of instants with an open position. */
  readonly timeInMarketPct: number | null;
  readonly years: number | null;
  readonly periodsPerYear: number | null;
  readonly benchmarkReturnPct: number | null;
  readonly benchmarkCagrPct: number | null;
  readonly benchmarkMaxDrawdownPct: number | null;
  readonly benchmarkSharpe: number | null;
  /** Annual return that the benchmark does not explain, as a fraction. */
  readonly alpha: number | null;
  readonly beta: number | null;
}

/** The statistics of an equity curve, and how returns were annualised (null where there is no curve). */
export function accountStats(account: AccountHistory): {
  readonly stats: AccountStats;
  readonly annualisation: Annualisation | null;
} {
  const { time, equityCurve, initialCapital } = account;
  const year =
    account.periodsPerYear === undefined
      ? annualisation(time)
      : { periodsPerYear: account.periodsPerYear, basis: 'given' };
  const periods = year?.periodsPerYear ?? Number.NaN;
  const returns = simpleReturns(equityCurve, initialCapital);
  const finalEquity = equityCurve.length === 0 ? initialCapital : (equityCurve[equityCurve.length - 1] as number);
  const growth = initialCapital > 0 ? finalEquity / initialCapital : Number.NaN;
  const { count, mean, deviation, downside, gained, lost } = moments(returns);
  const annual = count === 0 ? Number.NaN : Math.max(0, growth) ** (periods / count) - 1;
  const root = Math.sqrt(periods);
  const years = yearsCovered(time);
  const falls = drawdownStats(time, equityCurve, initialCapital);
  const held = holding(account);
  const percent = (value: number): number | null => defined(100 * value);
  const stats: AccountStats = {
    initialCapital: defined(initialCapital),
    finalEquity: defined(finalEquity),
    totalReturnPct: percent(growth - 1),
    annualReturnPct: percent(annual),
    cagrPct: percent(Math.max(0, growth) ** (1 / years) - 1),
    volatilityPct: percent(deviation * root),
    downsideRiskPct: percent(downside * root),
    sharpe: defined((mean / deviation) * root),
    sortino: count < 2 ? null : defined((mean * root) / downside),
    calmar: falls === null ? null : defined(annual / falls.fraction),
    omega: count < 2 ? null : defined(gained / lost),
    maxDrawdown: falls?.money ?? null,
    maxDrawdownPct: falls === null ? null : percent(falls.fraction),
    maxDrawdownDurationDays: falls?.longestDays ?? null,
    ulcerIndex: falls?.ulcer ?? null,
    exposurePct: held === null ? null : percent(held.exposure),
    timeInMarketPct: held === null ? null : percent(held.time),
    years: defined(years),
    periodsPerYear: defined(periods),
    ...benchmarkStats(account, returns, periods, years),
  };
  return { stats, annualisation: year };
}

/** The account as if its whole initial capital had bought at the first close and held: one value for each instant. */
export function buyAndHold(account: AccountHistory, bars: Bars): Float64Array {
  const out = new Float64Array(account.time.length).fill(account.initialCapital);
  if (bars.length === 0 || out.length === 0) return out;
  let j = lowerBound(bars.time, account.time[0]) - 1;
  const units = account.initialCapital / bars.close[Math.max(0, j)];
  // Months alone need the calendar; asking it for every bar of a million would cost more than all other figures.
  const length = isFixed(bars.timeframe) ? timeframeMs(bars.timeframe) : null;
  const closeTime = (i: number): number => (length === null ? bars.closeTime(i) : bars.time[i] + length);
  for (let i = 0; i < out.length; i++) {
    const now = account.time[i];
    while (j + 1 < bars.length && closeTime(j + 1) <= now) j++;
    if (j >= 0) out[i] = units * bars.close[j];
  }
  return out;
}

/** From the open of the first bar, taken as one spacing before its close, to the last close. */
function yearsCovered(time: ArrayLike<number>): number {
  const spacing = medianSpacing(time);
  if (spacing === null) return Number.NaN;
  return ((time[time.length - 1] as number) - (time[0] as number) + spacing) / YEAR_MS;
}

function holding({ exposure, equityCurve }: AccountHistory): { exposure: number; time: number } | null {
  if (!exposure || exposure.length === 0) return null;
  let share = 0;
  let bars = 0;
  for (let i = 0; i < exposure.length; i++) {
    const value = exposure[i] as number;
    if (value <= 0) continue;
    bars++;
    const equity = equityCurve[i] as number;
    if (equity > 0) share += value / equity;
  }
  return { exposure: share / exposure.length, time: bars / exposure.length };
}

function benchmarkStats(account: AccountHistory, returns: Float64Array, periods: number, years: number) {
  const curve = account.benchmark ?? (account.bars && buyAndHold(account, account.bars));
  if (!curve || returns.length === 0) {
    return {
      benchmarkReturnPct: null,
      benchmarkCagrPct: null,
      benchmarkMaxDrawdownPct: null,
      benchmarkSharpe: null,
      alpha: null,
      beta: null,
    };
  }
  const held = simpleReturns(curve, account.initialCapital);
  const growth = (curve[curve.length - 1] as number) / account.initialCapital;
  const { alpha, beta } = alphaBeta(returns, held, periods);
  return {
    benchmarkReturnPct: defined(100 * (growth - 1)),
    benchmarkCagrPct: defined(100 * (growth ** (1 / years) - 1)),
    benchmarkMaxDrawdownPct: defined(-100 * maxDrawdownOfReturns(held)),
    benchmarkSharpe: defined(sharpeRatio(held, periods)),
    alpha: defined(alpha),
    beta: defined(beta),
  };
}
