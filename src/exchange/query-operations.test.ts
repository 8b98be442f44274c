import { describe, expect, it } from 'vitest';
import { exchangeForTest, type Loose } from '../../test/servers/spot-client.ts';

const HOUR = 3_600_000;
const LIMIT = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '90' };
const ids = (rows: { id?: number; orderId: number }[]) => rows.map(({ id, orderId }) => id ?? orderId);

/** Five market buys, an hour apart, and one open order. */
async function withHistory() {
  const market = exchangeForTest();
  for (let n = 0; n < 5; n++) {
    await market.alice.order({ side: 'BUY', type: 'MARKET', quantity: '1' });
    market.clock.moveTo(market.clock.now() + HOUR);
  }
  await market.alice.order({ ...LIMIT, newClientOrderId: 'open' });
  const get = async (path: string, fields = {}): Promise<Loose> =>
    (await market.alice.get(`/api/v3/${path}`, { symbol: 'BTCUSDT', ...fields })).body;
  return { ...market, get, start: Date.UTC(2026, 0, 5, 12) };
}

describe('queries', () => {
  it('show an order by id or client id, and say which were never there', async () => {
    const { get } = await withHistory();
    expect(await get('order', { origClientOrderId: 'open' })).toMatchObject({
      orderId: 6,
      status: 'NEW',
      price: '90.00000000',
      isWorking: true,
      stopPrice: '0.00000000',
      icebergQty: '0.00000000',
    });
    expect((await get('order', { orderId: 1 })).executedQty).toBe('1.00000000');
    expect(await get('order', { orderId: 77 })).toEqual({ code: -2013, msg: 'Order does not exist.' });
    expect((await get('order')).code).toBe(-1102);
    expect((await get('order', { symbol: 'NOPE', orderId: 1 })).code).toBe(-1121);
  });

  it('list open orders of one symbol or of all', async () => {
    const { alice, bob, get } = await withHistory();
    expect(ids(await get('openOrders'))).toEqual([6]);
    expect(ids((await alice.get('/api/v3/openOrders')).body)).toEqual([6]);
    expect((await bob.get('/api/v3/openOrders')).body).toEqual([]);
  });

  it('page through all orders by id and by time', async () => {
    const { get, start } = await withHistory();
    expect(ids(await get('allOrders'))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(ids(await get('allOrders', { limit: 2 }))).toEqual([5, 6]);
    expect(ids(await get('allOrders', { orderId: 3, limit: 2 }))).toEqual([3, 4]);
    expect(ids(await get('allOrders', { startTime: start + HOUR, limit: 2 }))).toEqual([2, 3]);
    expect(ids(await get('allOrders', { endTime: start + 2 * HOUR, limit: 2 }))).toEqual([2, 3]);
    expect((await get('allOrders', { startTime: 0, endTime: 25 * HOUR })).code).toBe(-1127);
    expect((await get('allOrders', { limit: 0 })).code).toBe(-1130);
  });

  it('page through own trades by trade id, order and time', async () => {
    const { get, start } = await withHistory();
    expect(ids(await get('myTrades'))).toEqual([1, 2, 3, 4, 5]);
    expect(ids(await get('myTrades', { fromId: 2, limit: 2 }))).toEqual([2, 3]);
    expect(ids(await get('myTrades', { limit: 1 }))).toEqual([5]);
    expect(ids(await get('myTrades', { startTime: start + 3 * HOUR }))).toEqual([4, 5]);
    const [trade] = await get('myTrades', { orderId: 4 });
    expect(trade).toMatchObject({
      id: 4,
      orderId: 4,
      price: '100.00000000',
      qty: '1.00000000',
      quoteQty: '100.00000000',
      commission: '0.00100000',
      commissionAsset: 'BTC',
      isBuyer: true,
      isMaker: false,
    });
  });

  it('show balances, all or those that are not zero, and the fees', async () => {
    const accounts = [{ apiKey: 'alice', secret: 'alice-secret', balances: { USDT: '100', BTC: '0' } }];
    const { alice } = exchangeForTest({ accounts });
    const { body } = await alice.get('/api/v3/account');
    expect(body.balances).toEqual([
      { asset: 'USDT', free: '100.00000000', locked: '0.00000000' },
      { asset: 'BTC', free: '0.00000000', locked: '0.00000000' },
    ]);
    expect(body).toMatchObject({ makerCommission: 10, canTrade: true, canWithdraw: false, accountType: 'SPOT' });
    expect((await alice.get('/api/v3/account', { omitZeroBalances: 'true' })).body.balances).toHaveLength(1);
    const commission = (await alice.get('/api/v3/account/commission', { symbol: 'BTCUSDT' })).body;
    expect(commission.standardCommission.taker).toBe('0.00100000');
  });
});

describe('visibility', () => {
  it('lags behind the books where that is set: an order is live and not found', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    exchange.inject({ verb: 'eng.lagVisible', ms: 3_000 });
    await alice.order({ side: 'BUY', type: 'MARKET', quantity: '1' });
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    const query = () => alice.get('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' });
    const trades = async (): Promise<Loose> => (await alice.get('/api/v3/myTrades', { symbol: 'BTCUSDT' })).body.length;
    const quote = async (): Promise<Loose> => (await alice.get('/api/v3/account')).body.balances[0].free;
    expect((await query()).body.code).toBe(-2013);
    expect([await trades(), await quote()]).toEqual([0, '10000.00000000']);
    expect(exchange.allTrades('alice')).toHaveLength(1);
    clock.moveTo(clock.now() + 2_999);
    expect((await query()).body.code).toBe(-2013);
    clock.moveTo(clock.now() + 1);
    expect((await query()).body.status).toBe('NEW');
    expect([await trades(), await quote()]).toEqual([1, '9810.00000000']);
  });

  it('keeps the order of events when the lag ends', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    exchange.inject({ verb: 'eng.lagVisible', ms: 3_000 });
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    exchange.inject({ verb: 'eng.lagVisible', ms: 0 });
    const cancel = await alice.delete('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' });
    expect(cancel.body.status).toBe('CANCELED');
    const query = async (): Promise<Loose> =>
      (await alice.get('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' })).body;
    expect((await query()).code).toBe(-2013);
    clock.moveTo(clock.now() + 3_000);
    expect((await query()).status).toBe('CANCELED');
  });
});
