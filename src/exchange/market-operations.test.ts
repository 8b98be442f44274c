import { describe, expect, it } from 'vitest';
import { bar, BTC, exchangeForTest, type Loose } from '../../test/servers/spot-client.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 5, 10);

/** Two hours of minute bars before now, 121 of them: the last one just opened at noon. */
function withBars() {
  const market = exchangeForTest();
  const rows = Array.from({ length: 121 }, (_, n) => bar(T0 + n * MINUTE, 100 + n, 101.5 + n, 99.5 + n, 101 + n, 2));
  market.exchange.seed('BTCUSDT', rows);
  const get = async (path: string, fields = {}): Promise<Loose> =>
    (await market.alice.open(`/api/v3/${path}`, fields)).body;
  return { ...market, get };
}

describe('klines', () => {
  it('are the newest 500 up to now, the last one open', async () => {
    const { get } = withBars();
    const rows = await get('klines', { symbol: 'BTCUSDT', interval: '1m' });
    expect(rows).toHaveLength(121);
    expect(rows[0]).toEqual([
      T0,
      '100.00000000',
      '101.50000000',
      '99.50000000',
      '101.00000000',
      '2.00000000',
      T0 + MINUTE - 1,
      '201.00000000',
      4,
      '1.00000000',
      '100.50000000',
      '0',
    ]);
    expect(rows[120][6]).toBe(T0 + 121 * MINUTE - 1);
  });

  it.each([
    [{ limit: 2 }, [119, 120]],
    [{ startTime: T0 + MINUTE, limit: 2 }, [1, 2]],
    [{ startTime: T0 + 1, limit: 2 }, [1, 2]],
    [{ endTime: T0 + 3 * MINUTE - 1, limit: 2 }, [1, 2]],
    [{ startTime: T0 + 5 * MINUTE, endTime: T0 + 7 * MINUTE }, [5, 6, 7]],
    [{ startTime: T0 + 200 * MINUTE }, []],
    [{ endTime: T0 - 1 }, []],
  ])('of %j are the bars %j', async (fields, bars) => {
    const { get } = withBars();
    const rows: number[][] = await get('klines', { symbol: 'BTCUSDT', interval: '1m', ...fields });
    expect(rows.map(([time]) => (time - T0) / MINUTE)).toEqual(bars);
  });

  it('of longer intervals are made of the base bars', async () => {
    const { get, exchange, clock } = withBars();
    const rows = await get('klines', { symbol: 'BTCUSDT', interval: '1h' });
    expect(rows.map((row: unknown[]) => row.slice(1, 6))).toEqual([
      ['100.00000000', '160.50000000', '99.50000000', '160.00000000', '120.00000000'],
      ['160.00000000', '220.50000000', '159.50000000', '220.00000000', '120.00000000'],
      ['220.00000000', '221.50000000', '219.50000000', '221.00000000', '2.00000000'],
    ]);
    expect(exchange.kline('BTCUSDT', '1M', clock.now())).toMatchObject({
      openTime: Date.UTC(2026, 0, 1),
      volume: '242.00000000',
    });
  });

  it('may have a hole behind an outage', async () => {
    const { get, exchange } = withBars();
    exchange.inject({ verb: 'feed.hole', symbol: 'BTCUSDT', from: T0 + MINUTE, to: T0 + 4 * MINUTE });
    const rows = await get('klines', { symbol: 'BTCUSDT', interval: '1m', startTime: T0, limit: 2 });
    expect(rows.map(([time]: number[]) => (time - T0) / MINUTE)).toEqual([0, 4]);
  });

  it('grow with the trades, and tell when one is over', async () => {
    const { exchange, clock } = exchangeForTest();
    const told: (boolean | number)[][] = [];
    exchange.onMarket((event) => {
      if (event.kind === 'bar') told.push([(event.openTime - clock.now()) / MINUTE, event.closed]);
    });
    exchange.trade('BTCUSDT', '101', '0.5', { buyerIsMaker: true });
    exchange.trade('BTCUSDT', '99', '1.5');
    expect(exchange.kline('BTCUSDT', '1m', clock.now())).toEqual({
      openTime: clock.now(),
      closeTime: clock.now() + MINUTE - 1,
      open: '101.00000000',
      high: '101.00000000',
      low: '99.00000000',
      close: '99.00000000',
      volume: '2.00000000',
      quoteVolume: '199.00000000',
      trades: 2,
      takerBase: '1.50000000',
      takerQuote: '148.50000000',
      firstTradeId: 1,
      lastTradeId: 2,
    });
    clock.moveTo(clock.now() + MINUTE);
    exchange.trade('BTCUSDT', '98', '1');
    expect(told).toEqual([
      [0, false],
      [0, false],
      [-1, true],
      [0, false],
    ]);
  });

  it.each([
    [{ interval: '1m' }, -1102],
    [{ symbol: 'BTCUSDT', interval: '7m' }, -1120],
    [{ symbol: 'BTCUSDT', interval: '1H' }, -1120],
    [{ symbol: 'NOPE', interval: '1m' }, -1121],
  ])('of %j are refused with %i', async (fields, code) => {
    expect((await withBars().get('klines', fields)).code).toBe(code);
  });
});

describe('public endpoints', () => {
  it('tell that the exchange is there, its time and its rules', async () => {
    const { get, clock } = withBars();
    expect(await get('ping')).toEqual({});
    expect(await get('time')).toEqual({ serverTime: clock.now() });
    const info = await get('exchangeInfo', { symbols: '["BTCUSDT"]' });
    expect(info.rateLimits[0]).toEqual({
      rateLimitType: 'REQUEST_WEIGHT',
      interval: 'MINUTE',
      intervalNum: 1,
      limit: 6000,
    });
    expect(info.symbols[0]).toMatchObject({
      symbol: 'BTCUSDT',
      status: 'TRADING',
      baseAsset: 'BTC',
      permissionSets: [['SPOT']],
    });
    expect((await get('exchangeInfo', { permissions: 'MARGIN' })).symbols).toEqual([]);
    expect((await get('exchangeInfo', { symbolStatus: 'HALT' })).symbols).toEqual([]);
    expect((await get('exchangeInfo', { symbol: 'NOPE' })).code).toBe(-1121);
    expect((await get('exchangeInfo', { symbol: 'BTCUSDT', symbolStatus: 'HALT' })).code).toBe(-1128);
    expect((await get('exchangeInfo', { symbols: 'BTCUSDT' })).code).toBe(-1100);
  });

  it('show the book of accounts and market together', async () => {
    const symbols = [{ ...BTC, liquidity: { halfSpreadBps: 10, levelQuantity: '2', levels: 2 } }];
    const { alice } = exchangeForTest({ symbols });
    await alice.order({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '99.9' });
    await alice.order({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '99.5' });
    const { body } = await alice.open('/api/v3/depth', { symbol: 'BTCUSDT' });
    expect(body.bids).toEqual([
      ['99.90000000', '3.00000000'],
      ['99.89000000', '2.00000000'],
      ['99.50000000', '1.00000000'],
    ]);
    expect(body.asks).toEqual([
      ['100.10000000', '2.00000000'],
      ['100.11000000', '2.00000000'],
    ]);
    expect((await alice.open('/api/v3/ticker/bookTicker', { symbol: 'BTCUSDT' })).body).toEqual({
      symbol: 'BTCUSDT',
      bidPrice: '99.90000000',
      bidQty: '3.00000000',
      askPrice: '100.10000000',
      askQty: '2.00000000',
    });
  });

  it('list trades, singly and aggregated', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    for (const price of ['100', '101', '102']) {
      exchange.trade('BTCUSDT', price, '1');
      clock.moveTo(clock.now() + 1_000);
    }
    const get = async (path: string, fields: object): Promise<Loose> =>
      (await alice.open(`/api/v3/${path}`, { symbol: 'BTCUSDT', ...fields })).body;
    expect(await get('trades', { limit: 1 })).toMatchObject([{ id: 3, price: '102.00000000', qty: '1.00000000' }]);
    expect(await get('historicalTrades', { fromId: 2, limit: 1 })).toMatchObject([{ id: 2 }]);
    expect(await get('aggTrades', { startTime: clock.now() - 2_000 })).toMatchObject([
      { a: 2, p: '101.00000000', f: 2, l: 2, m: false },
      { a: 3 },
    ]);
    expect(await get('aggTrades', { fromId: 1, limit: 2 })).toHaveLength(2);
  });

  it('summarise the last day', async () => {
    const { get } = withBars();
    expect(await get('ticker/24hr', { symbol: 'BTCUSDT' })).toMatchObject({
      openPrice: '100.00000000',
      lastPrice: '221.00000000',
      priceChange: '121.00000000',
      priceChangePercent: '121.000',
      highPrice: '221.50000000',
      lowPrice: '99.50000000',
      volume: '242.00000000',
      count: 484,
    });
    expect((await get('ticker/24hr', { type: 'MINI' }))[0].priceChange).toBeUndefined();
    expect((await get('ticker/24hr', { type: 'TINY' })).code).toBe(-1139);
    expect(await get('ticker/price')).toEqual([{ symbol: 'BTCUSDT', price: '221.00000000' }]);
    expect((await get('ticker/price', { symbol: 'BTCUSDT', symbolStatus: 'HALT' })).code).toBe(-1220);
    expect(await get('avgPrice', { symbol: 'BTCUSDT' })).toMatchObject({ mins: 5, price: '218.00000000' });
  });

  it('summarise any window and the day since midnight', async () => {
    const { get } = withBars();
    const hour = await get('ticker', { symbol: 'BTCUSDT', windowSize: '1h' });
    expect([hour.openPrice, hour.volume, hour.openTime]).toEqual(['160.00000000', '122.00000000', T0 + 60 * MINUTE]);
    const day = await get('ticker/tradingDay', { symbols: '["BTCUSDT"]', type: 'MINI' });
    expect(day).toMatchObject([{ openPrice: '100.00000000', openTime: Date.UTC(2026, 0, 5) }]);
    expect(day[0].priceChange).toBeUndefined();
    expect((await get('ticker', { symbol: 'BTCUSDT', windowSize: '60m' })).code).toBe(-1130);
    expect((await get('ticker')).code).toBe(-1102);
  });

  it('does not know other paths', async () => {
    expect((await exchangeForTest().alice.open('/api/v1/time')).status).toBe(404);
  });
});
