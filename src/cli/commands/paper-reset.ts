import type { Command } from 'commander';
import { snakeKeys } from '../../core/config/index.ts';
import type { CommandContext } from '../command-context.ts';
import { accountPlace } from '../live/account.ts';

interface Flags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function registerPaperReset(parent: Command, context: CommandContext): void {
  parent
    .command('reset')
    .description('put the paper account away and begin anew with the next run')
    .option('-c, --config <file>', 'config of the engine (default: VALVULIN_CONFIG, else ./config.yaml)')
    .option('--state-dir <dir>', 'folder of the journals (default: execution.state_dir, else data/state)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The journal stays beside the new one under a name with the date, and can be read by it. Refused while an engine runs.

Examples:
  valvulin paper reset
  valvulin trades --account paper-20260301-120000`,
    )
    .action((flags: Flags) => reset(flags, context));
}

async function reset(flags: Flags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const place = await accountPlace({ ...flags, account: 'paper' }, context);
  const { archiveJournal } = await import('../../execution/journal/open.ts');
  const { systemClock } = await import('../../data/node-ports.ts');
  const kept = archiveJournal(place, systemClock.now());
  if (flags.json) {
    terminal.out(JSON.stringify(snakeKeys({ version: 1, ...kept })));
    return;
  }
  const { account, path, runs, trades, positions } = kept;
  terminal.out(`Kept as account ${account}: ${runs} runs, ${trades} trades, ${positions} open positions.`);
  terminal.out(`  ${path}`);
  terminal.out('The next "valvulin run" on paper begins with the capital of its config.');
}
