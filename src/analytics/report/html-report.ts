import { join } from 'node:path';
import type { RunReport } from '../../runs/types.ts';
import type { AccountHistory } from '../account-stats.ts';
import { bootstrapIntervals } from '../bootstrap.ts';
import { dayText, numberText } from '../number-text.ts';
import { embeddedJson, escapeHtml, htmlPage } from '../page-assets.ts';
import { portfolioHistory, type ReportMetrics, reportMetrics } from '../report-metrics.ts';
import { safeFileName, writeWhole } from '../write-file.ts';
import { cards, moreFigures } from './cards.ts';
import { chartsData, curveData, MAX_ROWS, runName, tradesData } from './report-data.ts';
import { REPORT_STYLE } from './report-style.ts';
import { breakdownTable, distribution, monthHeatmap, profitBy, runsTable } from './tables.ts';
import { assumptions, evidence, refusals, reproducibility } from './trust.ts';

export interface HtmlReportOptions {
  readonly outputDir: string;
  /** `<name>_report.html` unless given. */
  readonly fileName?: string;
  /** What `reportMetrics` said, where the caller has it already. */
  readonly metrics?: ReportMetrics;
}

/**
 * Writes one self-contained HTML file about a whole backtest, its charts included, and returns its path.
 * @throws ValvulinError `VLV_DATA_FILE` where the file cannot be written
 */
export async function writeHtmlReport(report: RunReport, options: HtmlReportOptions): Promise<string> {
  const account = portfolioHistory(report);
  const charts = chartsData(report);
  const page = htmlPage({
    title: `${report.name}${report.synthetic ? ' (synthetic data)' : ''} · Valvulin`,
    style: REPORT_STYLE,
    body: body(report, options.metrics ?? reportMetrics(report), account),
    data: [
      embeddedJson('curves', curveData(account, report.portfolio.drawdownCurve, report.quote)),
      embeddedJson('trades-data', { ...tradesData(report), runs: report.runs.map(runName) }),
      ...charts.map((chart, i) => embeddedJson(`run-${i}`, chart)),
    ],
    entry: 'report.js',
  });
  return writeWhole(join(options.outputDir, options.fileName ?? `${safeFileName(report.name)}_report.html`), page);
}

function body(report: RunReport, metrics: ReportMetrics, account: AccountHistory): string {
  const m = metrics.portfolio;
  const intervals = bootstrapIntervals(report.portfolio.trades, account);
  const total = report.portfolio.trades.length;
  const rowsNote =
    total > MAX_ROWS
      ? `<p class="note">The first ${numberText(MAX_ROWS, 0)} of ${numberText(total, 0)} trades are in this file; an export holds all.</p>`
      : '';
  return `${header(report)}
<main class="report">
${cards(report, m, intervals)}
${report.portfolio.time.length > 0 ? section('Equity', '<div class="chart curves" id="curves-chart"></div>', 'wide') : ''}
${section('Monthly returns, percent', monthHeatmap(account))}
${section(m.tradesWithR > 0 ? 'R multiples' : 'Profit of trades, percent', distribution(report))}
${section('Runs', runsTable(report, metrics), 'wide')}
${report.runs.length > 0 ? section('Signals', SIGNALS, 'wide') : ''}
${section('Trades', `<div id="trades"></div>${rowsNote}`, 'wide')}
${section(`Profit by hour of entry, UTC (${escapeHtml(report.quote)})`, profitBy(report, 'hour'))}
${section(`Profit by weekday of entry (${escapeHtml(report.quote)})`, profitBy(report, 'weekday'))}
${section('By strategy', breakdownTable(report, 'strategy'))}
${section('By symbol', breakdownTable(report, 'symbol'))}
${section('By exit', breakdownTable(report, 'exit_reason'))}
${section('By side', breakdownTable(report, 'side'))}
${section('All figures', moreFigures(m, report.quote), 'wide')}
${section('Assumptions', assumptions(report))}
${section('Refused orders', refusals(report))}
${section('Can these numbers be trusted?', evidence(report), 'wide')}
${section('Reproducibility', reproducibility(report, m.annualisation, intervals), 'wide')}
</main>`;
}

const SIGNALS = '<div class="runs" id="runs" role="tablist"></div><div class="chart signals" id="signals"></div>';

function section(title: string, content: string, kind = ''): string {
  return `<section class="panel ${kind}"><h2>${title}</h2>${content}</section>`;
}

function header(report: RunReport): string {
  const { time } = report.portfolio;
  const span = time.length === 0 ? [] : [`${dayText(time[0])} to ${dayText(time[time.length - 1] - 1)} UTC`];
  const symbols = new Set(report.runs.map(({ symbol }) => symbol));
  const facts = [
    ...span,
    `${count(symbols.size, 'symbol')}, ${count(report.runs.length, 'run')}`,
    `capital ${numberText(report.portfolio.initialCapital, 0)} ${report.quote}`,
  ];
  const optimistic = report.portfolio.assumptions.filter((assumption) => assumption.optimistic).length;
  const peeking = report.runs.filter(({ causality }) => !causality.passed).length;
  const badges = [
    ...(report.synthetic ? ['<span class="badge warn">SYNTHETIC DATA</span>'] : []),
    peeking > 0
      ? `<span class="badge bad">INVALID: ${count(peeking, 'run')} used bars that were not closed</span>`
      : report.runs.length > 0
        ? '<span class="badge good">Causality check passed</span>'
        : '<span class="badge">No runs</span>',
    ...(optimistic > 0 ? [`<span class="badge warn">${count(optimistic, 'optimistic assumption')}</span>`] : []),
  ];
  return `<header><div><h1>${escapeHtml(report.name)}</h1><p>${escapeHtml(facts.join(' · '))}</p>
<div class="badges">${badges.join('')}</div></div><button class="theme" id="theme" type="button"></button></header>`;
}

function count(n: number, word: string): string {
  return `${numberText(n, 0)} ${word}${n === 1 ? '' : 's'}`;
}
