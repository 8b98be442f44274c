import type { Bars } from '../core/bars.ts';
import { type DistanceColumns, distanceColumns } from '../core/distances.ts';
import { Instrument, Market } from '../core/instrument.ts';
import { cashDecimals, pow10 } from '../core/money.ts';
import type { CostSettings, FillSettings, OrderSettings, RiskSettings } from '../core/settings.ts';
import type { Signals, TradeSignal } from '../core/signal.ts';
import { timeframeMs } from '../core/timeframe.ts';
import type { BaseStrategy } from '../strategies/base.ts';
import { type DecisionHost, HistoricalRun, type RunStream } from './historical-run.ts';
import { EngineResult } from './engine-result.ts';
import { describeAssumptions } from './assumptions.ts';
import { slotResults } from './account.ts';
import { InlineHost, OrderTape, SignalTape, SliceDecider, type SliceSlot, type SlotDecider } from './strategy-host.ts';
import { signalsByBar } from './trade-signals.ts';
import type { BacktestResult } from './types.ts';

/** What decides for a slot: computed signals, single trade signals, or a strategy that manages its own orders. */
export type Decisions =
  | { readonly kind: 'signals'; readonly signals: Signals }
  | { readonly kind: 'orders'; readonly orders: readonly TradeSignal[] }
  /** Slots with the same strategy object form one group: it is asked once and may trade all their symbols. */
  | { readonly kind: 'slices'; readonly strategy: BaseStrategy<object> };

export interface PortfolioSlot {
  readonly strategy: string;
  readonly bars: Bars;
  readonly decisions: Decisions;
  readonly orders: OrderSettings;
  /**
   * Share of the starting capital, 0 to 1: the slot trades with that and what it has earned or lost since. Null trades
   * with the whole equity.
   */
  readonly allocation: number | null;
  /** Of these bars, where bars before the first of them count too; computed from the bars alone where missing. */
  readonly distances?: DistanceColumns;
}

export interface PortfolioSpec {
  /** Quote money. */
  readonly capital: number;
  /** Decimals in which cash is counted; as many as the capital leaves room for where missing. */
  readonly cashDecimals?: number;
  readonly slots: readonly PortfolioSlot[];
  /** Finer bars that decide how orders fill inside the slots' bars, one per symbol at most. */
  readonly detail?: readonly Bars[];
  readonly costs: CostSettings;
  readonly fills: FillSettings;
  readonly risk: RiskSettings;
  /** Trading rules by symbol; others are inferred from the bars. */
  readonly instruments?: ReadonlyMap<string, Instrument>;
}

export interface PortfolioResult {
  readonly portfolio: BacktestResult;
  /** Each slot's own account, in slot order. */
  readonly slots: readonly BacktestResult[];
}

/** Runs many `symbol:timeframe:strategy` at once on one account, over history. */
export function runPortfolio(spec: PortfolioSpec): PortfolioResult {
  const symbols = [...new Set(spec.slots.map((slot) => slot.bars.symbol))];
  const decimals = spec.cashDecimals ?? cashDecimals(spec.capital);
  const streams = streamsOf(spec, symbols);
  const instruments = symbols.map((symbol) => instrumentOf(spec, symbol));
  const markets = instruments.map((instrument) => new Market(instrument, decimals));
  const run = new HistoricalRun({
    capital: spec.capital,
    cashDecimals: decimals,
    slots: spec.slots.map((slot) => ({
      symbol: slot.bars.symbol,
      symbolIndex: symbols.indexOf(slot.bars.symbol),
      timeframe: slot.bars.timeframe,
      strategy: slot.strategy,
      market: markets[symbols.indexOf(slot.bars.symbol)],
      orders: slot.orders,
      allocation: slot.allocation,
    })),
    streams,
    markets,
    costs: spec.costs,
    fills: spec.fills,
    risk: spec.risk,
  });
  const valuation = run.run(hostOf(spec, streams, run, instruments, symbols, pow10(decimals)));
  const assumptions = describeAssumptions(
    spec,
    spec.slots.map((slot) => slot.orders),
    instruments,
  );
  const portfolio = new EngineResult(run.engine, valuation, spec.capital, decimals, assumptions);
  return { portfolio, slots: slotResults(spec.slots, spec.capital, portfolio) };
}

function streamsOf(spec: PortfolioSpec, symbols: readonly string[]): RunStream[] {
  const all = new Map<string, { bars: Bars; slots: number[] }>();
  const key = (bars: Bars): string => `${bars.symbol}:${bars.timeframe}`;
  spec.slots.forEach((slot, index) => {
    const stream = all.get(key(slot.bars)) ?? { bars: slot.bars, slots: [] };
    stream.slots.push(index);
    all.set(key(slot.bars), stream);
  });
  for (const bars of spec.detail ?? []) {
    if (symbols.includes(bars.symbol) && !all.has(key(bars))) all.set(key(bars), { bars, slots: [] });
  }
  const streams = [...all.values()];
  return streams.map(({ bars, slots }) => ({
    bars,
    slots,
    symbolIndex: symbols.indexOf(bars.symbol),
    finer: streams
      .map((other) => other.bars)
      .filter((other) => other.symbol === bars.symbol && timeframeMs(other.timeframe) < timeframeMs(bars.timeframe)),
  }));
}

function instrumentOf(spec: PortfolioSpec, symbol: string): Instrument {
  const slot = spec.slots.find((candidate) => candidate.bars.symbol === symbol);
  if (!slot) throw new RangeError(`no slot trades "${symbol}"`);
  return instrumentFor(slot.bars, spec.instruments?.get(symbol));
}

/** The given rules with the price decimals that the bars need, or rules inferred from the bars. */
export function instrumentFor(bars: Bars, given: Instrument | undefined): Instrument {
  if (!given) return Instrument.inferred(bars.symbol, bars);
  return given.covers(bars) ? given : Instrument.forData(given.rules, bars);
}

function hostOf(
  spec: PortfolioSpec,
  streams: readonly RunStream[],
  run: HistoricalRun,
  instruments: readonly Instrument[],
  symbols: readonly string[],
  cashScale: number,
): DecisionHost {
  const deciders: (() => SlotDecider)[] = [];
  const groups = new Map<BaseStrategy<object>, Map<string, SliceSlot>>();
  spec.slots.forEach((slot, index) => {
    const stream = streams.findIndex((candidate) => candidate.slots.includes(index));
    const distances = slot.distances ?? distanceColumns(slot.bars, slot.orders);
    const { decisions } = slot;
    if (decisions.kind === 'signals') {
      deciders.push(() => new SignalTape(index, stream, decisions.signals, distances));
    } else if (decisions.kind === 'orders') {
      deciders.push(() => new OrderTape(index, stream, signalsByBar(decisions.orders, slot.bars), distances));
    } else {
      const { strategy } = decisions;
      const group = groups.get(strategy) ?? new Map<string, SliceSlot>();
      // A strategy over several slots answers in the place of the first, once all of them are known.
      if (group.size === 0) deciders.push(() => new SliceDecider(strategy, group, run.engine, cashScale));
      const instrument = instruments[symbols.indexOf(slot.bars.symbol)];
      group.set(slot.bars.symbol, { slot: index, stream, bars: slot.bars, instrument, distances });
      groups.set(strategy, group);
    }
  });
  const made = deciders.map((make) => make());
  return made.length === 1 ? made[0] : new InlineHost(made);
}
