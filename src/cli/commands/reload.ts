import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addOperatorOptions, operate, type OperatorFlags } from '../live/operate.ts';

export function registerReload(parent: Command, context: CommandContext): void {
  addOperatorOptions(parent.command('reload').description('let the running engine read its config again'))
    .addHelpText(
      'after',
      `
What can change while it runs is changed at once; the engine says what needs a restart, and changes nothing of that.

Examples:
  valvulin config check && valvulin reload
  valvulin reload --json`,
    )
    .action((flags: OperatorFlags) => operate('reload', 'the config was read again.', flags, context));
}
