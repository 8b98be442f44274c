import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../test/servers/virtual-clock.ts';
import type { Http, HttpRequest } from '../../../core/ports.ts';
import { nodeHttp, systemClock } from '../../../data/node-ports.ts';
import { ExchangeSockets } from '../../../exchange/exchange-sockets.ts';
import type { RequestFault } from '../../../exchange/faults.ts';
import { LocalExchange } from '../../../exchange/local-exchange.ts';
import { ExchangeServer } from '../../../exchange/server.ts';
import type { VenueOrder } from '../venue.ts';
import { openExchange } from './open.ts';
import { CcxtVenue } from './venue.ts';

const SYMBOL = 'BTCUSDT';
const API_KEY = 'k'.repeat(64);
let exchange: LocalExchange;
let server: ExchangeServer;
let venue: CcxtVenue;
let requests: HttpRequest[];

const counting: Http = {
  send: (request) => {
    requests.push(request);
    return nodeHttp.send({ ...request, timeoutMs: 1_000 });
  },
};
const posts = (): number => requests.filter(({ method }) => method === 'POST').length;
const order = (more: Partial<VenueOrder> = {}): VenueOrder => ({
  symbol: SYMBOL,
  clientId: 'v1-1',
  side: 'BUY',
  type: 'market',
  quantity: '0.01',
  ...more,
});

beforeEach(async () => {
  requests = [];
  exchange = new LocalExchange({
    clock: systemClock,
    random: () => 0.5,
    symbols: [
      {
        name: SYMBOL,
        base: 'BTC',
        quote: 'USDT',
        price: '64000.00',
        tickSize: '0.01',
        stepSize: '0.00001',
        minNotional: '5',
      },
    ],
    accounts: [{ apiKey: API_KEY, secret: 'secret', balances: { USDT: '10000', BTC: '1' } }],
  });
  const sockets = new ExchangeSockets({ exchange, clock: systemClock, random: () => 0.5 });
  server = await ExchangeServer.serve({ exchange, sockets });
  venue = await connect();
});
afterEach(() => server.close());

/** The library's binance, with its addresses turned to the local exchange and its own pauses off. */
async function connect(): Promise<CcxtVenue> {
  const library = await openExchange({ exchange: 'binance', apiKey: API_KEY, secret: 'secret' });
  const turn = (value: unknown): unknown =>
    typeof value === 'string'
      ? `${server.rest}${new URL(value).pathname}`
      : mapValues(value as Record<string, unknown>, turn);
  library.urls.api = turn(library.urls.api);
  (library as { enableRateLimit?: boolean }).enableRateLimit = false;
  return new CcxtVenue({
    http: counting,
    clock: systemClock,
    exchange: library,
    recvWindowMs: 5_000,
    note: () => undefined,
  });
}

function mapValues(row: Record<string, unknown>, map: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, map(value)]));
}

describe('an exchange through the library', () => {
  it('states its rules and what it can do', async () => {
    exchange.trade(SYMBOL, '64000', '1');
    expect(await venue.rules([SYMBOL])).toEqual([
      {
        symbol: SYMBOL,
        base: 'BTC',
        quote: 'USDT',
        priceTick: 0.01,
        lotStep: 0.00001,
        minNotional: 5,
        source: 'exchange',
      },
    ]);
    expect(venue.capabilities).toEqual({ stopMarket: true, oco: false, deadlineMs: 5_000 });
    await expect(venue.rules(['NOSUCH'])).rejects.toMatchObject({ code: 'VLV_VENUE_UNSUPPORTED' });
  });

  it('fills a market order by our own client id, in exact amounts', async () => {
    const outcome = await venue.place(order({ quantity: '0.01001' }));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      value: {
        symbol: SYMBOL,
        clientId: 'v1-1',
        side: 'BUY',
        status: 'filled',
        quantity: expect.stringMatching(/^0\.01001/),
      },
    });
    const [trade] = await venue.trades(SYMBOL, 0);
    expect(trade).toMatchObject({
      symbol: SYMBOL,
      side: 'BUY',
      quantity: expect.stringMatching(/^0\.01001/),
      feeAsset: 'BTC',
    });
    expect(typeof trade.fee).toBe('string');
    expect(await venue.trades(SYMBOL, trade.tradeId + 1)).toEqual([]);
    expect(await venue.order(SYMBOL, 'v1-1')).toMatchObject({
      kind: 'found',
      report: { status: 'filled', orderId: trade.orderId },
    });
    expect((await venue.balances()).get('BTC')).toEqual({
      free: expect.stringMatching(/^1\.0/),
      locked: expect.any(String),
    });
    const body = new URLSearchParams(requests.find(({ method }) => method === 'POST')?.body);
    expect([body.get('newClientOrderId'), body.get('quantity'), body.get('recvWindow')]).toEqual([
      'v1-1',
      '0.01001',
      '5000',
    ]);
  });

  it.each([
    [order({ type: 'limit', price: '60000' }), 'LIMIT', 'working'],
    [order({ type: 'limit', price: '60000', timeInForce: 'IOC' }), 'LIMIT', 'expired'],
    [order({ type: 'limit_maker', price: '60000' }), 'LIMIT_MAKER', 'working'],
    [order({ type: 'stop', side: 'SELL', stopPrice: '60000' }), 'STOP_LOSS', 'working'],
    [order({ type: 'stop_limit', side: 'SELL', stopPrice: '60000', price: '59000.5' }), 'STOP_LOSS_LIMIT', 'working'],
  ])('takes %j as %s, %s', async (wish, type, status) => {
    expect(await venue.place(wish)).toMatchObject({ kind: 'accepted', value: { clientId: 'v1-1', status } });
    expect(new URLSearchParams(requests.find(({ method }) => method === 'POST')?.body).get('type')).toBe(type);
    const open = await venue.openOrders();
    expect(open.map(({ clientId, symbol }) => [clientId, symbol])).toEqual(
      status === 'working' ? [['v1-1', SYMBOL]] : [],
    );
    if (status !== 'working') return;
    expect(await venue.cancel(SYMBOL, 'v1-1', false)).toMatchObject({
      kind: 'accepted',
      value: [{ status: 'canceled' }],
    });
    expect(await venue.cancel(SYMBOL, 'v1-1', false)).toMatchObject({ kind: 'rejected', cure: 'unknown_order' });
  });

  it('spends an amount of quote money', async () => {
    const { quantity: _none, ...bare } = order();
    expect(await venue.place({ ...bare, quoteQuantity: '640' })).toMatchObject({
      kind: 'accepted',
      value: { status: 'filled' },
    });
  });

  it.each([
    [order({ type: 'stop', side: 'SELL', stopPrice: '68000' }), 'would_trigger'],
    [order({ type: 'limit_maker', price: '68000' }), 'price'],
    [order({ quantity: '0.00001' }), 'quantity'],
    [order({ quantity: '100' }), 'balance'],
  ])('refuses %j: %s', async (wish, cure) => {
    expect(await venue.place(wish)).toMatchObject({ kind: 'rejected', cure });
    expect(posts()).toBe(1);
  });

  it('does not take an order for absent that it cannot ask for, nor a duplicate for refused', async () => {
    expect((await venue.order(SYMBOL, 'never')).kind).toBe('absent');
    await venue.place(order({ type: 'limit', price: '60000' }));
    expect((await venue.place(order({ type: 'limit', price: '60000' }))).kind).toBe('in_doubt');
    exchange.injectRequest({
      fault: { verb: 'http.5xx', status: 503, code: -2013, executed: false },
      operations: ['order.status'],
      times: 1,
    });
    expect((await venue.order(SYMBOL, 'v1-1')).kind).toBe('unknown');
  });

  it('has no lists of orders, and says so without a request', async () => {
    const before = requests.length;
    const [stop, target] = [
      { clientId: 's', stopPrice: '1' },
      { clientId: 't', price: '9' },
    ];
    const list = await venue.placeOco({ symbol: SYMBOL, clientId: 'l', side: 'SELL', quantity: '1', stop, target });
    expect(list).toMatchObject({ kind: 'rejected', code: 0, reason: expect.stringContaining('not supported') });
    expect(await venue.cancel(SYMBOL, 'l', true)).toMatchObject({ kind: 'rejected', code: 0 });
    expect(await venue.place(order({ symbol: 'NOSUCH' }))).toMatchObject({ kind: 'rejected', code: 0 });
    expect(requests.slice(before).every(({ method }) => method === 'GET')).toBe(true);
  });

  const faults: readonly (readonly [RequestFault, string, boolean])[] = [
    [{ verb: 'net.dropRes' }, 'in_doubt', true],
    [{ verb: 'http.429', retryAfter: 1 }, 'rejected', false],
    [{ verb: 'http.418', retryAfter: 1 }, 'rejected', false],
    [{ verb: 'http.403html' }, 'in_doubt', false],
    [{ verb: 'http.5xx', status: 503, code: -1008, executed: true }, 'in_doubt', true],
    [{ verb: 'http.5xx', status: 504, code: -1007, executed: true }, 'in_doubt', true],
    [{ verb: 'http.5xx', status: 502, code: -2010, executed: false }, 'in_doubt', false],
    [{ verb: 'http.truncBody' }, 'in_doubt', true],
    [{ verb: 'http.emptyBody' }, 'in_doubt', true],
    [{ verb: 'http.resetAfterExec' }, 'in_doubt', true],
    [
      { verb: 'eng.reject', code: -1021, message: 'Timestamp for this request is outside of the recvWindow.' },
      'rejected',
      false,
    ],
    [{ verb: 'eng.reject', code: -9_999, message: 'Something new.' }, 'in_doubt', false],
  ];

  it.each(faults)('sends one request under %j: %s', async (fault, kind, there) => {
    await venue.balances();
    exchange.injectRequest({ fault, operations: ['order.place'], times: 1 });
    const outcome = await venue.place(order());
    expect(outcome.kind).toBe(kind);
    expect(JSON.stringify(outcome)).not.toMatch(/signature|http/);
    expect(posts()).toBe(1);
    expect((await venue.order(SYMBOL, 'v1-1')).kind).toBe(there ? 'found' : 'absent');
  });

  it('is asked for orders and trades, each told once', async () => {
    const clock = new VirtualClock(Date.now());
    const library = await openExchange({ exchange: 'binance', apiKey: API_KEY, secret: 'secret' });
    const found: unknown[] = [];
    const trade = {
      id: '7',
      order: '3',
      side: 'buy',
      price: '10',
      amount: '1',
      cost: '10',
      fee: { cost: '0.01', currency: 'USDT' },
      takerOrMaker: 'maker',
      timestamp: clock.now(),
    };
    const row = {
      id: '3',
      clientOrderId: 'v1-1',
      symbol: 'BTC/USDT',
      side: 'buy',
      status: 'open',
      amount: '2',
      filled: '0',
      timestamp: 1,
    };
    let state: Record<string, unknown> | Error = row;
    Object.assign(library, {
      fetchTime: async () => clock.now(),
      loadMarkets: async () => undefined,
      markets: {
        'BTC/USDT': {
          id: SYMBOL,
          symbol: 'BTC/USDT',
          base: 'BTC',
          quote: 'USDT',
          spot: true,
          precision: {},
          limits: {},
        },
      },
      fetchOpenOrders: async () => [row],
      fetchOrder: async () => {
        if (state instanceof Error) throw state;
        return state;
      },
      fetchMyTrades: async () => [trade, { ...trade, id: '8', order: '4' }],
    });
    const polled = new CcxtVenue({
      http: counting,
      clock,
      exchange: library,
      recvWindowMs: 5_000,
      note: () => undefined,
    });
    await polled.openOrders();
    const stream = polled.stream({
      report: ({ status, filled }) => found.push([status, filled]),
      trade: ({ tradeId, clientId, fee, maker }) => found.push([tradeId, clientId, fee, maker]),
      balance: () => undefined,
      connected: (up) => found.push(up),
    });
    await clock.advance(5_000);
    expect(found).toEqual([['working', '0'], true]);
    state = { ...row, filled: '1' };
    await clock.advance(5_000);
    expect(found.slice(2)).toEqual([
      [7, 'v1-1', '0.01', true],
      ['working', '1'],
    ]);
    state = new Error('reset');
    await clock.advance(10_000);
    expect(found.slice(4)).toEqual([false]);
    state = { ...row, filled: '2', status: 'closed' };
    await clock.advance(5_000);
    expect(found.slice(5)).toEqual([[7, 'v1-1', '0.01', true], ['filled', '2'], true]);
    stream.close();
    await clock.advance(60_000);
    expect([found.length, clock.waiting]).toEqual([8, 0]);
  });
});

describe('an exchange that lacks something', () => {
  const unsupported = (part: string): unknown =>
    expect.objectContaining({ code: 'VLV_VENUE_UNSUPPORTED', message: expect.stringContaining(part) });
  const open = (exchangeId: string, options = {}): Promise<unknown> =>
    openExchange({ exchange: exchangeId, apiKey: 'k', secret: 's', options });

  it('is refused by name', async () => {
    await expect(open('nosuch')).rejects.toEqual(unsupported('nosuch'));
    await expect(open('upbit')).rejects.toEqual(unsupported('upbit'));
  });

  it.each([
    [{ maxRetriesOnFailure: 2 }],
    [{ order: { maxRetriesOnFailure: 1 } }],
    [{ deep: { deeper: { maxRetriesOnFailure: '1' } } }],
  ])('or would send again, is refused: %j', async (options) => {
    await expect(open('binance', options)).rejects.toEqual(unsupported('maxRetriesOnFailure'));
  });

  it('cannot send again even if it is told to afterwards', async () => {
    const library = await openExchange({ exchange: 'binance', apiKey: API_KEY, secret: 'secret' });
    library.urls.api = mapValues(library.urls.api as Record<string, unknown>, (url) =>
      typeof url === 'string' ? `${server.rest}${new URL(url).pathname}` : url,
    );
    const late = new CcxtVenue({
      http: counting,
      clock: systemClock,
      exchange: library,
      recvWindowMs: 5_000,
      note: () => undefined,
    });
    await late.balances();
    library.options.maxRetriesOnFailure = 3;
    exchange.injectRequest({
      fault: { verb: 'http.5xx', status: 504, code: -1007, executed: true },
      operations: ['order.place'],
      times: 1,
    });
    expect((await late.place(order())).kind).toBe('in_doubt');
    expect(posts()).toBe(1);
    expect(await late.trades(SYMBOL, 0)).toHaveLength(1);
  });
});
