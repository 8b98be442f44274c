import { existsSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { ValvulinError } from '../../core/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { projectFiles } from '../templates/project.ts';
import { writeAtomically } from '../../data/writers/atomic-file.ts';

export function registerInit(parent: Command, context: CommandContext): void {
  parent
    .command('init')
    .description('start a project of your own: a config, a strategy and its test')
    .argument('<dir>', 'folder of the project; made where it does not exist')
    .addHelpText(
      'after',
      `
Existing files stay as they are.

Examples:
  npx valvulin init my-trading
  cd my-trading && npm install && npm test && npm start`,
    )
    .action((dir: string) => init(dir, context));
}

async function init(dir: string, context: CommandContext): Promise<void> {
  const { terminal, cwd } = context;
  const folder = resolve(cwd, dir);
  const colors = terminal.outColors;
  let written = 0;
  for (const [path, content] of projectFiles(packageName(basename(folder)))) {
    const target = join(folder, path);
    const kept = existsSync(target);
    if (!kept) writeAtomically(target, () => [content]);
    if (!kept) written++;
    terminal.out(`${kept ? colors.dim('kept   ') : colors.green('created')} ${join(dir, path)}`);
  }
  if (written === 0) return;
  const place = relative(cwd, folder);
  terminal.out(`\nNext: ${place === '' ? '' : `cd ${place} && `}npm install && npm test && npm start`);
}

/** A name npm accepts, made from the folder's. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (name !== '') return name;
  throw new ValvulinError('VLV_USAGE', `Expected a folder name with letters or digits, got "${folder}"`, {
    where: 'init',
  });
}
