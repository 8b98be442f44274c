import { describe, expect, it } from 'vitest';
import { BTC, exchangeForTest, type Loose } from '../../test/servers/spot-client.ts';

const LIMIT = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '99' };

describe('answers', () => {
  it('are ACK, RESULT or FULL, by type where nothing was asked for', async () => {
    const { alice } = exchangeForTest();
    const full = (await alice.order({ side: 'BUY', type: 'MARKET', quantity: '1', newClientOrderId: 'm-1' })).body;
    expect(full).toMatchObject({
      symbol: 'BTCUSDT',
      orderListId: -1,
      clientOrderId: 'm-1',
      origQty: '1.00000000',
      executedQty: '1.00000000',
      cummulativeQuoteQty: '100.00000000',
      status: 'FILLED',
      selfTradePreventionMode: 'EXPIRE_MAKER',
      fills: [{ price: '100.00000000', qty: '1.00000000', commission: '0.00100000', commissionAsset: 'BTC' }],
    });
    const ack = (await alice.order({ ...LIMIT, type: 'LIMIT_MAKER', timeInForce: undefined as never })).body;
    expect(ack.code).toBe(-1106);
    const maker = await alice.order({ side: 'BUY', type: 'LIMIT_MAKER', quantity: '1', price: '99' });
    expect(Object.keys(maker.body)).toEqual(['symbol', 'orderId', 'orderListId', 'clientOrderId', 'transactTime']);
    const result = (await alice.order({ ...LIMIT, newOrderRespType: 'RESULT' })).body;
    expect(result).toMatchObject({ status: 'NEW', workingTime: result.transactTime });
    expect(result.fills).toBeUndefined();
  });

  it('of a market order by quote quantity keep to the lot and to the budget', async () => {
    const { exchange, alice } = exchangeForTest();
    const { body } = await alice.order({ side: 'BUY', type: 'MARKET', quoteOrderQty: '150.05' });
    expect([body.status, body.executedQty, body.cummulativeQuoteQty]).toEqual(['FILLED', '1.50000000', '150.00000000']);
    expect(body.origQuoteOrderQty).toBe('150.05000000');
    expect(exchange.balances('alice').get('USDT')?.free).toBe(985_000_000_000n);
  });
});

describe('what an order must and must not have', () => {
  it.each([
    [{ side: 'BUY', type: 'LIMIT', quantity: '1', price: '99' }, -1102],
    [{ ...LIMIT, timeInForce: 'DAY' }, -1115],
    [{ ...LIMIT, side: 'LONG' }, -1117],
    [{ ...LIMIT, type: 'STOP' }, -1116],
    [{ ...LIMIT, symbol: 'NOPE' }, -1121],
    [{ ...LIMIT, price: '9.9e1' }, -1100],
    [{ ...LIMIT, price: '-1' }, -1100],
    [{ ...LIMIT, price: '99.000000001' }, -1111],
    [{ ...LIMIT, quantity: '' }, -1105],
    [{ ...LIMIT, quantity: '0' }, -1102],
    [{ ...LIMIT, stopPrice: '90' }, -1106],
    [{ ...LIMIT, newClientOrderId: 'has space' }, -1100],
    [{ ...LIMIT, newClientOrderId: 'x'.repeat(37) }, -1100],
    [{ ...LIMIT, strategyType: 5 }, -1134],
    [{ ...LIMIT, somethingElse: '1' }, -1104],
    [{ side: 'BUY', type: 'MARKET', quantity: '1', price: '100' }, -1106],
    [{ side: 'BUY', type: 'MARKET', quantity: '1', quoteOrderQty: '100' }, -1106],
    [{ side: 'BUY', type: 'MARKET' }, -1102],
    [{ side: 'SELL', type: 'STOP_LOSS', quantity: '1' }, -1102],
    [{ side: 'SELL', type: 'STOP_LOSS', quantity: '1', stopPrice: '101' }, -2010],
    [{ side: 'SELL', type: 'TAKE_PROFIT', quantity: '1', stopPrice: '99' }, -2010],
    [{ side: 'BUY', type: 'STOP_LOSS', quantity: '1', stopPrice: '99' }, -2010],
    [{ side: 'BUY', type: 'LIMIT_MAKER', quantity: '1', price: '101' }, -2010],
    [{ side: 'SELL', type: 'MARKET', quantity: '10.001' }, -2010],
    [{ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '101', price: '99.01' }, -2010],
  ])('%j is refused with %i', async (fields, code) => {
    const { exchange, alice } = exchangeForTest();
    expect((await alice.order(fields)).body.code).toBe(code);
    expect(exchange.orders('alice')).toEqual([]);
    expect(exchange.balances('alice').get('USDT')).toEqual({ free: 1_000_000_000_000n, locked: 0n });
  });

  it.each([
    [{ side: 'SELL', type: 'STOP_LOSS', quantity: '1', stopPrice: '100' }, 'Order would trigger immediately.'],
    [{ side: 'SELL', type: 'LIMIT_MAKER', quantity: '1', price: '90' }, 'Order would immediately match and take.'],
    [{ side: 'SELL', type: 'MARKET', quantity: '11' }, 'Account has insufficient balance for requested action.'],
  ])('%j is refused in Binance words: %s', async (fields, msg) => {
    expect((await exchangeForTest().alice.order(fields)).body).toEqual({ code: -2010, msg });
  });

  it('is the same for a test order, which does nothing', async () => {
    const { exchange, alice } = exchangeForTest();
    const test = async (fields: object): Promise<Loose> =>
      (await alice.post('/api/v3/order/test', { symbol: 'BTCUSDT', ...fields })).body;
    expect(await test(LIMIT)).toEqual({});
    expect((await test({ ...LIMIT, price: '99.001' })).msg).toBe('Filter failure: PRICE_FILTER');
    expect((await test({ ...LIMIT, computeCommissionRates: 'true' })).standardCommissionForOrder).toEqual({
      maker: '0.00100000',
      taker: '0.00100000',
    });
    expect(exchange.orders('alice')).toEqual([]);
  });
});

describe('time in force', () => {
  it('lets IOC take what is there and FOK all or nothing', async () => {
    const symbols = [{ ...BTC, liquidity: { levelQuantity: '1' } }];
    const { alice } = exchangeForTest({ symbols, limitFill: 'touch' });
    const cross = { side: 'BUY', type: 'LIMIT', quantity: '2.5', price: '100.01' };
    const fok = (await alice.order({ ...cross, timeInForce: 'FOK' })).body;
    expect([fok.status, fok.executedQty, fok.expiryReason]).toEqual([
      'EXPIRED',
      '0.00000000',
      'UNFILLED_FOK_ORDER_EXPIRED',
    ]);
    const ioc = (await alice.order({ ...cross, timeInForce: 'IOC' })).body;
    expect([ioc.status, ioc.executedQty, ioc.fills.length]).toEqual(['EXPIRED', '2.00000000', 2]);
    expect(ioc.expiryReason).toBe('UNFILLED_IOC_QUANTITY_EXPIRED');
    const { body } = await alice.get('/api/v3/account');
    expect(body.balances[0]).toEqual({ asset: 'USDT', free: '9799.99000000', locked: '0.00000000' });
  });

  it('ends a market order in a thin book with what it got', async () => {
    const { alice } = exchangeForTest({ symbols: [{ ...BTC, liquidity: { levelQuantity: '1', levels: 3 } }] });
    const { body } = await alice.order({ side: 'SELL', type: 'MARKET', quantity: '5' });
    expect([body.status, body.executedQty, body.expiryReason]).toEqual([
      'EXPIRED',
      '3.00000000',
      'INSUFFICIENT_LIQUIDITY',
    ]);
    expect(body.fills.map(({ price }: { price: string }) => price)).toEqual([
      '100.00000000',
      '99.99000000',
      '99.98000000',
    ]);
  });
});

describe('client ids', () => {
  it('are unique among open orders only', async () => {
    const { exchange, alice } = exchangeForTest();
    const first = await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    expect((await alice.order({ ...LIMIT, newClientOrderId: 'a' })).body).toEqual({
      code: -2010,
      msg: 'Duplicate order sent.',
    });
    exchange.trade('BTCUSDT', '98.99', '5');
    const second = await alice.order({ ...LIMIT, price: '90', newClientOrderId: 'a' });
    expect(second.status).toBe(200);
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'a' };
    expect((await alice.get('/api/v3/order', query)).body.orderId).toBe(second.body.orderId);
    const mixed = await alice.get('/api/v3/order', { ...query, orderId: first.body.orderId, origClientOrderId: 'b' });
    expect(mixed.body.code).toBe(-2039);
  });
});

describe('cancelling', () => {
  it('gives back what was set aside, and names the cancellation', async () => {
    const { exchange, alice } = exchangeForTest();
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    expect(exchange.balances('alice').get('USDT')).toEqual({ free: 990_100_000_000n, locked: 9_900_000_000n });
    const cancel = { symbol: 'BTCUSDT', origClientOrderId: 'a', newClientOrderId: 'cancel-1' };
    const { body } = await alice.delete('/api/v3/order', cancel);
    expect(body).toMatchObject({ origClientOrderId: 'a', clientOrderId: 'cancel-1', status: 'CANCELED' });
    expect(exchange.balances('alice').get('USDT')).toEqual({ free: 1_000_000_000_000n, locked: 0n });
    const again = await alice.delete('/api/v3/order', cancel);
    expect([again.status, again.body]).toEqual([400, { code: -2011, msg: 'Unknown order sent.' }]);
  });

  it('may be bound to the state of the order', async () => {
    const { exchange, alice } = exchangeForTest({ printLimits: true });
    const { orderId } = (await alice.order(LIMIT)).body;
    const cancel = (cancelRestrictions: string) =>
      alice.delete('/api/v3/order', { symbol: 'BTCUSDT', orderId, cancelRestrictions });
    expect((await cancel('ONLY_PARTIALLY_FILLED')).body.msg).toBe('Order was not canceled due to cancel restrictions.');
    exchange.trade('BTCUSDT', '98', '0.4');
    expect((await cancel('ONLY_NEW')).body.code).toBe(-2011);
    expect((await cancel('ONLY_PARTIALLY_FILLED')).body).toMatchObject({
      status: 'CANCELED',
      executedQty: '0.40000000',
    });
    expect((await cancel('NEVER')).body.code).toBe(-2011);
  });

  it('ends all open orders of a symbol at once', async () => {
    const { alice } = exchangeForTest();
    await alice.order(LIMIT);
    await alice.order({ ...LIMIT, side: 'SELL', price: '110' });
    const { body } = await alice.delete('/api/v3/openOrders', { symbol: 'BTCUSDT' });
    expect(body.map(({ status }: { status: string }) => status)).toEqual(['CANCELED', 'CANCELED']);
    expect((await alice.get('/api/v3/openOrders')).body).toEqual([]);
    expect((await alice.delete('/api/v3/openOrders', { symbol: 'BTCUSDT' })).body.code).toBe(-2011);
  });
});

describe('cancel and replace', () => {
  const replace = {
    symbol: 'BTCUSDT',
    ...LIMIT,
    price: '98',
    cancelReplaceMode: 'STOP_ON_FAILURE',
    cancelOrigClientOrderId: 'a',
  };

  it('does both', async () => {
    const { alice } = exchangeForTest();
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    const { body } = await alice.post('/api/v3/order/cancelReplace', { ...replace, newClientOrderId: 'b' });
    expect(body).toMatchObject({
      cancelResult: 'SUCCESS',
      newOrderResult: 'SUCCESS',
      cancelResponse: { status: 'CANCELED', origClientOrderId: 'a' },
      newOrderResponse: { status: 'NEW', clientOrderId: 'b', price: '98.00000000' },
    });
  });

  it('says -2022 where nothing was done, by mode', async () => {
    const { alice } = exchangeForTest();
    const stopped = await alice.post('/api/v3/order/cancelReplace', replace);
    expect([stopped.status, stopped.body.code, stopped.body.data.newOrderResult]).toEqual([
      400,
      -2022,
      'NOT_ATTEMPTED',
    ]);
    const both = { ...replace, quantity: '200', cancelReplaceMode: 'ALLOW_FAILURE' };
    const failed = await alice.post('/api/v3/order/cancelReplace', both);
    expect([failed.status, failed.body.code]).toEqual([400, -2022]);
    expect(failed.body.data).toMatchObject({
      cancelResponse: { code: -2011, msg: 'Unknown order sent.' },
      newOrderResponse: { code: -2010, msg: 'Account has insufficient balance for requested action.' },
    });
  });

  it('says -2021 with HTTP 409 where one of the two was done: canceled but not replaced, or both ways round', async () => {
    const { exchange, alice } = exchangeForTest();
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    const naked = await alice.post('/api/v3/order/cancelReplace', { ...replace, quantity: '200' });
    expect([naked.status, naked.body.code]).toEqual([409, -2021]);
    expect(naked.body.data).toMatchObject({ cancelResult: 'SUCCESS', newOrderResult: 'FAILURE' });
    expect(exchange.orders('alice').map(({ status }) => status)).toEqual(['CANCELED']);
    const other = await alice.post('/api/v3/order/cancelReplace', { ...replace, cancelReplaceMode: 'ALLOW_FAILURE' });
    expect([other.status, other.body.data.cancelResult, other.body.data.newOrderResult]).toEqual([
      409,
      'FAILURE',
      'SUCCESS',
    ]);
  });

  it('judges filters before it cancels', async () => {
    const { exchange, alice } = exchangeForTest();
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    const { body } = await alice.post('/api/v3/order/cancelReplace', { ...replace, price: '98.001' });
    expect(body).toEqual({ code: -1013, msg: 'Filter failure: PRICE_FILTER' });
    expect(exchange.orders('alice').map(({ status }) => status)).toEqual(['NEW']);
  });
});

describe('amending', () => {
  const path = '/api/v3/order/amend/keepPriority';

  it('makes an order smaller, keeps its place and renames it', async () => {
    const { exchange, alice, bob } = exchangeForTest({ printLimits: true });
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    await bob.order(LIMIT);
    const amend = { symbol: 'BTCUSDT', origClientOrderId: 'a', newClientOrderId: 'a2', newQty: '0.4' };
    const { body } = await alice.put(path, amend);
    expect(body.amendedOrder).toMatchObject({ origClientOrderId: 'a', clientOrderId: 'a2', qty: '0.40000000' });
    expect(exchange.balances('alice').get('USDT')?.locked).toBe(3_960_000_000n);
    const { orderId } = body.amendedOrder;
    const byName = async (origClientOrderId: string): Promise<Loose> =>
      (await alice.get('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId })).body;
    expect([(await byName('a')).code, (await byName('a2')).orderId]).toEqual([-2013, orderId]);
    const rows = (await alice.get('/api/v3/order/amendments', { symbol: 'BTCUSDT', orderId })).body;
    expect(rows).toMatchObject([{ origClientOrderId: 'a', newClientOrderId: 'a2' }]);
    exchange.trade('BTCUSDT', '98', '0.5');
    expect(exchange.allTrades('alice').map(({ quantity }) => quantity)).toEqual([40_000_000n]);
    expect(exchange.allTrades('bob').map(({ quantity }) => quantity)).toEqual([10_000_000n]);
  });

  it.each([
    [{ newQty: '1' }, -2038],
    [{ newQty: '1.5' }, -2038],
    [{ newQty: '0.0005' }, -1013],
    [{ newQty: '0' }, -1102],
    [{ origClientOrderId: 'z', newQty: '0.5' }, -2011],
  ])('%j is refused with %i', async (fields, code) => {
    const { alice } = exchangeForTest();
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    const { body } = await alice.put(path, { symbol: 'BTCUSDT', origClientOrderId: 'a', ...fields });
    expect(body.code).toBe(code);
  });
});
