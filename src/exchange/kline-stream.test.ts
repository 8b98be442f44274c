import { describe, expect, it } from 'vitest';
import { MINUTE, SmallExchange, START } from '../../test/exchange/small-exchange.ts';
import type { SocketClient } from '../../test/exchange/socket-client.ts';
import { syntheticBars } from '../data/synthetic/index.ts';
import { knownBars, MarketDriver } from './market-driver.ts';
import type { FeedFault } from './socket-faults.ts';

interface StreamKline {
  readonly t: number;
  readonly T: number;
  readonly i: string;
  readonly o: string;
  readonly h: string;
  readonly l: string;
  readonly c: string;
  readonly v: string;
  readonly n: number;
  readonly x: boolean;
  readonly q: string;
}

function klines(client: SocketClient): StreamKline[] {
  return client.take().map((frame) => ('k' in frame ? frame : (frame['data'] as { k: unknown })).k as StreamKline);
}

describe('klines of a stream', () => {
  it.each([
    ['bars', 'bars' as const],
    ['trades', 9],
  ])('of a market of %s are those of REST and of the source, in every interval', async (_, play) => {
    const small = new SmallExchange();
    const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1m', from: START, bars: 250, seed: 3 });
    const intervals = ['1m', '3m', '15m', '1h', '4h'];
    const client = small.subscribed(...intervals.map((interval) => `btcusdt@kline_${interval}`));
    const { exchange, clock } = small;
    new MarketDriver({ exchange, clock, bars: knownBars([bars]), from: START, play, random: () => 0.3 }).start();
    small.pass(241 * MINUTE);
    const closed = klines(client).filter(({ x }) => x);
    for (const interval of intervals) {
      const rest = await exchange.call({
        operation: 'klines',
        parameters: new Map(Object.entries({ symbol: 'BTCUSDT', interval, limit: '1000' })),
        caller: { kind: 'anonymous' },
        address: 'test',
      });
      const rows = (rest.body as (string | number)[][]).filter(([, , , , , , end]) => Number(end) < clock.now());
      const streamed = closed.filter(({ i }) => i === interval);
      expect(streamed.map(({ t, o, h, l, c, v, T, q, n }) => [t, o, h, l, c, v, T, q, n])).toEqual(
        rows.map((row) => row.slice(0, 9)),
      );
    }
    const minutes = closed.filter(({ i }) => i === '1m');
    expect(minutes).toHaveLength(241);
    for (const [i, { t, o, h, l, c, v }] of minutes.entries()) {
      expect([t, ...[o, h, l, c, v].map(Number)]).toEqual([
        bars.time[i],
        bars.open[i],
        bars.high[i],
        bars.low[i],
        bars.close[i],
        bars.volume[i],
      ]);
    }
  });

  it('comes every two seconds at most while it forms, and at once when it is closed', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/btcusdt@kline_1m');
    for (let second = 0; second < 60; second++) {
      small.trade(50_000 + second);
      small.pass(1_000);
    }
    small.trade(51_000);
    const events = client.take();
    const times = events.map(({ E }) => ((E as number) - START) / 1_000);
    expect(times.slice(0, 4)).toEqual([0, 2, 4, 6]);
    expect(times.slice(-3)).toEqual([58, 60, 60]);
    expect(events.map(({ k }) => (k as StreamKline).x)).toEqual([...Array<boolean>(31).fill(false), true]);
  });

  it('closes a candle late where the market was silent at its end', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/btcusdt@kline_1m');
    small.trade(50_000);
    small.pass(5 * MINUTE);
    small.trade(50_100);
    expect(klines(client).map(({ t, c, x }) => [(t - START) / MINUTE, Number(c), x])).toEqual([
      [0, 50_000, false],
      [0, 50_000, true],
      [5, 50_100, false],
    ]);
  });
});

describe('an interval that is shorter than the bars of the exchange', () => {
  it('has no klines, in streams and in REST', async () => {
    const small = new SmallExchange({}, { baseInterval: '1h' });
    const client = small.client('/ws/btcusdt@kline_1m/btcusdt@kline_1s/btcusdt@kline_1h');
    small.trade(50_000);
    expect(klines(client).map(({ i }) => i)).toEqual(['1h']);
    const parameters = new Map(Object.entries({ symbol: 'BTCUSDT', interval: '1m' }));
    const call = { operation: 'klines', parameters, caller: { kind: 'anonymous' }, address: 'test' } as const;
    expect((await small.exchange.call(call)).body).toEqual([]);
    expect(small.exchange.kline('BTCUSDT', '1m', START)).toBeNull();
  });
});

describe('a fault of the feed', () => {
  /** The closing events of the second of three candles, with the seconds since its close. */
  function second(fault: FeedFault): { late: number; kline: StreamKline }[] {
    const small = new SmallExchange({
      faults: { feed: [{ fault, symbol: 'BTCUSDT', interval: '1m', from: START + MINUTE, times: 1 }] },
    });
    const client = small.client('/ws/btcusdt@kline_1m');
    for (const close of [50_010, 50_020, 50_030]) small.minute(close);
    small.pass(MINUTE);
    const events = client
      .take()
      .map(({ E, k }) => ({ late: (E as number) - START - 2 * MINUTE, kline: k as StreamKline }));
    const others = events.filter(({ kline }) => kline.x && kline.t !== START + MINUTE);
    expect(others.map(({ kline }) => Number(kline.c))).toEqual([50_010, 50_030]);
    const row = small.exchange.kline('BTCUSDT', '1m', START + MINUTE);
    expect(Number(row?.close)).toBe(50_020);
    return events.filter(({ kline }) => kline.t === START + MINUTE && (fault.verb === 'feed.gap' || kline.x));
  }

  it('feed.gap: nothing of the candle comes', () => expect(second({ verb: 'feed.gap' })).toEqual([]));

  it('feed.dup: it is closed twice', () =>
    expect(second({ verb: 'feed.dup' }).map(({ late, kline }) => [late, kline.c])).toEqual([
      [0, '50020.00000000'],
      [0, '50020.00000000'],
    ]));

  it('feed.late: it is closed later', () =>
    expect(second({ verb: 'feed.late', ms: 7_000 }).map(({ late }) => late)).toEqual([7_000]));

  it('feed.revise: its close is corrected', () =>
    expect(second({ verb: 'feed.revise', parts: 1_000, ms: 500 }).map(({ late, kline }) => [late, kline.c])).toEqual([
      [0, '50070.02000000'],
      [500, '50020.00000000'],
    ]));

  it('feed.zeroVol: nothing seems to have traded', () =>
    expect(second({ verb: 'feed.zeroVol' }).map(({ kline }) => [kline.v, kline.n, kline.c])).toEqual([
      ['0.00000000', 0, '50020.00000000'],
    ]));

  it('feed.spike: its price is far off', () =>
    expect(second({ verb: 'feed.spike', factor: 3 }).map(({ kline }) => [kline.h, kline.c])).toEqual([
      ['150060.00000000', '150060.00000000'],
    ]));
});
