import { resolve } from 'node:path';
import type { Command } from 'commander';
import { toInstant } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import { toTimeframe } from '../../core/timeframe.ts';
import type { CommandContext } from '../command-context.ts';
import { dataDirOption, lakeIn } from '../data/lake.ts';
import { grouped } from '../text-table.ts';

interface Flags {
  readonly dataDir: string;
  readonly output: string;
  readonly from?: string;
  readonly to?: string;
}

export function registerDataExport(parent: Command, context: CommandContext): void {
  parent
    .command('export')
    .description('write stored bars to a CSV or Parquet file')
    .argument('<symbol>', 'symbol, such as BTCUSDT')
    .argument('<timeframe>', 'bar length; built from a stored lower one where it is not stored')
    .requiredOption('-o, --output <file>', 'file to write; its ending, .csv or .parquet, says the format')
    .option('--from <date>', 'first open time, UTC')
    .option('--to <date>', 'end, exclusive, UTC')
    .addOption(dataDirOption())
    .addHelpText(
      'after',
      `
Examples:
  valvulin data export BTCUSDT 1h --output btc.parquet
  valvulin data export BTCUSDT 1d --from 2024-01-01 --to 2025-01-01 -o btc-2024.csv`,
    )
    .action((symbol: string, timeframe: string, flags: Flags) => exportBars(symbol, timeframe, flags, context));
}

async function exportBars(symbol: string, timeframe: string, flags: Flags, context: CommandContext): Promise<void> {
  const { terminal, cwd } = context;
  const ending = /\.(csv|parquet)$/i.exec(flags.output)?.[1]?.toLowerCase();
  if (ending === undefined) {
    throw new ValvulinError('VLV_USAGE', `Expected a file that ends in .csv or .parquet, got "${flags.output}"`, {
      where: '--output',
    });
  }
  const from = flags.from === undefined ? Number.NEGATIVE_INFINITY : toInstant(flags.from, '--from');
  const to = flags.to === undefined ? Number.POSITIVE_INFINITY : toInstant(flags.to, '--to');
  const { writeCsv, writeParquet } = await import('../../data/index.ts');
  const lake = await lakeIn(flags.dataDir, cwd);
  const { bars, notes } = await lake.load(symbol, toTimeframe(timeframe));
  const chosen = bars.between(from, to);
  const file = resolve(cwd, flags.output);
  if (ending === 'csv') writeCsv(file, chosen);
  else await writeParquet(file, chosen);
  for (const note of notes) terminal.note(`  ${note}`);
  terminal.out(`${terminal.outColors.green('wrote')} ${grouped(chosen.length)} bars to ${flags.output}`);
}
