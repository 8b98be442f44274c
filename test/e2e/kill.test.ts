import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeHttp, nodeSockets, systemClock } from '../../src/data/node-ports.ts';
import { ExchangeSockets } from '../../src/exchange/exchange-sockets.ts';
import { LocalExchange } from '../../src/exchange/local-exchange.ts';
import { ExchangeServer } from '../../src/exchange/server.ts';
import { openJournal } from '../../src/execution/journal/open.ts';
import { binanceEndpoints } from '../../src/execution/venues/binance/endpoints.ts';
import { Secret } from '../../src/execution/venues/binance/secret.ts';
import { BinanceVenue } from '../../src/execution/venues/binance/venue.ts';
import { cli, temporaryFolder } from '../cli/process.ts';

const KEY = 'k'.repeat(64);
const SECRET = 's'.repeat(64);
const SYMBOL = 'BTCUSDT';

async function serve(): Promise<{ server: ExchangeServer; venue: BinanceVenue }> {
  const exchange = new LocalExchange({
    clock: systemClock,
    random: () => 0.5,
    symbols: [{ name: SYMBOL, base: 'BTC', quote: 'USDT', price: '64000', tickSize: '0.01', stepSize: '0.00001' }],
    accounts: [{ apiKey: KEY, secret: SECRET, balances: { USDT: '10000', BTC: '1' } }],
  });
  const sockets = new ExchangeSockets({ exchange, clock: systemClock, random: () => 0.5 });
  const server = await ExchangeServer.serve({ exchange, sockets });
  onTestFinished(() => server.close());
  const venue = new BinanceVenue({
    http: nodeHttp,
    sockets: nodeSockets,
    clock: systemClock,
    random: () => 0,
    endpoints: binanceEndpoints('local', server.rest),
    credentials: { venue: 'local', apiKey: new Secret(KEY), secret: new Secret(SECRET) },
    recvWindowMs: 5_000,
    note: () => undefined,
  });
  return { server, venue };
}

describe('valvulin kill at an exchange', () => {
  it('leaves nothing of the engine there, and everything of others, while the engine still runs', async () => {
    const { server, venue } = await serve();
    const buy = { symbol: SYMBOL, side: 'BUY', quantity: '0.01' } as const;
    const far = { type: 'limit', timeInForce: 'GTC', price: '60000' } as const;
    const placed = [
      await venue.place({ ...buy, clientId: 'vvab-1-1-e1', type: 'market' }),
      await venue.place({ ...buy, ...far, clientId: 'vvab-1-4-e1' }),
      await venue.place({ ...buy, ...far, clientId: 'web_1' }),
      await venue.placeOco({
        symbol: SYMBOL,
        clientId: 'vvab-1-2-l1',
        side: 'SELL',
        quantity: '0.00999',
        stop: { clientId: 'vvab-1-2-s1', stopPrice: '63000' },
        target: { clientId: 'vvab-1-3-t1', price: '66000' },
      }),
    ];
    expect(placed.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    const before = (await venue.balances()).get('BTC');

    const cwd = temporaryFolder();
    const engine = openJournal({ stateDir: join(cwd, 'data', 'state'), account: 'local' }, 1);
    onTestFinished(() => engine.close());
    const manifest = { configHash: '', packageVersion: '', nodeVersion: '', details: '{}' };
    const run = engine.beginRun({ started: 1, mode: 'live', venue: 'local', ...manifest });
    const [trade] = await venue.trades(SYMBOL, 0);
    const { orderId, ...rest } = trade;
    engine.fact(run, { ...rest, kind: 'fill', clientId: 'vvab-1-1-e1', exchangeId: orderId });
    engine.flush();

    const env = { LOCAL_API_KEY: KEY, LOCAL_API_SECRET: SECRET };
    const args = ['kill', '--venue', 'local', '--url', server.rest];
    const killed = await cli([...args, '--flatten', '--yes', '--json'], { cwd, env });
    expect(killed.stderr).toBe('');
    expect(killed.code).toBe(0);
    expect(JSON.parse(killed.stdout)).toMatchObject({ account: 'local', left: [], problems: [] });
    expect((await venue.openOrders()).map(({ clientId }) => clientId)).toEqual(['web_1']);
    // What was bought is sold, but for the fee and less than a lot; the coins that were there before are still there.
    const after = (await venue.balances()).get('BTC');
    expect(Number(before?.free) + Number(before?.locked)).toBeCloseTo(1 + 0.01 * 0.999, 9);
    expect(Number(after?.free)).toBeCloseTo(1, 9);
    expect(Number(after?.free)).toBeGreaterThanOrEqual(1);

    expect(engine.holdsLease()).toBe(false);
    expect(() =>
      engine.attempt(run, [{ kind: 'place', orderId: 9, clientId: 'late', symbol: SYMBOL, time: 1, payload: '{}' }]),
    ).toThrow(expect.objectContaining({ code: 'VLV_INSTANCE' }));
    const again = await cli([...args, '--flatten', '--yes'], { cwd, env });
    expect(again.stdout).not.toContain('sold as');
    expect(killed.stdout + again.stdout + again.stderr).not.toContain(SECRET);
  });
});
