// `npm run check`: everything that must hold before a change is good, one step after the other. `npm run check -- lint
// types` runs the named ones only. A step that fails shows its output; the others still run; the end is a summary.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The program of an installed package, to be run by this Node. */
function bin(name, program = name) {
  const folder = join(root, 'node_modules', name);
  const { bin: bins } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bins === 'string' ? bins : bins[program]);
}

const STEPS = {
  format: [bin('@biomejs/biome', 'biome'), 'format', '.'],
  lint: [bin('eslint'), '.'],
  types: [bin('typescript', 'tsc'), '-p', 'tsconfig.json'],
  pages: [bin('typescript', 'tsc'), '-p', 'tsconfig.page.json'],
  layers: [bin('dependency-cruiser', 'depcruise'), 'src', '--config', '.dependency-cruiser.cjs'],
  unused: [bin('knip')],
  tests: [bin('vitest'), 'run'],
  snippets: ['scripts/docs-snippets.ts'],
  examples: ['scripts/run-examples.ts'],
  start: ['scripts/start.mjs'],
  package: [bin('publint'), '--strict'],
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`Unknown step "${unknown[0]}"; known: ${Object.keys(STEPS).join(', ')}`);
  process.exit(2);
}

const failed = [];
const started = Date.now();
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
for (const [name, args] of Object.entries(STEPS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const start = Date.now();
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  const good = result.status === 0;
  console.log(`${good ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)} ${seconds(start).padStart(8)}`);
  if (good) continue;
  failed.push(name);
  console.log(`${result.stdout}${result.stderr}`.trimEnd().replace(/^/gm, '    '));
}
console.log(
  failed.length === 0 ? `All good in ${seconds(started)}.` : `${failed.join(', ')} failed, in ${seconds(started)}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
