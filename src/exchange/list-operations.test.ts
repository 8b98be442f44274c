import { describe, expect, it } from 'vitest';
import { bar, BTC, exchangeForTest } from '../../test/servers/spot-client.ts';
import type { UserEvent } from './types.ts';

const OCO = {
  symbol: 'BTCUSDT',
  side: 'SELL',
  quantity: '4',
  listClientOrderId: 'list',
  aboveType: 'LIMIT_MAKER',
  abovePrice: '110',
  aboveClientOrderId: 'target',
  belowType: 'STOP_LOSS',
  belowStopPrice: '95',
  belowClientOrderId: 'stop',
};
const OTO = {
  symbol: 'BTCUSDT',
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingPrice: '99',
  workingQuantity: '2',
  workingTimeInForce: 'GTC',
  workingClientOrderId: 'entry',
  pendingType: 'STOP_LOSS',
  pendingSide: 'SELL',
  pendingQuantity: '2',
  pendingStopPrice: '95',
  pendingClientOrderId: 'stop',
};
const OTOCO = {
  symbol: 'BTCUSDT',
  listClientOrderId: 'bracket',
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingPrice: '99',
  workingQuantity: '2',
  workingTimeInForce: 'GTC',
  workingClientOrderId: 'entry',
  pendingSide: 'SELL',
  pendingQuantity: '2',
  pendingAboveType: 'LIMIT_MAKER',
  pendingAbovePrice: '110',
  pendingAboveClientOrderId: 'target',
  pendingBelowType: 'STOP_LOSS',
  pendingBelowStopPrice: '95',
  pendingBelowClientOrderId: 'stop',
};

type Market = ReturnType<typeof exchangeForTest>;
const statuses = ({ exchange }: Market) =>
  Object.fromEntries(exchange.orders('alice').map(({ clientOrderId, status }) => [clientOrderId, status]));

describe('OCO', () => {
  const place = async (more = {}, options = {}) => {
    const market = exchangeForTest(options);
    const reply = await market.alice.post('/api/v3/orderList/oco', { ...OCO, ...more });
    return { ...market, reply };
  };

  it('answers with the list and its reports, and locks the quantity once', async () => {
    const { exchange, reply } = await place();
    expect(reply.body).toMatchObject({
      contingencyType: 'OCO',
      listStatusType: 'EXEC_STARTED',
      listOrderStatus: 'EXECUTING',
      listClientOrderId: 'list',
      orders: [{ clientOrderId: 'stop' }, { clientOrderId: 'target' }],
      orderReports: [
        { clientOrderId: 'stop', type: 'STOP_LOSS', status: 'NEW', workingTime: -1 },
        { clientOrderId: 'target', type: 'LIMIT_MAKER', status: 'NEW' },
      ],
    });
    expect(exchange.balances('alice').get('BTC')).toEqual({ free: 600_000_000n, locked: 400_000_000n });
  });

  it.each([
    ['94', 'FILLED', 'EXPIRED'],
    ['111', 'EXPIRED', 'FILLED'],
  ])('at %s leaves the stop %s and the target %s', async (price, stop, target) => {
    const market = await place();
    market.exchange.trade('BTCUSDT', price, '1');
    expect(statuses(market)).toEqual({ stop, target });
    expect(market.exchange.balances('alice').get('BTC')).toEqual({ free: 600_000_000n, locked: 0n });
    const list = (await market.alice.get('/api/v3/orderList', { origClientOrderId: 'list' })).body;
    expect([list.listStatusType, list.listOrderStatus]).toEqual(['ALL_DONE', 'ALL_DONE']);
  });

  it('ends the stop with the first part of the target, which stays open', async () => {
    const market = await place({}, { printLimits: true });
    market.exchange.trade('BTCUSDT', '111', '1.5');
    expect(statuses(market)).toEqual({ stop: 'EXPIRED', target: 'PARTIALLY_FILLED' });
    const expired = market.exchange.orders('alice').find(({ clientOrderId }) => clientOrderId === 'stop');
    expect(expired?.expiryReason).toBe('OCO_TRIGGER');
    expect(market.exchange.balances('alice').get('BTC')?.locked).toBe(250_000_000n);
  });

  it('takes the stop where one bar reaches both', async () => {
    const market = await place();
    market.exchange.bar('BTCUSDT', bar(market.clock.now(), 100, 115, 90, 112));
    expect(statuses(market)).toEqual({ stop: 'FILLED', target: 'EXPIRED' });
  });

  it('is cancelled whole, by one leg or by its own name', async () => {
    for (const [path, fields] of [
      ['/api/v3/order', { origClientOrderId: 'target' }],
      ['/api/v3/orderList', { listClientOrderId: 'list' }],
    ] as const) {
      const market = await place();
      const { body } = await market.alice.delete(path, { symbol: 'BTCUSDT', ...fields });
      if (path === '/api/v3/orderList') {
        expect(body).toMatchObject({ listStatusType: 'ALL_DONE', listOrderStatus: 'ALL_DONE' });
        expect(body.orderReports).toHaveLength(2);
      } else expect(body.status).toBe('CANCELED');
      expect(statuses(market)).toEqual({ stop: 'CANCELED', target: 'CANCELED' });
      expect(market.exchange.balances('alice').get('BTC')?.locked).toBe(0n);
    }
  });

  it.each([
    [{ abovePrice: '99' }, -2010],
    [{ belowStopPrice: '101' }, -2010],
    [{ side: 'BUY' }, -2010],
    [{ belowType: 'LIMIT_MAKER', belowPrice: '90', belowStopPrice: undefined }, -1158],
    [{ quantity: '11' }, -2010],
    [{ aboveClientOrderId: 'stop' }, -2010],
    [{ belowStopPrice: '95.001' }, -1013],
    [{ belowTimeInForce: 'GTC' }, -1106],
  ])('%j is refused with %i, and nothing is placed', async (more, code) => {
    const fields = Object.fromEntries(Object.entries({ ...OCO, ...more }).filter(([, value]) => value !== undefined));
    const { exchange, alice } = exchangeForTest();
    expect((await alice.post('/api/v3/orderList/oco', fields as Record<string, string>)).body.code).toBe(code);
    expect([exchange.orders('alice').length, exchange.balances('alice').get('BTC')?.locked]).toEqual([0, 0n]);
  });

  it('counts against its own limit and that of stops', async () => {
    const symbols = [{ ...BTC, maxOrderLists: 1 }];
    const { alice } = await place({ quantity: '1' }, { symbols });
    const again = { ...OCO, quantity: '1', listClientOrderId: 'b', aboveClientOrderId: 'b1', belowClientOrderId: 'b2' };
    expect((await alice.post('/api/v3/orderList/oco', again)).body.msg).toBe('Filter failure: MAX_NUM_ORDER_LISTS');
  });

  it('buys back with a stop above and a target below', async () => {
    const fields = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      quantity: '1',
      aboveType: 'STOP_LOSS_LIMIT',
      aboveStopPrice: '105',
      abovePrice: '106',
      aboveTimeInForce: 'GTC',
      belowType: 'LIMIT_MAKER',
      belowPrice: '90',
    };
    const { exchange, alice } = exchangeForTest();
    expect((await alice.post('/api/v3/orderList/oco', fields)).status).toBe(200);
    expect(exchange.balances('alice').get('USDT')?.locked).toBe(10_600_000_000n);
    exchange.trade('BTCUSDT', '89', '1');
    expect(exchange.balances('alice').get('USDT')).toEqual({ free: 991_000_000_000n, locked: 0n });
  });
});

describe('OTO', () => {
  const place = async (more = {}, options = {}) => {
    const market = exchangeForTest({ printLimits: true, ...options });
    const reply = await market.alice.post('/api/v3/orderList/oto', { ...OTO, ...more });
    return { ...market, reply };
  };

  it('holds the second order back until the first is filled whole', async () => {
    const market = await place();
    expect(market.reply.body).toMatchObject({
      contingencyType: 'OTO',
      orderReports: [{ status: 'NEW' }, { status: 'PENDING_NEW' }],
    });
    market.exchange.trade('BTCUSDT', '98.5', '1.5');
    expect(statuses(market)).toEqual({ entry: 'PARTIALLY_FILLED', stop: 'PENDING_NEW' });
    expect(market.exchange.balances('alice').get('BTC')?.locked).toBe(0n);
    market.exchange.trade('BTCUSDT', '98.4', '1');
    expect(statuses(market)).toEqual({ entry: 'FILLED', stop: 'NEW' });
    expect(market.exchange.balances('alice').get('BTC')?.locked).toBe(200_000_000n);
    market.exchange.trade('BTCUSDT', '94', '5');
    expect(statuses(market)).toEqual({ entry: 'FILLED', stop: 'FILLED' });
  });

  it('dies when the first is cancelled after a part of it: what was bought is not protected', async () => {
    const market = await place();
    market.exchange.trade('BTCUSDT', '98.5', '1.5');
    await market.alice.delete('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'entry' });
    expect(statuses(market)).toEqual({ entry: 'CANCELED', stop: 'CANCELED' });
    expect(market.exchange.allTrades('alice')[0].quantity).toBe(150_000_000n);
    expect((await market.alice.get('/api/v3/openOrders')).body).toEqual([]);
  });

  it('dies when the first expires after a part of it', async () => {
    const market = await place();
    market.exchange.trade('BTCUSDT', '98.5', '1.5');
    const fault = { symbol: 'BTCUSDT', reason: 'EXCHANGE_CANCELED', clientOrderId: 'entry' };
    market.exchange.inject({ verb: 'eng.expireOpen', ...fault });
    expect(statuses(market)).toEqual({ entry: 'EXPIRED', stop: 'EXPIRED' });
    const stop = market.exchange.orders('alice').find(({ clientOrderId }) => clientOrderId === 'stop');
    expect(stop?.expiryReason).toBe('OTO_PHASE_ONE_EXPIRED');
  });

  it('still says PENDING_NEW where the first fills at once; a query knows better', async () => {
    const market = await place({ workingPrice: '101' });
    expect(market.reply.body.orderReports).toMatchObject([{ status: 'FILLED' }, { status: 'PENDING_NEW' }]);
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'stop' };
    expect((await market.alice.get('/api/v3/order', query)).body.status).toBe('NEW');
  });

  it('refuses the second order where its quantity is not there: the fee was taken from it', async () => {
    const accounts = [{ apiKey: 'alice', secret: 'alice-secret', balances: { USDT: '1000' } }];
    const market = await place({ workingPrice: '101' }, { accounts });
    expect(statuses(market)).toEqual({ entry: 'FILLED', stop: 'REJECTED' });
  });

  it('takes only a limit order first', async () => {
    const { reply } = await place({ workingType: 'MARKET' });
    expect(reply.body.code).toBe(-1116);
  });
});

describe('OTOCO', () => {
  it('brings stop and target to life together, which then end each other', async () => {
    const market = exchangeForTest();
    const events: UserEvent[] = [];
    market.exchange.onUser('alice', (event) => events.push(event));
    const { body } = await market.alice.post('/api/v3/orderList/otoco', OTOCO);
    expect(body).toMatchObject({ contingencyType: 'OTO', listClientOrderId: 'bracket' });
    expect(body.orderReports.map(({ status }: { status: string }) => status)).toEqual([
      'NEW',
      'PENDING_NEW',
      'PENDING_NEW',
    ]);
    market.exchange.trade('BTCUSDT', '98', '1');
    expect(statuses(market)).toEqual({ entry: 'FILLED', stop: 'NEW', target: 'NEW' });
    expect(market.exchange.balances('alice').get('BTC')?.locked).toBe(200_000_000n);
    market.exchange.trade('BTCUSDT', '120', '1');
    expect(statuses(market)).toEqual({ entry: 'FILLED', stop: 'EXPIRED', target: 'FILLED' });
    const lists = events.filter(({ e }) => e === 'listStatus').map(({ l, L, C }) => [l, L, C]);
    expect(lists).toEqual([
      ['EXEC_STARTED', 'EXECUTING', 'bracket'],
      ['ALL_DONE', 'ALL_DONE', 'bracket'],
    ]);
  });

  it('lets a stop act in the bar that filled the entry, as backtests do, and no target', async () => {
    const market = exchangeForTest();
    await market.alice.post('/api/v3/orderList/otoco', OTOCO);
    market.exchange.bar('BTCUSDT', bar(market.clock.now(), 100, 112, 94, 111));
    expect(statuses(market)).toEqual({ entry: 'FILLED', stop: 'FILLED', target: 'EXPIRED' });
    expect(market.exchange.allTrades('alice').map(({ price }) => price)).toEqual([9_900_000_000n, 9_500_000_000n]);
  });

  it('lists are found among the open and all lists', async () => {
    const market = exchangeForTest();
    await market.alice.post('/api/v3/orderList/otoco', OTOCO);
    expect((await market.alice.get('/api/v3/openOrderList')).body).toMatchObject([{ listClientOrderId: 'bracket' }]);
    await market.alice.delete('/api/v3/orderList', { symbol: 'BTCUSDT', listClientOrderId: 'bracket' });
    expect((await market.alice.get('/api/v3/openOrderList')).body).toEqual([]);
    expect((await market.alice.get('/api/v3/allOrderList')).body).toMatchObject([{ listOrderStatus: 'ALL_DONE' }]);
    expect((await market.alice.get('/api/v3/orderList', { orderListId: 99 })).body.code).toBe(-2018);
    const gone = await market.alice.delete('/api/v3/orderList', { symbol: 'BTCUSDT', listClientOrderId: 'bracket' });
    expect(gone.body.code).toBe(-2011);
  });
});

describe('OPO', () => {
  const accounts = [{ apiKey: 'alice', secret: 'alice-secret', balances: { USDT: '1000' } }];

  it('protects what was really bought: the fee is off, the lot is whole', async () => {
    const market = exchangeForTest({ accounts });
    const { pendingQuantity: _, ...fields } = { ...OTOCO, workingPrice: '101' };
    const { status, body } = await market.alice.post('/api/v3/orderList/opoco', fields);
    expect([status, body.contingencyType]).toEqual([200, 'OTO']);
    expect(statuses(market)).toEqual({ entry: 'FILLED', stop: 'NEW', target: 'NEW' });
    expect(market.exchange.balances('alice').get('BTC')).toEqual({ free: 0n, locked: 199_800_000n });
    market.exchange.trade('BTCUSDT', '94', '1');
    expect(market.exchange.balances('alice').get('BTC')).toEqual({ free: 0n, locked: 0n });
  });

  it('takes no quantity of its own, and buys first', async () => {
    const { alice } = exchangeForTest({ accounts });
    expect((await alice.post('/api/v3/orderList/opo', OTO)).body.code).toBe(-1106);
    const { pendingQuantity: _, ...fields } = { ...OTO, pendingSide: 'BUY', pendingStopPrice: '105' };
    expect((await alice.post('/api/v3/orderList/opo', fields)).body.code).toBe(-1222);
  });
});

describe('a target that the price has passed before it came to life', () => {
  it('is refused, and its list dies: the position is bare', async () => {
    const market = exchangeForTest();
    await market.alice.post('/api/v3/orderList/otoco', { ...OTOCO, workingPrice: '101', pendingAbovePrice: '99.5' });
    expect(statuses(market)).toEqual({ entry: 'FILLED', stop: 'EXPIRED', target: 'REJECTED' });
    expect(market.exchange.balances('alice').get('BTC')?.locked).toBe(0n);
  });
});
