// Makes a fresh clone ready: dependencies, the pinned Node, and a build. Runs before `npm start` and `npm test`, on the
// Node that is installed on the machine (18 or newer), so it is plain JavaScript without dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/**
 * True where node_modules holds what the lock file asks for. Compared by content and not by file times: npm writes the
 * two files in either order, and an installation that is good must never be replaced under a running program.
 */
function isInstalled() {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted) fail('package-lock.json is missing.');
  if (!present) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional, peer }]) => path === '' || optional || peer || present[path]?.version === version,
  );
}

function hasPinnedNode() {
  if (!existsSync(pinnedNode)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node;
  const answer = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return answer.stdout?.trim() === `v${wanted}`;
}

/**
 * Runs npm and stays silent, unless it fails. npm runs on the machine's own Node: the pinned one lies in the folder that
 * npm is about to replace.
 */
function npm(...args) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(root));
  const result = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: path.join(delimiter) },
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return;
  process.stderr.write(result.stdout ?? '');
  process.stderr.write(result.stderr ?? '');
  fail(`npm ${args[0]} did not succeed${result.error ? ` (${result.error.message})` : ''}.`);
}

function fail(message) {
  console.error(`Set-up failed: ${message}`);
  process.exit(1);
}

function timed(label, work) {
  const start = Date.now();
  console.error(`${label}…`);
  work();
  console.error(`  done in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

if (!isInstalled()) {
  timed('Installing dependencies', () => npm('ci', '--ignore-scripts', '--no-audit', '--no-fund'));
}
if (!hasPinnedNode()) {
  // The one package whose install script runs: it fetches the Node binary of this platform.
  timed('Installing the pinned Node', () => npm('rebuild', 'node', '--ignore-scripts=false'));
  if (!hasPinnedNode()) fail(`the pinned Node did not arrive at ${pinnedNode}.`);
}
const problem = build({ root, node: pinnedNode, announce: () => console.error('Building…') });
if (problem) fail(`the build reports errors.\n${problem}`);
