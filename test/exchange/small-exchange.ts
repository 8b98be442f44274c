import { SteppedClock } from '../../src/exchange/exchange-clock.ts';
import { ExchangeSockets, type SocketOptions } from '../../src/exchange/exchange-sockets.ts';
import { LocalExchange } from '../../src/exchange/local-exchange.ts';
import type { ExchangeBar, ExchangeOptions } from '../../src/exchange/types.ts';
import { SocketClient } from './socket-client.ts';

export const START = Date.UTC(2026, 0, 5);
export const MINUTE = 60_000;
/** Printed in the documentation of Binance. */
export const API_KEY = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A';
export const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';

/** An exchange in process on a clock that stands, at 50,000 USDT for one BTC. */
export class SmallExchange {
  readonly clock = new SteppedClock(START);
  readonly exchange: LocalExchange;
  readonly hub: ExchangeSockets;

  constructor(sockets: Partial<SocketOptions> = {}, exchange: Partial<ExchangeOptions> = {}) {
    const { clock } = this;
    this.exchange = new LocalExchange({
      clock,
      random: () => 0.5,
      symbols: [
        { name: 'BTCUSDT', base: 'BTC', quote: 'USDT', price: '50000', tickSize: '0.01', stepSize: '0.00001' },
        { name: 'ETHUSDT', base: 'ETH', quote: 'USDT', price: '2500', tickSize: '0.01', stepSize: '0.0001' },
      ],
      accounts: [{ apiKey: API_KEY, secret: SECRET, balances: { USDT: '10000', BTC: '1' } }],
      ...exchange,
    });
    this.hub = new ExchangeSockets({ exchange: this.exchange, clock, random: () => 0.5, ...sockets });
  }

  /** Lets so much time pass. */
  pass(ms: number): void {
    this.clock.moveTo(this.clock.now() + ms);
  }

  /** A connected client; what the exchange sends at once has arrived. */
  client(path: string): SocketClient {
    const client = new SocketClient(this.hub.sockets(), `ws://exchange${path}`);
    this.pass(0);
    return client;
  }

  /** A client with its subscriptions confirmed. */
  subscribed(...streams: readonly string[]): SocketClient {
    return this.client(`/stream?streams=${streams.join('/')}`);
  }

  /** Trades at a price, and what follows arrives. */
  trade(price: number, quantity = 1, symbol = 'BTCUSDT'): void {
    this.exchange.trade(symbol, price, quantity);
    this.pass(0);
  }

  /** Plays a whole minute bar of BTCUSDT that opens now; ends at its close. */
  minute(close: number, volume = 2): ExchangeBar {
    const open = close - 1;
    const bar = { time: this.clock.now(), open, high: close + 2, low: open - 2, close, volume };
    this.exchange.openBar('BTCUSDT', bar);
    this.pass(MINUTE);
    this.exchange.closeBar('BTCUSDT', bar);
    this.pass(0);
    return bar;
  }
}
