import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FeedRun, MINUTE, START } from '../../../test/servers/feed-run.ts';
import { Bars } from '../../core/bars.ts';
import { resample } from '../../core/resample.ts';
import { HistoryLake } from '../lake/history-lake.ts';
import { syntheticBars } from '../synthetic/index.ts';
import { type WarmUp, type WarmUpRequest, warmUp } from './warm-up.ts';

const HOUR_OF_BARS = { symbol: 'BTCUSDT', timeframe: '1m', bars: 60 } as const;
const OPEN = START - 20_000;

let folder: string;
let lake: HistoryLake;
let run: FeedRun;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warm-up-'));
  lake = new HistoryLake(folder);
  run = new FeedRun();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function warmed(request: WarmUpRequest = HOUR_OF_BARS, from: HistoryLake | undefined = lake): Promise<WarmUp> {
  const result = warmUp(run.feed, from, request);
  const settled = result.catch(() => undefined);
  // Files are read in real time, the exchange answers in virtual time.
  for (let done = false; !done; ) {
    void settled.then(() => (done = true));
    await run.clock.advance(100);
  }
  return result;
}

function truth(timeframe: '1m' | '5m' = '1m'): Bars {
  return run.market.closed('BTCUSDT', timeframe);
}

it('takes what the exchange has where no history is stored', async () => {
  const { bars, fromLake, fromRest, missing } = await warmed();
  expect([bars.length, fromLake, fromRest, missing]).toEqual([60, 0, 60, 0]);
  expect(bars).toEqual(truth().slice(truth().length - 60));
  expect(bars.closeTime(59)).toBe(OPEN);
  run.market.rows = () => [];
  await expect(warmed()).rejects.toMatchObject({ code: 'VLV_DATA_NONE' });
});

it('completes a history that ends earlier, and asks for no more than that', async () => {
  await lake.append(truth().slice(0, 100));
  const { bars, fromLake, fromRest } = await warmed();
  expect([fromLake, fromRest]).toEqual([40, 20]);
  expect(bars).toEqual(truth().slice(truth().length - 60));
  const [asked] = run.market.requests.filter(({ url }) => url.pathname.endsWith('klines'));
  expect(asked.url.searchParams.get('startTime')).toBe(String(truth().time[100]));
});

it('does without a history that begins too late or ended too early', async () => {
  await lake.append(truth().slice(0, 30));
  expect((await warmed()).fromRest).toBe(60);
  await lake.write(truth().slice(90, 110));
  expect((await warmed()).fromRest).toBe(60);
});

it('never uses a stored bar that had not closed, nor one of the future', async () => {
  const all = run.market.closed('BTCUSDT', '1m');
  const open = { ...all.at(-1)!, time: OPEN, close: 1, low: 1 };
  await lake.append(Bars.fromRows('BTCUSDT', '1m', [...Array(all.length).keys()].map((i) => all.at(i)!).concat(open)));
  const { bars, fromLake } = await warmed();
  expect(fromLake).toBe(60);
  expect(bars).toEqual(truth().slice(truth().length - 60));
});

it('says how many bars nobody has', async () => {
  const hole = OPEN - 30 * MINUTE;
  run.market.rows = (rows) => rows.filter(([time]) => Number(time) < hole || Number(time) >= hole + 5 * MINUTE);
  const { bars, missing } = await warmed();
  expect([bars.length, missing]).toEqual([55, 5]);
});

it('pages through more bars than one answer has, and builds what the exchange does not publish', async () => {
  const bars = syntheticBars({
    symbols: ['BTCUSDT'],
    timeframe: '1m',
    from: OPEN - 4_000 * MINUTE,
    bars: 4_010,
    seed: 2,
  });
  run = new FeedRun({ bars });
  const long = await warmed({ ...HOUR_OF_BARS, bars: 3_000 });
  expect(long.bars).toEqual(truth().slice(1_000));
  expect(run.market.asked('/api/v3/klines')).toBe(4);
  const built = await warmed({ symbol: 'BTCUSDT', timeframe: '10m', bars: 7 });
  const all = resample(truth('5m'), '10m');
  expect(built.bars).toEqual(all.slice(all.length - 7));
});

it('connects to the first live bar', async () => {
  const { bars } = await warmed();
  run.feed.continueAfter('BTCUSDT', '1m', bars.time[bars.length - 1]);
  await run.start();
  await run.clock.advance(3 * MINUTE);
  expect(run.bars('BTCUSDT')[0].bar.time).toBe(bars.closeTime(bars.length - 1));
  expect(run.series('BTCUSDT')).toEqual(run.truth('BTCUSDT'));
  await run.feed.stop();
});
