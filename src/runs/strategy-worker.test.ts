import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const IMPORT = /(?:from|import)\s*\(?\s*'([^']+)'/g;

/** Everything that a source loads, by way of its own files too; types are gone when it runs. */
function packagesOf(entry: string): Set<string> {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8').replaceAll(/^(?:import|export) type [^;]*;/gm, '');
    for (const [, name] of text.matchAll(IMPORT)) {
      if (name.startsWith('.')) visit(resolve(dirname(path), name));
      else packages.add(name);
    }
  };
  visit(entry);
  return packages;
}

test('a strategy thread loads no native code, whose start it could not be ended in', () => {
  const packages = packagesOf(join(import.meta.dirname, 'strategy-worker.ts'));
  expect([...packages].filter((name) => !name.startsWith('node:')).toSorted()).toEqual(['tsx/esm/api', 'zod']);
});
