import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { systemClock } from '../../../src/data/node-ports.ts';
import { ExchangeSockets } from '../../../src/exchange/exchange-sockets.ts';
import { LocalExchange } from '../../../src/exchange/local-exchange.ts';
import type { UserEvent } from '../../../src/exchange/types.ts';
import { ExchangeServer } from '../../../src/exchange/server.ts';

/** The secret printed in the documentation of Binance. */
const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
const MINUTE = 60_000;
const HISTORY = 100;

export interface Keys {
  readonly apiKey: string;
  /** An HMAC secret, or a private key (PEM). */
  readonly secret: string;
}

/** A served exchange whose market is pushed by hand, with one account for each kind of key. */
export interface Rig {
  readonly exchange: LocalExchange;
  readonly server: ExchangeServer;
  readonly hmac: Keys;
  readonly rsa: Keys;
  readonly ed25519: Keys;
  /** Open time of the last closed bar of the history. */
  readonly lastClosed: number;
  /** Trades at `price` again and again until `event` comes. */
  pushUntil<T>(price: string, event: Promise<T>): Promise<T>;
  /** Resolves when a library has opened a user data stream. */
  subscribed(): Promise<void>;
  close(): Promise<void>;
}

export async function openRig(): Promise<Rig> {
  const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const ed25519 = pem(generateKeyPairSync('ed25519'));
  const balances = { USDT: '10000', BTC: '1' };
  const clock = systemClock;
  const exchange = new Watched({
    clock,
    random: () => 0.5,
    symbols: [
      { name: 'BTCUSDT', base: 'BTC', quote: 'USDT', price: '50000', tickSize: '0.01', stepSize: '0.00001' },
      { name: 'ETHUSDT', base: 'ETH', quote: 'USDT', price: '2500', tickSize: '0.01', stepSize: '0.0001' },
    ],
    accounts: [
      { apiKey: 'hmac-key', secret: SECRET, balances },
      { apiKey: 'rsa-key', publicKey: rsa.publicKey, balances },
      { apiKey: 'ed25519-key', publicKey: ed25519.publicKey, balances },
    ],
  });
  const lastClosed = (Math.floor(clock.now() / MINUTE) - 1) * MINUTE;
  exchange.seed(
    'BTCUSDT',
    Array.from({ length: HISTORY }, (_, i) => ({
      time: lastClosed - (HISTORY - 1 - i) * MINUTE,
      open: 50_000 + i,
      high: 50_002 + i,
      low: 49_999 + i,
      close: 50_001 + i,
      volume: 1.5,
    })),
  );
  const sockets = new ExchangeSockets({ exchange, clock, random: () => 0.5 });
  const server = await ExchangeServer.serve({ exchange, sockets });
  return {
    exchange,
    server,
    hmac: { apiKey: 'hmac-key', secret: SECRET },
    rsa: { apiKey: 'rsa-key', secret: rsa.privateKey },
    ed25519: { apiKey: 'ed25519-key', secret: ed25519.privateKey },
    lastClosed,
    async pushUntil(price, event) {
      const timer = setInterval(() => exchange.trade('BTCUSDT', price, '0.5'), 20);
      return event.finally(() => clearInterval(timer));
    },
    subscribed: () => exchange.subscribed,
    close: () => server.close(),
  };
}

/** Tells when the first user data stream is there: not every library does. */
class Watched extends LocalExchange {
  #tell: () => void = () => undefined;
  readonly subscribed = new Promise<void>((resolve) => {
    this.#tell = resolve;
  });

  override onUser(apiKey: string, listener: (event: UserEvent) => void): () => void {
    this.#tell();
    return super.onUser(apiKey, listener);
  }
}

function pem(pair: KeyPairKeyObjectResult): { readonly publicKey: string; readonly privateKey: string } {
  return {
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** What the conformance test does with each library, in the library's own words. */
export interface Sdk {
  readonly name: string;
  /** Open times and closes of the last closed and the forming minutes. */
  klines(limit: number): Promise<{ readonly time: number; readonly close: number }[]>;
  /** Resolves with the price of the first trade that the market stream brings. */
  firstTrade(): Promise<number>;
  /** Opens the user data stream; `onFill` is told the order number and the quantity of each fill. */
  openUserStream(onFill: (orderId: string, quantity: number) => void): Promise<void>;
  placeLimit(side: 'buy' | 'sell', quantity: number, price: number): Promise<string>;
  placeMarket(side: 'buy' | 'sell', quantity: number): Promise<string>;
  openOrders(): Promise<string[]>;
  cancel(orderId: string): Promise<void>;
  /** Places a market order over the WebSocket API. */
  placeOverSocket(side: 'buy' | 'sell', quantity: number): Promise<string>;
  close(): Promise<void>;
}
