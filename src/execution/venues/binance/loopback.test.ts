import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHttp, nodeSockets, systemClock } from '../../../data/node-ports.ts';
import { ExchangeSockets } from '../../../exchange/exchange-sockets.ts';
import { LocalExchange } from '../../../exchange/local-exchange.ts';
import { ExchangeServer } from '../../../exchange/server.ts';
import type { VenueOrder, VenueStream } from '../venue.ts';
import { binanceEndpoints } from './endpoints.ts';
import { Secret } from './secret.ts';
import { BinanceVenue } from './venue.ts';

const API_KEY = 'k'.repeat(64);
const SYMBOL = 'BTCUSDT';
const BUY: VenueOrder = { symbol: SYMBOL, clientId: 'v1-1', side: 'BUY', type: 'market', quantity: '0.01' };

let exchange: LocalExchange;
let sockets: ExchangeSockets;
let server: ExchangeServer;
let venue: BinanceVenue;
let stream: VenueStream | undefined;

beforeEach(async () => {
  exchange = new LocalExchange({
    clock: systemClock,
    random: () => 0.5,
    symbols: [{ name: SYMBOL, base: 'BTC', quote: 'USDT', price: '64000', tickSize: '0.01', stepSize: '0.00001' }],
    accounts: [{ apiKey: API_KEY, secret: 'secret', balances: { USDT: '10000', BTC: '1' } }],
  });
  sockets = new ExchangeSockets({ exchange, clock: systemClock, random: () => 0.5 });
  server = await ExchangeServer.serve({ exchange, sockets });
  venue = new BinanceVenue({
    http: nodeHttp,
    sockets: nodeSockets,
    clock: systemClock,
    random: () => 0,
    endpoints: binanceEndpoints('local', server.rest),
    credentials: { venue: 'local', apiKey: new Secret(API_KEY), secret: new Secret('secret') },
    recvWindowMs: 5_000,
    note: () => undefined,
  });
  await venue.rules([SYMBOL]);
  await venue.balances();
});
afterEach(async () => {
  stream?.close();
  stream = undefined;
  await server.close();
});

/** What the stream tells, to be awaited in the order in which it comes. */
function listen(): () => Promise<unknown> {
  const told: unknown[] = [];
  let wake: () => void = () => undefined;
  const tell = (what: unknown): void => {
    told.push(what);
    wake();
  };
  stream = venue.stream({
    report: ({ clientId, status }) => tell([clientId, status]),
    trade: ({ quantity }) => tell(quantity),
    balance: (asset, change) => tell([asset, change]),
    connected: (up) => tell(up),
  });
  return async () => {
    while (told.length === 0) await new Promise<void>((resume) => (wake = resume));
    return told.shift();
  };
}

describe('over real sockets', () => {
  it('orders are filled and streamed, and the stream comes back when its connection is cut', async () => {
    const next = listen();
    expect(await next()).toBe(true);
    expect((await venue.place(BUY)).kind).toBe('accepted');
    expect([await next(), await next(), await next()]).toEqual([['v1-1', 'working'], '0.01000000', ['v1-1', 'filled']]);
    sockets.inject({ verb: 'ws.close', code: 1012 }, 'api');
    expect([await next(), await next()]).toEqual([false, true]);
    exchange.inject({ verb: 'ext.deposit', apiKey: API_KEY, asset: 'USDT', amount: '1' });
    expect(await next()).toEqual(['USDT', '1.00000000']);
  });

  it.each(['http.resetAfterExec', 'http.emptyBody', 'http.truncBody'] as const)(
    'an order is executed once though the connection, used before, fails with %s',
    async (verb) => {
      expect((await venue.place(BUY)).kind).toBe('accepted');
      exchange.injectRequest({ fault: { verb }, operations: ['order.place'], times: 1 });
      expect((await venue.place({ ...BUY, clientId: 'v1-2' })).kind).toBe('in_doubt');
      expect((await venue.order(SYMBOL, 'v1-2')).kind).toBe('found');
      expect(await venue.trades(SYMBOL, 0)).toHaveLength(2);
    },
  );

  it('a server that is gone leaves an order in doubt, and queries say that nothing is known', async () => {
    await server.close();
    expect((await venue.place(BUY)).kind).toBe('in_doubt');
    expect((await venue.order(SYMBOL, 'v1-1')).kind).toBe('unknown');
    await expect(venue.balances()).rejects.toMatchObject({ code: 'VLV_VENUE_REQUEST' });
  });
});
