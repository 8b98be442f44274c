import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { BinanceBench, reportEvent } from '../../../../test/servers/binance-bench.ts';
import {
  failure,
  ok,
  type ScriptedHttp,
  type ScriptedSocket,
  type ScriptedSockets,
} from '../../../../test/servers/scripted-binance.ts';
import type { VirtualClock } from '../../../../test/servers/virtual-clock.ts';
import type { VenueStream } from '../venue.ts';
import { Secret } from './secret.ts';
import { Signer, socketSignature } from './signing.ts';
import type { BinanceVenue } from './venue.ts';

const HOUR = 3_600_000;
let clock: VirtualClock;
let http: ScriptedHttp;
let sockets: ScriptedSockets;
let venue: BinanceVenue;
let notes: readonly string[];
let seen: unknown[][];

function start(secret?: string): void {
  ({ clock, http, sockets, venue, notes } = new BinanceBench(secret));
  http.skew = 4_000;
  seen = [];
}

function open(): VenueStream {
  return venue.stream({
    report: (report) => seen.push(['report', report]),
    trade: (trade) => seen.push(['trade', trade]),
    balance: (...change) => seen.push(['balance', ...change]),
    connected: (up, reason) => seen.push([up ? 'up' : 'down', reason]),
  });
}

/** Connects and answers the subscription. */
async function subscribe(): Promise<ScriptedSocket> {
  await clock.advance(0);
  const socket = sockets.last;
  socket.events.open();
  socket.reply();
  return socket;
}

const kinds = (): unknown[] => seen.map(([kind]) => kind);

beforeEach(() => start());

describe('signing in', () => {
  it('signs the subscription with an HMAC key, on exchange time', async () => {
    open();
    await clock.advance(0);
    expect(sockets.last.url).toBe('ws://127.0.0.1:1/ws-api/v3?returnRateLimits=false');
    sockets.last.events.open();
    const [{ method, params }] = sockets.last.sent;
    const { signature, ...unsigned } = params as Record<string, string | number>;
    expect(method).toBe('userDataStream.subscribe.signature');
    expect(unsigned).toEqual({ apiKey: 'key', recvWindow: 5_000, timestamp: http.time() });
    const signer = new Signer({ apiKey: new Secret('key'), secret: new Secret('secret') });
    expect(signature).toBe(socketSignature(unsigned, signer));
    expect(seen).toEqual([]);
    sockets.last.reply();
    expect(seen).toEqual([['up', 'subscribed']]);
  });

  it('logs on with an Ed25519 key, and then subscribes', async () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    start(pem);
    open();
    await clock.advance(0);
    sockets.last.events.open();
    sockets.last.reply({ apiKey: 'key' });
    expect(seen).toEqual([]);
    sockets.last.reply();
    expect(sockets.last.sent.map(({ method }) => method)).toEqual(['session.logon', 'userDataStream.subscribe']);
    expect(kinds()).toEqual(['up']);
  });

  it('sets the clock and tries again after a bad timestamp', async () => {
    open();
    await clock.advance(0);
    http.skew += 60_000;
    sockets.last.events.open();
    sockets.last.refuse(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
    await clock.advance(1_000);
    expect(sockets.all).toHaveLength(2);
    sockets.last.events.open();
    expect(sockets.last.sent[0].params.timestamp).toBe(http.time());
  });

  it('waits a minute after a refused key, and as long as it is told after a limit', async () => {
    open();
    await clock.advance(0);
    sockets.last.events.open();
    sockets.last.refuse(401, -2015, 'Invalid API-key, IP, or permissions for action.');
    await clock.advance(59_000);
    expect(sockets.all).toHaveLength(1);
    await clock.advance(2_000);
    expect(sockets.all).toHaveLength(2);
    sockets.last.events.open();
    sockets.last.refuse(429, -1003, 'Too much request weight used.', { retryAfter: http.time() + 90_000 });
    await clock.advance(89_000);
    expect(sockets.all).toHaveLength(2);
    // The ban holds for orders as well.
    const outcome = venue.place({ symbol: 'A', clientId: 'b', side: 'BUY', type: 'market', quantity: '1' });
    expect(await outcome).toMatchObject({ kind: 'rejected', code: 0 });
    await clock.advance(2_000);
    expect(sockets.all).toHaveLength(3);
    expect(seen).toEqual([]);
  });

  it('gives up an opening or a subscription that is not answered', async () => {
    open();
    await clock.advance(16_000);
    expect(sockets.all).toHaveLength(2);
    sockets.last.events.open();
    await clock.advance(16_000);
    expect(sockets.all[1].ended).toBe(true);
    expect(sockets.all).toHaveLength(3);
    expect(seen).toEqual([]);
  });

  it('goes on trying while the exchange does not say its time', async () => {
    http.on('GET /api/v3/time', () => new Error('ENOTFOUND'));
    open();
    await clock.advance(60_000);
    expect(sockets.all).toHaveLength(0);
    http.on('GET /api/v3/time', () => ok({ serverTime: http.time() }));
    await clock.advance(30_000);
    expect(sockets.all).toHaveLength(1);
  });
});

describe('events', () => {
  it('become trades and reports, with their amounts as they were written', async () => {
    open();
    const socket = await subscribe();
    socket.event(reportEvent());
    socket.event(
      reportEvent({
        x: 'TRADE',
        X: 'PARTIALLY_FILLED',
        l: '0.00100000',
        z: '0.00100000',
        L: '64100.01000000',
        n: '0.00000100',
        N: 'BTC',
        t: 77,
        Y: '64.10001000',
      }),
    );
    expect(kinds()).toEqual(['up', 'report', 'trade', 'report']);
    expect(seen[2][1]).toEqual({
      symbol: 'BTCUSDT',
      tradeId: 77,
      orderId: 4_293_153,
      clientId: 'v1-1',
      side: 'BUY',
      price: '64100.01000000',
      quantity: '0.00100000',
      quoteQuantity: '64.10001000',
      fee: '0.00000100',
      feeAsset: 'BTC',
      maker: false,
      time: 1_499_405_658_657,
    });
    expect(seen[3][1]).toMatchObject({
      clientId: 'v1-1',
      status: 'working',
      detail: 'PARTIALLY_FILLED',
      filled: '0.00100000',
    });
  });

  it('of a cancel carry the order’s own id, and say why an order ended', async () => {
    open();
    const socket = await subscribe();
    socket.event(reportEvent({ x: 'CANCELED', X: 'CANCELED', c: 'cancel-1', C: 'v1-1' }));
    socket.event(reportEvent({ x: 'EXPIRED', X: 'EXPIRED', eR: 'OCO_TRIGGER' }));
    socket.event(reportEvent({ x: 'REJECTED', X: 'REJECTED', r: 'INSUFFICIENT_BALANCES' }));
    socket.event(reportEvent({ x: 'SOMETHING', X: 'SLEEPING' }));
    expect(seen.slice(1).map(([, event]) => event)).toMatchObject([
      { clientId: 'v1-1', status: 'canceled' },
      { status: 'expired', detail: 'EXPIRED OCO_TRIGGER' },
      { status: 'rejected', detail: 'REJECTED INSUFFICIENT_BALANCES' },
      { status: 'unknown', detail: 'SLEEPING' },
    ]);
  });

  it('name the list of an order, once the list was seen', async () => {
    open();
    const socket = await subscribe();
    socket.event({
      e: 'listStatus',
      E: 1,
      s: 'BTCUSDT',
      g: 5,
      C: 'l-1',
      c: 'OCO',
      l: 'EXEC_STARTED',
      L: 'EXECUTING',
      O: [],
    });
    socket.event(reportEvent({ g: 5 }));
    socket.event(reportEvent({ g: 6 }));
    expect(seen.slice(1).map(([, event]) => (event as { listClientId: unknown }).listClientId)).toEqual(['l-1', null]);
  });

  it('tell balances that changed without an order, and no others', async () => {
    open();
    const socket = await subscribe();
    socket.event({ e: 'balanceUpdate', E: 2, a: 'BTC', d: '-0.50000000', T: 1 });
    socket.event({ e: 'externalLockUpdate', E: 2, a: 'USDT', d: '10.00000000', T: 3 });
    socket.event({ e: 'outboundAccountPosition', E: 2, u: 1, B: [{ a: 'BTC', f: '1', l: '0' }] });
    expect(seen.slice(1)).toEqual([
      ['balance', 'BTC', '-0.50000000', 1],
      ['balance', 'USDT', '10.00000000', 3],
    ]);
  });

  it('of a kind that is new are told and passed over', async () => {
    open();
    const socket = await subscribe();
    socket.event({ e: 'somethingNew', E: 2 });
    expect(kinds()).toEqual(['up']);
    expect(notes).toContainEqual(expect.stringContaining('somethingNew'));
    expect(socket.ended).toBe(false);
  });

  it.each([
    ['a fill without its id', () => reportEvent({ x: 'TRADE', t: undefined })],
    ['a quantity with an exponent', () => reportEvent({ q: '1e-7' })],
    ['an id beyond 2^53', () => reportEvent({ i: 2 ** 53 })],
  ])('that cannot be read (%s) end the connection, so that everything is asked for', async (_what, event) => {
    open();
    const socket = await subscribe();
    socket.event(event());
    expect(kinds()).toEqual(['up', 'down']);
    expect(socket.ended).toBe(true);
    await clock.advance(1_000);
    await subscribe();
    expect(kinds()).toEqual(['up', 'down', 'up']);
  });
});

describe('a connection', () => {
  it('that is silent for 45 s is dropped; pings keep it', async () => {
    open();
    const socket = await subscribe();
    for (let i = 0; i < 30; i++) {
      await clock.advance(20_000);
      socket.events.ping();
    }
    expect(sockets.all).toHaveLength(1);
    await clock.advance(44_000);
    expect(socket.ended).toBe(false);
    await clock.advance(1_500);
    expect(socket.ended).toBe(true);
    expect(seen.at(-1)).toEqual(['down', 'nothing was received for 45 s']);
    await subscribe();
    expect(seen.at(-1)).toEqual(['up', 'subscribed']);
  });

  it('that is lost says so once, and comes back', async () => {
    open();
    const socket = await subscribe();
    socket.end(1006, 'reset');
    expect(seen.at(-1)).toEqual(['down', 'the connection ended (1006 reset)']);
    await clock.advance(500);
    await subscribe();
    expect(kinds()).toEqual(['up', 'down', 'up']);
  });

  it('whose subscription the exchange ended is replaced', async () => {
    open();
    const socket = await subscribe();
    socket.event({ e: 'eventStreamTerminated', E: 1 });
    expect(kinds()).toEqual(['up', 'down']);
    await clock.advance(500);
    await subscribe();
    expect(kinds()).toEqual(['up', 'down', 'up']);
  });

  it('is tried again ever more rarely, while it is refused', async () => {
    open();
    const times: number[] = [];
    for (let i = 0; i < 400 && clock.monotonic() < 700_000; i++) {
      await clock.advance(100);
      if (sockets.all.length > times.length) {
        times.push(clock.monotonic());
        sockets.last.end(1006);
      }
    }
    await clock.advance(600_000);
    const waits = times.slice(1).map((time, i) => time - times[i]);
    expect(waits.every((wait, i) => i === 0 || wait >= waits[i - 1])).toBe(true);
    expect(waits.at(-1)).toBeGreaterThan(10_000);
    expect(kinds()).toEqual([]);
  });

  it('is replaced before a day is over, without a gap and without a word', async () => {
    open();
    const first = await subscribe();
    const untilReplaced = async (): Promise<number> => {
      const [since, count] = [clock.monotonic(), sockets.all.length];
      while (sockets.all.length === count) {
        await clock.advance(20_000);
        for (const socket of sockets.all) if (!socket.ended) socket.events.ping();
      }
      return (clock.monotonic() - since) / HOUR;
    };
    expect(await untilReplaced()).toBeCloseTo(23, 1);
    expect(first.ended).toBe(false);
    const second = await subscribe();
    await clock.advance(4_000);
    first.event(reportEvent({ i: 1 }));
    second.event(reportEvent({ i: 1 }));
    await clock.advance(2_000);
    expect(first.ended).toBe(true);
    second.event(reportEvent({ i: 2 }));
    expect(kinds()).toEqual(['up', 'report', 'report', 'report']);
    expect(await untilReplaced()).toBeCloseTo(23, 1);
    expect(sockets.all).toHaveLength(3);
  });

  it('goes on while its successor cannot be made', async () => {
    open();
    const first = await subscribe();
    first.event({ e: 'serverShutdown', E: 1 });
    await clock.advance(0);
    expect(sockets.all).toHaveLength(2);
    sockets.last.end(1006);
    await clock.advance(2_000);
    expect(sockets.all).toHaveLength(3);
    first.event(reportEvent());
    expect(kinds()).toEqual(['up', 'report']);
    // The old one ends while the new one is not there yet: nothing arrives until it is.
    first.end(1001, 'shutdown');
    expect(kinds()).toEqual(['up', 'report', 'down']);
    await subscribe();
    expect(kinds()).toEqual(['up', 'report', 'down', 'up']);
    expect(sockets.all).toHaveLength(3);
  });

  it('is announced to be over by the server: the next one is there before', async () => {
    open();
    const first = await subscribe();
    first.event({ e: 'serverShutdown', E: 1 });
    first.event({ e: 'serverShutdown', E: 2 });
    const second = await subscribe();
    first.end(1001);
    second.event(reportEvent());
    expect(sockets.all).toHaveLength(2);
    expect(kinds()).toEqual(['up', 'report']);
  });

  it('waits for the end of a ban', async () => {
    http.on('GET /api/v3/account', () => failure(418, -1003, 'Way too much.', { 'retry-after': '300' }));
    open();
    const socket = await subscribe();
    await venue.balances().catch(() => undefined);
    socket.end(1006);
    await clock.advance(299_000);
    expect(sockets.all).toHaveLength(1);
    await clock.advance(2_000);
    expect(sockets.all).toHaveLength(2);
  });

  it('that was closed stays closed, and leaves no timer behind', async () => {
    const stream = open();
    const socket = await subscribe();
    socket.event({ e: 'serverShutdown', E: 1 });
    await clock.advance(0);
    stream.close();
    stream.close();
    expect(sockets.all.map(({ ended }) => ended)).toEqual([true, true]);
    await clock.advance(25 * HOUR);
    expect(sockets.all).toHaveLength(2);
    expect(kinds()).toEqual(['up']);
    expect(clock.waiting).toBe(0);
    const early = open();
    early.close();
    await clock.advance(HOUR);
    expect(sockets.all).toHaveLength(2);
  });
});
