import { describe, expect, it } from 'vitest';
import { SmallExchange, START } from '../../test/exchange/small-exchange.ts';

describe('a connection to market streams', () => {
  it('has the stream of its path, raw', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/btcusdt@trade');
    expect(client.opened).toBe(1);
    small.trade(50_010);
    small.trade(2_510, 1, 'ETHUSDT');
    expect(client.take()).toEqual([
      {
        e: 'trade',
        E: START,
        s: 'BTCUSDT',
        t: 1,
        p: '50010.00000000',
        q: '1.00000000',
        T: START,
        m: false,
        M: true,
      },
    ]);
  });

  it('wraps events with the name of the stream where it is combined', () => {
    const small = new SmallExchange();
    const client = small.subscribed('btcusdt@aggTrade', 'ethusdt@trade');
    small.trade(50_010);
    small.trade(2_510, 3, 'ETHUSDT');
    expect(client.take()).toMatchObject([
      { stream: 'btcusdt@aggTrade', data: { e: 'aggTrade', a: 1, f: 1, l: 1, p: '50010.00000000' } },
      { stream: 'ethusdt@trade', data: { e: 'trade', t: 1, q: '3.00000000' } },
    ]);
  });

  it('takes control messages of any path behind /ws, and echoes ids as they came', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/0');
    client.send({ method: 'SUBSCRIBE', params: ['btcusdt@trade', 'nosuch@trade', 'nonsense'], id: 'a1' });
    client.send({ method: 'LIST_SUBSCRIPTIONS', id: 7 });
    small.pass(1_000);
    expect(client.take()).toEqual([
      { result: null, id: 'a1' },
      { result: ['0', 'btcusdt@trade', 'nosuch@trade', 'nonsense'], id: 7 },
    ]);
    small.trade(50_001);
    expect(client.take()).toMatchObject([{ e: 'trade' }]);
    client.send({ method: 'UNSUBSCRIBE', params: ['btcusdt@trade'], id: null });
    small.pass(1_000);
    expect(client.take()).toEqual([{ result: null, id: null }]);
    small.trade(50_002);
    expect(client.take()).toEqual([]);
  });

  it('can be made combined by a property', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/btcusdt@bookTicker');
    client.send({ method: 'GET_PROPERTY', params: ['combined'], id: 1 });
    client.send({ method: 'SET_PROPERTY', params: ['combined', true], id: 2 });
    client.send({ method: 'SET_PROPERTY', params: ['combined', 1], id: 3 });
    client.send({ method: 'SET_PROPERTY', params: ['split', true], id: 4 });
    small.pass(0);
    small.trade(50_001);
    expect(client.take()).toMatchObject([
      { result: false, id: 1 },
      { result: null, id: 2 },
      { code: 1, id: 3 },
      { code: 0, id: 4 },
      { stream: 'btcusdt@bookTicker', data: { s: 'BTCUSDT', b: '50001.00000000', a: '50001.00000000' } },
    ]);
  });

  it.each([
    ['{"method":', { code: 3 }],
    ['[]', { code: 2 }],
    ['{"method":"SUBSCRIBE","params":"btcusdt@trade","id":1}', { code: 2, id: 1 }],
    ['{"method":"DANCE","id":1}', { code: 2, id: 1 }],
    ['{"method":"LIST_SUBSCRIPTIONS","id":1.5}', { code: 2 }],
  ])('answers %s with an error', (text, error) => {
    const small = new SmallExchange();
    const client = small.client('/ws');
    client.send(text);
    small.pass(0);
    expect(client.take()).toMatchObject([error]);
    expect(client.ended).toBeNull();
  });

  it('tells times in microseconds where the address asks for them', () => {
    const small = new SmallExchange();
    const micro = small.client('/ws/btcusdt@kline_1m?timeUnit=MICROSECOND');
    const milli = small.client('/ws/btcusdt@kline_1m');
    small.trade(50_001);
    expect(micro.take()).toMatchObject([{ E: START * 1_000, k: { t: START * 1_000, T: START * 1_000 + 59_999_999 } }]);
    expect(milli.take()).toMatchObject([{ E: START, k: { t: START, T: START + 59_999 } }]);
  });

  it('ends where it asks for too many streams', () => {
    const small = new SmallExchange({ limits: { streamsPerConnection: 3 } });
    const client = small.client('/ws');
    client.send({ method: 'SUBSCRIBE', params: ['a@trade', 'b@trade', 'c@trade'], id: 1 });
    client.send({ method: 'SUBSCRIBE', params: ['c@trade', 'd@trade'], id: 2 });
    small.pass(0);
    expect(client.take()).toEqual([{ result: null, id: 1 }]);
    expect(client.ended).toEqual([1008, 'Too many streams']);
    expect(small.hub.open).toBe(0);
  });
});

describe('quotes and tickers', () => {
  it('tell the best prices when they change, and not otherwise', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/btcusdt@bookTicker');
    small.trade(50_001);
    small.trade(50_001);
    small.trade(50_002);
    expect(client.take().map(({ b }) => b)).toEqual(['50001.00000000', '50002.00000000']);
  });

  it('tell changes of depth by update ids that join without a gap', () => {
    const small = new SmallExchange({}, { symbols: [DEEP] });
    const client = small.client('/ws/btcusdt@depth@100ms');
    const before = small.exchange.book('BTCUSDT', 20);
    const book = { bids: new Map(before.bids), asks: new Map(before.asks) };
    let last = before.updateId;
    for (const price of [50_001, 50_000.5, 50_003]) {
      small.trade(price);
      small.pass(100);
    }
    const updates = client.take() as { U: number; u: number; b: [string, string][]; a: [string, string][] }[];
    expect(updates).toHaveLength(3);
    for (const { U, u, b, a } of updates) {
      expect(U).toBe(last + 1);
      last = u;
      for (const [side, changes] of [
        ['bids', b],
        ['asks', a],
      ] as const) {
        for (const [price, quantity] of changes) {
          if (Number(quantity) === 0) book[side].delete(price);
          else book[side].set(price, quantity);
        }
      }
    }
    const after = small.exchange.book('BTCUSDT', 20);
    expect(last).toBe(after.updateId);
    expect(new Map(after.bids)).toEqual(book.bids);
    expect(new Map(after.asks)).toEqual(book.asks);
  });

  it('show the first levels, ten times a second at most', () => {
    const small = new SmallExchange({}, { symbols: [DEEP] });
    const client = small.client('/ws/btcusdt@depth5@100ms');
    small.trade(50_001);
    small.trade(50_002);
    small.pass(99);
    expect(client.take()).toHaveLength(1);
    small.pass(1);
    const [{ bids, asks }] = client.take() as { bids: string[][]; asks: string[][] }[];
    expect(bids).toHaveLength(5);
    expect(Number(bids[0][0])).toBeLessThan(Number(asks[0][0]));
  });

  it('sum up the last day once a second', async () => {
    const small = new SmallExchange();
    const mini = small.client('/ws/btcusdt@miniTicker');
    const full = small.client('/ws/btcusdt@ticker');
    const all = small.client('/ws/!miniTicker@arr');
    small.trade(50_001);
    await settled(small);
    small.trade(50_101);
    small.pass(1_000);
    await settled(small);
    expect(mini.take()).toMatchObject([
      { e: '24hrMiniTicker', c: '50001.00000000' },
      { e: '24hrMiniTicker', c: '50101.00000000', h: '50101.00000000', v: '2.00000000' },
    ]);
    expect(full.take()[1]).toMatchObject({ e: '24hrTicker', n: 2, p: '100.00000000' });
    expect(all.take()[1]).toMatchObject([{ s: 'BTCUSDT' }]);
  });
});

const DEEP = {
  name: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  price: '50000',
  tickSize: '0.01',
  stepSize: '0.00001',
  liquidity: { halfSpreadBps: 1, levelQuantity: '2', levels: 20 },
};

/** Lets promises of the exchange come through, and then the frames they made. */
async function settled(small: SmallExchange): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  small.pass(0);
}
