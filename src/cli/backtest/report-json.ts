import type { ReportMetrics } from '../../analytics/report-metrics.ts';
import type { PerformanceMetrics } from '../../analytics/performance.ts';
import type { BacktestResult } from '../../execution/types.ts';
import type { CausalityReport, RunReport, StrategyRun } from '../../runs/types.ts';
import { isoTime } from '../text-table.ts';

/** The one object that `valvulin backtest --json` prints; keys are snake_case and only ever added to. */
export function reportJson(report: RunReport, metrics: ReportMetrics): Record<string, unknown> {
  const { portfolio } = report;
  return {
    version: 1,
    name: report.name,
    synthetic: report.synthetic,
    quote: report.quote,
    runs: report.runs.map((run, i) => runJson(run, metrics.runs[i])),
    portfolio: {
      initial_capital: portfolio.initialCapital,
      metrics: metrics.portfolio.toDict(),
      refusals: refusalCounts(portfolio),
      assumptions: portfolio.assumptions,
    },
    trades_hash: report.tradesHash,
    config_hash: report.configHash,
    data_hash: report.dataHash,
    engine_version: report.version,
  };
}

/** How often risk refused an order, by code. */
export function refusalCounts(result: BacktestResult): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of result.refusals) counts[code] = (counts[code] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function runJson(run: StrategyRun, metrics: PerformanceMetrics): Record<string, unknown> {
  const { bars, result } = run;
  return {
    symbol: run.symbol,
    timeframe: run.timeframe,
    strategy: run.strategy,
    params: run.params,
    bars: bars.length,
    from: bars.length === 0 ? null : isoTime(bars.time[0]),
    to: bars.length === 0 ? null : isoTime(bars.closeTime(bars.length - 1)),
    metrics: metrics.toDict(),
    refusals: refusalCounts(result),
    causality: causalityJson(run.causality),
    data_notes: run.dataNotes,
  };
}

/** What a causality check found, times as ISO text. */
export function causalityJson({ passed, cuts, possibleCuts, violation }: CausalityReport): Record<string, unknown> {
  return {
    passed,
    cuts,
    possible_cuts: possibleCuts,
    ...(violation === null
      ? {}
      : {
          violation: {
            bar: violation.bar,
            time: isoTime(violation.time),
            column: violation.column,
            with_future: finite(violation.withFuture),
            without_future: finite(violation.withoutFuture),
          },
        }),
  };
}

/** JSON knows no NaN: it is written as null. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
