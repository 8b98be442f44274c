import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BinanceServer,
  type BinanceServerOptions,
  startBinanceServer,
} from '../../../test/servers/binance-klines.ts';
import { MemoryStore } from '../../../test/servers/memory-store.ts';
import { VirtualTime } from '../../../test/servers/virtual-time.ts';
import { syntheticBars } from '../synthetic/index.ts';
import { BinancePublicDataFeed } from './feed.ts';
import type { DownloadProgress } from './types.ts';
import { WeightBudget } from './weight-budget.ts';

const MINUTE = 60_000;
const SINCE = Date.UTC(2024, 0, 1);
const [btc] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', from: SINCE, bars: 5_000, seed: 4 });
/** Twenty seconds into a minute. */
const NOW = btc.closeTime(btc.length - 1) + 20_000;
const hours = { symbol: 'BTCUSDT', timeframe: '1h', since: SINCE } as const;

let server: BinanceServer;
let store: MemoryStore;
let time: VirtualTime;

async function start(options: Partial<BinanceServerOptions> = {}): Promise<void> {
  server = await startBinanceServer({ markets: [btc], now: () => NOW, ...options });
}

function feed(clock = time): BinancePublicDataFeed {
  return new BinancePublicDataFeed({
    store,
    baseUrl: server.url,
    archiveUrl: null,
    concurrency: 1,
    surroundings: clock.surroundings(),
  });
}

beforeEach(() => {
  store = new MemoryStore();
  time = new VirtualTime(NOW);
});
afterEach(() => server.close());

describe('rate limits', () => {
  it('are kept before the exchange has to say so: most of the weight used, the next minute is waited for', async () => {
    await start({ usedWeight: (counted) => (counted === 23 ? 4_799 : counted) });
    const events: DownloadProgress[] = [];
    await feed().download([hours], { onProgress: (event) => events.push(event) });
    expect(store.bars('BTCUSDT', '1h')?.length).toBe(5_000);
    expect(time.sleeps).toEqual([40_250]);
    expect(events.filter(({ phase }) => phase === 'waiting')).toMatchObject([{ symbol: 'BTCUSDT', waitMs: 40_250 }]);
  });

  it("follow the limit that exchangeInfo states, and the exchange's clock rather than ours", async () => {
    const late = new VirtualTime(NOW - 5_000);
    await start({ weightLimit: 30, now: () => late.now() + 5_000 });
    await feed(late).download([hours]);
    expect(store.bars('BTCUSDT', '1h')?.length).toBe(5_000);
    // Clock and rules use 21 of 24; the search for the first bar fits, the first page waits for the next minute.
    expect(late.sleeps).toEqual([40_250]);
  });

  it('of 429 are waited out for as long as Retry-After says, in seconds or as a date', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'limited', retryAfter: 7, after: 1 });
    await feed().download([hours]);
    expect(time.sleeps).toEqual([7_000]);
    server.plan({ on: 'time', kind: 'limited', retryAfter: new Date(NOW + 10_000).toUTCString() });
    await feed().download([hours]);
    expect(time.sleeps).toEqual([7_000, 3_000]);
  });

  it('of 429 without Retry-After are met with backoff', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'limited', times: 2 });
    await feed().download([hours]);
    expect(time.sleeps).toEqual([250, 500]);
  });

  it('of 429 without end are given up, and say what is kept', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'limited', retryAfter: 1, after: 2, times: 99 });
    await expect(feed().download([hours])).rejects.toMatchObject({
      code: 'VLV_FEED_BANNED',
      message: expect.stringContaining('HTTP 429: -1003 Too much request weight used'),
    });
    expect(time.sleeps).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
    expect(store.bars('BTCUSDT', '1h')?.length).toBe(1_000);
  });

  it('do not keep what has come from being stored while they are waited for a second time', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'limited', retryAfter: 30, after: 2 });
    await feed().download([hours]);
    expect(store.states.map((state) => state.length)).toEqual([2_000, 5_000]);
  });

  it('hold back every request, not only the one that met them', async () => {
    await start();
    let paused = 0;
    const early: string[] = [];
    server.plan({ on: 'klines', kind: 'limited', retryAfter: 30, after: 1 });
    const spying = async (url: string, options: RequestInit): Promise<Response> => {
      if (paused > 0 && time.now() < paused) early.push(url);
      const response = await fetch(url, options);
      if (response.status === 429) paused = time.now() + 30_000;
      return response;
    };
    const surroundings = time.surroundings({ fetch: spying });
    const several = new BinancePublicDataFeed({
      store,
      baseUrl: server.url,
      archiveUrl: null,
      concurrency: 1,
      surroundings,
    });
    await several.download([hours, { ...hours, timeframe: '4h' }]);
    expect(paused).toBe(NOW + 30_000);
    expect(early).toEqual([]);
  });
});

describe('a ban', () => {
  it('that is short is waited out', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'banned', retryAfter: 120, after: 1 });
    await feed().download([hours]);
    expect(time.sleeps).toEqual([120_000]);
    expect(store.bars('BTCUSDT', '1h')?.length).toBe(5_000);
  });

  it('whose length stands only in the message is read from there', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'banned', after: 1 });
    await feed().download([hours]);
    expect(time.sleeps).toEqual([60_000]);
  });

  it('that does not say its length at all counts as the shortest there is', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'status', status: 418, after: 1 });
    await feed().download([hours]);
    expect(time.sleeps).toEqual([120_000]);
  });

  it('that is long is an error at once, which says for how long; what came before is kept', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'banned', retryAfter: 3_600, after: 2 });
    await expect(feed().download([hours])).rejects.toMatchObject({
      code: 'VLV_FEED_BANNED',
      message: expect.stringContaining('for 3600 s'),
    });
    expect(time.sleeps).toEqual([]);
    expect(store.bars('BTCUSDT', '1h')?.length).toBe(1_000);
  });
});

describe('WeightBudget', () => {
  const never = new AbortController().signal;

  it('ignores what an answer from the last minute says', async () => {
    await start();
    const budget = new WeightBudget(time, () => undefined);
    const window = await budget.acquire(2, never);
    await time.sleep(MINUTE, never);
    await budget.acquire(2, never);
    budget.observe(window, 6_000);
    await budget.acquire(2, never);
    expect(time.sleeps).toEqual([MINUTE]);
  });

  it('lets a request pass that is heavier than the whole limit, alone in its minute', async () => {
    await start();
    const budget = new WeightBudget(time, () => undefined);
    budget.setLimit(10);
    await budget.acquire(20, never);
    await budget.acquire(20, never);
    expect(time.sleeps).toEqual([40_250]);
  });
});
