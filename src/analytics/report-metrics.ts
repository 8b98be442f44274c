import type { BacktestResult } from '../execution/types.ts';
import type { RunReport } from '../runs/types.ts';
import { type AccountHistory, buyAndHold } from './account-stats.ts';
import { computePerformanceMetrics, type PerformanceMetrics } from './performance.ts';

export interface ReportMetrics {
  readonly portfolio: PerformanceMetrics;
  /** One for each run, in the order of the report. */
  readonly runs: readonly PerformanceMetrics[];
}

/** Measures of every run against buying and holding its symbol, and of the shared account against an equal mix of them. */
export function reportMetrics(report: RunReport): ReportMetrics {
  return {
    portfolio: computePerformanceMetrics(report.portfolio.trades, portfolioHistory(report)),
    runs: report.runs.map(({ result, bars }) =>
      computePerformanceMetrics(result.trades, { ...historyOf(result), bars }),
    ),
  };
}

/** The account of a result. */
export function historyOf({ time, equityCurve, initialCapital, exposure }: BacktestResult): AccountHistory {
  return { time, equityCurve, initialCapital, exposure };
}

/** The shared account with its benchmark: the capital spread evenly over the symbols that were traded, and held. */
export function portfolioHistory(report: RunReport): AccountHistory {
  const account = historyOf(report.portfolio);
  const bySymbol = new Map(report.runs.map((run) => [run.symbol, run.bars]));
  if (bySymbol.size === 0 || account.time.length === 0) return account;
  const benchmark = new Float64Array(account.time.length);
  for (const bars of bySymbol.values()) {
    const curve = buyAndHold(account, bars);
    for (let i = 0; i < benchmark.length; i++) benchmark[i] += curve[i] / bySymbol.size;
  }
  return { ...account, benchmark };
}
