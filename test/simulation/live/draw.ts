import { type Bar, Bars } from '../../../src/core/bars.ts';
import { checkConfig, type Config } from '../../../src/core/config/index.ts';
import type { Random } from '../../../src/core/ports.ts';
import type { ExchangeSymbol, FeeMode } from '../../../src/exchange/types.ts';
import type { FaultPlan } from '../../../src/exchange/faults.ts';
import { randomFaults } from '../../../src/exchange/fault-seeds.ts';
import type { SocketFaultPlan } from '../../../src/exchange/socket-faults.ts';
import { randomSocketFaults } from '../../../src/exchange/socket-fault-seeds.ts';
import { between, pick, seeded } from './random.ts';

export const MINUTE = 60_000;
export const API_KEY = 's'.repeat(64);
export const URL_HERE = 'http://127.0.0.1:8090';
const HISTORY_BARS = 210;

/** Something that happens to the process or its machine. Times are epoch ms. */
export type LifeEvent =
  | { readonly kind: 'crash'; readonly at: number; readonly keepUnsynced: boolean; readonly restartMs: number }
  /** Dies at the journal's write point with this number, counted from `at` on. */
  | {
      readonly kind: 'crashAtWrite';
      readonly at: number;
      readonly point: number;
      readonly keepUnsynced: boolean;
      readonly restartMs: number;
      /** And once more at this write point after the restart. */
      readonly again?: number;
    }
  | { readonly kind: 'terminate'; readonly at: number; readonly restartMs: number }
  | { readonly kind: 'stall'; readonly at: number; readonly ms: number }
  | { readonly kind: 'wall'; readonly at: number; readonly ms: number }
  | { readonly kind: 'disk'; readonly at: number; readonly fault: 'full' | 'fsync' }
  | { readonly kind: 'operator'; readonly at: number; readonly state: 'HALT' | 'REDUCE_ONLY' | 'FLATTEN' | 'ACTIVE' };

/** All that one run needs to know; the same for the same seed. */
export interface SimPlan {
  readonly seed: number;
  readonly start: number;
  /** Everything is whole again from here on. */
  readonly calm: number;
  readonly config: Config;
  readonly symbols: readonly ExchangeSymbol[];
  readonly bars: readonly Bars[];
  readonly prints: number | 'bars';
  readonly balances: Readonly<Record<string, string>>;
  readonly fees: FeeMode;
  readonly latencyMs: number;
  readonly faults: FaultPlan;
  readonly socketFaults: SocketFaultPlan;
  /** After which the exchange ends a connection; a day where it is missing. */
  readonly connectionMs?: number;
  readonly life: readonly LifeEvent[];
}

/** Instants near which calendars do something: days, months, leap days, summer times, years. */
const DAYS = [
  '2026-01-01',
  '2024-02-29',
  '2024-03-01',
  '2026-03-29',
  '2026-10-25',
  '2026-11-01',
  '2025-12-31',
] as const;

const MARKETS = [
  { name: 'BTCUSDT', base: 'BTC', price: 50_000, tickSize: '0.01', stepSize: '0.00001' },
  { name: 'ABCUSDT', base: 'ABC', price: 3, tickSize: '0.0001', stepSize: '0.1' },
  { name: 'BNBUSDT', base: 'BNB', price: 600, tickSize: '0.1', stepSize: '0.001' },
] as const;

export function drawPlan(seed: number): SimPlan {
  const random = seeded(seed, 'plan');
  const day = Date.parse(pick(random, DAYS));
  const start = day - between(random, -2, 40) * MINUTE - between(random, 0, 59_999);
  const minutes = between(random, 15, 60);
  const calm = start + minutes * MINUTE;
  const markets = pickSome(random, MARKETS, between(random, 1, 3));
  const symbols = markets.map(
    ({ name, base, price, tickSize, stepSize }): ExchangeSymbol => ({
      name,
      base,
      quote: 'USDT',
      price: String(price),
      tickSize,
      stepSize,
      minNotional: '5',
      ...(random() < 0.3 ? { liquidity: { halfSpreadBps: 1, levelQuantity: thinLevel(random, price) } } : {}),
    }),
  );
  const volatility = 10 ** -(2.2 + random() * 1.3);
  const length = HISTORY_BARS + minutes + 30;
  const from = Math.floor(start / MINUTE) * MINUTE - HISTORY_BARS * MINUTE;
  const bars = markets.map(({ name, price, tickSize }) => {
    return walk(random, name, { from, length, price, tick: Number(tickSize), volatility });
  });
  const fees = pick(random, ['received', 'quote', 'bnb'] as const);
  const capital = pick(random, [1_000, 5_000, 10_000]);
  const bases = Object.fromEntries(markets.map(({ base }) => [base, random() < 0.5 ? '0' : (random() * 3).toFixed(8)]));
  const balances = {
    ...bases,
    USDT: String(random() < 0.2 ? capital : capital + between(random, 1, 5_000)),
    ...(fees === 'bnb' ? { BNB: (random() * 0.05).toFixed(8) } : {}),
  };
  const scope = {
    from: start,
    until: calm,
    symbols: symbols.map(({ name }) => name),
    apiKeys: [API_KEY],
    assets: ['USDT', ...markets.map(({ base }) => base)],
  };
  const quiet = random() < 0.1;
  return {
    seed,
    start,
    calm,
    config: drawConfig(
      random,
      markets.map(({ name }) => name),
      capital,
    ),
    symbols,
    bars,
    prints: random() < 0.15 ? 'bars' : between(random, 4, 8),
    balances,
    fees,
    latencyMs: between(random, 1, 150),
    faults: quiet ? {} : randomFaults(seeded(seed, 'requests'), scope),
    socketFaults: quiet ? {} : randomSocketFaults(seeded(seed, 'sockets'), { from: start, until: calm }),
    life: drawLife(seeded(seed, 'life'), start, calm),
  };
}

/** So little on each level that a whole position takes several of them, or several prints. */
function thinLevel(random: Random, price: number): string {
  return (Math.ceil(1_000 * (10_000 / price) * (0.02 + random())) / 1_000).toFixed(3);
}

function pickSome<T>(random: Random, from: readonly T[], count: number): T[] {
  const left = [...from];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]);
}

interface Walk {
  readonly from: number;
  readonly length: number;
  readonly price: number;
  readonly tick: number;
  readonly volatility: number;
}

function walk(random: Random, symbol: string, { from, length, price, tick, volatility }: Walk): Bars {
  const onGrid = (value: number): number => Number((Math.max(10, Math.round(value / tick)) * tick).toFixed(8));
  let last = price;
  const rows = Array.from({ length }, (_, i): Bar => {
    const jump = random() < 0.01 ? (random() - 0.5) * volatility * 20 : 0;
    const open = onGrid(random() < 0.1 ? last * (1 + (random() - 0.5) * volatility) : last);
    const close = onGrid(open * (1 + (random() - 0.5) * 2 * volatility + jump));
    const high = onGrid(Math.max(open, close) * (1 + random() * volatility * 0.5));
    const low = onGrid(Math.min(open, close) * (1 - random() * volatility * 0.5));
    last = close;
    const volume = random() < 0.03 ? 0 : Number((random() * 100).toFixed(3));
    return volume === 0
      ? { time: from + i * MINUTE, open, high: open, low: open, close: open, volume }
      : {
          time: from + i * MINUTE,
          open,
          high: Math.max(high, open, close),
          low: Math.min(low, open, close),
          close,
          volume,
        };
  });
  return Bars.fromRows(symbol, '1m', rows);
}

function drawConfig(random: Random, symbols: readonly string[], capital: number): Config {
  const count = between(random, 1, symbols.length + 1);
  const strategies = Array.from({ length: count }, (_, i) => {
    const handler = pick(random, ['Noise', 'Noise', 'Trend', 'AlwaysBuy', 'Dip', 'Hands']);
    const symbol = symbols[i % symbols.length];
    const stop = pick(random, [{ percent: 0.1 + random() }, { percent: 0.2 }, { atr: 1 + random(), atr_length: 2 }]);
    const exits = pick(random, [
      {},
      { rr_ratio: 0.5 + 2 * random() },
      { rr_ratio: 1 + random(), partial_exits: [{ at_r: 0.5, fraction: 0.4 }] },
      {
        partial_exits: [
          { at_r: 0.5, fraction: 0.3 },
          { at_r: 1, fraction: 0.3 },
        ],
      },
      { trailing_stop: { percent: 0.1 + random() } },
      { rr_ratio: 2, break_even_at_r: 0.5 },
      { time_stop_bars: between(random, 1, 10) },
    ]);
    const sizing = pick(random, [{ percent: 100 }, { percent: 30 }, { risk_pct: 0.5 }, { percent: 2 }]);
    return {
      name: `s${i}`,
      symbol,
      timeframe: random() < 0.8 ? '1m' : '3m',
      handler: `./sim.ts:${handler}`,
      ...(['Noise', 'Dip', 'Hands'].includes(handler) ? { parameters: { salt: between(random, 1, 1_000) } } : {}),
      allocation: pick(random, [1, 0.5, 0.3]),
      stop,
      sizing,
      max_entries: handler === 'Hands' || random() < 0.2 ? 3 : 1,
      ...exits,
    };
  });
  return configOf(strategies, capital, {
    risk: {
      ...(random() < 0.3 ? { max_open_trades: between(random, 1, 2) } : {}),
      ...(random() < 0.3 ? { max_order_value: capital * pick(random, [0.1, 0.5]) } : {}),
      ...(random() < 0.2 ? { max_position: 0.25 } : {}),
    },
    feed: { confirm: pick(random, ['before', 'after', 'after', 'off']), book: random() < 0.3 },
  });
}

/** A checked config of these strategies, live on the exchange of the simulation. */
export function configOf(
  strategies: readonly object[],
  capital: number,
  { risk = {}, feed = {} }: { readonly risk?: object; readonly feed?: object } = {},
): Config {
  const endpoints = { rest: URL_HERE, ws: URL_HERE.replace('http', 'ws') };
  const checked = checkConfig({
    version: 1,
    data_feeds: [{ name: 'live', type: 'binance-live', params: { endpoints, ...feed } }],
    strategies,
    risk,
    execution: { mode: 'live', venue: 'local', url: URL_HERE, capital, commission_pct: 0.1, slippage_bps: 2 },
    scheduler: {
      intervals: [
        { timeframe: '1m', warmup_bars: 40 },
        { timeframe: '3m', warmup_bars: 40 },
      ],
    },
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.config;
}

function drawLife(random: Random, from: number, until: number): LifeEvent[] {
  const events: LifeEvent[] = [];
  const at = (): number => between(random, from, until - 1);
  const some = (share: number, most: number, draw: () => LifeEvent): void => {
    const times = random() < share ? between(random, 1, most) : 0;
    for (let n = 0; n < times; n++) events.push(draw());
  };
  const restartMs = (): number => pick(random, [100, 3_000, 20_000, 180_000]);
  const keepUnsynced = (): boolean => random() < 0.5;
  some(0.4, 3, () => ({ kind: 'crash', at: at(), keepUnsynced: keepUnsynced(), restartMs: restartMs() }));
  some(0.4, 3, () => ({
    kind: 'crashAtWrite',
    at: at(),
    point: between(random, 1, 60),
    keepUnsynced: keepUnsynced(),
    restartMs: restartMs(),
  }));
  some(0.2, 2, () => ({ kind: 'terminate', at: at(), restartMs: restartMs() }));
  some(0.2, 3, () => ({ kind: 'stall', at: at(), ms: between(random, 100, 30_000) }));
  some(0.2, 2, () => ({ kind: 'wall', at: at(), ms: pick(random, [-7_200_000, -800, 300, 5_000, 3_600_000]) }));
  some(0.1, 1, () => ({ kind: 'disk', at: at(), fault: pick(random, ['full', 'fsync'] as const) }));
  some(0.2, 2, () => ({
    kind: 'operator',
    at: at(),
    state: pick(random, ['HALT', 'REDUCE_ONLY', 'FLATTEN', 'ACTIVE'] as const),
  }));
  return events.sort((a, b) => a.at - b.at);
}
