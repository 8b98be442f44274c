import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addOperatorOptions, operate, type OperatorFlags } from '../live/operate.ts';

export function registerReload(parent: Command, context: CommandContext): void {
  addOperatorOptions(parent.command('reload').description('let the running engine read its config again'))
    .addHelpText(
      'after',
      `
Changed at once: which strategies are enabled, of those it started with; parameters of a strategy that holds nothing;
logging.level. A strategy that was stopped by an error is loaded again. All else needs a restart: the engine names it,
and changes nothing of it.

Examples:
  valvulin config check && valvulin reload
  valvulin reload --json`,
    )
    .action((flags: OperatorFlags) => operate('reload', 'the config was read again.', flags, context));
}
