import { basename } from 'node:path';
import type { Command } from 'commander';
import { snakeKeys } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { QualityReport, ReadResult } from '../../data/index.ts';
import type { CommandContext } from '../command-context.ts';
import { dataDirOption, lakeIn } from '../data/lake.ts';
import { findSeries, type ReadFlags, readOptions, type SeriesFiles } from '../data/series-files.ts';
import { EXIT } from '../render-error.ts';
import { grouped, isoTime, shortTime, textTable } from '../text-table.ts';

interface Flags extends ReadFlags {
  readonly dataDir: string;
  readonly json?: boolean;
}

/** One series as it was examined, or why it could not be. */
type Verdict =
  | { readonly shown: string; readonly result: ReadResult; readonly error: null }
  | { readonly shown: string; readonly result: null; readonly error: ValvulinError };

export function registerDataVerify(parent: Command, context: CommandContext): void {
  parent
    .command('verify')
    .description('look for gaps, duplicates, impossible prices and other defects')
    .argument('[paths...]', 'files or folders of bars (default: the whole history)')
    .addOption(dataDirOption())
    .option('--symbol <symbol>', 'symbol, where the file name does not say it')
    .option('--timeframe <timeframe>', 'bar length, where the file name does not say it')
    .option('--columns <names>', 'column names in their order, such as time,open,close,high,low,volume')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Ends with 1 where there is a defect. Files of one folder whose names differ only in a date are read as one series.

Examples:
  valvulin data verify
  valvulin data verify BTCUSDT_1h.csv.gz
  valvulin data verify klines/BTCUSDT --symbol BTCUSDT --timeframe 1h
  valvulin data verify old.csv --columns time,open,close,high,low,volume --json`,
    )
    .action((paths: string[], flags: Flags) => verify(paths, flags, context));
}

async function verify(paths: readonly string[], flags: Flags, context: CommandContext): Promise<void> {
  const { terminal, cwd } = context;
  const { inspectBars } = await import('../../data/index.ts');
  const series = paths.length > 0 ? findSeries(paths, cwd) : await stored(flags.dataDir, cwd);
  const verdicts: Verdict[] = [];
  for (const { paths: files, shown } of series) {
    try {
      verdicts.push({ shown, result: await inspectBars(files, readOptions(flags)), error: null });
    } catch (error) {
      if (!(error instanceof ValvulinError)) throw error;
      verdicts.push({ shown, result: null, error });
    }
  }
  const bad = verdicts.filter(isBad).length;
  if (bad > 0) context.exitCode = EXIT.wrong;
  if (flags.json) {
    terminal.out(JSON.stringify({ version: 1, ok: bad === 0, series: verdicts.map(verdictJson) }));
    return;
  }
  if (verdicts.length === 0) {
    terminal.out(`Nothing is stored in ${flags.dataDir}.`);
    return;
  }
  terminal.out(textTable(COLUMNS, verdicts.map(verdictRow), terminal.width));
  for (const verdict of verdicts) {
    const lines = remarks(verdict);
    if (lines.length > 0) terminal.out(`\n${verdict.shown}\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
  const { green, red } = terminal.outColors;
  const total = `${verdicts.length} series`;
  terminal.out(`\n${bad === 0 ? green(`No defects in ${total}.`) : red(`${bad} of ${total} with defects.`)}`);
}

async function stored(dataDir: string, cwd: string): Promise<SeriesFiles[]> {
  const entries = await (await lakeIn(dataDir, cwd)).list();
  return entries.map(({ path }) => ({
    paths: [path],
    shown: path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path,
  }));
}

function isBad({ result }: Verdict): boolean {
  return result === null || result.quality.findings.some(({ severity }) => severity === 'defect');
}

const COLUMNS = [
  { title: 'SERIES' },
  { title: 'BARS', align: 'right' as const },
  { title: 'FIRST (UTC)' },
  { title: 'LAST (UTC)' },
  { title: 'MISSING', align: 'right' as const },
  { title: 'REPEATED', align: 'right' as const },
  { title: 'VERDICT' },
];

function verdictRow(verdict: Verdict): string[] {
  if (verdict.result === null) return [basename(verdict.shown), '-', '-', '-', '-', '-', verdict.error.code];
  const { quality, bars } = verdict.result;
  return [
    `${bars.symbol} ${bars.timeframe}`,
    grouped(quality.bars),
    shortTime(quality.from),
    shortTime(quality.to),
    grouped(quality.gaps.missing),
    grouped(quality.duplicates.identical + quality.duplicates.conflicting),
    isBad(verdict) ? 'defects' : 'good',
  ];
}

function remarks({ result, error }: Verdict): string[] {
  if (error) return [`${error.code}: ${error.message}`, ...(error.hint === undefined ? [] : [error.hint])];
  return [...result.quality.findings.map(({ severity, message }) => `${severity}: ${message}`), ...result.notes];
}

function verdictJson({ shown, result, error }: Verdict): Record<string, unknown> {
  if (error) {
    return { file: shown, ok: false, error: { code: error.code, message: error.message, where: error.where ?? null } };
  }
  const { findings, ...quality } = result.quality satisfies QualityReport;
  return {
    file: shown,
    ok: !findings.some(({ severity }) => severity === 'defect'),
    format: result.format,
    ...(snakeKeys(quality) as Record<string, unknown>),
    from: isoTime(quality.from),
    to: isoTime(quality.to),
    findings,
    notes: result.notes,
  };
}
