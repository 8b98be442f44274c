import { binanceEndpoints } from '../../src/execution/venues/binance/endpoints.ts';
import { Secret } from '../../src/execution/venues/binance/secret.ts';
import { BinanceVenue, type BinanceVenueOptions } from '../../src/execution/venues/binance/venue.ts';
import { ScriptedHttp, ScriptedSockets } from './scripted-binance.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A venue on a scripted exchange, with a clock that stands still until it is moved. */
export class BinanceBench {
  readonly clock = new VirtualClock();
  readonly http = new ScriptedHttp(this.clock);
  readonly sockets = new ScriptedSockets();
  readonly notes: string[] = [];
  readonly options: BinanceVenueOptions;
  readonly venue: BinanceVenue;

  constructor(secret = 'secret') {
    this.options = {
      http: this.http,
      sockets: this.sockets,
      clock: this.clock,
      random: () => 0.5,
      endpoints: binanceEndpoints('local', 'http://127.0.0.1:1'),
      credentials: { venue: 'local', apiKey: new Secret('key'), secret: new Secret(secret) },
      recvWindowMs: 5_000,
      note: (text) => this.notes.push(text),
    };
    this.venue = new BinanceVenue(this.options);
  }

  /** The result of a promise, once the clock has let it come. */
  async after<T>(promise: Promise<T>, ms = 15_000): Promise<T> {
    await this.clock.advance(ms);
    return promise;
  }
}

/** The reply to a market order. */
export function placed(clientOrderId: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    symbol: 'BTCUSDT',
    orderId: 28,
    orderListId: -1,
    clientOrderId,
    transactTime: 1_507_725_176_595,
    price: '0.00000000',
    origQty: '0.00100000',
    executedQty: '0.00100000',
    cummulativeQuoteQty: '64.1',
    status: 'FILLED',
    timeInForce: 'GTC',
    type: 'MARKET',
    side: 'BUY',
    ...more,
  };
}

/** A row of `myTrades`. */
export function tradeRow(id: number): Record<string, unknown> {
  return {
    symbol: 'BTCUSDT',
    id,
    orderId: 28,
    orderListId: -1,
    price: '64100.01000000',
    qty: '0.00100000',
    quoteQty: '64.10001000',
    commission: '0.00000100',
    commissionAsset: 'BTC',
    time: 1_499_865_549_590,
    isBuyer: true,
    isMaker: false,
    isBestMatch: true,
  };
}

/** An `executionReport` of an order that was just accepted. */
export function reportEvent(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    e: 'executionReport',
    E: 1_499_405_658_658,
    s: 'BTCUSDT',
    c: 'v1-1',
    S: 'BUY',
    o: 'MARKET',
    f: 'GTC',
    q: '0.00300000',
    p: '0.00000000',
    P: '0.00000000',
    F: '0.00000000',
    g: -1,
    C: '',
    x: 'NEW',
    X: 'NEW',
    r: 'NONE',
    i: 4_293_153,
    l: '0.00000000',
    z: '0.00000000',
    L: '0.00000000',
    n: '0',
    N: null,
    T: 1_499_405_658_657,
    t: -1,
    I: 8_641_984,
    w: true,
    m: false,
    M: false,
    O: 1_499_405_658_657,
    Z: '0.00000000',
    Y: '0.00000000',
    Q: '0.00000000',
    ...more,
  };
}
