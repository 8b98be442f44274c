import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { BAR_FIELDS } from '../src/core/bars.ts';
import { syntheticBars } from '../src/data/index.ts';
import { type Digests, runRooms } from './pure/rooms.ts';
import type { PureAnswer } from './pure/worker.ts';

/** A year of hourly bars: enough for months, weeks and every warm-up. */
const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 7, bars: 8_760 });

describe('the pure rooms, without clock, random numbers, timers or environment', () => {
  let pure: PureAnswer;
  let usual: Digests;

  beforeAll(async () => {
    if (!bars) throw new Error('No synthetic bars were made');
    const columns = Object.fromEntries(BAR_FIELDS.map((field) => [field, bars[field]]));
    const worker = new Worker(new URL('./pure/worker.ts', import.meta.url), { workerData: columns });
    const [message] = (await once(worker, 'message')) as [PureAnswer];
    pure = message;
    usual = await runRooms(bars);
  });

  it('have nothing of the kind in reach', () => {
    expect(pure.reachable).toEqual([]);
  });

  it('run, and give the same bits as anywhere else', () => {
    expect(pure.digests).toEqual(usual);
  });

  it('were all run', () => {
    const names = Object.keys(usual);
    expect(names.filter((name) => name.endsWith('Indicator')).length).toBeGreaterThanOrEqual(10);
    expect(names).toEqual(expect.arrayContaining(['emaIndicator', 'EMAMACDStrategy', 'engine']));
    expect(Number.parseInt(usual.engine ?? '', 10)).toBeGreaterThan(20);
  });
});
