import { beforeEach, describe, expect, it } from 'vitest';
import { BinanceBench, placed } from '../../../../test/servers/binance-bench.ts';
import { failure, ok, paramsOf, type ScriptedHttp } from '../../../../test/servers/scripted-binance.ts';
import type { Outcome, VenueOrder, VenueReport } from '../venue.ts';
import { binanceEndpoints } from './endpoints.ts';
import { BinanceVenue, type BinanceVenueOptions } from './venue.ts';

const MINUTE = 60_000;
const ORDER = 'POST /api/v3/order';
const BUY: VenueOrder = { symbol: 'BTCUSDT', clientId: 'v1-1', side: 'BUY', type: 'market', quantity: '0.001' };
const SELL: VenueOrder = { ...BUY, side: 'SELL' };

let bench: BinanceBench;
let http: ScriptedHttp;
let venue: BinanceVenue;

/** The result of a promise, once the virtual clock has let it come. */
const after = <T>(promise: Promise<T>, ms?: number): Promise<T> => bench.after(promise, ms);

beforeEach(() => {
  bench = new BinanceBench();
  ({ http, venue } = bench);
});

describe('set-up', () => {
  it('refuses keys of another venue, foreign hosts and a long window', () => {
    const make = (over: Partial<BinanceVenueOptions>) => () => new BinanceVenue({ ...bench.options, ...over });
    const keys = expect.objectContaining({ code: 'VLV_VENUE_KEYS' });
    expect(make({ endpoints: binanceEndpoints('binance') })).toThrow(keys);
    expect(make({ endpoints: { ...bench.options.endpoints, rest: 'https://api.binance.com' } })).toThrow(keys);
    expect(make({ recvWindowMs: 5_001 })).toThrow(expect.objectContaining({ code: 'VLV_SETTINGS' }));
    expect(make({ recvWindowMs: Number.NaN })).toThrow(/NaN/);
  });
});

describe('an order', () => {
  it('is one signed request on exchange time, with amounts as they were given', async () => {
    http.skew = 90_000;
    http.on('GET /api/v3/account', () => ok({ balances: [] }));
    await after(venue.balances());
    http.on(ORDER, () => ok(placed('v1-1')));
    const outcome = await after(venue.place({ ...BUY, type: 'stop_limit', price: '64000.10', stopPrice: '64000' }), 0);
    const [request] = http.sent(ORDER);
    const params = Object.fromEntries(paramsOf(request));
    expect(params).toMatchObject({
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'STOP_LOSS_LIMIT',
      timeInForce: 'GTC',
      quantity: '0.001',
      price: '64000.10',
      stopPrice: '64000',
      newClientOrderId: 'v1-1',
      recvWindow: '5000',
      timestamp: String(http.time()),
    });
    expect(request.headers['x-mbx-apikey']).toBe('key');
    expect(request.url).toBe('http://127.0.0.1:1/api/v3/order');
    expect(outcome).toEqual({
      kind: 'accepted',
      value: {
        symbol: 'BTCUSDT',
        clientId: 'v1-1',
        orderId: 28,
        listClientId: null,
        side: 'BUY',
        status: 'filled',
        detail: 'FILLED',
        quantity: '0.00100000',
        filled: '0.00100000',
        time: 1_507_725_176_595,
      },
    });
  });

  it.each([
    [
      { type: 'market', quoteQuantity: '50' },
      { type: 'MARKET', quoteOrderQty: '50' },
    ],
    [
      { type: 'limit', price: '1', timeInForce: 'IOC' },
      { type: 'LIMIT', timeInForce: 'IOC', price: '1' },
    ],
    [
      { type: 'limit', price: '1', timeInForce: 'FOK' },
      { type: 'LIMIT', timeInForce: 'FOK', price: '1' },
    ],
    [
      { type: 'limit', price: '1' },
      { type: 'LIMIT', timeInForce: 'GTC', price: '1' },
    ],
    [
      { type: 'limit_maker', price: '1' },
      { type: 'LIMIT_MAKER', price: '1' },
    ],
    [
      { type: 'stop', stopPrice: '1' },
      { type: 'STOP_LOSS', stopPrice: '1' },
    ],
  ] as const)('%j goes out as %j', async (over, expected) => {
    http.on(ORDER, () => ok(placed('c')));
    await after(venue.place({ symbol: 'BTCUSDT', side: 'SELL', clientId: 'c', ...over }));
    const common = { symbol: 'BTCUSDT', side: 'SELL', newClientOrderId: 'c', newOrderRespType: 'RESULT' };
    const {
      recvWindow: _w,
      timestamp: _t,
      signature: _s,
      ...params
    } = Object.fromEntries(paramsOf(http.sent(ORDER)[0]));
    expect(params).toEqual({ ...common, ...expected });
  });

  const timeout = new Error('timed out');
  it.each([
    ['a timeout', timeout, 'in_doubt'],
    ['a reset', new Error('ECONNRESET'), 'in_doubt'],
    ['a name that is not found', new Error('ENOTFOUND'), 'in_doubt'],
    ['an empty body', { status: 200, body: '' }, 'in_doubt'],
    ['a body cut short', { status: 200, body: '{"symbol":"BTC' }, 'in_doubt'],
    ['the page of a firewall', { status: 403, body: '<html>' }, 'in_doubt'],
    ['a reply about another order', ok(placed('other')), 'in_doubt'],
    ['a reply without fields', ok({}), 'in_doubt'],
    ['a reply with a rounded id', ok(placed('v1-1', { orderId: 2 ** 53 })), 'in_doubt'],
    ['a reply with an exponent', ok(placed('v1-1', { executedQty: '1e-3' })), 'in_doubt'],
    ['an overloaded server', failure(503, -1008, 'Server is currently overloaded.'), 'in_doubt'],
    ['an unknown status inside', failure(504, -1007, 'Timeout waiting for response.'), 'in_doubt'],
    ['a duplicate', failure(400, -2010, 'Duplicate order sent.'), 'in_doubt'],
    ['a bad timestamp', failure(400, -1021, 'Timestamp for this request is outside of the recvWindow.'), 'rejected'],
    ['a refusal', failure(400, -2010, 'Account has insufficient balance for requested action.'), 'rejected'],
    ['a limit', failure(429, -1015, 'Too many new orders.'), 'rejected'],
    ['a ban', failure(418, -1003, 'Way too much request weight used.'), 'rejected'],
  ] as const)('is sent once, and so are a list and a cancel, with %s', async (_what, answer, kind) => {
    const routes = [ORDER, 'POST /api/v3/orderList/oco', 'DELETE /api/v3/order'];
    const oco = {
      symbol: 'BTCUSDT',
      clientId: 'l',
      side: 'SELL',
      quantity: '1',
      stop: { clientId: 's', stopPrice: '1' },
      target: { clientId: 't', price: '3' },
    } as const;
    const sends = [() => venue.place(SELL), () => venue.placeOco(oco), () => venue.cancel('BTCUSDT', 'v1-1', false)];
    for (const [i, route] of routes.entries()) {
      bench = new BinanceBench();
      ({ http, venue } = bench);
      http.on(route, () => answer);
      // A cancel names no client id in its reply, so one about another order cannot be told apart.
      const outcome = await after<Outcome<unknown>>(sends[i](), 20 * MINUTE);
      if (i < 2 || kind === 'rejected' || !('body' in answer && answer.body.includes('other')))
        expect(outcome.kind).toBe(kind);
      expect(http.sent(route)).toHaveLength(1);
    }
  });

  it('of a status that is new is neither filled nor over', async () => {
    http.on(ORDER, () => ok(placed('v1-1', { status: 'SLEEPING', executedQty: '0.00040000' })));
    const outcome = (await after(venue.place(BUY))) as Outcome<VenueReport> & { value: VenueReport };
    expect(outcome.value).toMatchObject({ status: 'unknown', detail: 'SLEEPING', filled: '0.00040000' });
  });

  it('is not sent with a time that its sender does not know of: too late, or by a clock that was set', async () => {
    http.on(ORDER, () => ok(placed('v1-1')));
    http.skew = 3_600_000;
    expect(await after(venue.place(BUY))).toMatchObject({ kind: 'rejected', code: 0, cure: 'rate' });
    expect((await after(venue.place(BUY))).kind).toBe('accepted');
    bench.clock.wall += 6_000;
    http.skew -= 6_000;
    http.roundTrip = 800;
    expect(await after(venue.place(BUY))).toMatchObject({ kind: 'rejected', code: 0, cure: 'rate' });
    expect(http.sent(ORDER)).toHaveLength(1);
  });

  it('is not sent where the exchange does not say its time', async () => {
    http.on('GET /api/v3/time', () => new Error('ECONNREFUSED'));
    http.on(ORDER, () => ok(placed('v1-1')));
    expect(await after(venue.place(BUY))).toMatchObject({ kind: 'rejected', code: 0, cure: 'rate' });
    expect(http.sent(ORDER)).toHaveLength(0);
  });
});
