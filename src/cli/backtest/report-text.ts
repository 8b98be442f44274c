import type { RunReport, StrategyRun } from '../../runs/types.ts';
import { type Terminal, wrap } from '../terminal.ts';
import { grouped, shortTime } from '../text-table.ts';

/** What stands below the table of metrics: how far its figures can be trusted. */
export function trustText(report: RunReport, { width, outColors: colors }: Terminal): string {
  const failed = report.runs.filter(({ causality }) => !causality.passed);
  const cuts = report.runs.reduce((sum, { causality }) => sum + causality.cuts, 0);
  const lines: string[] = [];
  if (failed.length === 0) {
    lines.push(`${colors.green('Causality: passed')}, ${grouped(cuts)} truncated histories gave the same signals`);
  }
  for (const run of failed) lines.push(colors.red(wrap(violationText(run), width)));
  const notes = new Map<string, string[]>();
  for (const { symbol, timeframe, dataNotes } of report.runs) {
    for (const note of dataNotes) notes.set(note, [...(notes.get(note) ?? []), `${symbol} ${timeframe}`]);
  }
  for (const [note, of] of notes) lines.push(wrap(`Data: ${[...new Set(of)].join(', ')}: ${note}`, width));
  if (report.synthetic) {
    const text = 'SYNTHETIC DATA: what was earned on an invented market says nothing about a real one.';
    lines.push(colors.yellow(wrap(text, width)));
  }
  return lines.join('\n');
}

/** The first bar at which a strategy knew what it could not know, with its two answers. */
export function violationText({
  symbol,
  timeframe,
  strategy,
  causality,
}: Pick<StrategyRun, 'symbol' | 'strategy' | 'causality'> & { readonly timeframe: string }): string {
  const { violation } = causality;
  const head = `Causality: FAILED for ${symbol}:${timeframe}:${strategy}, its result is not valid`;
  if (violation === null) return head;
  return (
    `${head}: at bar ${violation.bar} (${shortTime(violation.time)} UTC) "${violation.column}" is ` +
    `${violation.withFuture} with the bars that come after it, and ${violation.withoutFuture} without them`
  );
}
