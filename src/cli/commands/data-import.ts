import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { dataDirOption, lakeIn } from '../data/lake.ts';
import { findSeries, type ReadFlags, readOptions } from '../data/series-files.ts';
import { grouped, shortTime } from '../text-table.ts';
import { wrap } from '../terminal.ts';

interface Flags extends ReadFlags {
  readonly dataDir: string;
}

export function registerDataImport(parent: Command, context: CommandContext): void {
  parent
    .command('import')
    .description('add files of bars to the history')
    .argument('<paths...>', 'files or folders: CSV, JSON, Parquet, Arrow, also .gz')
    .addOption(dataDirOption())
    .option('--symbol <symbol>', 'symbol, where the file name does not say it')
    .option('--timeframe <timeframe>', 'bar length, where the file name does not say it')
    .option('--columns <names>', 'column names in their order, such as time,open,close,high,low,volume')
    .option('--strict', 'refuse files with defects instead of repairing what is safe')
    .addHelpText(
      'after',
      `
Bars are merged by open time; where one is stored already, the imported one wins.
Files of one folder whose names differ only in a date are read as one series.

Examples:
  valvulin data import BTCUSDT-5m-2024-11.csv.gz
  valvulin data import klines/BTCUSDT klines/ETHUSDT --timeframe 1h
  valvulin data import old.csv --symbol BTCUSD --columns time,open,close,high,low,volume`,
    )
    .action((paths: string[], flags: Flags) => importFiles(paths, flags, context));
}

async function importFiles(paths: readonly string[], flags: Flags, context: CommandContext): Promise<void> {
  const { terminal, cwd } = context;
  const { readBarsFrom } = await import('../../data/index.ts');
  const lake = await lakeIn(flags.dataDir, cwd);
  const options = readOptions(flags);
  for (const { paths: files, shown } of findSeries(paths, cwd)) {
    const { bars, notes } = await readBarsFrom(files, options);
    const { added, replaced, bars: total, path } = await lake.append(bars);
    const period = bars.length === 0 ? '' : ` (${shortTime(bars.time[0])} to ${shortTime(bars.time[bars.length - 1])})`;
    terminal.out(
      `${terminal.outColors.green('imported')} ${shown}: ${bars.symbol} ${bars.timeframe}${period}, ` +
        `${grouped(added)} added, ${grouped(replaced)} replaced, ${grouped(total)} stored`,
    );
    for (const note of notes) terminal.note(wrap(note, terminal.width, '  '));
    terminal.out(`  ${path}`);
  }
}
