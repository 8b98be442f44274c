import type { RunReport } from '../../runs/types.ts';
import type { AccountHistory } from '../account-stats.ts';
import { type BreakdownRow, breakdown, monthlyReturns } from '../breakdowns.ts';
import { numberText, percentText } from '../number-text.ts';
import { escapeHtml } from '../page-assets.ts';
import type { ReportMetrics } from '../report-metrics.ts';
import { percentileOfSorted, sorted } from '../statistics.ts';
import { toneOf } from './cards.ts';
import { type Bar, barChart, histogram } from './svg.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
/** A month of this many percent has the full colour, as has any beyond. */
const FULL_COLOUR = 12;

/** Years down, months across, each in the colour of its return. */
export function monthHeatmap(account: AccountHistory): string {
  const months = monthlyReturns(account);
  const years = [...new Set(months.map(({ year }) => year))];
  const rows = years.map((year) => {
    const ofYear = months.filter((entry) => entry.year === year);
    const whole = 100 * (ofYear.reduce((growth, { returnPct }) => growth * (1 + returnPct / 100), 1) - 1);
    const cells = MONTHS.map((_, i) => heatCell(ofYear.find(({ month }) => month === i + 1)?.returnPct ?? null));
    return `<tr><th scope="row">${year}</th>${cells.join('')}<td class="year ${toneOf(whole)}">${numberText(whole, 1, true)}</td></tr>`;
  });
  if (rows.length === 0) return '<p class="note">No months to show.</p>';
  const heads = MONTHS.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<div class="table-wrap"><table class="heat"><thead><tr><th></th>${heads}<th scope="col">Year</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function heatCell(value: number | null): string {
  if (value === null) return '<td></td>';
  const strength = Math.round(Math.min(1, Math.abs(value) / FULL_COLOUR) * 62 + (value === 0 ? 0 : 8));
  const colour = value >= 0 ? 'var(--up)' : 'var(--down)';
  return `<td style="background:color-mix(in srgb, ${colour} ${strength}%, var(--surface))">${numberText(value, 1)}</td>`;
}

/** How the closed trades spread, in R where they had stops, else in percent of the entry's value. */
export function distribution(report: RunReport): string {
  const closed = report.portfolio.trades.filter(({ open }) => !open);
  const multiples = closed.flatMap(({ rMultiple }) => (rMultiple === null ? [] : [rMultiple]));
  if (multiples.length > 0) {
    const usual = percentileOfSorted(sorted(multiples.map(Math.abs)), 99);
    const limit = Math.min(8, Math.max(2, Math.ceil(usual)));
    const bars = histogram(multiples, 0.25, limit, 'R');
    return barChart('Distribution of R multiples', bars, Math.max(1, Math.ceil(bars.length / 12)));
  }
  const percents = closed.map(({ profitPct }) => 100 * profitPct);
  const bars = histogram(percents, 0.5, 10, '%');
  return barChart('Distribution of profit in percent', bars, Math.max(1, Math.ceil(bars.length / 12)));
}

export function profitBy(report: RunReport, by: 'hour' | 'weekday'): string {
  const rows = breakdown(report.portfolio.trades, by);
  const bars = rows.map(({ key, stats }): Bar => {
    const title = `${key}: ${numberText(stats.netProfit, 2, true)} ${report.quote} in ${stats.totalTrades} trades`;
    return { label: key, value: stats.netProfit, title, tone: stats.netProfit >= 0 ? 'gain' : 'loss' };
  });
  return barChart(`Profit by ${by} of entry`, bars, bars.length > 12 ? 3 : 1);
}

/** One line for each run, each with a button that opens its chart. */
export function runsTable(report: RunReport, metrics: ReportMetrics): string {
  const heads = [
    'Symbol',
    'Timeframe',
    'Strategy',
    'Trades',
    'Win rate',
    'Profit factor',
    'Avg R',
    'Return',
    'Hold',
    'Max DD',
    'Sharpe',
    'Causality',
    '',
  ];
  const rows = report.runs.map((run, i) => {
    const m = metrics.runs[i];
    const params = Object.entries(run.params)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(', ');
    const cells = [
      left(run.symbol),
      left(run.timeframe),
      `<td class="left">${escapeHtml(run.strategy)}${params === '' ? '' : `<small>${escapeHtml(params)}</small>`}</td>`,
      cell(numberText(m.totalTrades, 0)),
      cell(percentText(m.winRate === null ? null : 100 * m.winRate, 1)),
      cell(numberText(m.profitFactor)),
      cell(numberText(m.averageRMultiple, 2, true), toneOf(m.averageRMultiple)),
      cell(percentText(m.totalReturnPct, 2, true), toneOf(m.totalReturnPct)),
      cell(percentText(m.benchmarkReturnPct, 1, true)),
      cell(percentText(m.maxDrawdownPct)),
      cell(numberText(m.sharpe)),
      run.causality.passed ? cell('passed') : cell('PEEKS', 'loss'),
      `<td><button type="button" class="link" data-run="${i}">chart</button></td>`,
    ];
    return `<tr>${cells.join('')}</tr>`;
  });
  return table(heads, rows, 3);
}

export function breakdownTable(report: RunReport, by: 'strategy' | 'symbol' | 'side' | 'exit_reason'): string {
  const rows = breakdown(report.portfolio.trades, by).map(({ key, stats }: BreakdownRow) => {
    const cells = [
      left(by === 'exit_reason' ? key.replaceAll('_', ' ') : key),
      cell(numberText(stats.totalTrades, 0)),
      cell(percentText(stats.winRate === null ? null : 100 * stats.winRate, 1)),
      cell(numberText(stats.profitFactor)),
      cell(numberText(stats.averageRMultiple, 2, true), toneOf(stats.averageRMultiple)),
      cell(numberText(stats.netProfit, 2, true), toneOf(stats.netProfit)),
    ];
    return `<tr>${cells.join('')}</tr>`;
  });
  return table(
    [
      by === 'exit_reason' ? 'Exit' : by.charAt(0).toUpperCase() + by.slice(1),
      'Trades',
      'Win rate',
      'PF',
      'Avg R',
      'Profit',
    ],
    rows,
    1,
  );
}

export function table(heads: readonly string[], rows: readonly string[], leftHeads: number): string {
  if (rows.length === 0) return '<p class="note">Nothing to show.</p>';
  const cells = heads.map(
    (name, i) => `<th scope="col"${i < leftHeads ? ' class="left"' : ''}>${escapeHtml(name)}</th>`,
  );
  const head = heads.length === 0 ? '' : `<thead><tr>${cells.join('')}</tr></thead>`;
  return `<div class="table-wrap"><table>${head}<tbody>${rows.join('')}</tbody></table></div>`;
}

export function left(text: string): string {
  return `<td class="left">${escapeHtml(text)}</td>`;
}

function cell(text: string, tone = ''): string {
  return `<td${tone === '' ? '' : ` class="${tone}"`}>${escapeHtml(text)}</td>`;
}
