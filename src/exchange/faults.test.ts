import { describe, expect, it } from 'vitest';
import { BTC, exchangeForTest, settled } from '../../test/servers/spot-client.ts';
import type { RequestFault } from './faults.ts';
import type { UserEvent } from './types.ts';

const MARKET = { side: 'BUY', type: 'MARKET', quantity: '1' };
const LIMIT = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '90' };

/** One market order that meets a fault: what the client saw, when, and how many trades there are. */
async function meet(fault: RequestFault, order = MARKET) {
  const { exchange, clock, alice } = exchangeForTest();
  exchange.injectRequest({ fault, operations: ['order.place'], times: 1 });
  const start = clock.now();
  const outcome = await settled(
    clock,
    alice.signed('POST', '/api/v3/order', { symbol: 'BTCUSDT', ...order }).then(
      ({ status, body, headers }) => ({ status, body, headers }),
      (error: unknown) => ({ status: 0, body: (error as Error).message, headers: {} as Record<string, string> }),
    ),
  );
  const seen = { ...outcome, after: clock.now() - start };
  const next = await alice.order(order);
  expect(next.status).toBe(200);
  return { ...seen, trades: exchange.allTrades('alice').length - 1, exchange };
}

describe('faults of a request', () => {
  it.each<[RequestFault, number, number, number]>([
    [{ verb: 'net.dropReq' }, 0, 15_000, 0],
    [{ verb: 'net.dropRes' }, 0, 15_000, 1],
    [{ verb: 'net.delay', requestMs: 700, replyMs: 300 }, 200, 1_000, 1],
    [{ verb: 'net.delay', requestMs: 0, replyMs: 20_000 }, 0, 15_000, 1],
    [{ verb: 'dns.fail' }, 0, 0, 0],
    [{ verb: 'http.429', retryAfter: 30 }, 429, 0, 0],
    [{ verb: 'http.418', retryAfter: 600 }, 418, 0, 0],
    [{ verb: 'http.403html' }, 403, 0, 0],
    [{ verb: 'http.5xx', status: 503, code: -1008, executed: true }, 503, 0, 1],
    [{ verb: 'http.5xx', status: 502, code: -1000, executed: false }, 502, 0, 0],
    [{ verb: 'http.truncBody' }, 200, 0, 1],
    [{ verb: 'http.emptyBody' }, 200, 0, 1],
    [{ verb: 'http.resetAfterExec' }, 0, 0, 1],
    [{ verb: 'eng.reject', code: -2010, message: 'Market is closed.' }, 400, 0, 0],
    [{ verb: 'eng.slow', gatewayMs: 2_000, engineMs: 3_000 }, 200, 5_000, 1],
    [{ verb: 'eng.slow', gatewayMs: 0, engineMs: 12_000 }, 504, 10_000, 0],
  ])('%j shows HTTP %i after %i ms and executes %i times', async (fault, status, after, trades) => {
    const seen = await meet(fault);
    expect([seen.status, seen.after, seen.trades]).toEqual([status, after, trades]);
  });

  it('look as the real ones do', async () => {
    expect((await meet({ verb: 'http.429', retryAfter: 30 })).headers['retry-after']).toBe('30');
    expect((await meet({ verb: 'http.403html' })).body).toContain('<html>');
    expect((await meet({ verb: 'http.5xx', status: 503, code: -1008, executed: true })).body.code).toBe(-1008);
    expect(typeof (await meet({ verb: 'http.truncBody' })).body).toBe('string');
    expect((await meet({ verb: 'http.emptyBody' })).body).toBe('');
    expect((await meet({ verb: 'http.resetAfterExec' })).body).toBe('read ECONNRESET');
    expect((await meet({ verb: 'eng.reject', code: -2010, message: 'no' })).body).toEqual({ code: -2010, msg: 'no' });
  });

  it('a late engine executes after the answer that nothing is known', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    exchange.injectRequest({ fault: { verb: 'eng.slow', gatewayMs: 4_000, engineMs: 9_000 }, times: 1 });
    const reply = await alice.order(MARKET);
    expect([reply.status, reply.body.code, exchange.allTrades('alice').length]).toEqual([504, -1007, 0]);
    clock.moveTo(clock.now() + 3_000);
    await settled(clock, new Promise((resolve) => clock.after(1, () => resolve(undefined))));
    expect(exchange.allTrades('alice')).toHaveLength(1);
  });

  it('a part fills; the rest of a market order expires, that of a limit order rests', async () => {
    const market = await meet({ verb: 'eng.partial', share: 0.3 });
    expect([market.body.status, market.body.executedQty]).toEqual(['EXPIRED', '0.30000000']);
    const crossing = { ...LIMIT, price: '101' };
    const limit = await meet({ verb: 'eng.partial', share: 0.5 }, crossing as never);
    expect([limit.body.status, limit.body.executedQty]).toEqual(['PARTIALLY_FILLED', '0.50000000']);
    const reason = 'EXECUTION_RULE_PRICE_RANGE_EXCEEDED';
    const expired = await meet({ verb: 'eng.expire', reason }, LIMIT as never);
    expect([expired.body.status, expired.body.expiryReason]).toEqual(['EXPIRED', reason]);
  });

  it('keep to their operations, times, number and chance', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    const fault = { verb: 'http.403html' } as const;
    const from = clock.now() + 1_000;
    exchange.injectRequest({ fault, operations: ['time'], from, until: from + 1_000, times: 2 });
    const status = async (path: string) => (await alice.open(`/api/v3/${path}`)).status;
    expect(await status('time')).toBe(200);
    clock.moveTo(from);
    expect([await status('ping'), await status('time'), await status('time'), await status('time')]).toEqual([
      200, 403, 403, 200,
    ]);
    exchange.injectRequest({ fault, operations: ['ping'], chance: 0.5 });
    const seen = [];
    for (let n = 0; n < 40; n++) seen.push(await status('ping'));
    expect(seen.filter((one) => one === 403).length).toBeGreaterThan(8);
    expect(seen.filter((one) => one === 200).length).toBeGreaterThan(8);
  });
});

describe('events that nobody asked for', () => {
  it('happen at their time where a plan says so', async () => {
    const at = Date.UTC(2026, 0, 5, 12) + 5_000;
    const status = { verb: 'eng.symbolStatus', symbol: 'BTCUSDT', status: 'CANCEL_ONLY' } as const;
    const { clock, alice } = exchangeForTest({ faults: { timed: [{ at, fault: status }] } });
    await alice.order({ ...LIMIT, newClientOrderId: 'a' });
    clock.moveTo(at);
    expect((await alice.order(LIMIT)).body.msg).toBe('Market is closed.');
    expect((await alice.open('/api/v3/exchangeInfo')).body.symbols[0].status).toBe('CANCEL_ONLY');
    const cancel = await alice.delete('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'a' });
    expect(cancel.body.status).toBe('CANCELED');
  });

  it('maintenance refuses everything for a while', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    exchange.inject({ verb: 'eng.maintenance', ms: 60_000 });
    expect((await alice.open('/api/v3/time')).status).toBe(503);
    clock.moveTo(clock.now() + 60_000);
    expect((await alice.open('/api/v3/time')).status).toBe(200);
  });

  it('a wrong clock refuses requests of the right time', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    exchange.inject({ verb: 'clock.skew', ms: 6_000 });
    expect((await alice.open('/api/v3/time')).body.serverTime).toBe(clock.now() + 6_000);
    expect((await alice.order(MARKET)).body.code).toBe(-1021);
  });

  it('the owner sells, buys, cancels, withdraws and deposits by hand', async () => {
    const { exchange, alice } = exchangeForTest({ symbols: [{ ...BTC, makerCommission: '0', takerCommission: '0' }] });
    const events: UserEvent[] = [];
    await alice.order({ ...LIMIT, newClientOrderId: 'mine' });
    exchange.onUser('alice', (event) => events.push(event));
    const by = { apiKey: 'alice', symbol: 'BTCUSDT' };
    exchange.inject({ verb: 'ext.sell', quantity: '4', ...by });
    exchange.inject({ verb: 'ext.buy', quantity: '1', ...by });
    exchange.inject({ verb: 'ext.cancel', clientOrderId: 'mine', ...by });
    exchange.inject({ verb: 'ext.transfer', apiKey: 'alice', asset: 'BTC', amount: '100' });
    exchange.inject({ verb: 'ext.deposit', apiKey: 'alice', asset: 'ETH', amount: '2.5' });
    const trades = exchange.allTrades('alice').map(({ isBuyer, quantity }) => [isBuyer, quantity]);
    expect(trades).toEqual([
      [false, 400_000_000n],
      [true, 100_000_000n],
    ]);
    const foreign = exchange.orders('alice').filter(({ clientOrderId }) => clientOrderId.startsWith('web_'));
    expect(foreign).toHaveLength(2);
    expect(Object.fromEntries(exchange.balances('alice'))).toEqual({
      USDT: { free: 1_030_000_000_000n, locked: 0n },
      BTC: { free: 0n, locked: 0n },
      ETH: { free: 250_000_000n, locked: 0n },
    });
    expect(events.filter(({ e }) => e === 'balanceUpdate').map(({ a, d }) => [a, d])).toEqual([
      ['BTC', '-7.00000000'],
      ['ETH', '2.50000000'],
    ]);
    exchange.inject({ verb: 'ext.buy', quantity: '1000', ...by });
    expect(exchange.allTrades('alice')).toHaveLength(2);
  });
});
