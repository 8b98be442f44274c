import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { grouped, isoTime, shortTime, textTable } from '../text-table.ts';
import { dataDirOption, lakeIn } from '../data/lake.ts';

export function registerDataList(parent: Command, context: CommandContext): void {
  parent
    .command('list')
    .description('show what the history holds')
    .addOption(dataDirOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  valvulin data list
  valvulin data list --json | jq -r '.series[].symbol'`,
    )
    .action((options: { dataDir: string; json?: boolean }) => list(options, context));
}

async function list(options: { dataDir: string; json?: boolean }, { terminal, cwd }: CommandContext): Promise<void> {
  const lake = await lakeIn(options.dataDir, cwd);
  const entries = await lake.list();
  if (options.json) {
    const series = entries.map(({ symbol, timeframe, bars, from, to, path }) => {
      return { symbol, timeframe, bars, from: isoTime(from), to: isoTime(to), file: path };
    });
    terminal.out(JSON.stringify({ version: 1, series }));
    return;
  }
  if (entries.length === 0) {
    terminal.out(
      `Nothing is stored in ${options.dataDir}. Fetch some: valvulin download BTCUSDT 1h --since 2024-01-01`,
    );
    return;
  }
  const columns = [
    { title: 'SYMBOL' },
    { title: 'TIMEFRAME' },
    { title: 'BARS', align: 'right' as const },
    { title: 'FIRST (UTC)' },
    { title: 'LAST (UTC)' },
  ];
  const rows = entries.map((entry) => [
    entry.symbol,
    entry.timeframe,
    grouped(entry.bars),
    shortTime(entry.from),
    shortTime(entry.to),
  ]);
  terminal.out(textTable(columns, rows, terminal.width));
}
