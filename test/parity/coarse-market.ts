import fc from 'fast-check';
import { type Bar, Bars } from '../../src/core/bars.ts';
import { Instrument } from '../../src/core/instrument.ts';
import {
  type CostSettings,
  DEFAULT_COSTS,
  DEFAULT_FILLS,
  DEFAULT_ORDERS,
  type FillSettings,
  NO_LIMITS,
  type OrderSettings,
  type RiskSettings,
} from '../../src/core/settings.ts';
import type { Signals } from '../../src/core/signal.ts';

const MINUTE = 60_000;

/** A whole single-symbol backtest on a coarse price grid, where ties and touches are common. */
export interface CoarseCase {
  readonly bars: Bars;
  readonly signals: Signals;
  readonly orders: OrderSettings;
  readonly costs: CostSettings;
  readonly fills: FillSettings;
  readonly risk: RiskSettings;
  readonly capital: number;
  readonly instrument: Instrument;
}

const price = fc.integer({ min: 6, max: 40 });

const bar = fc.record({ a: price, b: price, up: fc.integer({ min: 0, max: 3 }), down: fc.integer({ min: 0, max: 3 }) });

type Row = { readonly a: number; readonly b: number; readonly up: number; readonly down: number };

/** `shift` moves all prices; a third moves them off every tick. */
const barsOf = (rows: readonly Row[], gaps: readonly number[], shift: number): Bars => {
  let time = 0;
  return Bars.fromRows(
    'XYZ',
    '1m',
    rows.map(({ a, b, up, down }, i): Bar => {
      time += MINUTE * (1 + (gaps[i] ?? 0));
      return {
        time,
        open: a + shift,
        close: b + shift,
        high: Math.max(a, b) + up + shift,
        low: Math.max(1, Math.min(a, b) - down) + shift,
        volume: 100,
      };
    }),
  );
};

const optionalColumn = (length: number) =>
  fc.option(fc.array(fc.option(price, { nil: Number.NaN }), { minLength: length, maxLength: length }), {
    nil: undefined,
    freq: 2,
  });

const orders: fc.Arbitrary<OrderSettings> = fc.record({
  sizing: fc.oneof(
    fc.record({ kind: fc.constant('fixed' as const), quantity: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('percent' as const), percent: fc.constantFrom(10, 55, 100) }),
    fc.record({ kind: fc.constant('risk' as const), percent: fc.constantFrom(0.5, 1, 5) }),
  ),
  stop: fc.option(
    fc.oneof(
      fc.record({ percent: fc.constantFrom(5, 10, 25) }),
      fc.record({ atr: fc.constantFrom(1, 2), atrLength: fc.constantFrom(2, 5) }),
    ),
    { freq: 4 },
  ),
  targetRatio: fc.option(fc.constantFrom(0.5, 1, 2), { freq: 4 }),
  stopRatio: fc.constantFrom(1, 1.5),
  allowShort: fc.boolean(),
  trailingStop: fc.constant(DEFAULT_ORDERS.trailingStop),
  breakEvenAtR: fc.constant(null),
  timeStopBars: fc.constant(null),
  maxEntries: fc.constant(1),
  partialExits: fc.constant([]),
});

const costs: fc.Arbitrary<CostSettings> = fc.record({
  takerPct: fc.constantFrom(0, 0.1, 0.0375, 1),
  makerPct: fc.constantFrom(0, 0.05, 1),
  fixedFee: fc.constantFrom(0, 0.03),
  minFee: fc.constantFrom(0, 0.5),
  slippageBps: fc.constantFrom(0, 5, 150),
  spreadBps: fc.constantFrom(0, 30),
  impactBps: fc.constant(DEFAULT_COSTS.impactBps),
});

/** Random runs inside what the fast path serves. */
export const coarseCases: fc.Arbitrary<CoarseCase> = fc.integer({ min: 3, max: 60 }).chain((length) =>
  fc
    .record({
      rows: fc.array(bar, { minLength: length, maxLength: length }),
      gaps: fc.array(fc.constantFrom(0, 0, 0, 0, 3), { minLength: length, maxLength: length }),
      signal: fc.array(fc.constantFrom(0, 0, 0, 1, -1), { minLength: length, maxLength: length }),
      stops: optionalColumn(length),
      targets: optionalColumn(length),
      orders,
      costs,
      shift: fc.constantFrom(0, 0, 0, 1 / 3),
      touch: fc.boolean(),
      maxPosition: fc.option(fc.constantFrom(0.3, 1), { freq: 3 }),
      capital: fc.constantFrom(300, 10_000),
      lotStep: fc.constantFrom(1, 0.001, 1e-8),
    })
    .map(
      (drawn): CoarseCase => ({
        bars: barsOf(drawn.rows, drawn.gaps, drawn.shift),
        signals: {
          signal: Int8Array.from(drawn.signal),
          columns: {
            ...(drawn.stops ? { stop_loss: Float64Array.from(drawn.stops) } : {}),
            ...(drawn.targets ? { take_profit: Float64Array.from(drawn.targets) } : {}),
          },
        },
        orders: drawn.orders,
        costs: drawn.costs,
        fills: { ...DEFAULT_FILLS, limitFill: drawn.touch ? 'touch' : 'through' },
        risk: { ...NO_LIMITS, maxPosition: drawn.maxPosition },
        capital: drawn.capital,
        instrument: new Instrument({
          symbol: 'XYZ',
          base: 'XYZ',
          quote: 'USD',
          priceTick: 1,
          lotStep: drawn.lotStep,
          minNotional: 1,
          source: 'given',
        }),
      }),
    ),
);
