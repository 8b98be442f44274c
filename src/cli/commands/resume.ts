import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addOperatorOptions, operate, type OperatorFlags } from '../live/operate.ts';

export function registerResume(parent: Command, context: CommandContext): void {
  addOperatorOptions(parent.command('resume').description('trade again after a halt'))
    .addHelpText(
      'after',
      `
Look at "valvulin status" first: an engine that halted itself had a reason.

Examples:
  valvulin resume
  valvulin resume --account binance --why "checked the balances by hand"`,
    )
    .action((flags: OperatorFlags) => operate('resume', 'trading again.', flags, context));
}
