import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import pc from 'picocolors';
import type { RunReport } from '../runs/types.ts';
import { dayText, daysText, NONE, numberText, percentText } from './number-text.ts';
import type { PerformanceMetrics } from './performance.ts';
import { type ReportMetrics, reportMetrics } from './report-metrics.ts';

export interface MetricsTableOptions {
  /** Columns of the terminal; nothing is drawn wider. */
  readonly width: number;
  readonly color?: boolean;
  /** What `reportMetrics` said, where the caller has it already. */
  readonly metrics?: ReportMetrics;
}

type Colors = ReturnType<typeof pc.createColors>;
type Paint = (text: string) => string;

/** A whole backtest as text: the shared account, then one line for each run, then what the figures rest on. */
export function formatMetricsTable(report: RunReport, options: MetricsTableOptions): string {
  const metrics = options.metrics ?? reportMetrics(report);
  const colors = pc.createColors(options.color ?? false);
  const lines = [
    heading(report, colors),
    accountTable(metrics.portfolio, report.quote, options.width, colors),
    runsTable(report, metrics, options.width, colors),
    ...footnotes(report, metrics.portfolio, colors),
  ];
  return lines.join('\n');
}

function heading(report: RunReport, { bold, yellow }: Colors): string {
  return report.synthetic ? `${bold(report.name)}  ${yellow('SYNTHETIC DATA')}` : bold(report.name);
}

/** Names and values of the shared account in as many pairs of columns as fit. */
function accountTable(m: PerformanceMetrics, quote: string, width: number, colors: Colors): string {
  const tone = signed(colors);
  const pairs: [string, string][] = [
    ['Total return', tone(m.totalReturnPct, percentText(m.totalReturnPct, 2, true))],
    ['Buy and hold', percentText(m.benchmarkReturnPct, 2, true)],
    [`Final equity (${quote})`, numberText(m.finalEquity)],
    ['CAGR', percentText(m.cagrPct, 2, true)],
    ['Max drawdown', percentText(m.maxDrawdownPct)],
    ['Longest drawdown', daysText(m.maxDrawdownDurationDays)],
    ['Sharpe', numberText(m.sharpe)],
    ['Sortino', numberText(m.sortino)],
    ['Calmar', numberText(m.calmar)],
    ['Volatility', percentText(m.volatilityPct)],
    ['Trades', numberText(m.totalTrades, 0)],
    ['Win rate', percentText(m.winRate === null ? null : 100 * m.winRate, 1)],
    ['Profit factor', numberText(m.profitFactor)],
    [`Expectancy (${quote})`, numberText(m.expectancy, 2, true)],
    ['Average R', numberText(m.averageRMultiple, 2, true)],
    ['Payoff', numberText(m.payoffRatio)],
    ['Time in market', percentText(m.timeInMarketPct, 1)],
    [`Fees (${quote})`, numberText(m.fees)],
  ];
  const name = Math.max(...pairs.map(([label]) => label.length));
  const value = Math.max(...pairs.map(([, text]) => stripVTControlCharacters(text).length));
  const across = Math.max(1, Math.min(3, Math.floor((width - 1) / (name + value + 6))));
  const rows = Math.ceil(pairs.length / across);
  const table = plainTable(
    [],
    Array.from({ length: across * 2 }, (_, i) => (i % 2 === 0 ? 'left' : 'right')),
  );
  for (let row = 0; row < rows; row++) {
    const cells = Array.from({ length: across }, (_, k) => pairs[k * rows + row] ?? ['', '']);
    table.push(cells.flatMap(([label, text]) => [colors.dim(label), text]));
  }
  return table.toString();
}

interface Column {
  readonly head: string;
  readonly left?: boolean;
  /** Columns with a higher number go first where the terminal is narrow. */
  readonly spare: number;
  readonly cell: (index: number) => string;
}

function runsTable(report: RunReport, metrics: ReportMetrics, width: number, colors: Colors): string {
  const tone = signed(colors);
  const run = (i: number) => report.runs[i];
  const of = (i: number, pick: (m: PerformanceMetrics) => string): string => {
    const m = metrics.runs[i];
    return m ? pick(m) : NONE;
  };
  const columns: Column[] = [
    { head: 'Symbol', left: true, spare: 0, cell: (i) => run(i)?.symbol ?? NONE },
    { head: 'TF', left: true, spare: 2, cell: (i) => run(i)?.timeframe ?? NONE },
    { head: 'Strategy', left: true, spare: 0, cell: (i) => run(i)?.strategy ?? NONE },
    { head: 'Trades', spare: 1, cell: (i) => of(i, (m) => numberText(m.totalTrades, 0)) },
    { head: 'Win', spare: 3, cell: (i) => of(i, (m) => percentText(m.winRate === null ? null : 100 * m.winRate, 1)) },
    { head: 'PF', spare: 2, cell: (i) => of(i, (m) => numberText(m.profitFactor)) },
    { head: 'Avg R', spare: 4, cell: (i) => of(i, (m) => numberText(m.averageRMultiple, 2, true)) },
    {
      head: 'Return',
      spare: 0,
      cell: (i) => of(i, (m) => tone(m.totalReturnPct, percentText(m.totalReturnPct, 2, true))),
    },
    { head: 'Hold', spare: 5, cell: (i) => of(i, (m) => percentText(m.benchmarkReturnPct, 1, true)) },
    { head: 'Max DD', spare: 1, cell: (i) => of(i, (m) => percentText(m.maxDrawdownPct)) },
    { head: 'Sharpe', spare: 3, cell: (i) => of(i, (m) => numberText(m.sharpe)) },
    {
      head: 'Causal',
      left: true,
      spare: 1,
      cell: (i) => (report.runs[i].causality.passed ? colors.green('ok') : colors.red('PEEKS')),
    },
  ];
  const kept = fitting(columns, report.runs.length, width);
  const table = plainTable(
    kept.map(({ head }) => colors.dim(head)),
    kept.map(({ left }) => (left ? 'left' : 'right')),
  );
  report.runs.forEach((_, i) => table.push(kept.map(({ cell }) => cell(i))));
  return table.toString();
}

function fitting(columns: readonly Column[], rows: number, width: number): readonly Column[] {
  let kept = columns;
  const size = ({ head, cell }: Column): number =>
    Math.max(head.length, ...Array.from({ length: rows }, (_, i) => stripVTControlCharacters(cell(i)).length)) + 3;
  for (;;) {
    const worst = Math.max(...kept.map(({ spare }) => spare));
    if (worst === 0 || kept.reduce((sum, column) => sum + size(column), 1) <= width) return kept;
    const last = kept.findLastIndex(({ spare }) => spare === worst);
    kept = kept.filter((_, i) => i !== last);
  }
}

function footnotes(report: RunReport, m: PerformanceMetrics, { dim, yellow, red }: Colors): string[] {
  const { time } = report.portfolio;
  const period = time.length > 0 ? `${dayText(time[0])} to ${dayText(time[time.length - 1] - 1)} UTC, ` : '';
  const lines = [dim(`${period}${m.annualisation ?? 'no annual figures: fewer than two bars'}`)];
  const flattering = report.portfolio.assumptions.filter(({ optimistic }) => optimistic);
  for (const { name, value } of flattering) lines.push(yellow(`Optimistic: ${name}: ${value}`));
  if (report.portfolio.refusals.length > 0) lines.push(dim(`Refused by risk: ${countRefusals(report)}`));
  if (m.openTrades > 0)
    lines.push(dim(`Open at the end, not counted: ${m.openTrades} (${numberText(m.openProfit, 2, true)})`));
  for (const run of report.runs) {
    if (run.causality.passed) continue;
    lines.push(red(`INVALID: ${run.symbol} ${run.timeframe} ${run.strategy} used bars that were not closed yet`));
  }
  return lines;
}

function countRefusals(report: RunReport): string {
  const counts = new Map<string, number>();
  for (const { code } of report.portfolio.refusals) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => `${count} ${code}`)
    .join(', ');
}

function signed({ green, red }: Colors) {
  return (value: number | null, text: string): string => {
    const paint: Paint = value === null || value === 0 ? String : value > 0 ? green : red;
    return paint(text);
  };
}

function plainTable(head: string[], colAligns: ('left' | 'right')[]) {
  return new Table({ head, colAligns, style: { head: [], border: [], compact: true } });
}
