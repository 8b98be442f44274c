import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BUGS } from './bugs.ts';

/** Tries every planted bug, each in a process of its own, and writes what noticed it to docs/planted-bugs.md. */
const SEEDS = '700';
const script = join(import.meta.dirname, 'run-bugs.ts');
const target = join(import.meta.dirname, '../../../docs/planted-bugs.md');

const rows = BUGS.map(({ name, file }, number) => {
  const output = execFileSync(process.execPath, [script, SEEDS, String(number)], { encoding: 'utf8' });
  const killer = (JSON.parse(output) as Record<string, string | null>)[name];
  console.log(`${name}: ${killer ?? 'NOT NOTICED'}`);
  return `| ${name} | \`src/${file}\` | ${killer ?? '**not noticed**'} |`;
});
const text = [
  '# Planted bugs',
  '',
  'Each line is a bug that somebody could write. It is patched into a copy of the product while that is loaded, and the',
  'simulation of live trading plays scenarios and seeds on it until an invariant fails. A bug that nothing notices is a',
  'hole in the tests. The product itself carries no switch for any of them.',
  '',
  'Written by `node test/simulation/live/write-bugs.ts`; `npm run test:deep` tries all of them, `npm test` some.',
  '',
  '| bug | where | noticed by |',
  '|---|---|---|',
  ...rows,
  '',
].join('\n');
const file = openSync(`${target}.tmp`, 'w');
writeSync(file, text);
fsyncSync(file);
closeSync(file);
renameSync(`${target}.tmp`, target);
