import { describe, expect, it } from 'vitest';
import { exchangeForTest, seeded } from '../../test/servers/spot-client.ts';
import { randomFaults } from './fault-seeds.ts';

const FROM = Date.UTC(2026, 0, 5, 12);
const SCOPE = { from: FROM, until: FROM + 600_000, symbols: ['BTCUSDT'], apiKeys: ['alice'], assets: ['USDT', 'BTC'] };

describe('random faults', () => {
  it('are the same for the same seed, and reach every verb over some seeds', () => {
    expect(randomFaults(seeded(3), SCOPE)).toEqual(randomFaults(seeded(3), SCOPE));
    const verbs = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const { requests = [], timed = [] } = randomFaults(seeded(seed), SCOPE);
      for (const { fault, chance = 0 } of requests) {
        verbs.add(fault.verb);
        expect(chance).toBeGreaterThanOrEqual(0.002);
        expect(chance).toBeLessThanOrEqual(0.2);
      }
      for (const { fault, at } of timed) {
        verbs.add(fault.verb);
        expect(at >= SCOPE.from && at <= SCOPE.until).toBe(true);
      }
    }
    expect([...verbs].sort()).toEqual(
      [
        ...['dns.fail', 'eng.expire', 'eng.expireOpen', 'eng.filterChange', 'eng.lagVisible', 'eng.maintenance'],
        ...['eng.partial', 'eng.reject', 'eng.slow', 'eng.symbolStatus', 'ext.buy', 'ext.cancel', 'ext.deposit'],
        ...['ext.sell', 'ext.transfer', 'http.403html', 'http.418', 'http.429', 'http.5xx', 'http.emptyBody'],
        ...['http.resetAfterExec', 'http.truncBody', 'net.delay', 'net.dropReq', 'net.dropRes'],
      ].sort(),
    );
  });

  it('are over at their end: the exchange serves again', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const { exchange, clock, alice } = exchangeForTest({ faults: randomFaults(seeded(seed), SCOPE) });
      for (let n = 0; n < 10; n++) {
        clock.moveTo(clock.now() + 20_000);
        // Whatever comes of it: only the state of the exchange afterwards counts.
        await alice.order({ side: 'BUY', type: 'MARKET', quantity: '0.1' }).catch(() => undefined);
      }
      clock.moveTo(SCOPE.until + 60_000);
      const price = '90';
      const limit = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price, newClientOrderId: 'end' };
      expect((await alice.order(limit)).status).toBe(200);
      expect(exchange.orders('alice').at(-1)?.clientOrderId).toBe('end');
      expect((await alice.get('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'end' })).status).toBe(200);
    }
  });
});
