import fc from 'fast-check';
import { type Bar, Bars } from '../../src/core/bars.ts';
import { Instrument } from '../../src/core/instrument.ts';
import {
  DEFAULT_COSTS,
  DEFAULT_FILLS,
  DEFAULT_ORDERS,
  NO_LIMITS,
  type OrderSettings,
} from '../../src/core/settings.ts';
import type { EntryType, TradeSignal } from '../../src/core/signal.ts';
import type { PortfolioSpec } from '../../src/execution/portfolio.ts';

const HOUR = 3_600_000;
const LENGTH = 40;

const price = fc.integer({ min: 20, max: 60 });
const row = fc.record({
  a: price,
  b: price,
  up: fc.integer({ min: 0, max: 4 }),
  down: fc.integer({ min: 0, max: 4 }),
  volume: fc.integer({ min: 0, max: 60 }),
});

const sometimes = fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: price });

const wish = fc.record({
  bar: fc.integer({ min: 0, max: LENGTH - 1 }),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  type: fc.constantFrom<EntryType>('market', 'market', 'limit', 'stop', 'stop_limit'),
  price,
  limitPrice: price,
  quantity: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 1 }),
  stopLoss: sometimes,
  takeProfit: sometimes,
  validBars: fc.integer({ min: 0, max: 4 }),
  reduceOnly: fc.constantFrom(false, false, false, true),
});

const orders: fc.Arbitrary<OrderSettings> = fc.record({
  sizing: fc.constantFrom(
    { kind: 'percent', percent: 100 } as const,
    { kind: 'percent', percent: 40 } as const,
    { kind: 'fixed', quantity: 7 } as const,
  ),
  stop: fc.constantFrom(null, { percent: 5 }, { atr: 1.5, atrLength: 3 }),
  targetRatio: fc.constantFrom(null, 1, 2),
  stopRatio: fc.constant(1),
  trailingStop: fc.constantFrom(null, null, { percent: 8 }),
  breakEvenAtR: fc.constantFrom(null, 1),
  timeStopBars: fc.constantFrom(null, null, 5),
  allowShort: fc.boolean(),
  maxEntries: fc.constantFrom(1, 3),
  partialExits: fc.constantFrom([], [{ atR: 1, fraction: 0.5 }]),
});

export interface RandomRun {
  readonly spec: PortfolioSpec;
  readonly bars: readonly Bars[];
}

/** Two symbols and three slots on one account, whole units everywhere, no slippage unless asked for. */
export function randomRuns({ shorts = true, slippageBps = 0 } = {}): fc.Arbitrary<RandomRun> {
  const slot = fc.record({ orders, wishes: fc.array(wish, { minLength: 8, maxLength: 20 }) });
  return fc
    .record({
      rows: fc.tuple(...[0, 1].map(() => fc.array(row, { minLength: LENGTH, maxLength: LENGTH }))),
      slots: fc.tuple(slot, slot, slot),
      volumeCap: fc.constantFrom(null, null, 0.25),
      entryBarStops: fc.constantFrom('strict' as const, 'defer' as const),
      takerPct: fc.constantFrom(0, 0.1),
      fixedFee: fc.constantFrom(0, 0.07),
      maxPosition: fc.constantFrom(null, 0.4),
    })
    .map((drawn) => {
      const bars = drawn.rows.map((rows, s) => barsOf(rows, `S${s}`));
      const spec: PortfolioSpec = {
        capital: 2_000,
        slots: drawn.slots.map((one, index) => ({
          strategy: `strategy-${index}`,
          bars: bars[index % 2],
          decisions: { kind: 'orders', orders: one.wishes.map((w) => signalOf(w, bars[index % 2])) },
          orders: { ...DEFAULT_ORDERS, ...one.orders, allowShort: shorts && one.orders.allowShort },
          allocation: null,
        })),
        costs: { ...DEFAULT_COSTS, slippageBps, takerPct: drawn.takerPct, makerPct: 0.05, fixedFee: drawn.fixedFee },
        fills: { ...DEFAULT_FILLS, volumeCap: drawn.volumeCap, entryBarStops: drawn.entryBarStops },
        risk: { ...NO_LIMITS, maxPosition: drawn.maxPosition },
        instruments: new Map(bars.map(({ symbol }) => [symbol, instrumentOf(symbol)])),
      };
      return { spec, bars };
    });
}

function barsOf(rows: readonly { a: number; b: number; up: number; down: number; volume: number }[], symbol: string) {
  return Bars.fromRows(
    symbol,
    '1h',
    rows.map(
      ({ a, b, up, down, volume }, i): Bar => ({
        time: i * HOUR,
        open: a,
        close: b,
        high: Math.max(a, b) + up,
        low: Math.min(a, b) - down,
        volume,
      }),
    ),
  );
}

function signalOf(
  { bar, ...rest }: { bar: number } & Omit<TradeSignal, 'symbol' | 'timestamp'>,
  bars: Bars,
): TradeSignal {
  return { ...rest, symbol: bars.symbol, timestamp: bars.time[bar] };
}

function instrumentOf(symbol: string): Instrument {
  return new Instrument({
    symbol,
    base: symbol,
    quote: 'USD',
    priceTick: 1,
    lotStep: 1,
    minNotional: 0,
    source: 'given',
  });
}
