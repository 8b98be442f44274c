import { describe, expect, it } from 'vitest';
import { exchangeForTest } from '../../test/servers/spot-client.ts';

const LIMIT = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '90' };
const MARKET = { side: 'BUY', type: 'MARKET', quantity: '1' };

describe('request weight', () => {
  it('is shown with every answer and starts anew each minute', async () => {
    const { clock, alice } = exchangeForTest();
    clock.moveTo(clock.now() + 20_500);
    await alice.open('/api/v3/exchangeInfo');
    const { headers } = await alice.open('/api/v3/depth', { symbol: 'BTCUSDT', limit: 500 });
    expect(headers['x-mbx-used-weight-1m']).toBe('45');
    clock.moveTo(clock.now() + 39_500);
    expect((await alice.open('/api/v3/ping')).headers['x-mbx-used-weight-1m']).toBe('1');
  });

  it('of placing and cancelling is nothing where it succeeds', async () => {
    const { alice } = exchangeForTest();
    const placed = await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    expect(placed.headers['x-mbx-used-weight-1m']).toBe('0');
    const failed = await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    expect(failed.headers['x-mbx-used-weight-1m']).toBe('1');
    const cancel = await alice.delete('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' });
    expect(cancel.headers['x-mbx-used-weight-1m']).toBe('1');
    expect((await alice.get('/api/v3/openOrders')).headers['x-mbx-used-weight-1m']).toBe('81');
  });

  it('above the limit is refused with 429 until the minute is over, each address by itself', async () => {
    const { clock, alice, bob } = exchangeForTest({ limits: { weightPerMinute: 50 } });
    clock.moveTo(clock.now() + 15_000);
    for (let n = 0; n < 2; n++) expect((await alice.open('/api/v3/exchangeInfo')).status).toBe(200);
    const full = await alice.open('/api/v3/exchangeInfo');
    expect([full.status, full.body.code, full.headers['retry-after']]).toEqual([429, -1003, '45']);
    expect(full.body.msg).toBe(
      'Too much request weight used; current limit is 50 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.',
    );
    expect((await bob.open('/api/v3/exchangeInfo')).status).toBe(200);
    clock.moveTo(clock.now() + 45_000);
    expect((await alice.open('/api/v3/exchangeInfo')).status).toBe(200);
  });

  it('bans with 418 who goes on, longer each time', async () => {
    const { clock, alice } = exchangeForTest({ limits: { weightPerMinute: 20 } });
    const hammer = async () => {
      const statuses = [];
      for (let n = 0; n < 12; n++) statuses.push((await alice.open('/api/v3/exchangeInfo')).status);
      return statuses;
    };
    expect(await hammer()).toEqual([200, ...Array(10).fill(429), 418]);
    const banned = await alice.open('/api/v3/ping');
    expect(banned.body.msg).toBe(
      `Way too much request weight used; IP banned until ${clock.now() + 120_000}. Please use WebSocket Streams for live updates to avoid bans.`,
    );
    expect(banned.headers['retry-after']).toBe('120');
    clock.moveTo(clock.now() + 120_000);
    expect((await hammer()).at(-1)).toBe(418);
    expect((await alice.open('/api/v3/ping')).headers['retry-after']).toBe('240');
  });

  it('counts raw requests, too', async () => {
    const { alice } = exchangeForTest({ limits: { rawRequestsPer5Minutes: 2 } });
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await alice.open('/api/v3/ping')).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('the number of unfilled orders', () => {
  it('is shown on orders, limited for each account, and lives by the clock', async () => {
    const { clock, alice, bob } = exchangeForTest({ limits: { ordersPer10Seconds: 2 } });
    await alice.order(LIMIT);
    const second = await alice.order(LIMIT);
    expect([second.headers['x-mbx-order-count-10s'], second.headers['x-mbx-order-count-1d']]).toEqual(['2', '2']);
    const third = await alice.order(LIMIT);
    expect([third.status, third.body]).toEqual([
      429,
      { code: -1015, msg: 'Too many new orders; current limit is 2 orders per 10 SECOND.' },
    ]);
    expect(third.headers['retry-after']).toBe('10');
    expect((await bob.order(LIMIT)).status).toBe(200);
    clock.moveTo(clock.now() + 10_000);
    expect((await alice.order(LIMIT)).headers['x-mbx-order-count-1d']).toBe('3');
  });

  it('is given back by a first fill, not by a cancellation', async () => {
    const { alice } = exchangeForTest({ limits: { ordersPer10Seconds: 2 } });
    for (let n = 0; n < 5; n++) {
      const { status, headers } = await alice.order(MARKET);
      expect([status, headers['x-mbx-order-count-10s']]).toEqual([200, '0']);
    }
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    await alice.delete('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' });
    expect((await alice.order(LIMIT)).headers['x-mbx-order-count-10s']).toBe('2');
  });

  it('counts lists by their orders, and the day before the seconds', async () => {
    const { alice } = exchangeForTest({ limits: { ordersPerDay: 2 } });
    const oco = {
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: '1',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '110',
      belowType: 'STOP_LOSS',
      belowStopPrice: '95',
    };
    expect((await alice.post('/api/v3/orderList/oco', oco)).headers['x-mbx-order-count-1d']).toBe('2');
    expect((await alice.order(LIMIT)).body.msg).toBe('Too many new orders; current limit is 2 orders per 1 DAY.');
    const counts = (await alice.get('/api/v3/rateLimit/order')).body;
    expect(counts).toMatchObject([
      { interval: 'SECOND', intervalNum: 10, limit: 100, count: 2 },
      { interval: 'DAY', limit: 2, count: 2 },
    ]);
  });
});
