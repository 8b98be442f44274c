import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BinanceServer,
  type BinanceServerOptions,
  startBinanceServer,
  startsFrom,
} from '../../../test/servers/binance-klines.ts';
import { MemoryStore } from '../../../test/servers/memory-store.ts';
import { VirtualTime } from '../../../test/servers/virtual-time.ts';
import { BAR_FIELDS, Bars } from '../../core/bars.ts';
import { syntheticBars, syntheticRules } from '../synthetic/index.ts';
import { REAL_SURROUNDINGS } from './clock.ts';
import { BinancePublicDataFeed } from './feed.ts';
import type { BinancePublicOptions, DownloadProgress } from './types.ts';

const HOUR = 3_600_000;
const SINCE = Date.UTC(2024, 10, 1);
const markets = syntheticBars({ symbols: ['BTCUSDT', 'ETHUSDT'], timeframe: '1h', from: SINCE, bars: 4_200, seed: 11 });
const [btc, eth] = markets;
/** Half an hour into the last bar: it is open. */
const NOW = btc.time[btc.length - 1] + HOUR / 2;
const hours = { symbol: 'BTCUSDT', timeframe: '1h', since: SINCE } as const;

let server: BinanceServer;
let store: MemoryStore;
let time: VirtualTime;

async function start(options: Partial<BinanceServerOptions> = {}): Promise<void> {
  server = await startBinanceServer({ markets, now: () => NOW, ...options });
}

function feed(options: Partial<BinancePublicOptions> = {}): BinancePublicDataFeed {
  const address = { baseUrl: server.url, archiveUrl: server.url };
  return new BinancePublicDataFeed({
    store,
    ...address,
    surroundings: time.surroundings(),
    timeoutMs: 2_000,
    ...options,
  });
}

function expectSame(actual: Bars | undefined, expected: Bars): void {
  expect(actual?.length).toBe(expected.length);
  for (const field of BAR_FIELDS) expect(actual?.[field].slice()).toEqual(expected[field].slice());
}

const requested = (part: string): string[] => server.requests.filter((path) => path.includes(part));

beforeEach(() => {
  store = new MemoryStore();
  time = new VirtualTime(NOW);
});
afterEach(() => server.close());

describe('a download by REST', () => {
  it('brings every closed bar, exactly, and leaves the open one out', async () => {
    await start();
    const [summary] = await feed().download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
    const last = btc.time[btc.length - 2];
    expect(summary).toMatchObject({ first: SINCE, last, stored: 4_199, added: 4_199, archiveMonths: 0, notes: [] });
    expect(requested('/data/')).toEqual([]);
  });

  it('stores the trading rules of the symbols', async () => {
    await start();
    await feed().download([hours, { ...hours, symbol: 'ETHUSDT' }]);
    expect([...store.rules.values()]).toEqual(
      ['BTCUSDT', 'ETHUSDT'].map((symbol) => ({ ...syntheticRules(symbol), source: 'exchange' })),
    );
  });

  it.each([
    ['one symbol', [hours]],
    ['several symbols and timeframes', [hours, { ...hours, symbol: 'ETHUSDT' }, { ...hours, timeframe: '1d' }]],
  ] as const)('of %s has as many requests under way as are allowed, and no more', async (_name, wanted) => {
    await start({ latency: 20 });
    let under = 0;
    let most = 0;
    const counting = async (url: string, options: RequestInit): Promise<Response> => {
      most = Math.max(most, ++under);
      try {
        return await fetch(url, options);
      } finally {
        under--;
      }
    };
    await feed({ concurrency: 3, surroundings: time.surroundings({ fetch: counting }) }).download(wanted);
    for (const { symbol, timeframe } of wanted) {
      const expected = timeframe === '1d' ? 174 : btc.length - 1;
      expect(store.bars(symbol, timeframe)?.length).toBe(expected);
    }
    expect(most).toBe(3);
  });

  it('goes on at the last stored bar, reads that one again, and asks for nothing before it', async () => {
    await start();
    const stored = Bars.fromRows(
      'BTCUSDT',
      '1h',
      Array.from({ length: 1_000 }, (_, i) => btc.at(i)).filter((bar) => bar !== undefined),
    );
    store.put(stored);
    const torn = { ...stored.at(-1), close: 1, high: 1e6 } as NonNullable<ReturnType<Bars['at']>>;
    await store.merge(Bars.fromRows('BTCUSDT', '1h', [torn]));
    const [summary] = await feed().download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
    expect(summary.added).toBe(3_199);
    const starts = requested('klines').map((path) => Number(new URLSearchParams(path.split('?')[1]).get('startTime')));
    expect(Math.min(...starts)).toBe(btc.time[999]);
  });

  it('asks for one page when there is nothing new', async () => {
    await start();
    await feed().download([hours]);
    const before = requested('klines').length;
    const [summary] = await feed().download([hours]);
    expect(requested('klines').length - before).toBe(1);
    expect(summary.added).toBe(0);
  });

  it('fetches older bars up to the stored ones, newest first, so that no state has a hole', async () => {
    await start();
    store.put(btc.slice(3_000, 3_500));
    server.plan({ on: 'klines', kind: 'status', status: 500, after: 4, times: 99 });
    await expect(feed({ attempts: 2 }).download([hours])).rejects.toMatchObject({ code: 'VLV_FEED_NETWORK' });
    server.clearFaults();
    await feed().download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
    for (const times of store.states) expect(times[times.length - 1] - times[0]).toBe((times.length - 1) * HOUR);
  });

  it('keeps what is stored in one piece where "since" lies after it, and "until" before it', async () => {
    await start();
    store.put(btc.slice(100, 200));
    await feed().download([{ ...hours, since: btc.time[3_000], until: btc.time[3_100] }]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(100, 3_100));
    await feed().download([{ ...hours, since: btc.time[10], until: btc.time[50] }]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(10, 3_100));
  });

  it("passes over holes of the exchange's own, even whole empty pages", async () => {
    const rows = Array.from({ length: 4_000 }, (_, i) => btc.at(i)).filter(
      (bar, i) => bar !== undefined && (i < 500 || i >= 2_600),
    );
    const holed = Bars.fromRows('BTCUSDT', '1h', rows as NonNullable<ReturnType<Bars['at']>>[]);
    await start({ markets: [holed] });
    await feed().download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), holed);
  });

  it('finds the listing of a symbol without walking through the years before it', async () => {
    await start();
    const [summary] = await feed().download([{ ...hours, since: Date.UTC(2015, 0, 1) }]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
    expect(summary.restPages).toBe(5);
  });

  it('is content where the exchange has nothing', async () => {
    await start();
    const [summary] = await feed().download([{ ...hours, since: NOW + HOUR }]);
    expect(summary).toMatchObject({ first: null, last: null, stored: 0, added: 0 });
  });

  it('tells how far it is', async () => {
    await start();
    const events: DownloadProgress[] = [];
    await feed().download([hours], { onProgress: (event) => events.push(event) });
    expect(events.filter(({ phase }) => phase === 'rest').map(({ done }) => done)).toEqual([
      1_000, 2_000, 3_000, 4_000, 4_199,
    ]);
    expect(events.every(({ total, symbol }) => total === 4_199 && symbol === 'BTCUSDT')).toBe(true);
    expect(events.at(-1)).toMatchObject({ phase: 'done', done: 4_199 });
  });
});

describe('the archive', () => {
  const always = { archiveMinBars: 0 };

  it.each([true, false])(
    'serves whole months, in milliseconds and microseconds, with a header: %s',
    async (archiveHeader) => {
      await start({ archiveHeader });
      const [summary] = await feed(always).download([hours]);
      expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
      expect(summary.archiveMonths).toBe(5);
      expect(requested('.zip.CHECKSUM').map((path) => path.slice(-20))).toEqual(
        ['2024-11', '2024-12', '2025-01', '2025-02', '2025-03'].map((month) => `${month}.zip.CHECKSUM`.slice(-20)),
      );
    },
  );

  it('is used by itself where a month is many bars', async () => {
    const [minutes] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '15m', from: SINCE, bars: 7_000, seed: 2 });
    await start({ markets: [minutes], now: () => minutes.closeTime(minutes.length - 1) });
    const [summary] = await feed().download([{ ...hours, timeframe: '15m' }]);
    expectSame(store.bars('BTCUSDT', '15m'), minutes);
    expect(summary.archiveMonths).toBe(2);
  });

  it('is replaced by REST for a month that it does not have, and says so', async () => {
    await start({ archived: (_symbol, _timeframe, month) => month !== '2025-02' });
    const [summary] = await feed(always).download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
    expect(summary.archiveMonths).toBe(4);
    expect(summary.notes).toEqual(['The archive does not have BTCUSDT 1h 2025-02; it came by REST.']);
  });

  it('is read again where the checksum is wrong once', async () => {
    await start();
    server.plan({ on: 'checksum', kind: 'wrong_checksum', after: 2 });
    await feed(always).download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
  });

  it('is refused where the checksum stays wrong; the months before are kept', async () => {
    await start();
    server.plan({ on: 'checksum', kind: 'wrong_checksum', after: 2, times: 99 });
    await expect(feed({ ...always, concurrency: 1 }).download([hours])).rejects.toMatchObject({ code: 'VLV_CHECKSUM' });
    expectSame(store.bars('BTCUSDT', '1h'), btc.between(SINCE, Date.UTC(2025, 0, 1)));
  });

  it('is refused where a file is no zip of klines', async () => {
    await start();
    const body = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x.zip';
    server.plan({ on: 'checksum', kind: 'malformed', body }, { on: 'archive', kind: 'malformed', body: '' });
    await expect(feed(always).download([hours])).rejects.toMatchObject({ code: 'VLV_DATA_FORMAT' });
  });
});

describe('an interruption', () => {
  it('in the middle keeps the bars before it, and the next download completes them', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'hang', when: startsFrom(btc.time[2_000]), times: 99 });
    const control = new AbortController();
    const stopped = feed().download([hours, { ...hours, symbol: 'ETHUSDT', until: SINCE + HOUR }], {
      signal: control.signal,
      onProgress: ({ symbol, done }) => {
        if (symbol === 'BTCUSDT' && done === 2_000) control.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'VLV_INTERRUPTED' });
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, 2_000));
    expectSame(store.bars('ETHUSDT', '1h'), eth.slice(0, 1));
    server.clearFaults();
    await feed().download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
  });

  it('while the rate limit is waited for ends the wait', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'limited', retryAfter: 60 });
    const control = new AbortController();
    const surroundings = { ...time.surroundings(), sleep: REAL_SURROUNDINGS.sleep };
    const stopped = feed({ surroundings }).download([hours], {
      signal: control.signal,
      onProgress: ({ phase }) => {
        if (phase === 'waiting') control.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'VLV_INTERRUPTED' });
  });

  it('before the beginning sends nothing', async () => {
    await start();
    await expect(feed().download([hours], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'VLV_INTERRUPTED',
    });
    expect(server.requests).toEqual([]);
  });
});

describe('the exchange and the network failing', () => {
  it.each([
    ['HTTP 500 with a body', { kind: 'status', status: 500, body: '<html>oops</html>' }],
    ['HTTP 503 with none', { kind: 'status', status: 503 }],
    ['a connection cut in the middle of the body', { kind: 'cut' }],
    ['JSON that ends in the middle', { kind: 'malformed' }],
    ['rows that are not klines', { kind: 'malformed', body: '[[1730419200000,"x","2","1","1","5",1730422799999]]' }],
    ['an object in place of rows', { kind: 'malformed', body: '{}' }],
  ] as const)('%s is tried again, with growing pauses', async (_name, fault) => {
    await start();
    server.plan({ on: 'klines', times: 3, after: 1, ...fault });
    await feed({ concurrency: 1 }).download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
    expect(time.sleeps).toEqual([250, 500, 1_000]);
  });

  it.each([
    ['never answers', { kind: 'hang' }],
    ['stops in the middle of the body', { kind: 'stall' }],
  ] as const)('a server that %s is given up and asked again', async (_name, fault) => {
    await start();
    server.plan({ on: 'klines', after: 1, ...fault });
    await feed({ timeoutMs: 400 }).download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
  });

  it('a slow answer is waited for', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'slow', ms: 60 });
    await feed().download([hours]);
    expect(time.sleeps).toEqual([]);
  });

  it('an answer that comes slowly but steadily is not given up', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'trickle', pauseMs: 300 });
    await feed({ timeoutMs: 1_200 }).download([{ ...hours, until: SINCE + HOUR }]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, 1));
    expect(requested('klines')).toHaveLength(1);
  });

  it('rows that are doubled, disordered or outside the range leave no trace', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'overlap', times: 99 });
    await feed().download([hours]);
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, -1));
  });

  it('an exchange that stays away ends in an error, and what came before is stored', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'status', status: 502, when: startsFrom(btc.time[2_000]), times: 99 });
    await expect(feed({ concurrency: 1 }).download([hours])).rejects.toMatchObject({ code: 'VLV_FEED_NETWORK' });
    expectSame(store.bars('BTCUSDT', '1h'), btc.slice(0, 2_000));
    expect(time.sleeps).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  it('an address where nobody listens ends in an error that names it', async () => {
    await start();
    const closed = await startBinanceServer({ markets });
    await closed.close();
    const nobody = feed({ baseUrl: closed.url, attempts: 2 });
    await expect(nobody.download([hours])).rejects.toMatchObject({
      code: 'VLV_FEED_NETWORK',
      message: expect.stringContaining('ECONNREFUSED'),
      where: `${closed.url}/api/v3/time`,
    });
  });

  it.each([
    ['VLV_FEED_SYMBOL', { ...hours, symbol: 'NOPEUSDT' }, 'NOPEUSDT'],
    ['VLV_FEED_SYMBOL', { ...hours, timeframe: '45m' }, '45m'],
  ] as const)('%s for something the exchange does not have', async (code, request, named) => {
    await start();
    const rejected = expect(feed().download([hours, request])).rejects;
    await rejected.toMatchObject({ code, message: expect.stringContaining(`"${named}"`) });
    expect(time.sleeps).toEqual([]);
  });

  it('VLV_FEED_SYMBOL where klines alone refuse the interval', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'status', status: 400, body: '{"code":-1120,"msg":"Invalid interval."}' });
    await expect(feed().download([hours])).rejects.toMatchObject({ code: 'VLV_FEED_SYMBOL' });
  });

  it.each([
    [451, /may use/],
    [403, /may use/],
    [400, undefined],
  ])('HTTP %i is not tried again', async (status, hint) => {
    await start();
    server.plan({ on: 'time', kind: 'status', status, body: '<html>' });
    const error = await feed()
      .download([hours])
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'VLV_FEED_HTTP', message: expect.stringContaining(`HTTP ${status}: <html>`) });
    if (hint) expect((error as { hint: string }).hint).toMatch(hint);
    expect(server.requests).toEqual(['/api/v3/time']);
  });

  it('one symbol failing stops the others, and the error is the one that began it', async () => {
    await start();
    server.plan({ on: 'klines', kind: 'status', status: 400, body: '{"code":-1000,"msg":"no"}', after: 3 });
    const both = feed().download([hours, { ...hours, symbol: 'ETHUSDT' }]);
    await expect(both).rejects.toMatchObject({ code: 'VLV_FEED_HTTP', message: expect.stringContaining('-1000 no') });
  });
});
