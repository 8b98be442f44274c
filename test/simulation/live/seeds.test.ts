import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SimResult, simulateSeed } from './simulate.ts';

/** Seeds of this run in one test, and how many tests. */
const AT_ONCE = 50;
const PARTS = 12;
/** Every so many seeds are played twice. */
const TWICE = 20;

/** What went wrong, with the way to see it again. */
function complaints({ seed, violations }: SimResult): string[] {
  const again = `npm run simulate -- --seeds 1 --first ${seed} --trace`;
  return violations.map(({ invariant, detail }) => `seed ${seed}: ${invariant}: ${detail} (${again})`);
}

describe('live trading on an exchange, a network, a disk and a machine that fail', () => {
  test.each(Array.from({ length: PARTS }, (_, part) => part * AT_ONCE + 1))('seeds from %i on', async (first) => {
    let fills = 0;
    for (let seed = first; seed < first + AT_ONCE; seed++) {
      const result = await simulateSeed(seed);
      expect(complaints(result)).toEqual([]);
      fills += result.trades;
      if (seed % TWICE === 0) expect((await simulateSeed(seed)).hash).toBe(result.hash);
    }
    expect(fills).toBeGreaterThan(100);
  });

  test('is the same to the byte in every time zone', () => {
    const hashes = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'].map((TZ) =>
      execFileSync(process.execPath, [join(import.meta.dirname, 'run.ts'), '--hash', '--seeds', '4', '--first', '11'], {
        encoding: 'utf8',
        env: { ...process.env, TZ },
      }),
    );
    expect(hashes[0].trim().split('\n')).toHaveLength(4);
    expect(new Set(hashes).size).toBe(1);
  });
});
