import type { Command } from 'commander';
import { ValvulinError } from '../../core/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../render-error.ts';

interface Flags {
  readonly speed: string;
  readonly seed: string;
  readonly for?: string;
}

export function registerDemo(parent: Command, context: CommandContext): void {
  parent
    .command('demo')
    .description('watch two engines trade on a local exchange: no keys, no internet, no risk')
    .option('--speed <factor>', 'how fast the time of the exchange runs', '60x')
    .option('--seed <number>', 'which market is made up', '7')
    .option('--for <seconds>', 'end after so long (default: when Ctrl+C is pressed)')
    .addHelpText(
      'after',
      `
One engine trades on paper, one sends its orders to the local exchange as it would to a real one. Kill either of them
with "kill -9": it is started again, says what it found, and goes on. At the end the books of the live engine are compared
with the exchange's, to the last unit.

Examples:
  valvulin demo
  valvulin demo --seed 3 --for 60`,
    )
    .action(async (flags: Flags) => {
      const speed = numberOf(flags.speed, /^(\d+)x?$/, '--speed', 'a speed such as 60x');
      const seed = numberOf(flags.seed, /^(\d+)$/, '--seed', 'a whole number');
      const forMs = flags.for === undefined ? null : 1_000 * numberOf(flags.for, /^(\d+)$/, '--for', 'whole seconds');
      const { runDemo } = await import('../demo/run-demo.ts');
      if (!(await runDemo({ speed, seed, forMs, context }))) context.exitCode = EXIT.wrong;
    });
}

function numberOf(text: string, form: RegExp, where: string, expected: string): number {
  const value = Number(form.exec(text)?.[1]);
  if (value >= 0 && value <= 1e9 && (where !== '--speed' || value >= 1)) return value;
  throw new ValvulinError('VLV_USAGE', `Expected ${expected}, got "${text}"`, { where });
}
