import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sharedPath } from '../../../test/shared-data.ts';
import { VirtualTime } from '../../../test/servers/virtual-time.ts';
import { BinanceArchive, monthPath } from './archive.ts';
import { REAL_SURROUNDINGS } from './clock.ts';
import { HttpClient } from './http.ts';
import { WeightBudget } from './weight-budget.ts';

const FOLDER = sharedPath('data', 'ohlcv', 'binance-vision-spot-5m');
const never = new AbortController().signal;

/** An archive that holds one file. */
function archiveOf(name: string, csv: Uint8Array): BinanceArchive {
  const zip = zipSync({ [`${name}.csv`]: csv });
  const time = new VirtualTime(0);
  const fetch = async (url: string): Promise<Response> => {
    if (url.endsWith(`/${name}.zip`)) return new Response(zip);
    if (!url.endsWith(`/${name}.zip.CHECKSUM`)) return new Response(null, { status: 404 });
    return new Response(`${createHash('sha256').update(zip).digest('hex')}  ${name}.zip\n`);
  };
  const surroundings = { ...REAL_SURROUNDINGS, ...time.surroundings({ fetch }) };
  const budget = new WeightBudget(time, () => undefined);
  const http = new HttpClient({ surroundings, budget, concurrency: 1, attempts: 1, timeoutMs: 1_000 });
  return new BinanceArchive(http, 'http://archive/');
}

describe('monthPath', () => {
  it('names files as the archive does, months of months too', () => {
    expect(monthPath('BTCUSDT', '5m', Date.UTC(2024, 11, 1))).toBe(
      '/data/spot/monthly/klines/BTCUSDT/5m/BTCUSDT-5m-2024-12.zip',
    );
    expect(monthPath('BTCUSDT', '1M', Date.UTC(2024, 0, 1))).toBe(
      '/data/spot/monthly/klines/BTCUSDT/1mo/BTCUSDT-1mo-2024-01.zip',
    );
  });
});

describe.skipIf(FOLDER === undefined)('months of the real archive (needs the shared data beside the checkout)', () => {
  it.each([
    ['2024-11', 8_640],
    ['2024-12', 8_928],
    ['2025-01', 8_928],
  ])('%s, in milliseconds or microseconds, has %i bars on the grid', async (month, count) => {
    const name = `BTCUSDT-5m-${month}`;
    const csv = gunzipSync(readFileSync(sharedPath('data', 'ohlcv', 'binance-vision-spot-5m', `${name}.csv.gz`) ?? ''));
    const from = Date.parse(`${month}-01T00:00:00Z`);
    const to = from + count * 300_000;
    const range = { symbol: 'BTCUSDT', timeframe: '5m', from, to, closedAt: to } as const;
    const bars = await archiveOf(name, csv).month(range, never);
    expect(bars?.length).toBe(count);
    bars?.assertOrdered();
    expect([bars?.time[0], bars?.time[count - 1]]).toEqual([from, to - 300_000]);
    const [first] = new TextDecoder().decode(csv).split('\n');
    expect([bars?.open[0], bars?.volume[0]]).toEqual([Number(first.split(',')[1]), Number(first.split(',')[5])]);
  });
});
