import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUGS } from './bugs.ts';
import { SCENARIOS, scenarioPlan } from './scenarios.ts';
import { simulate, simulateSeed } from './simulate.ts';

const FIRST = 10_001;
const AT_ONCE = 1_000;
const PARTS = 20;
/** Write points of a recovery at which it dies again. */
const AGAIN = [1, 3, 8, 20] as const;

describe('live trading, at length', () => {
  test.each(Array.from({ length: PARTS }, (_, part) => FIRST + part * AT_ONCE))('seeds from %i on', async (first) => {
    for (let seed = first; seed < first + AT_ONCE; seed++) {
      const { violations } = await simulateSeed(seed);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  });

  test.each(SCENARIOS)('dies at a write and again while it recovers: %s', async (name) => {
    const { writes } = await simulate(scenarioPlan(name));
    for (let point = 1; point <= writes; point++) {
      for (const keep of [true, false]) {
        for (const again of AGAIN) {
          const { violations } = await simulate(scenarioPlan(name, point, keep, again));
          expect({ point, keep, again, violations }).toEqual({ point, keep, again, violations: [] });
        }
      }
    }
  });

  test.each(BUGS.map(({ name }, number) => [name, number] as const))('notices: %s', (name, number) => {
    const script = join(import.meta.dirname, 'run-bugs.ts');
    const output = execFileSync(process.execPath, [script, '700', String(number)], { encoding: 'utf8' });
    expect((JSON.parse(output) as Record<string, string | null>)[name]).not.toBeNull();
  });
});
