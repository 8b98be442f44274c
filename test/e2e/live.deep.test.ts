import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../scripts/build.mjs';
import { killAgainAndAgain } from './live-kills.ts';
import { LiveRig } from './live-process.ts';

beforeAll(() => {
  expect(build({ root: join(import.meta.dirname, '..', '..'), node: process.execPath })).toBeUndefined();
}, 120_000);

describe('the built engine, live on a local exchange', () => {
  // One account after the other, since each start replays all that happened before.
  it.each([11, 12, 13, 14, 15])('has the books of the exchange after twenty kills, seed %i', async (seed) => {
    const { kills, last, check } = await killAgainAndAgain(await LiveRig.open(seed), 20, seed);
    expect(last.code).toBe(0);
    expect(check.differences).toEqual([]);
    expect(check.trades).toBeGreaterThan(0);
    expect(kills).toBe(20);
  });
});
