import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MUTATIONS } from './mutations.ts';

describe('wrong rules planted in the engine', () => {
  const script = join(import.meta.dirname, 'run-mutants.ts');
  const { cases, noticed } = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' })) as {
    cases: number;
    noticed: Record<string, number>;
  };

  test('all were tried', () => {
    expect(cases).toBeGreaterThanOrEqual(400);
    expect(Object.keys(noticed)).toEqual(MUTATIONS.map((mutation) => mutation.name));
    expect(MUTATIONS.length).toBeGreaterThanOrEqual(12);
  });

  test.each(MUTATIONS.map((mutation) => mutation.name))('noticed: %s', (name) => {
    expect(noticed[name]).toBeGreaterThan(0);
  });
});
