export { type AccountHistory, type AccountStats, accountStats, buyAndHold } from './account-stats.ts';
export { type BootstrapIntervals, type BootstrapOptions, bootstrapIntervals, type Interval } from './bootstrap.ts';
export {
  type BreakdownRow,
  breakdown,
  DIMENSIONS,
  type Dimension,
  type MonthlyReturn,
  monthlyReturns,
} from './breakdowns.ts';
export { type Annualisation, annualisation } from './calendar.ts';
export { type DrawdownStats, drawdownStats } from './drawdown.ts';
export { formatMetricsTable, type MetricsTableOptions } from './metrics-table.ts';
export { computePerformanceMetrics, type MetricsDict, type PerformanceMetrics } from './performance.ts';
export { type HtmlReportOptions, writeHtmlReport } from './report/index.ts';
export { type ReportMetrics, reportMetrics } from './report-metrics.ts';
export * from './returns.ts';
export { plotBacktestSignals, type SignalsPlotOptions } from './signals-plot.ts';
export { type TradeStats, tradeStats } from './trade-stats.ts';
