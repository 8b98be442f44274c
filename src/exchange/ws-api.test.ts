import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { API_KEY, SECRET, SmallExchange, START } from '../../test/exchange/small-exchange.ts';
import type { Frame, SocketClient } from '../../test/exchange/socket-client.ts';

type Params = Record<string, unknown>;

const ed25519 = generateKeyPairSync('ed25519');
const ED_KEY = 'ed25519-key';

function payloadOf(params: Params): string {
  return Object.keys(params)
    .sort()
    .map((name) => `${name}=${String(params[name])}`)
    .join('&');
}

/** Parameters with key, time and HMAC signature. */
function hmac(params: Params = {}, timestamp = START): Params {
  const signed = { ...params, apiKey: API_KEY, timestamp };
  return { ...signed, signature: createHmac('sha256', SECRET).update(payloadOf(signed)).digest('hex') };
}

function edSigned(params: Params = {}): Params {
  const signed = { ...params, apiKey: ED_KEY, timestamp: START };
  return {
    ...signed,
    signature: signWith(null, Buffer.from(payloadOf(signed)), ed25519.privateKey).toString('base64'),
  };
}

function opened(): SmallExchange {
  const publicKey = ed25519.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return new SmallExchange(
    {},
    {
      accounts: [
        { apiKey: API_KEY, secret: SECRET, balances: { USDT: '10000', BTC: '1' } },
        { apiKey: ED_KEY, publicKey, balances: { USDT: '500' } },
      ],
    },
  );
}

/** Sends a request and waits for what the exchange answers to it, past the events that come with it. */
async function ask(small: SmallExchange, client: SocketClient, method: string, params: Params = {}): Promise<Frame> {
  client.send({ id: method, method, params });
  small.pass(0);
  await new Promise((resolve) => setImmediate(resolve));
  small.pass(0);
  const at = client.frames.findIndex(({ id }) => id === method);
  expect(at).toBeGreaterThanOrEqual(0);
  return client.frames.splice(at, 1)[0];
}

const errorCode = ({ error }: Frame): unknown => (error as { code: unknown } | undefined)?.code;
const BUY = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01000000' };

describe('a request over the WebSocket API', () => {
  it('is answered with its id, status and counters', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    expect(await ask(small, client, 'ping')).toMatchObject({ id: 'ping', status: 200, result: {} });
    const { result, rateLimits } = await ask(small, client, 'time');
    expect(result).toEqual({ serverTime: START });
    expect(rateLimits).toMatchObject([{ rateLimitType: 'REQUEST_WEIGHT', limit: 6_000 }]);
  });

  it('hides the counters where the address or the request says so', async () => {
    const small = opened();
    const hidden = small.client('/ws-api/v3?returnRateLimits=false');
    expect(await ask(small, hidden, 'ping')).toEqual({ id: 'ping', status: 200, result: {} });
    expect(await ask(small, hidden, 'ping', { returnRateLimits: true })).toHaveProperty('rateLimits');
    const shown = small.client('/ws-api/v3');
    expect(await ask(small, shown, 'ping', { returnRateLimits: false })).not.toHaveProperty('rateLimits');
  });

  it.each([
    ['{'],
    ['[]'],
    ['null'],
    ['{"id":1.5,"method":"ping"}'],
    ['{"id":1,"method":"ping","params":1}'],
    ['{"id":1}'],
  ])('is refused where it is malformed: %s', (text) => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    client.send(text);
    small.pass(0);
    expect(client.take()).toMatchObject([{ id: null, status: 400, error: { code: -1135 } }]);
  });

  it('places, shows and cancels orders like REST', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    const limit = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      price: '49000.00',
      quantity: 0.01,
    };
    const placed = await ask(small, client, 'order.place', hmac({ ...limit, newClientOrderId: 'mine' }));
    expect(placed).toMatchObject({
      status: 200,
      result: { clientOrderId: 'mine', status: 'NEW', origQty: '0.01000000' },
    });
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'mine' };
    expect(await ask(small, client, 'order.status', hmac(query))).toMatchObject({ result: { status: 'NEW' } });
    expect((await ask(small, client, 'openOrders.status', hmac()))['result']).toHaveLength(1);
    expect(await ask(small, client, 'order.cancel', hmac(query))).toMatchObject({ result: { status: 'CANCELED' } });
    expect(await ask(small, client, 'account.status', hmac())).toMatchObject({ result: { accountType: 'SPOT' } });
    expect(await ask(small, client, 'myTrades', hmac({ symbol: 'BTCUSDT' }))).toMatchObject({ result: [] });
  });

  it('is refused with the status and code that REST has', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    const wrong = { ...hmac(BUY), quantity: '0.02' };
    expect(await ask(small, client, 'order.place', wrong)).toMatchObject({ status: 400, error: { code: -1022 } });
    expect(errorCode(await ask(small, client, 'order.place', hmac(BUY, START - 5_001)))).toBe(-1021);
    expect(await ask(small, client, 'order.place', { ...BUY, timestamp: START })).toMatchObject({ status: 401 });
    expect(errorCode(await ask(small, client, 'order.dance', hmac()))).toBe(-1020);
    expect(errorCode(await ask(small, client, 'order.status', hmac({ symbol: 'BTCUSDT', orderId: 9 })))).toBe(-2013);
  });

  it('says how long to wait where the limit is reached', async () => {
    const small = new SmallExchange({}, { limits: { weightPerMinute: 3 } });
    const client = small.client('/ws-api/v3');
    for (let n = 0; n < 3; n++) await ask(small, client, 'ping');
    const refused = await ask(small, client, 'ping');
    expect(refused).toMatchObject({ status: 429, error: { code: -1003, data: { serverTime: START } } });
    expect((refused['error'] as { data: { retryAfter: number } }).data.retryAfter).toBeGreaterThan(START);
  });
});

describe('a session', () => {
  it('signs for its requests once it is logged on with an Ed25519 key', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    expect(await ask(small, client, 'session.status')).toMatchObject({
      result: { apiKey: null, connectedSince: START },
    });
    const on = { apiKey: ED_KEY, authorizedSince: START, userDataStream: false };
    expect(await ask(small, client, 'session.logon', edSigned())).toMatchObject({ status: 200, result: on });
    expect(await ask(small, client, 'account.status', { timestamp: START })).toMatchObject({ status: 200 });
    expect(errorCode(await ask(small, client, 'account.status'))).toBe(-1102);
    expect(await ask(small, client, 'session.logout')).toMatchObject({
      result: { apiKey: null, authorizedSince: null },
    });
    expect(await ask(small, client, 'account.status', { timestamp: START })).toMatchObject({ status: 401 });
  });

  it('is refused for HMAC keys and wrong signatures', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    expect(errorCode(await ask(small, client, 'session.logon', hmac()))).toBe(-4056);
    expect(errorCode(await ask(small, client, 'session.logon', { ...edSigned(), timestamp: START + 1 }))).toBe(-1022);
    expect(await ask(small, client, 'userDataStream.subscribe')).toMatchObject({ status: 401 });
  });
});

describe('user data', () => {
  it('comes in its envelope after a signed subscription', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    const other = small.client('/ws-api/v3');
    const subscribe = 'userDataStream.subscribe.signature';
    expect(await ask(small, client, subscribe, hmac())).toMatchObject({ status: 200, result: { subscriptionId: 0 } });
    expect(await ask(small, client, subscribe, hmac())).toMatchObject({ status: 400, error: { code: -2035 } });
    expect((await ask(small, client, 'session.subscriptions'))['result']).toEqual([{ subscriptionId: 0 }]);
    await ask(small, other, 'order.place', hmac(BUY));
    expect(other.take()).toEqual([]);
    expect(client.frames.every(({ subscriptionId }) => subscriptionId === 0)).toBe(true);
    expect(client.takeEvents().map(({ e, x, X }) => [e, x, X])).toEqual([
      ['executionReport', 'NEW', 'NEW'],
      ['executionReport', 'TRADE', 'FILLED'],
      ['outboundAccountPosition', undefined, undefined],
    ]);
    small.exchange.inject({ verb: 'ext.deposit', apiKey: API_KEY, asset: 'USDT', amount: '5' });
    small.pass(0);
    expect(client.takeEvents()).toContainEqual(
      expect.objectContaining({ e: 'balanceUpdate', a: 'USDT', d: '5.00000000' }),
    );
  });

  it('tells of money that another product of the exchange locks and gives back', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    await ask(small, client, 'userDataStream.subscribe.signature', hmac());
    small.exchange.inject({ verb: 'ext.lock', apiKey: API_KEY, asset: 'BTC', amount: '3' });
    small.exchange.inject({ verb: 'ext.unlock', apiKey: API_KEY, asset: 'BTC', amount: '0.4' });
    small.pass(0);
    const balance = (f: string, l: string) => [{ a: 'BTC', f, l }];
    expect(client.takeEvents()).toMatchObject([
      { e: 'externalLockUpdate', a: 'BTC', d: '1.00000000' },
      { e: 'outboundAccountPosition', B: balance('0.00000000', '1.00000000') },
      { e: 'externalLockUpdate', a: 'BTC', d: '-0.40000000' },
      { e: 'outboundAccountPosition', B: balance('0.40000000', '0.60000000') },
    ]);
  });

  it('ends by request, by logout, and by the exchange; numbers are never used again', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    await ask(small, client, 'session.logon', edSigned());
    expect(await ask(small, client, 'userDataStream.subscribe')).toMatchObject({ result: { subscriptionId: 0 } });
    expect(await ask(small, client, 'userDataStream.subscribe.signature', hmac())).toMatchObject({
      result: { subscriptionId: 1 },
    });
    await ask(small, client, 'session.logout');
    expect((await ask(small, client, 'session.subscriptions'))['result']).toEqual([{ subscriptionId: 1 }]);
    expect(await ask(small, client, 'userDataStream.unsubscribe', { subscriptionId: 7 })).toMatchObject({
      status: 400,
    });
    expect(await ask(small, client, 'userDataStream.unsubscribe', { subscriptionId: 1 })).toMatchObject({
      status: 200,
    });
    expect(errorCode(await ask(small, client, 'userDataStream.unsubscribe'))).toBe(-2036);
    expect(await ask(small, client, 'userDataStream.subscribe.signature', hmac())).toMatchObject({
      result: { subscriptionId: 2 },
    });
    small.hub.inject({ verb: 'user.terminate' });
    small.pass(0);
    expect(client.take()).toEqual([{ subscriptionId: 2, event: { e: 'eventStreamTerminated', E: START } }]);
    await ask(small, client, 'order.place', hmac(BUY));
    expect(client.take()).toEqual([]);
    expect(client.ended).toBeNull();
  });

  it('ends with its connection', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3');
    await ask(small, client, 'userDataStream.subscribe.signature', hmac());
    client.close();
    small.pass(0);
    small.exchange.inject({ verb: 'ext.buy', apiKey: API_KEY, symbol: 'BTCUSDT', quantity: '0.01' });
    small.pass(0);
    expect(client.take()).toEqual([]);
  });

  it('tells times in microseconds where the address asks for them', async () => {
    const small = opened();
    const client = small.client('/ws-api/v3?timeUnit=microsecond');
    await ask(small, client, 'userDataStream.subscribe.signature', hmac());
    small.exchange.inject({ verb: 'ext.buy', apiKey: API_KEY, symbol: 'BTCUSDT', quantity: '0.01' });
    small.pass(0);
    const [report, , position] = client.takeEvents();
    expect(report).toMatchObject({ E: START * 1_000, T: START * 1_000, O: START * 1_000, i: 1 });
    expect(position).toMatchObject({ E: START * 1_000, u: START * 1_000 });
  });
});
