import { REFUSAL_CODES } from '../../core/trade.ts';
import type { RunReport, StrategyRun } from '../../runs/types.ts';
import type { BootstrapIntervals } from '../bootstrap.ts';
import { numberText, percentText, timeText } from '../number-text.ts';
import { escapeHtml } from '../page-assets.ts';
import { runName } from './report-data.ts';
import { left, table } from './tables.ts';

/** What the fills and costs of this run were assumed to be; what flatters stands out. */
export function assumptions(report: RunReport): string {
  const rows = report.portfolio.assumptions.map(({ name, value, optimistic }) => {
    const mark = optimistic ? ' <span class="badge warn">optimistic</span>' : '';
    return `<tr>${left(name)}<td class="left wrap">${escapeHtml(value)}${mark}</td></tr>`;
  });
  return table(['Assumption', 'Used here'], rows, 2);
}

/** Refusals by code, the most frequent first. */
export function refusals(report: RunReport): string {
  const counts = new Map<keyof typeof REFUSAL_CODES, number>();
  for (const { code } of report.portfolio.refusals) counts.set(code, (counts.get(code) ?? 0) + 1);
  if (counts.size === 0) return '<p class="note">Risk refused no order.</p>';
  const rows = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(
      ([code, count]) =>
        `<tr>${left(code)}<td>${numberText(count, 0)}</td><td class="left wrap">${escapeHtml(REFUSAL_CODES[code])}</td></tr>`,
    );
  return `<div class="table-wrap"><table><thead><tr><th class="left">Code</th><th>Orders</th><th class="left">Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** The causality check and the notes on the data, run by run. */
export function evidence(report: RunReport): string {
  const rows = report.runs.map((run) => {
    const notes = run.dataNotes.length === 0 ? 'nothing found' : run.dataNotes.join(' ');
    return `<tr>${left(runName(run))}<td class="left wrap">${causality(run)}</td><td class="left wrap">${escapeHtml(notes)}</td></tr>`;
  });
  return table(['Run', 'Causality check', 'Data quality'], rows, 3);
}

function causality({ causality: { passed, cuts, possibleCuts, violation } }: StrategyRun): string {
  const tried = `${numberText(cuts, 0)} of ${numberText(possibleCuts, 0)} possible cuts`;
  if (passed) return `<span class="gain">passed</span>, ${tried}`;
  const where =
    violation === null
      ? ''
      : ` Bar ${violation.bar} (${timeText(violation.time)}): ${escapeHtml(violation.column)} is ${violation.withFuture} with later bars and ${violation.withoutFuture} without.`;
  return `<span class="loss">The strategy sees bars that are not closed; this result is invalid.</span>${where} ${tried}.`;
}

/** What another person needs to get the same numbers. */
export function reproducibility(
  report: RunReport,
  annualisation: string | null,
  intervals: BootstrapIntervals,
): string {
  const rows = [
    ['Valvulin', report.version],
    ['Configuration', report.configHash],
    ['Data', report.dataHash],
    ['Trades', report.tradesHash],
    ['Annualisation', annualisation ?? 'none: fewer than two bars'],
    [
      'Intervals',
      `${percentText(100 * intervals.confidence, 0)} of ${numberText(intervals.resamples, 0)} resamples, seed ${intervals.seed}`,
    ],
    ...(intervals.chanceOfLoss === null
      ? []
      : [
          [
            'Samples that lost',
            `${percentText(100 * intervals.chanceOfLoss, 1)} of the resampled trade lists lost money`,
          ],
        ]),
  ].map(([name = '', value = '']) => `<tr>${left(name)}<td class="left wrap mono">${escapeHtml(value)}</td></tr>`);
  return table([], rows, 2);
}
