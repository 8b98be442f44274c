import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { ValvulinError } from '../../core/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { className, strategyTestText, strategyText } from '../templates/strategy.ts';
import { writeAtomically } from '../../data/writers/atomic-file.ts';

export function registerStrategiesNew(parent: Command, context: CommandContext): void {
  parent
    .command('new')
    .description('start a strategy of your own, with its test')
    .argument('<name>', 'name in lower case, such as my-strategy')
    .option('--dir <dir>', 'folder for the two files', 'strategies')
    .addHelpText(
      'after',
      `
Examples:
  valvulin strategies new volume-spike
  valvulin strategies new volume-spike --dir src/strategies`,
    )
    .action((name: string, options: { dir: string }) => create(name, options.dir, context));
}

async function create(name: string, dir: string, context: CommandContext): Promise<void> {
  const { terminal, cwd } = context;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new ValvulinError('VLV_USAGE', `Expected a name such as "my-strategy", got "${name}"`, {
      hint: 'Lower-case letters and digits, words joined by "-".',
    });
  }
  const files = [
    [join(dir, `${name}.ts`), strategyText(name)],
    [join(dir, `${name}.test.ts`), strategyTestText(name)],
  ] as const;
  for (const [path] of files) {
    if (!existsSync(resolve(cwd, path))) continue;
    throw new ValvulinError('VLV_USAGE', `The file "${path}" already exists`, { hint: 'Choose another name.' });
  }
  for (const [path, content] of files) {
    writeAtomically(resolve(cwd, path), () => [content]);
    terminal.out(`${terminal.outColors.green('created')} ${path}`);
  }
  terminal.out(`
Add it to the strategies in config.yaml:
  - { name: ${name}, symbol: BTCUSDT, timeframe: 1h, handler: "./${join(dir, name)}.ts:${className(name)}" }
Test it: node --import tsx --test ${join(dir, `${name}.test.ts`)}`);
}
