import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../test/servers/virtual-clock.ts';
import { parseUnits } from '../../../core/decimal.ts';
import type { Http, HttpRequest } from '../../../core/ports.ts';
import { ExchangeSockets } from '../../../exchange/exchange-sockets.ts';
import type { RequestFault } from '../../../exchange/faults.ts';
import { LocalExchange } from '../../../exchange/local-exchange.ts';
import type { ExchangeAccount, RateLimits } from '../../../exchange/types.ts';
import type { VenueOco, VenueOrder, VenueReport, VenueTrade } from '../venue.ts';
import { binanceEndpoints } from './endpoints.ts';
import { Secret } from './secret.ts';
import { BinanceVenue } from './venue.ts';

const API_KEY = 'k'.repeat(64);
const SYMBOL = 'BTCUSDT';

let clock: VirtualClock;
let exchange: LocalExchange;
let sockets: ExchangeSockets;
let venue: BinanceVenue;
let requests: HttpRequest[];
let trades: VenueTrade[];
let reports: VenueReport[];
let states: string[];

interface Setup {
  readonly secret?: string;
  readonly account?: Partial<ExchangeAccount>;
  readonly limits?: RateLimits;
  /** Machine time minus exchange time. */
  readonly skew?: number;
}

function start({ secret = 'secret', account = { secret: 'secret' }, limits, skew = 0 }: Setup = {}): void {
  clock = new VirtualClock();
  const exact = { now: () => clock.now() - skew, monotonic: () => clock.monotonic(), after: clock.after.bind(clock) };
  exchange = new LocalExchange({
    clock: exact,
    random: () => 0.5,
    symbols: [
      {
        name: SYMBOL,
        base: 'BTC',
        quote: 'USDT',
        price: '64000.00',
        tickSize: '0.01',
        stepSize: '0.00001',
        minNotional: '5',
      },
    ],
    accounts: [{ apiKey: API_KEY, balances: { USDT: '10000', BTC: '1' }, ...account }],
    ...(limits ? { limits } : {}),
  });
  sockets = new ExchangeSockets({ exchange, clock: exact, random: () => 0.5 });
  requests = [];
  const inner = exchange.http();
  const http: Http = {
    send: (request) => {
      requests.push(request);
      return inner.send(request);
    },
  };
  venue = new BinanceVenue({
    http,
    sockets: sockets.sockets(),
    clock,
    random: () => 0.5,
    endpoints: binanceEndpoints('local'),
    credentials: { venue: 'local', apiKey: new Secret(API_KEY), secret: new Secret(secret) },
    recvWindowMs: 5_000,
    note: () => undefined,
  });
  [trades, reports, states] = [[], [], []];
}

function listen(): void {
  venue.stream({
    report: (report) => reports.push(report),
    trade: (trade) => trades.push(trade),
    balance: (asset, change) => states.push(`${asset} ${change}`),
    connected: (up) => states.push(up ? 'up' : 'down'),
  });
}

async function after<T>(promise: Promise<T>, ms = 60_000): Promise<T> {
  await clock.advance(ms);
  return promise;
}

const posts = (): number => requests.filter(({ method }) => method === 'POST').length;
const order = (more: Partial<VenueOrder> = {}): VenueOrder => ({
  symbol: SYMBOL,
  clientId: 'v1-1',
  side: 'BUY',
  type: 'market',
  quantity: '0.01',
  ...more,
});
const oco: VenueOco = {
  symbol: SYMBOL,
  clientId: 'list-1',
  side: 'SELL',
  quantity: '0.5',
  stop: { clientId: 'stop-1', stopPrice: '60000' },
  target: { clientId: 'target-1', price: '70000' },
};

beforeEach(() => start());

describe('orders on the local exchange', () => {
  it('are filled, streamed, and found again by every query', async () => {
    listen();
    await clock.advance(100);
    expect(await after(venue.place(order()))).toMatchObject({
      kind: 'accepted',
      value: { clientId: 'v1-1', status: 'filled' },
    });
    const [trade] = await after(venue.trades(SYMBOL, 0));
    expect(trades).toEqual([{ ...trade, clientId: 'v1-1' }]);
    expect(reports.map(({ status }) => status)).toEqual(['working', 'filled']);
    const found = await after(venue.order(SYMBOL, 'v1-1'));
    expect(found).toMatchObject({ kind: 'found', report: { status: 'filled', orderId: trade.orderId } });
    const balances = await after(venue.balances());
    // The fee of a purchase is taken from what was bought.
    expect(trade.feeAsset).toBe('BTC');
    const bought = parseUnits(trade.quantity, 8) - parseUnits(trade.fee, 8);
    expect(parseUnits(balances.get('BTC')?.free ?? '', 8)).toBe(1e8 + bought);
    expect(parseUnits(balances.get('USDT')?.free ?? '', 8)).toBe(1e12 - parseUnits(trade.quoteQuantity, 8));
  });

  it.each([
    [order({ quantity: undefined, quoteQuantity: '640' } as never), 'filled'],
    [order({ type: 'limit', price: '60000' }), 'working'],
    [order({ type: 'limit', price: '60000', timeInForce: 'IOC' }), 'expired'],
    [order({ type: 'limit', price: '60000', timeInForce: 'FOK' }), 'expired'],
    [order({ type: 'limit', price: '65000', timeInForce: 'IOC' }), 'filled'],
    [order({ type: 'limit_maker', price: '60000' }), 'working'],
    [order({ type: 'stop', side: 'SELL', stopPrice: '60000' }), 'working'],
    [order({ type: 'stop', stopPrice: '68000' }), 'working'],
    [order({ type: 'stop_limit', side: 'SELL', stopPrice: '60000', price: '59000' }), 'working'],
  ])('of every type are taken: %j is %s', async (wish, status) => {
    expect(await after(venue.place(wish))).toMatchObject({ kind: 'accepted', value: { clientId: 'v1-1', status } });
    const open = await after(venue.openOrders());
    expect(open.map(({ clientId }) => clientId)).toEqual(status === 'working' ? ['v1-1'] : []);
  });

  it.each([
    [order({ type: 'stop', side: 'SELL', stopPrice: '68000' }), 'would_trigger'],
    [order({ type: 'limit_maker', price: '68000' }), 'price'],
    [order({ type: 'limit', price: '64000.001' }), 'price'],
    [order({ quantity: '0.000015' }), 'quantity'],
    [order({ quantity: '0.00001' }), 'quantity'],
    [order({ quantity: '100' }), 'balance'],
    [order({ symbol: 'NOSUCH' }), 'none'],
  ])('that break a rule are refused with what may help: %j, %s', async (wish, cure) => {
    expect(await after(venue.place(wish))).toMatchObject({ kind: 'rejected', cure });
    expect(posts()).toBe(1);
  });

  it('with a client id that is still open are in doubt: it proves that an earlier one lives', async () => {
    const resting = order({ type: 'limit', price: '60000' });
    await after(venue.place(resting));
    expect((await after(venue.place(resting))).kind).toBe('in_doubt');
  });

  it('are canceled once; the second time they are unknown', async () => {
    await after(venue.place(order({ type: 'limit', price: '60000' })));
    const canceled = { kind: 'accepted', value: [{ clientId: 'v1-1', status: 'canceled' }] };
    expect(await after(venue.cancel(SYMBOL, 'v1-1', false))).toMatchObject(canceled);
    expect(await after(venue.cancel(SYMBOL, 'v1-1', false))).toMatchObject({ kind: 'rejected', cure: 'unknown_order' });
    expect(await after(venue.order(SYMBOL, 'never'))).toMatchObject({ kind: 'absent' });
    // The query names it as it was placed, not as its cancel was called.
    expect(await after(venue.order(SYMBOL, 'v1-1'))).toMatchObject({
      kind: 'found',
      report: { clientId: 'v1-1', status: 'canceled' },
    });
  });
});

describe('a stop and a target on the local exchange', () => {
  it('are one list: the target fills, the stop expires', async () => {
    listen();
    await clock.advance(100);
    expect(await after(venue.placeOco(oco))).toMatchObject({ kind: 'accepted', value: [{}, {}] });
    const open = await after(venue.openOrders());
    expect(open.map(({ clientId, listClientId }) => [clientId, listClientId]).sort()).toEqual([
      ['stop-1', 'list-1'],
      ['target-1', 'list-1'],
    ]);
    exchange.trade(SYMBOL, '70100', '1');
    await clock.advance(100);
    const last = new Map(reports.map((report) => [report.clientId, report]));
    expect(last.get('target-1')).toMatchObject({ status: 'filled', listClientId: 'list-1' });
    expect(last.get('stop-1')?.status).toBe('expired');
    expect(trades).toHaveLength(1);
  });

  it('know their list after a restart, and are canceled together', async () => {
    await after(venue.placeOco(oco));
    const { http, ...rest } = { http: exchange.http(), clock, random: () => 0.5, sockets: sockets.sockets() };
    const again = new BinanceVenue({
      ...rest,
      http,
      endpoints: binanceEndpoints('local'),
      credentials: { venue: 'local', apiKey: new Secret(API_KEY), secret: new Secret('secret') },
      recvWindowMs: 5_000,
      note: () => undefined,
    });
    expect((await after(again.openOrders())).map(({ listClientId }) => listClientId)).toEqual(['list-1', 'list-1']);
    const canceled = await after(again.cancel(SYMBOL, 'list-1', true));
    expect(canceled).toMatchObject({ kind: 'accepted', value: [{ status: 'canceled' }, { status: 'canceled' }] });
    expect(await after(again.openOrders())).toEqual([]);
  });

  it('are refused once the price has passed the stop', async () => {
    exchange.trade(SYMBOL, '59000', '1');
    expect(await after(venue.placeOco(oco))).toMatchObject({ kind: 'rejected', cure: 'would_trigger' });
    const buying: VenueOco = {
      ...oco,
      side: 'BUY',
      quantity: '0.01',
      stop: { clientId: 's', stopPrice: '62000' },
      target: { clientId: 't', price: '57000' },
    };
    expect(await after(venue.placeOco(buying))).toMatchObject({ kind: 'accepted' });
  });
});

describe('faults of the local exchange', () => {
  const faults: readonly (readonly [RequestFault, string, boolean])[] = [
    [{ verb: 'net.dropReq' }, 'in_doubt', false],
    [{ verb: 'net.dropRes' }, 'in_doubt', true],
    [{ verb: 'dns.fail' }, 'in_doubt', false],
    [{ verb: 'http.429', retryAfter: 5 }, 'rejected', false],
    [{ verb: 'http.418', retryAfter: 5 }, 'rejected', false],
    [{ verb: 'http.403html' }, 'in_doubt', false],
    [{ verb: 'http.5xx', status: 503, code: -1008, executed: true }, 'in_doubt', true],
    [{ verb: 'http.5xx', status: 504, code: -1007, executed: true }, 'in_doubt', true],
    [{ verb: 'http.5xx', status: 502, code: -1000, executed: false }, 'in_doubt', false],
    [{ verb: 'http.truncBody' }, 'in_doubt', true],
    [{ verb: 'http.emptyBody' }, 'in_doubt', true],
    [{ verb: 'http.resetAfterExec' }, 'in_doubt', true],
    [{ verb: 'eng.reject', code: -2010, message: 'Market is closed.' }, 'rejected', false],
    [{ verb: 'eng.slow', gatewayMs: 6_000, engineMs: 0 }, 'rejected', false],
    [{ verb: 'net.delay', requestMs: 6_000, replyMs: 0 }, 'rejected', false],
    [{ verb: 'net.delay', requestMs: 2_000, replyMs: 1_000 }, 'accepted', true],
    [{ verb: 'eng.partial', share: 0.5 }, 'accepted', true],
    [{ verb: 'eng.expire', reason: 'INSUFFICIENT_LIQUIDITY' }, 'accepted', true],
  ];

  it.each(faults)('%j: one request, outcome %s, there afterwards: %s', async (fault, kind, there) => {
    await after(venue.balances());
    exchange.injectRequest({ fault, operations: ['order.place'], times: 1 });
    const outcome = await after(venue.place(order()));
    expect(outcome.kind).toBe(kind);
    expect(posts()).toBe(1);
    await clock.advance(600_000);
    expect((await after(venue.order(SYMBOL, 'v1-1'))).kind).toBe(there ? 'found' : 'absent');
    expect(posts()).toBe(1);
  });

  it.each(faults.filter(([{ verb }]) => !verb.startsWith('eng.')))(
    '%j: a list is sent once too',
    async (fault, kind, there) => {
      await after(venue.balances());
      exchange.injectRequest({ fault, operations: ['orderList.place.oco'], times: 1 });
      expect((await after(venue.placeOco(oco))).kind).toBe(kind);
      await clock.advance(600_000);
      expect((await after(venue.order(SYMBOL, 'stop-1'))).kind).toBe(there ? 'found' : 'absent');
      expect(posts()).toBe(1);
    },
  );

  it('of a query leave an order unknown, never absent', async () => {
    await after(venue.place(order()));
    for (const [fault] of faults.filter(([{ verb }]) => /^(net.drop|dns|http)/.test(verb))) {
      exchange.injectRequest({ fault, operations: ['order.status'], times: 1 });
      expect((await after(venue.order(SYMBOL, 'v1-1'))).kind).toBe('unknown');
      await clock.advance(600_000);
    }
    expect((await after(venue.order(SYMBOL, 'v1-1'))).kind).toBe('found');
  });

  it('of the stream bring it back, and say so', async () => {
    listen();
    await clock.advance(1_000);
    for (const fault of [
      { verb: 'ws.close', code: 1006 },
      { verb: 'user.terminate' },
      { verb: 'ws.halfOpen' },
      { verb: 'ws.refuse', ms: 20_000 },
      { verb: 'ws.shutdown', noticeMs: 10_000 },
    ] as const) {
      sockets.inject(fault, 'api');
      if (fault.verb === 'ws.refuse') sockets.inject({ verb: 'ws.close', code: 1001 }, 'api');
      await clock.advance(120_000);
      expect([fault.verb, states.at(-1)]).toEqual([fault.verb, 'up']);
    }
    trades = [];
    await after(venue.place(order()));
    expect(trades).toHaveLength(1);
    exchange.inject({ verb: 'ext.deposit', apiKey: API_KEY, asset: 'USDT', amount: '5' });
    await clock.advance(100);
    expect(states.at(-1)).toBe('USDT 5.00000000');
  });

  it('do not appear in three quiet days: each replacement overlaps', async () => {
    listen();
    await clock.advance(3 * 86_400_000);
    expect(states).toEqual(['up']);
    await after(venue.place(order()));
    expect(trades).toHaveLength(1);
  });
});

describe('a machine and an exchange that differ', () => {
  it.each([-3_600_000, -30_000, -1_500, 1_500, 30_000, 3_600_000])(
    'by %i ms in time trade all the same',
    async (skew) => {
      start({ skew });
      await after(venue.balances());
      listen();
      expect((await after(venue.place(order()))).kind).toBe('accepted');
      expect(states).toEqual(['up']);
      expect(Math.abs(venue.time() - exchange.time())).toBeLessThanOrEqual(1);
    },
  );

  it.each(['rsa', 'ed25519'] as const)('sign in with an %s key', async (kind) => {
    const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ed25519');
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    start({ secret: pem, account: { publicKey } });
    listen();
    await clock.advance(100);
    expect((await after(venue.place(order()))).kind).toBe('accepted');
    expect(trades).toHaveLength(1);
  });

  it('about the secret are told: nothing is sent twice', async () => {
    start({ secret: 'wrong' });
    listen();
    expect(await after(venue.place(order()))).toMatchObject({ kind: 'rejected', code: -1022, cure: 'none' });
    expect(posts()).toBe(1);
    expect(states).toEqual([]);
  });

  it('about how much is allowed never meet a limit', async () => {
    start({ limits: { weightPerMinute: 400, ordersPer10Seconds: 10 } });
    await after(venue.rules([SYMBOL]));
    const outcomes = Array.from({ length: 30 }, (_, i) =>
      venue.place(order({ clientId: `v1-${i}`, quantity: '0.001' })),
    );
    const queries = Array.from({ length: 40 }, () => venue.balances());
    await clock.advance(600_000);
    const kinds = (await Promise.all(outcomes)).map((outcome) =>
      outcome.kind === 'rejected' ? outcome.code : outcome.kind,
    );
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(6);
    expect(kinds.filter((kind) => kind === 0)).toHaveLength(24);
    expect((await Promise.all(queries)).length).toBe(40);
  });

  it('about the key: one that may trade only is taken, one that may withdraw is not', async () => {
    start({ account: { secret: 'secret', permissions: { ipRestrict: true } } });
    expect(await after(venue.checkPermissions('refuse'))).toEqual([]);
    start({ account: { secret: 'secret', permissions: { ipRestrict: true, withdrawals: true } } });
    const refused = await after(venue.checkPermissions('refuse').catch((error: unknown) => error));
    expect(refused).toMatchObject({ code: 'VLV_VENUE_PERMISSION' });
  });
});
