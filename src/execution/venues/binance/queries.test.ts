import { beforeEach, describe, expect, it } from 'vitest';
import { BinanceBench, placed, tradeRow } from '../../../../test/servers/binance-bench.ts';
import { failure, ok, paramsOf, type ScriptedHttp } from '../../../../test/servers/scripted-binance.ts';
import type { VirtualClock } from '../../../../test/servers/virtual-clock.ts';
import type { BinanceVenue } from './venue.ts';

const MINUTE = 60_000;
let bench: BinanceBench;
let clock: VirtualClock;
let http: ScriptedHttp;
let venue: BinanceVenue;

/** The result of a promise, once the virtual clock has let it come. */
const after = <T>(promise: Promise<T>, ms?: number): Promise<T> => bench.after(promise, ms);

beforeEach(() => {
  bench = new BinanceBench();
  ({ clock, http, venue } = bench);
});

describe('a list of stop and target', () => {
  const reply = (): unknown => ({
    orderListId: 7,
    contingencyType: 'OCO',
    listStatusType: 'EXEC_STARTED',
    listOrderStatus: 'EXECUTING',
    listClientOrderId: 'l-1',
    transactionTime: 1,
    symbol: 'BTCUSDT',
    orders: [],
    orderReports: [
      placed('t-1', { orderListId: 7, status: 'NEW', side: 'SELL', executedQty: '0.00000000' }),
      placed('s-1', { orderListId: 7, orderId: 29, status: 'NEW', side: 'SELL', executedQty: '0.00000000' }),
    ],
  });
  const list = {
    symbol: 'BTCUSDT',
    clientId: 'l-1',
    quantity: '0.001',
    stop: { clientId: 's-1', stopPrice: '60000' },
    target: { clientId: 't-1', price: '70000' },
  } as const;

  it('puts the target above a sale’s price and the stop below, as a market order', async () => {
    http.on('POST /api/v3/orderList/oco', () => ok(reply()));
    const outcome = await after(venue.placeOco({ ...list, side: 'SELL' }));
    expect(Object.fromEntries(paramsOf(http.sent('POST /api/v3/orderList/oco')[0]))).toMatchObject({
      side: 'SELL',
      quantity: '0.001',
      listClientOrderId: 'l-1',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '70000',
      aboveClientOrderId: 't-1',
      belowType: 'STOP_LOSS',
      belowStopPrice: '60000',
      belowClientOrderId: 's-1',
    });
    expect(
      outcome.kind === 'accepted' && outcome.value.map(({ clientId, listClientId }) => [clientId, listClientId]),
    ).toEqual([
      ['t-1', 'l-1'],
      ['s-1', 'l-1'],
    ]);
  });

  it('is named in open orders and queries even after a restart', async () => {
    const row = { ...placed('s-1', { orderListId: 7, status: 'NEW' }), time: 5, updateTime: 6 };
    http.on('GET /api/v3/openOrders', () => ok([row, { ...row, clientOrderId: 'other', orderListId: -1 }]));
    http.on('GET /api/v3/openOrderList', () => ok([{ orderListId: 7, listClientOrderId: 'l-1' }]));
    const open = await after(venue.openOrders());
    expect(open.map(({ listClientId }) => listClientId)).toEqual(['l-1', null]);
    http.on('GET /api/v3/order', () => ok({ ...row, orderListId: 8 }));
    http.on('GET /api/v3/orderList', () => ok({ orderListId: 8, listClientOrderId: 'l-2' }));
    expect(await after(venue.order('BTCUSDT', 's-1'))).toMatchObject({
      kind: 'found',
      report: { listClientId: 'l-2', time: 6 },
    });
  });

  it('is canceled as a whole, and reports both orders by their own ids', async () => {
    const canceled = { ...(reply() as { orderReports: object[] }) };
    canceled.orderReports = canceled.orderReports.map((row, i) => ({
      ...row,
      status: 'CANCELED',
      origClientOrderId: i === 0 ? 't-1' : 's-1',
      clientOrderId: `cancel-${i}`,
    }));
    http.on('DELETE /api/v3/orderList', () => ok(canceled));
    const outcome = await after(venue.cancel('BTCUSDT', 'l-1', true));
    expect(paramsOf(http.sent('DELETE /api/v3/orderList')[0]).get('listClientOrderId')).toBe('l-1');
    expect(outcome).toMatchObject({
      kind: 'accepted',
      value: [
        { clientId: 't-1', status: 'canceled' },
        { clientId: 's-1', status: 'canceled' },
      ],
    });
  });
});

describe('queries', () => {
  it('tell an order that is not found from one of which nothing is known', async () => {
    http.on('GET /api/v3/order', () => failure(400, -2013, 'Order does not exist.'));
    expect(await after(venue.order('BTCUSDT', 'x'), 0)).toEqual({ kind: 'absent', at: venue.time() });
    for (const answer of [
      new Error('reset'),
      failure(503, -2013, ''),
      { status: 200, body: '' },
      ok({}),
      failure(400, -2026, ''),
    ]) {
      http.on('GET /api/v3/order', () => answer);
      expect((await after(venue.order('BTCUSDT', 'x'))).kind).toBe('unknown');
    }
  });

  it('page through trades by their ids, in rising order, each once', async () => {
    const all = Array.from({ length: 2_350 }, (_, i) => tradeRow(10 + i * 3));
    http.on('GET /api/v3/myTrades', (_request, params) => {
      const from = Number(params.get('fromId'));
      const page = all.filter(({ id }) => (id as number) >= from).slice(0, Number(params.get('limit')));
      return ok([...page].reverse());
    });
    const trades = await after(venue.trades('BTCUSDT', 13));
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(all.slice(1).map(({ id }) => id));
    expect(trades[0]).toEqual({
      symbol: 'BTCUSDT',
      tradeId: 13,
      orderId: 28,
      clientId: null,
      side: 'BUY',
      price: '64100.01000000',
      quantity: '0.00100000',
      quoteQuantity: '64.10001000',
      fee: '0.00000100',
      feeAsset: 'BTC',
      maker: false,
      time: 1_499_865_549_590,
    });
  });

  it('refuse a page of trades that leads nowhere', async () => {
    http.on('GET /api/v3/myTrades', () => ok(Array.from({ length: 1_000 }, (_, i) => tradeRow(i))));
    const trades = venue.trades('BTCUSDT', 5_000).catch((error: unknown) => error);
    expect(await after(trades)).toMatchObject({ code: 'VLV_VENUE_REQUEST' });
  });

  it('read balances as they were written', async () => {
    http.on('GET /api/v3/account', () =>
      ok({ balances: [{ asset: 'BTC', free: '0.10000000', locked: '12345678.00000001' }] }),
    );
    expect([...(await after(venue.balances()))]).toEqual([
      ['BTC', { free: '0.10000000', locked: '12345678.00000001' }],
    ]);
  });

  it.each([
    ['no reply', new Error('reset')],
    ['a server error', failure(500, -1001, 'Internal error')],
    ['a page', { status: 200, body: '<html>' }],
    ['something else', ok({ code: 1 })],
  ])('with %s are errors, sent once', async (_what, answer) => {
    http.on('GET /api/v3/account', () => answer);
    const failed = await after(venue.balances().catch((error: unknown) => error));
    expect(failed).toMatchObject({ code: 'VLV_VENUE_REQUEST', where: 'GET /api/v3/account' });
    expect(String(failed)).not.toContain('signature');
    expect(http.sent('GET /api/v3/account')).toHaveLength(1);
  });

  it('read the rules, tell what is new in them, and take over the limits', async () => {
    http.on('GET /api/v3/exchangeInfo', (_request, params) => {
      expect(JSON.parse(params.get('symbols') ?? '')).toEqual(['BTCUSDT']);
      const filters = [
        { filterType: 'PRICE_FILTER', tickSize: '0.01000000' },
        { filterType: 'LOT_SIZE', stepSize: '0.00001000' },
        { filterType: 'NOTIONAL', minNotional: '5.00000000' },
        { filterType: 'T_PLUS_SELL', endTime: 1 },
      ];
      const symbol = { symbol: 'BTCUSDT', status: 'BREAK', baseAsset: 'BTC', quoteAsset: 'USDT', filters };
      const rateLimits = [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 110 }];
      return ok({ rateLimits, symbols: [symbol] });
    });
    http.on('GET /api/v3/account', () => ok({ balances: [] }));
    const [rules] = await after(venue.rules(['BTCUSDT']));
    expect(rules).toMatchObject({
      symbol: 'BTCUSDT',
      priceTick: 0.01,
      lotStep: 0.00001,
      minNotional: 5,
      source: 'exchange',
    });
    expect(bench.notes).toEqual([expect.stringContaining('T_PLUS_SELL'), expect.stringContaining('"BREAK"')]);
    // 20 of 110 are used, and 3 to read the clock: two more make 63, the third waits for the next minute.
    const asked = [1, 2, 3].map(() => venue.balances());
    await clock.advance(10);
    expect(http.sent('GET /api/v3/account')).toHaveLength(2);
    await clock.advance(MINUTE);
    await Promise.all(asked);
    expect(http.sent('GET /api/v3/account')).toHaveLength(3);
  });
});

describe('permissions of the key', () => {
  const RIGHTS = {
    ipRestrict: true,
    createTime: 1_698_645_219_000,
    enableReading: true,
    enableSpotAndMarginTrading: true,
    enableWithdrawals: false,
    enableInternalTransfer: false,
    permitsUniversalTransfer: false,
    enableMargin: false,
    enableFutures: false,
    enableVanillaOptions: false,
    enablePortfolioMarginTrading: false,
    enableFixApiTrade: false,
  };
  const check = (rights: unknown, anyAddress: 'refuse' | 'warn' = 'refuse'): Promise<unknown> => {
    http.on('GET /sapi/v1/account/apiRestrictions', () => (rights instanceof Error ? rights : ok(rights)));
    return after(venue.checkPermissions(anyAddress).catch((error: unknown) => error));
  };
  const refused = (part: string): unknown =>
    expect.objectContaining({ code: 'VLV_VENUE_PERMISSION', message: expect.stringContaining(part) });

  it('are enough with reading and spot trading from one address', async () => {
    expect(await check(RIGHTS)).toEqual([]);
    expect(await check({ ...RIGHTS, enableFixApiTrade: true })).toEqual([]);
  });

  it.each([
    'enableWithdrawals',
    'enableInternalTransfer',
    'permitsUniversalTransfer',
    'enableMargin',
    'enableFutures',
    'enableVanillaOptions',
    'enablePortfolioMarginTrading',
    'enableSomethingNew',
  ])('are too many with %s', async (right) => {
    expect(await check({ ...RIGHTS, [right]: true })).toEqual(refused(right));
  });

  it('are refused without trading, and from any address unless that was allowed', async () => {
    expect(await check({ ...RIGHTS, enableSpotAndMarginTrading: false })).toEqual(refused('trade spot'));
    expect(await check({ ...RIGHTS, ipRestrict: false })).toEqual(refused('any address'));
    expect(await check({ ...RIGHTS, ipRestrict: false }, 'warn')).toEqual([expect.stringContaining('any address')]);
  });

  it('are refused where they cannot be read', async () => {
    const { enableWithdrawals: _none, ...partial } = RIGHTS;
    for (const reply of [{}, [], null, partial, { ...RIGHTS, enableWithdrawals: 'no' }, new Error('reset')]) {
      expect(await check(reply)).toEqual(refused('Expected to read'));
    }
  });
});
