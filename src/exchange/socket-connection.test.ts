import { describe, expect, it } from 'vitest';
import { MINUTE, SmallExchange, START } from '../../test/exchange/small-exchange.ts';
import type { SocketClient } from '../../test/exchange/socket-client.ts';
import type { FrameFault } from './socket-faults.ts';
import type { Wire } from './socket-connection.ts';

const HOUR = 60 * MINUTE;

const prices = (client: SocketClient): number[] => client.take().map(({ p }) => Number(p));

describe('the duties of a connection', () => {
  it('pings every 20 seconds and lets a client that answers live for 24 hours', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/btcusdt@trade');
    small.pass(20_000);
    expect(client.pings).toBe(1);
    small.pass(24 * HOUR - 20_001);
    expect(client.pings).toBe(24 * 180 - 1);
    expect(client.ended).toBeNull();
    small.pass(1);
    expect(client.ended?.[0]).toBe(1001);
    expect(small.hub.open).toBe(0);
  });

  it('closes a connection whose pong does not come for a minute', () => {
    const small = new SmallExchange();
    const told: string[] = [];
    const wire: Wire = {
      send: () => undefined,
      ping: () => told.push('ping'),
      close: (code, reason) => told.push(`${code} ${reason}`),
      abandon: () => undefined,
    };
    const session = small.hub.accept('/ws', wire, '127.0.0.1');
    small.pass(20_000);
    session?.pong();
    small.pass(79_999);
    expect(told).toEqual(['ping', 'ping', 'ping', 'ping']);
    small.pass(1);
    expect(told.at(-1)).toBe('1008 Pong timeout');
    expect(small.hub.open).toBe(0);
  });

  it('closes a connection to market streams that sends more than five frames in a second', () => {
    const small = new SmallExchange();
    const market = small.client('/ws');
    const api = small.client('/ws-api/v3');
    for (let n = 0; n < 5; n++) market.send({ method: 'LIST_SUBSCRIPTIONS', id: n });
    small.pass(1_000);
    for (let n = 0; n < 6; n++) {
      market.send({ method: 'LIST_SUBSCRIPTIONS', id: n });
      api.send({ method: 'ping', id: n });
    }
    small.pass(0);
    expect(market.take()).toHaveLength(10);
    expect(market.ended).toEqual([1008, 'Too many requests']);
    expect(api.ended).toBeNull();
  });

  it('refuses an address that connects more than 300 times in five minutes', () => {
    const small = new SmallExchange();
    for (let n = 0; n < 300; n++) small.client('/ws').close();
    expect(small.client('/ws').ended).toEqual([1006, 'connection refused']);
    small.pass(5 * MINUTE);
    expect(small.client('/ws').opened).toBe(1);
  });

  it('knows no other paths', () => {
    const small = new SmallExchange();
    for (const path of ['/', '/wsx', '/api/v3/ping']) expect(small.client(path).ended?.[0]).toBe(1006);
  });

  it('ends when the client closes or drops it', () => {
    const small = new SmallExchange();
    const [closing, dropping] = [small.client('/ws/btcusdt@trade'), small.client('/ws/btcusdt@trade')];
    closing.close();
    small.pass(0);
    small.trade(50_001);
    dropping.terminate();
    small.trade(50_002);
    expect(small.hub.open).toBe(0);
    expect(closing.ended).toEqual([1000, '']);
    expect(dropping.ended).toEqual([1006, 'terminated']);
    expect([prices(closing), prices(dropping)]).toEqual([[], [50_001]]);
  });

  it('delivers frames in their order and as late as they travel', () => {
    const small = new SmallExchange({ latencyMs: 30 });
    const client = small.client('/ws/btcusdt@trade');
    expect(client.opened).toBe(0);
    small.pass(60);
    expect(client.opened).toBe(1);
    for (const price of [50_001, 50_002, 50_003]) small.trade(price);
    small.pass(29);
    expect(client.frames).toEqual([]);
    small.pass(1);
    expect(prices(client)).toEqual([50_001, 50_002, 50_003]);
  });
});

describe('a fault of frames', () => {
  /** The prices that arrive of trades at 1 to 6, where the third frame meets the fault. */
  function third(fault: FrameFault, kind: 'market' | 'api' = 'market'): number[] {
    const small = new SmallExchange({ faults: { frames: [{ fault, kind, from: START + 3_000, times: 1 }] } });
    const client = small.client('/ws/btcusdt@trade');
    for (let price = 1; price <= 6; price++) {
      small.pass(1_000);
      small.trade(price);
    }
    return prices(client);
  }

  it.each<[FrameFault, number[]]>([
    [{ verb: 'ws.dropFrame' }, [1, 2, 4, 5, 6]],
    [{ verb: 'ws.dup' }, [1, 2, 3, 3, 4, 5, 6]],
    [{ verb: 'ws.reorder' }, [1, 2, 4, 3, 5, 6]],
    [{ verb: 'ws.replayStale', depth: 2 }, [1, 2, 3, 1, 4, 5, 6]],
    [{ verb: 'net.delay', ms: 1_500 }, [1, 2, 4, 3, 5, 6]],
  ])('%o', (fault, arrived) => {
    expect(third(fault)).toEqual(arrived);
    expect(third(fault, 'api')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('comes by chance as often as the seed says', () => {
    let draws = 0;
    const random = (): number => (draws++ % 4) / 4;
    const small = new SmallExchange({ random });
    small.hub.injectFrames({ fault: { verb: 'ws.dropFrame' }, chance: 0.5, until: START + 8_000 });
    const client = small.client('/ws/btcusdt@trade');
    for (let price = 1; price <= 10; price++) {
      small.trade(price);
      small.pass(1_000);
    }
    expect(prices(client)).toEqual([3, 4, 7, 8, 9, 10]);
  });
});

describe('a fault of connections', () => {
  it('ws.silent: no event comes for a while, but answers and pings do', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/btcusdt@trade');
    small.hub.inject({ verb: 'ws.silent', ms: 30_000 });
    small.trade(1);
    client.send({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
    small.pass(29_999);
    small.trade(2);
    expect(client.take()).toEqual([{ result: ['btcusdt@trade'], id: 1 }]);
    expect(client.pings).toBe(1);
    small.pass(1);
    small.trade(3);
    expect(prices(client)).toEqual([3]);
  });

  it('ws.halfOpen: nothing comes any more, not even an end, until the client drops it', () => {
    const small = new SmallExchange();
    const client = small.client('/ws/btcusdt@trade');
    small.hub.inject({ verb: 'ws.halfOpen' });
    small.trade(1);
    client.send({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
    client.close();
    small.pass(25 * HOUR);
    expect([client.take(), client.pings, client.ended]).toEqual([[], 0, null]);
    client.terminate();
    small.pass(0);
    expect(client.ended).toEqual([1006, 'terminated']);
  });

  it('ws.close and ws.refuse: connections of one kind end at a time, and new ones are refused for a while', () => {
    const small = new SmallExchange({
      faults: {
        timed: [
          { at: START + 5_000, fault: { verb: 'ws.close', code: 1011, reason: 'oops' }, kind: 'market' },
          { at: START + 5_000, fault: { verb: 'ws.refuse', ms: 2_000 } },
        ],
      },
    });
    const [market, api] = [small.client('/ws'), small.client('/ws-api/v3')];
    small.pass(5_000);
    expect([market.ended, api.ended]).toEqual([[1011, 'oops'], null]);
    small.pass(1_999);
    expect(small.client('/ws').ended?.[0]).toBe(1006);
    small.pass(1);
    expect(small.client('/ws').opened).toBe(1);
  });

  it('ws.shutdown: is announced in the form of each kind, and the connection closes later', () => {
    const small = new SmallExchange();
    const clients = ['/ws', '/stream?streams=btcusdt@trade', '/ws-api/v3'].map((path) => small.client(path));
    small.hub.inject({ verb: 'ws.shutdown', noticeMs: 10_000 });
    small.pass(9_999);
    const data = { e: 'serverShutdown', E: START };
    expect(clients.map((client) => client.take())).toEqual([
      [data],
      [{ stream: '!serverShutdown', data }],
      [{ event: data }],
    ]);
    small.pass(1);
    expect(clients.map(({ ended }) => ended?.[0])).toEqual([1001, 1001, 1001]);
  });
});
