import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LocalExchange } from '../../src/exchange/local-exchange.ts';
import type { ExchangeAccount, UserEvent } from '../../src/exchange/types.ts';
import { BTC, exchangeForTest, seeded, SpotClient } from '../servers/spot-client.ts';

const ONE = 100_000_000n;
const STEPS = 120;
const RUNS = 25;
const OPEN = ['NEW', 'PARTIALLY_FILLED'];
const BNB = { ...BTC, name: 'BNBUSDT', base: 'BNB', price: '6', stepSize: '0.01', minNotional: '1' };
const LIQUIDITY = [{}, { levelQuantity: '0.7', levels: 4 }, { levelQuantity: '0.333', levels: 3, halfSpreadBps: 40 }];

const account = (apiKey: string, fees: NonNullable<ExchangeAccount['fees']>): ExchangeAccount => ({
  apiKey,
  secret: `${apiKey}-secret`,
  fees,
  balances: { USDT: '3000.00000001', BTC: '9.87654321', BNB: '0.05' },
});
const ACCOUNTS = [account('anna', 'received'), account('ben', 'quote'), account('cleo', 'bnb')];

const units = (text: string): bigint => BigInt(text.replace('.', ''));

/** What comes and goes by transfers, which no trade explains. */
type Transfers = Map<string, bigint>;

/** A random user of the exchange: every kind of order, cancellation and event, valid or not. */
class Monkey {
  readonly #exchange: LocalExchange;
  readonly #clients: readonly SpotClient[];
  readonly #random: () => number;
  readonly #transfers: Transfers;
  accepted = 0;

  constructor(exchange: LocalExchange, clients: readonly SpotClient[], random: () => number, transfers: Transfers) {
    this.#exchange = exchange;
    this.#clients = clients;
    this.#random = random;
    this.#transfers = transfers;
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)];
  }

  #price(around: number): string {
    return (around * (0.96 + this.#random() * 0.08)).toFixed(2);
  }

  #terms(around: number, prefix = ''): Record<string, string> {
    const type = this.#pick(['LIMIT', 'LIMIT', 'LIMIT_MAKER', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT_LIMIT']);
    const name = (plain: string): string => (prefix === '' ? plain : prefix + plain[0].toUpperCase() + plain.slice(1));
    const terms: Record<string, string> = { [name('type')]: type };
    if (type.includes('LIMIT')) terms[name('price')] = this.#price(around);
    if (type === 'LIMIT' || type.endsWith('_LIMIT'))
      terms[name('timeInForce')] = this.#pick(['GTC', 'GTC', 'IOC', 'FOK']);
    if (type.startsWith('STOP') || type.startsWith('TAKE')) terms[name('stopPrice')] = this.#price(around);
    return terms;
  }

  async step(): Promise<void> {
    const symbol = this.#pick(['BTCUSDT', 'BTCUSDT', 'BNBUSDT']);
    const around = symbol === 'BTCUSDT' ? 100 : 6;
    const client = this.#pick(this.#clients);
    const quantity = (0.1 + this.#random() * (around === 100 ? 3 : 30)).toFixed(2);
    const side = this.#pick(['BUY', 'SELL']);
    const stp = this.#pick(['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH', 'DECREMENT', 'TRANSFER']);
    const shared = { symbol, selfTradePreventionMode: stp };
    const roll = this.#random();
    if (roll < 0.3) await this.#send(client, '/api/v3/order', { ...shared, side, quantity, ...this.#terms(around) });
    else if (roll < 0.38) await this.#send(client, '/api/v3/order', { ...shared, side, quantity, type: 'MARKET' });
    else if (roll < 0.44) {
      const budget = (10 + this.#random() * 200).toFixed(2);
      await this.#send(client, '/api/v3/order', { ...shared, side, quoteOrderQty: budget, type: 'MARKET' });
    } else if (roll < 0.54)
      await this.#send(client, '/api/v3/orderList/oco', this.#oco(shared, side, quantity, around));
    else if (roll < 0.6) await this.#send(client, '/api/v3/orderList/oto', this.#oto(shared, side, quantity, around));
    else if (roll < 0.66)
      await this.#send(client, '/api/v3/orderList/otoco', this.#otoco(shared, side, quantity, around));
    else if (roll < 0.74) await this.#change(client, symbol, quantity);
    else if (roll < 0.77) this.#transfer(client);
    else if (roll < 0.9) {
      const print = (0.05 + this.#random()).toFixed(2);
      this.#exchange.trade(symbol, this.#price(around), print, { jump: this.#random() < 0.3 });
    } else this.#bar(symbol, around);
  }

  async #send(client: SpotClient, path: string, fields: Record<string, string>): Promise<void> {
    if ((await client.post(path, fields)).status === 200) this.accepted++;
  }

  #oco(shared: object, side: string, quantity: string, around: number) {
    const [above, below] = [(around * 1.02).toFixed(2), (around * 0.98).toFixed(2)];
    const stopLeg = { Type: 'STOP_LOSS', StopPrice: side === 'SELL' ? below : above };
    const limitLeg = { Type: 'LIMIT_MAKER', Price: side === 'SELL' ? above : below };
    const legs = side === 'SELL' ? { above: limitLeg, below: stopLeg } : { above: stopLeg, below: limitLeg };
    const fields = Object.entries(legs).flatMap(([prefix, leg]) =>
      Object.entries(leg).map(([name, value]) => [prefix + name, value] as const),
    );
    return { ...shared, side, quantity, ...Object.fromEntries(fields) };
  }

  #working(side: string, quantity: string, around: number) {
    const price = this.#price(around);
    return {
      workingType: 'LIMIT',
      workingSide: side,
      workingPrice: price,
      workingQuantity: quantity,
      workingTimeInForce: 'GTC',
    };
  }

  #oto(shared: object, side: string, quantity: string, around: number) {
    const pendingSide = side === 'BUY' ? 'SELL' : 'BUY';
    const pending = { pendingSide, pendingQuantity: quantity, ...this.#terms(around, 'pending') };
    return { ...shared, ...this.#working(side, quantity, around), ...pending };
  }

  #otoco(shared: object, side: string, quantity: string, around: number) {
    const pendingSide = side === 'BUY' ? 'SELL' : 'BUY';
    const { side: _, quantity: __, ...legs } = this.#oco({}, pendingSide, quantity, around) as Record<string, string>;
    const pending = Object.entries(legs).map(([name, value]) => [
      `pending${name[0].toUpperCase()}${name.slice(1)}`,
      value,
    ]);
    return {
      ...shared,
      ...this.#working(side, quantity, around),
      pendingSide,
      pendingQuantity: quantity,
      ...(Object.fromEntries(pending) as Record<string, string>),
    };
  }

  async #change(client: SpotClient, symbol: string, quantity: string): Promise<void> {
    const open = (await client.get('/api/v3/openOrders', { symbol })).body as { orderId: number }[];
    if (open.length === 0) return;
    const { orderId } = this.#pick(open);
    const roll = this.#random();
    if (roll < 0.5) await client.delete('/api/v3/order', { symbol, orderId });
    else if (roll < 0.8) await client.put('/api/v3/order/amend/keepPriority', { symbol, orderId, newQty: quantity });
    else await client.delete('/api/v3/openOrders', { symbol });
  }

  #transfer(client: SpotClient): void {
    const { apiKey } = ACCOUNTS[this.#clients.indexOf(client)];
    const asset = this.#pick(['USDT', 'BTC', 'BNB']);
    const free = (): bigint => this.#exchange.balances(apiKey).get(asset)?.free ?? 0n;
    const before = free();
    const verb = this.#pick(['ext.transfer', 'ext.deposit'] as const);
    this.#exchange.inject({ verb, apiKey, asset, amount: this.#random().toFixed(8) });
    const key = `${apiKey} ${asset}`;
    this.#transfers.set(key, (this.#transfers.get(key) ?? 0n) + free() - before);
  }

  #bar(symbol: string, around: number): void {
    const prices = [0, 0, 0, 0].map(() => Number(this.#price(around)));
    const [open, close] = prices;
    const [high, low] = [Math.max(...prices), Math.min(...prices)];
    this.#exchange.bar(symbol, { time: this.#exchange.time(), open, high, low, close, volume: this.#random() * 5 });
  }
}

/** Balances as trades and transfers explain them, against balances as they are. */
function checkMoney(exchange: LocalExchange, spec: ExchangeAccount, transfers: Transfers): void {
  const total = new Map(
    Object.entries(spec.balances).map(([asset, text]) => [asset, BigInt(Math.round(Number(text) * 1e8))]),
  );
  const add = (asset: string, change: bigint): void => void total.set(asset, (total.get(asset) ?? 0n) + change);
  for (const trade of exchange.allTrades(spec.apiKey)) {
    const base = trade.symbol.slice(0, 3);
    const sign = trade.isBuyer ? 1n : -1n;
    expect(trade.value).toBe((trade.price * trade.quantity) / ONE);
    add(base, sign * trade.quantity);
    add('USDT', -sign * trade.value);
    add(trade.feeAsset, -trade.fee);
  }
  for (const [asset, balance] of exchange.balances(spec.apiKey)) {
    const moved = transfers.get(`${spec.apiKey} ${asset}`) ?? 0n;
    expect(balance.free + balance.locked, `${spec.apiKey} ${asset}`).toBe((total.get(asset) ?? 0n) + moved);
    expect(balance.free >= 0n && balance.locked >= 0n).toBe(true);
  }
}

/** What is locked, against what the open orders need; both legs of an OCO need it once. */
function checkLocks(exchange: LocalExchange, apiKey: string): void {
  const needs = new Map<string, { asset: string; need: bigint }>();
  for (const row of exchange.orders(apiKey)) {
    if (!OPEN.includes(row.status)) continue;
    const remaining =
      units(row.origQty) -
      units(row.executedQty) -
      (row.preventedQuantity === undefined ? 0n : units(row.preventedQuantity));
    const price = units(row.price) > 0n ? units(row.price) : units(row.stopPrice);
    const sells = row.side === 'SELL';
    const asset = sells ? row.symbol.slice(0, 3) : 'USDT';
    const need = sells ? remaining : (price * remaining) / ONE;
    const key = row.orderListId === -1 ? `order ${row.orderId}` : `list ${row.orderListId} ${asset}`;
    const known = needs.get(key);
    if (known === undefined || known.need < need) needs.set(key, { asset, need });
  }
  for (const [asset, { locked }] of exchange.balances(apiKey)) {
    let sum = 0n;
    for (const { asset: of, need } of needs.values()) if (of === asset) sum += need;
    expect(locked, `${apiKey} ${asset} locked`).toBe(sum);
  }
}

function checkOrders(exchange: LocalExchange, apiKey: string): void {
  const trades = exchange.allTrades(apiKey);
  for (const row of exchange.orders(apiKey)) {
    const own = trades.filter(({ orderId }) => orderId === row.orderId);
    const executed = own.reduce((sum, { quantity }) => sum + quantity, 0n);
    expect(units(row.executedQty)).toBe(executed);
    expect(units(row.cummulativeQuoteQty)).toBe(own.reduce((sum, { value }) => sum + value, 0n));
    expect(executed <= units(row.origQty)).toBe(true);
    if (row.status === 'FILLED') expect(executed).toBe(units(row.origQty));
    const limit = units(row.price);
    for (const { price } of own)
      if (limit > 0n) expect(row.side === 'BUY' ? price <= limit : price >= limit).toBe(true);
  }
}

/** Both sides of a trade between accounts have the same price and quantity. */
function checkPairs(exchange: LocalExchange): void {
  const seen = new Map<string, string>();
  for (const { apiKey } of ACCOUNTS) {
    for (const { symbol, id, price, quantity } of exchange.allTrades(apiKey)) {
      const row = `${price} ${quantity}`;
      expect(seen.get(`${symbol} ${id}`) ?? row).toBe(row);
      seen.set(`${symbol} ${id}`, row);
    }
  }
}

async function run(seed: number): Promise<number> {
  const random = seeded(seed);
  const liquidity = LIQUIDITY[Math.floor(random() * LIQUIDITY.length)];
  const { exchange, clock } = exchangeForTest({
    random,
    accounts: ACCOUNTS,
    symbols: [BTC, BNB].map((symbol) => ({ ...symbol, liquidity, maxAlgoOrders: 50 })),
    printLimits: random() < 0.5,
    limitFill: random() < 0.5 ? 'touch' : 'through',
    limits: { ordersPer10Seconds: 10_000, weightPerMinute: 1_000_000 },
  });
  const told = ACCOUNTS.map(({ apiKey, balances }) => {
    const seen = new Map(Object.entries(balances).map(([asset, text]) => [asset, `${text} 0`]));
    exchange.onUser(apiKey, (event: UserEvent) => {
      for (const { a, f, l } of (event['B'] ?? []) as { a: string; f: string; l: string }[]) seen.set(a, `${f} ${l}`);
    });
    return seen;
  });
  const clients = ACCOUNTS.map(
    ({ apiKey }) => new SpotClient(exchange.http(), clock, apiKey, { secret: `${apiKey}-secret` }),
  );
  const transfers: Transfers = new Map();
  const monkey = new Monkey(exchange, clients, random, transfers);
  for (let step = 0; step < STEPS; step++) {
    await monkey.step();
    clock.moveTo(clock.now() + 700);
    for (const spec of ACCOUNTS) {
      checkMoney(exchange, spec, transfers);
      checkLocks(exchange, spec.apiKey);
    }
  }
  for (const [index, { apiKey }] of ACCOUNTS.entries()) {
    checkOrders(exchange, apiKey);
    for (const [asset, { free, locked }] of exchange.balances(apiKey)) {
      const [f, l] = (told[index].get(asset) ?? '0 0').split(' ');
      expect([Math.round(Number(f) * 1e8), Math.round(Number(l) * 1e8)]).toEqual([Number(free), Number(locked)]);
    }
  }
  checkPairs(exchange);
  return monkey.accepted;
}

describe('books of the local exchange under random streams of orders', () => {
  it('lose and invent nothing: every unit is explained by a trade, a fee, a lock or a transfer', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), async (seed) => {
        accepted += await run(seed);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(accepted).toBeGreaterThan(RUNS * STEPS * 0.1);
  }, 120_000);

  it('come out the same for the same seed', async () => {
    expect(await run(4_711)).toBe(await run(4_711));
  });
});
