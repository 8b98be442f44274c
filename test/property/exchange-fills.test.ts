import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Costs } from '../../src/core/costs.ts';
import { MarketBar } from '../../src/core/engine.ts';
import { Instrument, Market } from '../../src/core/instrument.ts';
import { type ApprovedOrder, OrderDraft, type OrderRole, type OrderType, type Side } from '../../src/core/order.ts';
import { DEFAULT_FILLS } from '../../src/core/settings.ts';
import { SimVenue } from '../../src/execution/sim-venue.ts';
import type { ExchangeBar, UserEvent } from '../../src/exchange/types.ts';
import { ALICE, BTC, exchangeForTest, type SpotClient } from '../servers/spot-client.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5, 12);
const LOTS = 1_000;

interface Scenario {
  /** `[gap, up, down, close]` of each bar: open against the last close, how far it goes, where in between it closes. */
  readonly bars: readonly (readonly [number, number, number, number])[];
  readonly type: OrderType;
  /** How far the entry stands from 100. */
  readonly offset: number;
  /** Of the limit of a stop-limit from its trigger. */
  readonly slack: number;
  readonly stop: number;
  readonly target: number;
  readonly bps: number;
}

/** Which bar, which order, at what price. */
type Row = readonly [bar: number, role: string, price: number];

const scenario: fc.Arbitrary<Scenario> = fc.record({
  bars: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.nat(6), fc.nat(6), fc.nat(100)), {
    minLength: 2,
    maxLength: 8,
  }),
  type: fc.constantFrom<OrderType>('market', 'limit', 'stop', 'stop_limit'),
  offset: fc.integer({ min: 1, max: 6 }),
  slack: fc.integer({ min: 0, max: 2 }),
  stop: fc.integer({ min: 1, max: 5 }),
  target: fc.integer({ min: 1, max: 5 }),
  bps: fc.constantFrom(0, 25),
});

function barsOf({ bars }: Scenario): ExchangeBar[] {
  let last = 100;
  return bars.map(([gap, up, down, share], n) => {
    const open = last + gap;
    const [high, low] = [open + up, open - down];
    last = Math.round(low + ((high - low) * share) / 100);
    return { time: START + n * MINUTE, open, high, low, close: last, volume: 1_000 };
  });
}

/** The entry as both venues get it: trigger or limit, and the limit of a stop-limit. */
function entryOf({ type, offset, slack }: Scenario): { price: number; limit: number } {
  if (type === 'limit') return { price: 100 - offset, limit: 0 };
  return type === 'market' ? { price: 0, limit: 0 } : { price: 100 + offset, limit: 100 + offset + slack };
}

function bySimVenue(one: Scenario): Row[] {
  const rules = { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', priceTick: 0.01, lotStep: 0.001, minNotional: 0 };
  const market = new Market(new Instrument({ ...rules, source: 'given' }), 8);
  const none = { takerPct: 0, makerPct: 0, fixedFee: 0, minFee: 0, impactBps: 0, spreadBps: 0 };
  const costs = new Costs({ ...none, slippageBps: one.bps }, 8);
  const rows: Row[] = [];
  let index = 0;
  let held = 0;
  const roles = new Map<number, OrderRole>();
  const submit = (id: number, role: OrderRole, side: Side, type: OrderType, price: number, limit = 0): void => {
    const draft = new OrderDraft();
    Object.assign(draft, { id, role, side, type, price: price * 100, limit: limit * 100, quantity: LOTS, budget: 0 });
    draft.reduceOnly = side === -1;
    roles.set(id, role);
    venue.send({ kind: 'submit', order: draft as unknown as ApprovedOrder }, START);
  };
  const venue: SimVenue = new SimVenue({
    markets: [market],
    costs,
    fills: DEFAULT_FILLS,
    account: { free: () => Number.MAX_SAFE_INTEGER, held: () => held },
    deliver: () => {
      for (let answer = venue.outbox.take(); answer; answer = venue.outbox.take()) {
        if (answer.kind !== 'fill') continue;
        const { orderId, price } = answer.fill;
        rows.push([index, roles.get(orderId) ?? '', price / 100]);
        held = orderId === 1 ? LOTS : 0;
        if (orderId === 1) {
          submit(2, 'stop_loss', -1, 'stop', price / 100 - one.stop);
          submit(3, 'take_profit', -1, 'limit', price / 100 + one.target);
        } else venue.send({ kind: 'cancel', orderId: 5 - orderId, symbol: 0 }, START);
      }
    },
  });
  const { price, limit } = entryOf(one);
  submit(1, 'entry', 1, one.type, price, limit);
  for (const { time, open, high, low, close, volume } of barsOf(one)) {
    const bar = new MarketBar(0);
    Object.assign(bar, { index, openTime: time, closeTime: time + MINUTE, volume });
    Object.assign(bar, { open: open * 100, high: high * 100, low: low * 100, close: close * 100 });
    venue.open(0, bar);
    venue.range(0, bar);
    index++;
  }
  return rows;
}

async function byExchange(one: Scenario): Promise<Row[]> {
  const free = { ...BTC, takerCommission: '0', makerCommission: '0', liquidity: { halfSpreadBps: one.bps } };
  const accounts = [{ ...ALICE, balances: { USDT: '1000000' } }];
  const { exchange, clock, alice } = exchangeForTest({ symbols: [free], accounts });
  const rows: Row[] = [];
  const filled: number[] = [];
  let index = 0;
  exchange.onUser('alice', (event: UserEvent) => {
    if (event['x'] !== 'TRADE') return;
    const role = event['S'] === 'BUY' ? 'entry' : event['o'] === 'STOP_LOSS' ? 'stop_loss' : 'take_profit';
    rows.push([index, role, Number(event['L'])]);
    if (role === 'entry') filled.push(Number(event['L']));
  });
  const react = async (): Promise<void> => {
    for (let price = filled.pop(); price !== undefined; price = filled.pop()) await protect(alice, price, one);
  };
  if (one.type !== 'market') await enter(alice, one);
  for (const bar of barsOf(one)) {
    exchange.openBar('BTCUSDT', bar);
    if (index === 0 && one.type === 'market') await enter(alice, one);
    await react();
    while (exchange.stepBar('BTCUSDT', bar)) await react();
    exchange.closeBar('BTCUSDT', bar);
    clock.moveTo(clock.now() + MINUTE);
    index++;
  }
  return rows;
}

async function enter(alice: SpotClient, one: Scenario): Promise<void> {
  const { price, limit } = entryOf(one);
  const types = {
    market: { type: 'MARKET' },
    limit: { type: 'LIMIT', timeInForce: 'GTC', price },
    stop: { type: 'STOP_LOSS', stopPrice: price },
    stop_limit: { type: 'STOP_LOSS_LIMIT', timeInForce: 'GTC', stopPrice: price, price: limit },
  };
  expect((await alice.order({ side: 'BUY', quantity: '1', ...types[one.type] })).status).toBe(200);
}

async function protect(alice: SpotClient, price: number, one: Scenario): Promise<void> {
  const reply = await alice.post('/api/v3/orderList/oco', {
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity: '1',
    aboveType: 'LIMIT_MAKER',
    abovePrice: (price + one.target).toFixed(2),
    belowType: 'STOP_LOSS',
    belowStopPrice: (price - one.stop).toFixed(2),
  });
  expect(reply.body).toMatchObject({ contingencyType: 'OCO' });
}

describe('the matching of the local exchange and the simulated venue of backtests', () => {
  it('fill the same orders in the same bars at the same prices, whatever the bars and the kind of entry', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        const rows = bySimVenue(one);
        for (const [, role] of rows) seen.add(`${one.type} ${role}`);
        expect(await byExchange(one)).toEqual(rows);
      }),
      { numRuns: 300 },
    );
    expect(seen.size).toBe(12);
  }, 60_000);
});
