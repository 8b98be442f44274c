import type { Command } from 'commander';
import { resample } from '../../core/resample.ts';
import { toTimeframe } from '../../core/timeframe.ts';
import type { CommandContext } from '../command-context.ts';
import { dataDirOption, lakeIn } from '../data/lake.ts';
import { grouped } from '../text-table.ts';

export function registerDataResample(parent: Command, context: CommandContext): void {
  parent
    .command('resample')
    .description('build and store bars of a higher timeframe')
    .argument('<symbol>', 'symbol, such as BTCUSDT')
    .argument('<from>', 'stored timeframe')
    .argument('<to>', 'timeframe to build, a multiple of it')
    .addOption(dataDirOption())
    .addHelpText(
      'after',
      `
A backtest builds higher timeframes by itself; this stores them, for other programs.
The last bar is left out where it has not closed.

Examples:
  valvulin data resample BTCUSDT 1m 1h
  valvulin data resample BTCUSDT 1h 1w`,
    )
    .action((symbol: string, from: string, to: string, options: { dataDir: string }) =>
      resampleStored(symbol, from, to, options.dataDir, context),
    );
}

async function resampleStored(
  symbol: string,
  from: string,
  to: string,
  dataDir: string,
  { terminal, cwd }: CommandContext,
): Promise<void> {
  const lake = await lakeIn(dataDir, cwd);
  const target = toTimeframe(to);
  const { bars } = await lake.load(symbol, toTimeframe(from));
  const built = resample(bars, target);
  const { path, added, replaced } = await lake.append(built);
  terminal.out(
    `${terminal.outColors.green('built')} ${grouped(built.length)} bars of ${symbol} ${to} from ${grouped(bars.length)} ` +
      `of ${from}: ${grouped(added)} added, ${grouped(replaced)} replaced\n  ${path}`,
  );
}
