import type { Trade } from '../core/trade.ts';
import { type AccountHistory, type AccountStats, accountStats } from './account-stats.ts';
import { closedInOrder, deepestFall, defined, tradeStats, type TradeStats } from './trade-stats.ts';

export type { AccountHistory, AccountStats } from './account-stats.ts';
export type { TradeStats } from './trade-stats.ts';

/** Every measure of a backtest. Formulas stand in docs/metrics.md. */
export interface PerformanceMetrics extends TradeStats, AccountStats {
  /** Net profit over the deepest drawdown in money. */
  readonly recoveryFactor: number | null;
  /** In words, how returns were brought to a year; null without an equity curve. */
  readonly annualisation: string | null;
  /** For each measure that is null: why it has no answer. */
  readonly reasons: Readonly<Record<string, string>>;
  /** All measures under their snake_case names; numbers are finite, what has no answer is null. */
  toDict(): MetricsDict;
}

export type MetricsDict = Record<string, number | string | null>;

const NO_ACCOUNT: AccountStats = {
  initialCapital: null,
  finalEquity: null,
  totalReturnPct: null,
  annualReturnPct: null,
  cagrPct: null,
  volatilityPct: null,
  downsideRiskPct: null,
  sharpe: null,
  sortino: null,
  calmar: null,
  omega: null,
  maxDrawdown: null,
  maxDrawdownPct: null,
  maxDrawdownDurationDays: null,
  ulcerIndex: null,
  exposurePct: null,
  timeInMarketPct: null,
  years: null,
  periodsPerYear: null,
  benchmarkReturnPct: null,
  benchmarkCagrPct: null,
  benchmarkMaxDrawdownPct: null,
  benchmarkSharpe: null,
  alpha: null,
  beta: null,
};

/**
 * Measures a list of trades and, where given, the account they were made in. Without an account, drawdown is that of
 * the summed profit of closed trades, in money only. Never NaN or infinite: what has no answer is null, with a reason.
 */
export function computePerformanceMetrics(trades: readonly Trade[], account?: AccountHistory): PerformanceMetrics {
  const ofTrades = tradeStats(trades);
  const { stats: ofAccount, annualisation: year } = account
    ? accountStats(account)
    : { stats: NO_ACCOUNT, annualisation: null };
  const maxDrawdown = account ? ofAccount.maxDrawdown : fallOfProfits(trades);
  const measures = {
    ...ofTrades,
    ...ofAccount,
    maxDrawdown,
    recoveryFactor:
      maxDrawdown !== null && maxDrawdown > 0 ? defined(profitOf(ofTrades, ofAccount) / maxDrawdown) : null,
    annualisation: year && `${formatPeriods(year.periodsPerYear)} periods a year (${year.basis})`,
  };
  return { ...measures, reasons: reasonsFor(measures, account), toDict: () => toDict(measures) };
}

function fallOfProfits(trades: readonly Trade[]): number | null {
  const closed = closedInOrder(trades);
  return closed.length === 0 ? null : deepestFall(closed.map((trade) => trade.profit));
}

function profitOf(ofTrades: TradeStats, { finalEquity, initialCapital }: AccountStats): number {
  return finalEquity === null || initialCapital === null ? ofTrades.netProfit : finalEquity - initialCapital;
}

function formatPeriods(periods: number): string {
  return Number.isInteger(periods) ? String(periods) : periods.toFixed(2).replace(/\.?0+$/, '');
}

type Measures = Omit<PerformanceMetrics, 'reasons' | 'toDict'>;

function toDict(measures: Measures): MetricsDict {
  const out: MetricsDict = {};
  for (const [name, value] of Object.entries(measures)) out[snakeCase(name)] = value as number | string | null;
  return out;
}

/** `maxDrawdownPct` becomes `max_drawdown_pct`, `averageRMultiple` becomes `average_r_multiple`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Why a measure may be missing although there are trades and an account. */
const REASONS: Readonly<Record<string, string>> = {
  profitFactor: 'no losing trade',
  payoffRatio: 'needs winning and losing trades',
  averageWin: 'no winning trade',
  averageLoss: 'no losing trade',
  expectancyR: 'no trade had a stop',
  averageRMultiple: 'no trade had a stop',
  averageMaeR: 'no trade had a stop',
  averageMfeR: 'no trade had a stop',
  maxDrawdownR: 'no trade had a stop',
  sqn: 'needs trades that differ in profit',
  sharpe: 'the equity does not vary',
  sortino: 'no bar with a loss',
  calmar: 'no drawdown',
  omega: 'no bar with a loss',
  recoveryFactor: 'no drawdown',
  exposurePct: 'the value of open positions is not known',
  timeInMarketPct: 'the value of open positions is not known',
  alpha: 'the benchmark does not vary',
  beta: 'the benchmark does not vary',
};

const BENCHMARK = /^(benchmark|alpha$|beta$)/;

function reasonsFor(measures: Measures, account: AccountHistory | undefined): Record<string, string> {
  const out: Record<string, string> = {};
  const bars = account?.time.length ?? 0;
  for (const [name, value] of Object.entries(measures)) {
    if (value !== null) continue;
    const fromAccount = name in NO_ACCOUNT || name === 'annualisation';
    if (fromAccount && !account) out[name] = 'no equity curve was given';
    else if (BENCHMARK.test(name) && !account?.bars && !account?.benchmark)
      out[name] = 'no bars to compare with were given';
    else if (fromAccount && bars < 2) out[name] = 'needs at least two bars';
    else if (!fromAccount && measures.totalTrades === 0) out[name] = 'no closed trade';
    else out[name] = REASONS[name] ?? 'out of the range of numbers';
  }
  return out;
}
