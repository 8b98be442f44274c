import { createHmac, type KeyObject, sign } from 'node:crypto';
import type { Http } from '../../src/core/ports.ts';
import { SteppedClock } from '../../src/exchange/exchange-clock.ts';
import { LocalExchange } from '../../src/exchange/local-exchange.ts';
import type { ExchangeAccount, ExchangeOptions, ExchangeSymbol } from '../../src/exchange/types.ts';

export type Signer = { readonly secret: string } | { readonly privateKey: KeyObject };

/** JSON of an answer: tests compare what they expect of it. */
export type Loose = ReturnType<typeof JSON.parse>;

export interface ClientReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Loose;
}

type Fields = Readonly<Record<string, string | number>>;

const MINUTE = 60_000;

/** Signs a payload as the key's owner does. */
export function signatureOf(payload: string, signer: Signer): string {
  if ('secret' in signer) return createHmac('sha256', signer.secret).update(payload).digest('hex');
  const algorithm = signer.privateKey.asymmetricKeyType === 'rsa' ? 'sha256' : null;
  return sign(algorithm, Buffer.from(payload), signer.privateKey).toString('base64');
}

/** A bare REST client of a spot exchange for tests: written from the API's description, not from the product's client. */
export class SpotClient {
  readonly #http: Http;
  readonly #clock: SteppedClock;
  readonly #apiKey: string;
  readonly #signer: Signer;

  constructor(http: Http, clock: SteppedClock, apiKey: string, signer: Signer) {
    this.#http = http;
    this.#clock = clock;
    this.#apiKey = apiKey;
    this.#signer = signer;
  }

  /** A request without a key. */
  open(path: string, fields: Fields = {}): Promise<ClientReply> {
    return this.#finish(this.#send('GET', path, queryOf(fields), ''));
  }

  get(path: string, fields: Fields = {}): Promise<ClientReply> {
    return this.#finish(this.signed('GET', path, fields));
  }

  post(path: string, fields: Fields = {}): Promise<ClientReply> {
    return this.#finish(this.signed('POST', path, fields));
  }

  put(path: string, fields: Fields = {}): Promise<ClientReply> {
    return this.#finish(this.signed('PUT', path, fields));
  }

  delete(path: string, fields: Fields = {}): Promise<ClientReply> {
    return this.#finish(this.signed('DELETE', path, fields));
  }

  order(fields: Fields): Promise<ClientReply> {
    return this.post('/api/v3/order', { symbol: 'BTCUSDT', ...fields });
  }

  /** The request under way, for a test that moves the clock itself. */
  async signed(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, fields: Fields = {}): Promise<ClientReply> {
    const query = queryOf({ timestamp: this.#clock.now(), ...fields });
    return this.#send(method, path, `${query}&signature=${encodeURIComponent(signatureOf(query, this.#signer))}`, '');
  }

  /** Query and body exactly as given; `key` false leaves the API key out. */
  async raw(method: 'GET' | 'POST', path: string, query: string, body = '', key = true): Promise<ClientReply> {
    return this.#finish(this.#send(method, path, query, body, key));
  }

  async #send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    query: string,
    body: string,
    key = true,
  ): Promise<ClientReply> {
    const headers: Record<string, string> = key ? { 'X-MBX-APIKEY': this.#apiKey } : {};
    if (body !== '') headers['content-type'] = 'application/x-www-form-urlencoded';
    const url = `http://exchange${path}${query === '' ? '' : `?${query}`}`;
    const reply = await this.#http.send({ method, url, headers, body, timeoutMs: 15_000 });
    return { ...reply, body: readable(reply.body) };
  }

  /** Moves the clock as far as the request needs. */
  async #finish(request: Promise<ClientReply>): Promise<ClientReply> {
    return settled(this.#clock, request);
  }
}

function readable(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function queryOf(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

/** What `promise` comes to, the clock moved from timer to timer until it does. */
export async function settled<T>(clock: SteppedClock, promise: Promise<T>): Promise<T> {
  let over = false;
  const done = promise.finally(() => {
    over = true;
  });
  // Handled by the awaiting caller as well; this one only keeps a rejection from being unobserved meanwhile.
  done.catch(() => undefined);
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (over) return done;
    const next = clock.next();
    if (next === undefined) throw new Error('Nothing is left that the request could wait for');
    clock.moveTo(next);
  }
}

export const BTC: ExchangeSymbol = {
  name: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  price: '100',
  tickSize: '0.01',
  stepSize: '0.001',
};

export const ALICE: ExchangeAccount = {
  apiKey: 'alice',
  secret: 'alice-secret',
  balances: { USDT: '10000', BTC: '10' },
};
export const BOB: ExchangeAccount = { apiKey: 'bob', secret: 'bob-secret', balances: { USDT: '10000', BTC: '10' } };

/** An exchange at noon with two accounts, and a client of each; the market stands at 100 in endless depth. */
export function exchangeForTest(options: Partial<ExchangeOptions> = {}): {
  exchange: LocalExchange;
  clock: SteppedClock;
  alice: SpotClient;
  bob: SpotClient;
} {
  const clock = new SteppedClock(Date.UTC(2026, 0, 5, 12));
  const exchange = new LocalExchange({ clock, random: seeded(7), symbols: [BTC], accounts: [ALICE, BOB], ...options });
  const client = (apiKey: string): SpotClient =>
    new SpotClient(exchange.http(apiKey), clock, apiKey, { secret: `${apiKey}-secret` });
  return { exchange, clock, alice: client('alice'), bob: client('bob') };
}

/** A small generator (mulberry32), so that every run draws the same numbers. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A minute bar of the test's own making. */
export function bar(time: number, open: number, high: number, low: number, close: number, volume = 10) {
  return { time: Math.floor(time / MINUTE) * MINUTE, open, high, low, close, volume };
}
