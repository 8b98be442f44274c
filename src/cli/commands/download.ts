import type { Command } from 'commander';
import { toInstant } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import { type Timeframe, toTimeframe } from '../../core/timeframe.ts';
import type { CommandContext } from '../command-context.ts';
import { dataDirOption, lakeIn } from '../data/lake.ts';
import { downloadProgress } from '../data/download-progress.ts';
import { grouped, shortTime } from '../text-table.ts';

interface Flags {
  readonly since: string;
  readonly until?: string;
  readonly dataDir: string;
  readonly baseUrl?: string;
  readonly archiveUrl?: string;
}

export function registerDownload(parent: Command, context: CommandContext): void {
  parent
    .command('download')
    .description("fetch history from Binance's public interface; no key needed")
    .argument('<symbols...>', 'symbols, then the timeframe: BTCUSDT ETHUSDT 1h')
    .usage('<symbol...> <timeframe> [options]')
    .requiredOption('--since <date>', 'first open time, UTC', '2024-01-01')
    .option('--until <date>', 'end, exclusive, UTC (default: everything that is closed)')
    .addOption(dataDirOption())
    .option(
      '--base-url <url>',
      'another address of the REST interface; the archive is then used only with --archive-url',
    )
    .option('--archive-url <url>', 'another address of the bulk archive')
    .addHelpText(
      'after',
      `
Goes on where the history ends; run it again to bring it up to date. Only closed bars are stored. Ctrl+C keeps what came.

Examples:
  valvulin download BTCUSDT 1h --since 2024-01-01
  valvulin download BTCUSDT ETHUSDT SOLUSDT 15m --since 2023-01-01 --until 2024-01-01`,
    )
    .action((words: string[], flags: Flags) => download(words, flags, context));
}

async function download(words: readonly string[], flags: Flags, context: CommandContext): Promise<void> {
  const { terminal, cwd } = context;
  const signal = context.interruptible();
  const { symbols, timeframe } = wanted(words);
  const since = toInstant(flags.since, '--since');
  const until = flags.until === undefined ? undefined : toInstant(flags.until, '--until');
  if (until !== undefined && until <= since) {
    throw new ValvulinError('VLV_USAGE', `Expected a date after "${flags.since}", got "${flags.until}"`, {
      where: '--until',
    });
  }
  const { BinancePublicDataFeed, lakeStore } = await import('../../data/index.ts');
  const feed = new BinancePublicDataFeed({
    store: lakeStore(await lakeIn(flags.dataDir, cwd)),
    ...(flags.baseUrl === undefined ? {} : { baseUrl: flags.baseUrl, archiveUrl: null }),
    ...(flags.archiveUrl === undefined ? {} : { archiveUrl: flags.archiveUrl }),
  });
  const requests = symbols.map((symbol) => ({ symbol, timeframe, since, ...(until === undefined ? {} : { until }) }));
  const progress = await downloadProgress(terminal);
  const summaries = await feed.download(requests, { signal, onProgress: progress.update }).finally(progress.stop);
  for (const { symbol, first, last, stored, added, notes } of summaries) {
    const period = first === null ? 'nothing' : `${shortTime(first)} to ${shortTime(last)}`;
    terminal.out(`${symbol} ${timeframe}: ${period}, ${grouped(stored)} bars, ${grouped(added)} new`);
    for (const note of notes) terminal.note(`  ${note}`);
  }
}

/** The last word is the timeframe, all before it are symbols. */
function wanted(words: readonly string[]): { symbols: string[]; timeframe: Timeframe } {
  const last = words.at(-1) ?? '';
  const symbols = [...new Set(words.slice(0, -1).map((word) => word.toUpperCase()))];
  if (symbols.length === 0 || !/^\d/.test(last)) {
    throw new ValvulinError('VLV_USAGE', `Expected symbols and then a timeframe, got "${words.join(' ')}"`, {
      hint: 'For example: valvulin download BTCUSDT 1h --since 2024-01-01',
    });
  }
  return { symbols, timeframe: toTimeframe(last) };
}
