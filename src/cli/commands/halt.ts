import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addOperatorOptions, operate, type OperatorFlags } from '../live/operate.ts';

interface Flags extends OperatorFlags {
  readonly reduceOnly?: boolean;
}

export function registerHalt(parent: Command, context: CommandContext): void {
  addOperatorOptions(parent.command('halt').description('stop trading: no new positions; protective stops stay'))
    .option('--reduce-only', 'still let strategies leave their positions')
    .addHelpText(
      'after',
      `
It holds over restarts until "valvulin resume". Where no engine runs, the next one starts halted.

Examples:
  valvulin halt --why "news at 14:00"
  valvulin halt --reduce-only
  valvulin halt --account binance --state-dir data/state`,
    )
    .action((flags: Flags) =>
      flags.reduceOnly
        ? operate('reduce_only', 'positions are only made smaller from now on.', flags, context)
        : operate('halt', 'halted. Protective stops stay at the exchange.', flags, context),
    );
}
