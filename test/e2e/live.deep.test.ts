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

  it.each(['market', 'api'] as const)('goes on behind half-open %s connections', async (kind) => {
    const rig = await LiveRig.open(21);
    const engine = rig.engine();
    await engine.seen('fill');
    await rig.local('faults', { target: 'socket', fault: { verb: 'ws.halfOpen' }, kind });
    await engine.until(({ event, good }) =>
      kind === 'api' ? event === 'stream_up' : event === 'feed_connection' && good === true,
    );
    await engine.seen('trade');
    const ended = await rig.endInPeace(engine);
    expect(ended.code).toBe(0);
    expect((await rig.compare(ended)).differences).toEqual([]);
  });

  it('waits for the end of a ban and has the books of the exchange behind it', async () => {
    const rig = await LiveRig.open(22);
    const engine = rig.engine();
    await engine.seen('fill');
    await rig.local('faults', { target: 'request', rule: { fault: { verb: 'http.418', retryAfter: 120 }, times: 1 } });
    await engine.seen('trade', 3);
    const ended = await rig.endInPeace(engine);
    expect(ended.code).toBe(0);
    expect((await rig.compare(ended)).differences).toEqual([]);
  });
});
