// Compiles src/ to dist/, only where something changed. `node scripts/build.mjs` builds from scratch, for publishing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith('.test.ts') ? [] : [path];
  });
}

/** What the compiler leaves alone, such as the scripts that pages carry, goes along as it is. */
function copyAssets(root) {
  for (const path of sources(join(root, 'src')).filter((source) => !source.endsWith('.ts'))) {
    const target = join(root, 'dist', relative(join(root, 'src'), path));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
  }
}

/** Changes when a source is added, removed or written, and when the compiler or its settings change. */
function fingerprint(root) {
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name));
  const hash = createHash('sha256');
  for (const path of [...sources(join(root, 'src')), ...settings].sort()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Builds where needed. Returns the compiler's complaints, or undefined where all is well. */
export function build({ root, node, announce = () => {}, clean = false }) {
  const dist = join(root, 'dist');
  const stampFile = join(dist, '.stamp');
  if (clean) rmSync(dist, { recursive: true, force: true });
  const stamp = fingerprint(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return undefined;
  announce();
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = spawnSync(node, [tsc, '-p', join(root, 'tsconfig.build.json')], { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) return result.stdout + result.stderr;
  copyAssets(root);
  writeFileSync(stampFile, stamp);
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const problem = build({ root, node: process.execPath, clean: true });
  if (problem) {
    console.error(problem);
    process.exitCode = 1;
  }
}
