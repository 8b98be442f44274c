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
import type { TradeSignal } from '../../src/core/signal.ts';
import type { Timeframe } from '../../src/core/timeframe.ts';
import { type PortfolioResult, runPortfolio } from '../../src/execution/portfolio.ts';
import type { BacktestResult } from '../../src/execution/types.ts';

export const HOUR = 3_600_000;

/** Open, high, low, close and, where it matters, volume. */
export type Row = readonly [number, number, number, number, number?];

/** A bar that stays at one price. */
export const flat = (price: number): Row => [price, price, price, price];

export function makeBars(
  rows: readonly Row[],
  symbol = 'XYZ',
  timeframe: Timeframe = '1h',
  from = 0,
  step = HOUR,
): Bars {
  return Bars.fromRows(
    symbol,
    timeframe,
    rows.map(
      ([open, high, low, close, volume = 1_000], i): Bar => ({ time: from + i * step, open, high, low, close, volume }),
    ),
  );
}

export function makeInstrument(symbol = 'XYZ', lotStep = 1, priceTick = 0.01, minNotional = 0): Instrument {
  return new Instrument({ symbol, base: symbol, quote: 'USD', priceTick, lotStep, minNotional, source: 'given' });
}

export const FREE: CostSettings = { ...DEFAULT_COSTS, takerPct: 0, makerPct: 0, slippageBps: 0 };

export interface Scenario {
  readonly capital?: number;
  readonly orders?: Partial<OrderSettings>;
  readonly costs?: Partial<CostSettings>;
  readonly fills?: Partial<FillSettings>;
  readonly risk?: Partial<RiskSettings>;
  readonly instrument?: Instrument;
  readonly detail?: Bars;
}

/** What a slot decides at the close of a bar, by the number of that bar. */
export type Wish = Partial<Omit<TradeSignal, 'symbol' | 'timestamp'>> & Pick<TradeSignal, 'side'>;
export type Plan = Readonly<Record<number, Wish | readonly Wish[]>>;

function isList(wishes: Wish | readonly Wish[]): wishes is readonly Wish[] {
  return Array.isArray(wishes);
}

export function wishesOf(bars: Bars, plan: Plan): TradeSignal[] {
  return Object.entries(plan).flatMap(([bar, wishes]) =>
    (isList(wishes) ? wishes : [wishes]).map((wish) => ({
      symbol: bars.symbol,
      timestamp: bars.time[Number(bar)],
      ...wish,
    })),
  );
}

/** Costless unless the scenario says otherwise, so that prices and money can be worked out by hand. */
export function play(rows: readonly Row[] | Bars, plan: Plan, scenario: Scenario = {}): BacktestResult {
  const bars = rows instanceof Bars ? rows : makeBars(rows);
  return playSlots([{ bars, plan, orders: scenario.orders }], scenario).portfolio;
}

export interface SlotPlan {
  readonly bars: Bars;
  readonly plan: Plan;
  readonly strategy?: string;
  readonly orders?: Partial<OrderSettings> | undefined;
  readonly allocation?: number;
}

export function playSlots(slots: readonly SlotPlan[], scenario: Scenario = {}): PortfolioResult {
  const symbols = [...new Set(slots.map(({ bars }) => bars.symbol))];
  return runPortfolio({
    capital: scenario.capital ?? 10_000,
    slots: slots.map(({ bars, plan, strategy = 'plan', orders, allocation = null }) => ({
      strategy,
      bars,
      decisions: { kind: 'orders', orders: wishesOf(bars, plan) },
      orders: { ...DEFAULT_ORDERS, ...orders },
      allocation,
    })),
    ...(scenario.detail ? { detail: [scenario.detail] } : {}),
    costs: { ...FREE, ...scenario.costs },
    fills: { ...DEFAULT_FILLS, ...scenario.fills },
    risk: { ...NO_LIMITS, ...scenario.risk },
    instruments: new Map(symbols.map((symbol) => [symbol, scenario.instrument ?? makeInstrument(symbol)])),
  });
}

/** Bars, prices, quantity and reason of each trade, shorts with a negative quantity. */
export function rounds(result: BacktestResult): (readonly [number, number, number, number, number, string])[] {
  return result.trades.map((t) => [
    t.entryBar,
    t.exitBar,
    t.entryPrice,
    t.exitPrice,
    t.side === 'LONG' ? t.quantity : -t.quantity,
    t.open ? 'open' : t.exitReason,
  ]);
}

export const codes = (result: BacktestResult): string[] => result.refusals.map(({ code }) => code);
