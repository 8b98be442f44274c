import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BTC, exchangeForTest, type Loose, settled, signatureOf, SpotClient } from '../../test/servers/spot-client.ts';
import { Account } from './account.ts';
import { ApiKey } from './signatures.ts';

const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
const order = 'symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1';

describe('HMAC', () => {
  const key = new ApiKey({ apiKey: 'k', secret: SECRET }, new Account({ apiKey: 'k', balances: {} }, 1));

  it.each([
    [
      'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
      'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71',
    ],
    [
      'symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
      'e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3',
    ],
    [
      'apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce=GTC&timestamp=1645423376532&type=LIMIT',
      'aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24',
    ],
  ])('accepts the documented example %#, in either case', (payload, signature) => {
    expect(key.signed(payload, signature)).toBe(true);
    expect(key.signed(payload, signature.toUpperCase())).toBe(true);
    expect(key.signed(`${payload}0`, signature)).toBe(false);
    expect(key.signed(payload, `${signature.slice(0, -1)}x`)).toBe(false);
  });
});

describe.each([
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['Ed25519', () => generateKeyPairSync('ed25519')],
] as const)('%s', (_, generate) => {
  it('accepts what the private key signed, and nothing else', async () => {
    const { privateKey, publicKey } = generate();
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const account = { apiKey: 'pem', publicKey: pem, balances: { USDT: '1000' } };
    const { exchange, clock } = exchangeForTest({ symbols: [BTC], accounts: [account] });
    const owner = new SpotClient(exchange.http(), clock, 'pem', { privateKey });
    const thief = new SpotClient(exchange.http(), clock, 'pem', { privateKey: generate().privateKey });
    expect((await owner.order({ side: 'BUY', type: 'MARKET', quantity: '1' })).status).toBe(200);
    expect((await thief.order({ side: 'BUY', type: 'MARKET', quantity: '1' })).body.code).toBe(-1022);
    expect(exchange.allTrades('pem')).toHaveLength(1);
  });
});

describe('a signed request', () => {
  it('may be split over query and body, the signature anywhere; the query counts where both have a value', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    const sign = (payload: string): string => signatureOf(payload, { secret: 'alice-secret' });
    const [query, body] = [order, `quantity=2&timestamp=${clock.now()}`];
    const inBody = await alice.raw('POST', '/api/v3/order', query, `${body}&signature=${sign(query + body)}`);
    expect(inBody.status).toBe(200);
    const first = await alice.raw('POST', '/api/v3/order', `signature=${sign(query + body)}&${query}`, body);
    expect(first.status).toBe(200);
    expect(exchange.allTrades('alice').map(({ quantity }) => quantity)).toEqual([100_000_000n, 100_000_000n]);
    const twice = await alice.raw('POST', '/api/v3/order', `${order}&side=SELL`, '');
    expect([twice.status, twice.body.code]).toEqual([400, -1101]);
  });

  it('is refused in this order: key, timestamp missing, time, signature, permission', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    const code = async (query: string, client = alice): Promise<Loose> =>
      (await client.raw('POST', '/api/v3/order', query)).body.code;
    expect((await alice.raw('POST', '/api/v3/order', order, '', false)).body).toEqual({
      code: -2014,
      msg: 'API-key format invalid.',
    });
    const stranger = new SpotClient(exchange.http(), clock, 'nobody', { secret: 'x' });
    expect(await code(order, stranger)).toBe(-2015);
    expect(await code(order)).toBe(-1102);
    expect(await code(`${order}&timestamp=${clock.now()}`)).toBe(-1102);
    expect(await code(`${order}&timestamp=${clock.now() - 6_000}&signature=00`)).toBe(-1021);
    expect(await code(`${order}&timestamp=${clock.now()}&signature=00`)).toBe(-1022);
    expect(exchange.allTrades('alice')).toEqual([]);
  });

  it('needs a key that may trade, or read', async () => {
    const account = { apiKey: 'k', secret: 's', permissions: { spotTrading: false }, balances: { USDT: '100' } };
    const { exchange, clock } = exchangeForTest({ accounts: [account] });
    const client = new SpotClient(exchange.http(), clock, 'k', { secret: 's' });
    expect((await client.order({ side: 'BUY', type: 'MARKET', quantity: '0.1' })).body.code).toBe(-2015);
    expect((await client.get('/api/v3/account')).body.canTrade).toBe(false);
    const { body } = await client.get('/sapi/v1/account/apiRestrictions');
    expect(body).toMatchObject({ enableReading: true, enableWithdrawals: false, enableSpotAndMarginTrading: false });
  });
});

describe('the clock of a request', () => {
  const at = async (offset: number, more: Record<string, string | number> = {}): Promise<Loose> => {
    const { clock, alice } = exchangeForTest();
    return (await alice.get('/api/v3/account', { timestamp: clock.now() + offset, ...more })).body;
  };

  it.each([
    [-5_000, 200],
    [-5_001, -1021],
    [999, 200],
    [1_000, -1021],
  ])('at %i ms from the exchange gives %i', async (offset, expected) => {
    expect((await at(offset)).code ?? 200).toBe(expected);
  });

  it('is judged by the window that was asked for, to the microsecond', async () => {
    expect((await at(-2, { recvWindow: '1.999' })).msg).toBe(
      'Timestamp for this request is outside of the recvWindow.',
    );
    expect((await at(-60_000, { recvWindow: 60_000 })).code).toBeUndefined();
    expect((await at(1_000)).msg).toBe("Timestamp for this request was 1000ms ahead of the server's time.");
    expect((await at(0, { recvWindow: 60_001 })).code).toBe(-1102);
    const { clock, alice } = exchangeForTest();
    expect((await alice.get('/api/v3/account', { timestamp: clock.now() * 1_000 })).status).toBe(200);
  });

  it('is judged again before matching: a request held up at the gateway is not executed, and counts as an order', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    exchange.injectRequest({ fault: { verb: 'eng.slow', gatewayMs: 5_001, engineMs: 0 }, times: 1 });
    const reply = await alice.order({ side: 'BUY', type: 'MARKET', quantity: '1' });
    expect(reply.body.code).toBe(-1021);
    const counts = (await alice.get('/api/v3/rateLimit/order')).body;
    expect(counts.map(({ count }: { count: number }) => count)).toEqual([1, 1]);
    exchange.injectRequest({ fault: { verb: 'eng.slow', gatewayMs: 4_000, engineMs: 5_900 }, times: 1 });
    const late = await settled(clock, alice.order({ side: 'BUY', type: 'MARKET', quantity: '1' }));
    expect(late.body.status).toBe('FILLED');
  });
});
