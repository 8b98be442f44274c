import { afterEach, describe, expect, it } from 'vitest';
import { API_KEY, SmallExchange, START } from '../../test/exchange/small-exchange.ts';
import { SocketClient } from '../../test/exchange/socket-client.ts';
import { Bars } from '../core/bars.ts';
import { nodeHttp, nodeSockets, systemClock } from '../data/node-ports.ts';
import { knownBars, MarketDriver } from './market-driver.ts';
import { LockstepClient } from './lockstep-client.ts';
import { Lockstep } from './lockstep.ts';
import { ExchangeServer, type ServeOptions } from './server.ts';

const running: ExchangeServer[] = [];

async function serve(options: Partial<ServeOptions> = {}): Promise<{ server: ExchangeServer; small: SmallExchange }> {
  const small = new SmallExchange({ wall: systemClock });
  const server = await ExchangeServer.serve({ exchange: small.exchange, sockets: small.hub, ...options });
  running.push(server);
  return { server, small };
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function post(server: ExchangeServer, path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const request = { method: 'POST', url: server.rest + path, headers: {}, body: JSON.stringify(body) } as const;
  const reply = await nodeHttp.send({ ...request, timeoutMs: 5_000 });
  return { status: reply.status, body: JSON.parse(reply.body) as unknown };
}

const get = (server: ExchangeServer, path: string) =>
  nodeHttp.send({ method: 'GET', url: server.rest + path, headers: {}, timeoutMs: 5_000 });

describe('a served exchange', () => {
  it('answers REST with its headers, and unknown paths with 404', async () => {
    const { server } = await serve();
    const time = await get(server, '/api/v3/time');
    expect(JSON.parse(time.body)).toEqual({ serverTime: START });
    expect(time.headers).toMatchObject({ 'x-mbx-used-weight-1m': '1' });
    expect((await get(server, '/api/v3/nothing')).status).toBe(404);
  });

  it.each(['0.0.0.0', '192.168.1.2', 'example.com', ''])('is not served on the host "%s"', async (host) => {
    await expect(serve({ host })).rejects.toThrow(/loopback/);
  });

  it('says so where the port is taken', async () => {
    const { server } = await serve();
    const port = Number(new URL(server.rest).port);
    await expect(serve({ port })).rejects.toThrow(`Expected a free port, got "${port}"`);
  });

  it('breaks the connection where a fault loses the answer', async () => {
    const { server, small } = await serve();
    small.exchange.injectRequest({ fault: { verb: 'http.resetAfterExec' }, times: 1 });
    await expect(get(server, '/api/v3/ping')).rejects.toThrow();
    expect((await get(server, '/api/v3/ping')).status).toBe(200);
  });

  it('carries streams and requests over sockets, and ends them when it closes', async () => {
    const { server, small } = await serve();
    const client = new SocketClient(nodeSockets, `${server.ws}/ws/btcusdt@trade`);
    const api = new SocketClient(nodeSockets, server.wsApi);
    await until(() => client.opened + api.opened === 2);
    small.exchange.trade('BTCUSDT', 50_001, 1);
    api.send({ id: 1, method: 'ping' });
    await until(() => client.frames.length + api.frames.length === 2);
    expect(client.take()).toMatchObject([{ e: 'trade' }]);
    await server.close();
    await until(() => client.ended !== null && api.ended !== null);
    await expect(get(server, '/api/v3/ping')).rejects.toThrow();
  });

  it('refuses sockets where a fault says so, and hangs where it is half open', async () => {
    const { server, small } = await serve();
    const client = new SocketClient(nodeSockets, `${server.ws}/ws/btcusdt@trade`);
    await until(() => client.opened === 1);
    await post(server, '/local/faults', { target: 'socket', fault: { verb: 'ws.halfOpen' } });
    await post(server, '/local/faults', { target: 'socket', fault: { verb: 'ws.refuse', ms: 60_000 } });
    const refused = new SocketClient(nodeSockets, `${server.ws}/ws`);
    await until(() => refused.ended !== null);
    expect(refused.opened).toBe(0);
    small.exchange.trade('BTCUSDT', 50_001, 1);
    client.send({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
    client.close();
    await get(server, '/api/v3/ping');
    expect([client.take(), client.ended]).toEqual([[], null]);
    client.terminate();
    expect(client.ended?.[0]).toBe(1006);
  });

  it.each([1006, 1011])('ends sockets with the code %i', async (code) => {
    const { server, small } = await serve();
    const client = new SocketClient(nodeSockets, `${server.ws}/ws`);
    await until(() => client.opened === 1);
    small.hub.inject({ verb: 'ws.close', code });
    await until(() => client.ended !== null);
    expect(client.ended?.[0]).toBe(code);
  });

  it('takes faults of every kind, and pushes of the price, by request', async () => {
    const { server, small } = await serve();
    const client = new SocketClient(nodeSockets, `${server.ws}/ws/btcusdt@trade`);
    await until(() => client.opened === 1);
    const bodies = [
      { target: 'exchange', fault: { verb: 'ext.deposit', apiKey: API_KEY, asset: 'USDT', amount: '7' } },
      { target: 'request', rule: { fault: { verb: 'http.418', retryAfter: 9 }, operations: ['time'] } },
      { target: 'frame', rule: { fault: { verb: 'ws.dup' } } },
      { target: 'feed', rule: { fault: { verb: 'feed.dup' } } },
    ];
    for (const body of bodies) expect((await post(server, '/local/faults', body)).status).toBe(200);
    expect(small.exchange.balances(API_KEY).get('USDT')?.free).toBe(1_000_700_000_000n);
    expect((await get(server, '/api/v3/time')).status).toBe(418);
    await post(server, '/local/trade', { symbol: 'BTCUSDT', price: '50123.45', quantity: '2' });
    await until(() => client.frames.length === 2);
    expect(client.take()).toMatchObject([{ p: '50123.45000000' }, { p: '50123.45000000' }]);
  });

  it('tells its pace, and refuses what it does not know', async () => {
    const { server } = await serve({ speed: 60 });
    expect(JSON.parse((await get(server, '/local/clock')).body)).toEqual({ time: START, speed: 60 });
    expect(await post(server, '/local/dance', {})).toMatchObject({ status: 404 });
    expect(await post(server, '/local/faults', { target: 'moon' })).toMatchObject({ status: 400 });
    expect(await post(server, '/local/trade', { symbol: 'XYZ', price: '1', quantity: '1' })).toMatchObject({
      status: 400,
    });
    expect(await post(server, '/local/lockstep/advance', {})).toMatchObject({ status: 409 });
  });
});

describe('lockstep', () => {
  const MINUTE = 60_000;
  const bars = Bars.fromRows(
    'BTCUSDT',
    '1m',
    [0, 1, 2].map((i) => ({
      time: START + i * MINUTE,
      open: 50_000 + i * 100,
      high: 50_060 + i * 100,
      low: 49_950 + i * 100,
      close: 50_050 + i * 100,
      volume: 3,
    })),
  );

  it('moves the market only when the client has seen everything, over real sockets', async () => {
    const small = new SmallExchange({ wall: systemClock });
    const { exchange, hub, clock } = small;
    const driver = new MarketDriver({ exchange, clock, bars: knownBars([bars]), from: START, play: 'bars' });
    const server = await ExchangeServer.serve({
      exchange,
      sockets: hub,
      lockstep: new Lockstep(clock, driver, hub),
    });
    running.push(server);
    const lockstep = new LockstepClient(nodeHttp, nodeSockets, server.rest);
    const market = new SocketClient(lockstep.sockets(), `${server.ws}/ws/btcusdt@kline_1m`);
    const quotes = new SocketClient(lockstep.sockets(), `${server.ws}/ws/btcusdt@bookTicker`);
    await until(() => market.opened + quotes.opened === 2);
    const closes: unknown[] = [];
    const seen: unknown[] = [];
    for (let over = false; !over; ) {
      const state = await lockstep.advance();
      over = state.over;
      const closed = market.take().filter(({ k }) => (k as { x: boolean }).x);
      closes.push(...closed.map(({ E, k }) => [(Number(E) - START) / MINUTE, Number((k as { c: string }).c)]));
      seen.push([(state.time - START) / MINUTE, quotes.take().map(({ b }) => Number(b))]);
      await lockstep.sync();
      expect([market.take(), quotes.take()]).toEqual([[], []]);
    }
    expect(closes).toEqual([
      [1, 50_050],
      [2, 50_150],
      [3, 50_250],
    ]);
    expect(seen).toEqual([
      [0, [50_000]],
      [1, [50_050, 50_100]],
      [2, [50_150, 50_200]],
      [3, [50_250]],
    ]);
  });

  it('stops at each order that the range of a bar reaches, so that the client can answer', async () => {
    const small = new SmallExchange();
    const { exchange, hub, clock } = small;
    const driver = new MarketDriver({ exchange, clock, bars: knownBars([bars]), from: START, play: 'bars' });
    const lockstep = new Lockstep(clock, driver, hub);
    lockstep.advance();
    for (const price of ['49980', '49960']) {
      const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price, quantity: '0.01' };
      const timed = { ...order, newClientOrderId: `at-${price}`, timestamp: String(START) };
      const parameters = new Map(Object.entries(timed));
      const caller = { kind: 'session', apiKey: API_KEY } as const;
      await exchange.call({ operation: 'order.place', parameters, caller, address: 'test' });
    }
    const fills: number[] = [];
    exchange.onUser(API_KEY, (event) => {
      if (event['x'] === 'TRADE') fills.push(Number(event['L']));
    });
    const steps = [1, 2, 3].map(() => [(lockstep.advance().time - START) / 1_000, fills.splice(0)]);
    expect(steps).toEqual([
      [59.999, [49_980]],
      [59.999, [49_960]],
      [60, []],
    ]);
  });
});
