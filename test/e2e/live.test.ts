import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../scripts/build.mjs';
import { killAgainAndAgain } from './live-kills.ts';
import { BIN, LiveRig } from './live-process.ts';
import { join } from 'node:path';

const run = promisify(execFile);

beforeAll(() => {
  expect(build({ root: join(import.meta.dirname, '..', '..'), node: process.execPath })).toBeUndefined();
}, 120_000);

describe('the built engine, live on a local exchange', () => {
  it('has the books of the exchange to the last unit after it was killed again and again', async () => {
    const { kills, last, check, resumed } = await killAgainAndAgain(await LiveRig.open(5), 6, 5);
    expect(last.code).toBe(0);
    expect(check.differences).toEqual([]);
    expect(check.trades).toBeGreaterThan(0);
    expect(kills).toBe(6);
    expect(resumed).toBeGreaterThan(0);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends well on %s and leaves protective orders standing', async (signal) => {
    const rig = await LiveRig.open(9);
    const engine = rig.engine();
    await engine.until(({ event, role }) => event === 'fill' && role === 'entry');
    const ended = await rig.endInPeace(engine, signal);
    expect(ended.code).toBe(0);
    expect(ended.ms).toBeLessThan(20_000);
    expect(ended.stderr).toContain('Stopped. Equity');
    const stopped = ended.events.find(({ event }) => event === 'stopped');
    // Each position stands under a stop and a target.
    expect(stopped?.working_orders).toBe(2 * Number(stopped?.positions));
    expect((await rig.compare(ended)).differences).toEqual([]);
  });

  it('does not start beside itself', async () => {
    const rig = await LiveRig.open(3);
    const first = rig.engine();
    await first.seen('started');
    const second = await rig.engine().ended;
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('VLV_INSTANCE');
    expect((await first.end('SIGINT')).code).toBe(0);
  });

  it('shows itself in a demo that ends well and whose books agree', async () => {
    const { stdout } = await run(process.execPath, [BIN, 'demo', '--for', '12', '--speed', '120x']);
    expect(stdout).toContain('Books and exchange agree to the last unit');
    expect(stdout).toMatch(/fill {4}\w+ [\w-]+: bought/);
  });
});
