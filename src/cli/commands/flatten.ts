import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addOperatorOptions, operate, type OperatorFlags } from '../live/operate.ts';

export function registerFlatten(parent: Command, context: CommandContext): void {
  addOperatorOptions(parent.command('flatten').description('sell every position at the market, and stop trading'))
    .addHelpText(
      'after',
      `
The engine cancels its orders, sells what it holds and stays halted until "valvulin resume". Where no engine runs, the
next one does so when it starts. Without any engine: valvulin kill --flatten.

Examples:
  valvulin flatten
  valvulin flatten --account binance --why "leaving for a month"`,
    )
    .action((flags: OperatorFlags) => operate('flatten', 'selling every position.', flags, context));
}
