import { beforeEach, describe, expect, it } from 'vitest';
import { BinanceBench, placed } from '../../../../test/servers/binance-bench.ts';
import { failure, ok, type ScriptedHttp } from '../../../../test/servers/scripted-binance.ts';
import type { VirtualClock } from '../../../../test/servers/virtual-clock.ts';
import type { VenueOrder } from '../venue.ts';
import type { BinanceVenue } from './venue.ts';

const MINUTE = 60_000;
const ORDER = 'POST /api/v3/order';
const BUY: VenueOrder = { symbol: 'BTCUSDT', clientId: 'v1-1', side: 'BUY', type: 'market', quantity: '0.001' };
const SELL: VenueOrder = { ...BUY, side: 'SELL' };

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

describe('the exchange’s clock', () => {
  it('is read once, by the quickest of its samples', async () => {
    http.skew = -3_000;
    const delays = [400, 20, 300];
    http.on('GET /api/v3/time', () => {
      http.roundTrip = delays[http.sent('GET /api/v3/time').length] ?? 0;
      return ok({ serverTime: http.time() });
    });
    http.on('GET /api/v3/account', () => ok({ balances: [] }));
    await after(venue.balances());
    await after(venue.balances());
    expect(http.sent('GET /api/v3/time')).toHaveLength(3);
    expect(Math.abs(venue.time() - http.time())).toBeLessThanOrEqual(200);
    expect(bench.notes.filter((note) => note.includes('clock is'))).toHaveLength(1);
  });

  it('does not follow the machine’s wall clock, and is read again when that jumps', async () => {
    http.on(ORDER, () => ok(placed('v1-1')));
    await after(venue.place(BUY));
    clock.wall += 7_200_000;
    http.skew -= 7_200_000;
    expect(venue.time()).toBe(http.time());
    await after(venue.place(BUY));
    expect(http.sent('GET /api/v3/time')).toHaveLength(6);
  });

  it('is read again after ten minutes, beside the request that notices', async () => {
    http.on(ORDER, () => ok(placed('v1-1')));
    await after(venue.place(BUY));
    http.skew += 120;
    await clock.advance(11 * MINUTE);
    await after(venue.place(BUY));
    expect(http.sent('GET /api/v3/time')).toHaveLength(6);
    expect(venue.time()).toBe(http.time());
  });

  it('cures a query’s bad timestamp once, and an order’s not at all', async () => {
    const strict = (timestamp: string | null): boolean => Math.abs(Number(timestamp) - http.time()) <= 1_000;
    const late = failure(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
    http.on('GET /api/v3/account', (_r, params) => (strict(params.get('timestamp')) ? ok({ balances: [] }) : late));
    http.on(ORDER, (_r, params) => (strict(params.get('timestamp')) ? ok(placed('v1-1')) : late));
    await after(venue.balances());
    http.skew += 30_000;
    await after(venue.balances());
    expect(http.sent('GET /api/v3/account')).toHaveLength(3);
    http.skew += 30_000;
    expect(await after(venue.place(BUY))).toMatchObject({ kind: 'rejected', code: -1021 });
    expect(http.sent(ORDER)).toHaveLength(1);
    // The refusal set the clock again.
    expect((await after(venue.place(BUY))).kind).toBe('accepted');
    http.on('GET /api/v3/account', () => late);
    const stuck = await after(venue.balances().catch((error: unknown) => error));
    expect(stuck).toMatchObject({ code: 'VLV_VENUE_REQUEST' });
    expect(http.sent('GET /api/v3/account')).toHaveLength(5);
  });
});

describe('limits', () => {
  const used = (weight: number, orders = 0): Record<string, string> => ({
    'x-mbx-used-weight-1m': String(weight),
    'x-mbx-order-count-10s': String(orders),
  });

  it('leave the last fifth of the orders free, and the fifth before it to exits', async () => {
    let count = 0;
    http.on(ORDER, (_r, params) => ok(placed(params.get('newClientOrderId') ?? ''), used(0, ++count)));
    const send = async (order: VenueOrder, times: number): Promise<string[]> => {
      const kinds: string[] = [];
      for (let i = 0; i < times; i++) kinds.push((await after(venue.place(order), 0)).kind);
      return kinds;
    };
    expect((await send(BUY, 65)).filter((kind) => kind === 'accepted')).toHaveLength(60);
    expect((await send(SELL, 25)).filter((kind) => kind === 'accepted')).toHaveLength(20);
    expect(http.sent(ORDER)).toHaveLength(80);
    await clock.advance(10_500);
    count = 0;
    expect(await send(BUY, 1)).toEqual(['accepted']);
  });

  it('let a request through that alone is more than its share, once nothing else is used', async () => {
    const rateLimits = [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 100 }];
    http.on('GET /api/v3/exchangeInfo', () => ok({ rateLimits, symbols: [] }));
    http.on('GET /api/v3/openOrders', () => ok([]));
    await after(venue.rules([]), 0);
    const open = venue.openOrders();
    await clock.advance(1_000);
    expect(http.sent('GET /api/v3/openOrders')).toHaveLength(0);
    await clock.advance(MINUTE);
    expect(await open).toEqual([]);
  });

  it('count requests under way, so that a burst does not pass them', async () => {
    http.roundTrip = 100;
    http.on(ORDER, (_r, params) => ok(placed(params.get('newClientOrderId') ?? '')));
    await after(venue.place(BUY), 1_000);
    await clock.advance(10_000);
    const burst = Array.from({ length: 90 }, () => venue.place(BUY));
    await clock.advance(1_000);
    const outcomes = await Promise.all(burst);
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(60);
  });

  it('believe the exchange about what others have used', async () => {
    http.on('GET /api/v3/account', () => ok({ balances: [] }, used(3_595)));
    await after(venue.balances(), 0);
    const second = venue.balances();
    await clock.advance(1_000);
    expect(http.sent('GET /api/v3/account')).toHaveLength(1);
    await clock.advance(MINUTE);
    await second;
    expect(http.sent('GET /api/v3/account')).toHaveLength(2);
  });

  it.each([
    ['429 with Retry-After', failure(429, -1003, 'Too much request weight used.', { 'retry-after': '30' }), 30_000],
    ['429 for orders', failure(429, -1015, 'Too many new orders.', { 'retry-after': '7' }), 7_000],
    ['418 with Retry-After', failure(418, -1003, 'Way too much.', { 'retry-after': '600' }), 600_000],
    ['418 without it', { status: 418, body: '' }, 120_000],
    ['a firewall', { status: 403, body: '<html>no</html>' }, 300_000],
  ])('send nothing at all after %s, until it is over', async (_what, answer, ms) => {
    http.on(ORDER, () => ok(placed('v1-1')));
    await after(venue.place(BUY), 0);
    http.on('GET /api/v3/account', () => answer);
    await after(
      venue.balances().catch(() => undefined),
      0,
    );
    const before = http.requests.length;
    await clock.advance(ms - 1_000);
    const held = expect.objectContaining({ kind: 'rejected', code: 0, cure: 'rate' });
    expect(await after(venue.place(BUY), 0)).toEqual(held);
    expect(await after(venue.place(SELL), 0)).toEqual(held);
    expect(await after(venue.cancel('BTCUSDT', 'v1-1', false), 0)).toEqual(held);
    expect((await after(venue.order('BTCUSDT', 'v1-1'), 0)).kind).toBe('unknown');
    const query = await after(
      venue.openOrders().catch((error: unknown) => error),
      0,
    );
    expect(query).toMatchObject({ code: 'VLV_VENUE_REQUEST' });
    expect(http.requests).toHaveLength(before);
    expect(bench.notes.at(-1)).toContain('No request');
    await clock.advance(1_500);
    expect((await after(venue.place(BUY), 0)).kind).toBe('accepted');
  });

  it('read the end of a ban from its message', async () => {
    http.on(ORDER, () => ok(placed('v1-1')));
    await after(venue.place(BUY), 0);
    const msg = `Way too much request weight used; IP banned until ${http.time() + 400_000}. Please use WebSocket Streams.`;
    http.on('GET /api/v3/account', () => failure(418, -1003, msg));
    await after(
      venue.balances().catch(() => undefined),
      0,
    );
    await clock.advance(399_000);
    expect((await after(venue.place(BUY), 0)).kind).toBe('rejected');
    await clock.advance(2_000);
    expect((await after(venue.place(BUY), 0)).kind).toBe('accepted');
  });
});
