import {
  type Config,
  costSettings,
  type FeedEntry,
  feedFor,
  fillSettings,
  orderSettings,
  riskSettings,
  type StrategyEntry,
  strategyKey,
  strategyParams,
  strategySymbols,
  type TradingConfig,
} from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import { Instrument, type InstrumentRules, Market } from '../../core/instrument.ts';
import { MAX_UNITS, pow10 } from '../../core/money.ts';
import type { CostSettings, FillSettings, RiskSettings } from '../../core/settings.ts';
import type { SlotSpec } from '../../core/slot.ts';
import { type Timeframe, timeframeMs, toTimeframe } from '../../core/timeframe.ts';
import type { LiveStrategySpec } from '../../execution/live-host.ts';

/** Exchanges count every asset in this many decimals. */
const ASSET_DECIMALS = 8;
/** An account may grow so many times before its cash is no longer exact. */
const GROWTH = 10;

export type BinanceLiveEntry = FeedEntry & { readonly type: 'binance-live' };

export interface PlannedStream {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly slots: readonly number[];
  /** Orders fill from its bars on paper: it is the finest of its symbol. */
  readonly fills: boolean;
}

/** What a config trades: slots, the streams they need, and the strategies to be asked, all in config order. */
export interface TradingPlan {
  readonly symbols: readonly string[];
  readonly streams: readonly PlannedStream[];
  readonly slots: readonly Omit<SlotSpec, 'market' | 'symbolIndex'>[];
  readonly strategies: readonly LiveStrategySpec[];
  readonly costs: CostSettings;
  readonly fills: FillSettings;
  readonly risk: RiskSettings;
}

export interface LiveStream extends PlannedStream {
  /** Bars loaded before the first live one, at least. */
  readonly warmupBars: number;
}

/** The same with where its bars come from. */
export interface LivePlan extends TradingPlan {
  readonly feed: BinanceLiveEntry;
  readonly streams: readonly LiveStream[];
}

/**
 * Plans a live run of the enabled strategies.
 * @throws ValvulinError `VLV_CONFIG` where no `binance-live` feed serves a symbol, or where a setting only makes sense
 *   on history
 */
export function planLive(config: Config): LivePlan {
  const plan = planTrading(config);
  const feeds = new Set(plan.symbols.map((symbol) => liveFeed(config, symbol)));
  if (feeds.size > 1) {
    throw new ValvulinError('VLV_CONFIG', 'Expected one "binance-live" feed for all symbols, got several', {
      where: 'data_feeds',
    });
  }
  const [feed] = feeds;
  if (!feed) throw new ValvulinError('VLV_CONFIG', 'Expected at least one strategy, got none', { where: 'strategies' });
  if (plan.fills.fillAt !== 'open') {
    throw new ValvulinError('VLV_CONFIG', 'Expected "open", got "close": nobody can trade at a price that has passed', {
      where: 'execution.fill_at',
    });
  }
  const { intervals } = config.scheduler;
  const streams = plan.streams.map((stream) => ({
    ...stream,
    warmupBars: intervals.find(({ timeframe }) => timeframe === stream.timeframe)?.warmup_bars ?? WARMUP_BARS,
  }));
  return { ...plan, feed, streams };
}

/** The part of a plan that a journal can give again: all that decides how the same inputs are traded. */
export function planTrading(config: TradingConfig): TradingPlan {
  const slots: Omit<SlotSpec, 'market' | 'symbolIndex'>[] = [];
  const strategies: LiveStrategySpec[] = [];
  for (const entry of config.strategies) strategies.push(addSlots(config, entry, slots));
  return {
    symbols: [...new Set(slots.map(({ symbol }) => symbol))],
    streams: streamsOf(slots),
    slots,
    strategies,
    costs: costSettings(config),
    fills: fillSettings(config),
    risk: riskSettings(config),
  };
}

function addSlots(
  config: TradingConfig,
  entry: StrategyEntry,
  slots: Omit<SlotSpec, 'market' | 'symbolIndex'>[],
): LiveStrategySpec {
  const timeframe = toTimeframe(entry.timeframe);
  const orders = orderSettings(config, entry);
  const own = strategySymbols(entry).map((symbol) => {
    const slot = slots.push({ symbol, timeframe, strategy: entry.name, orders, allocation: entry.allocation }) - 1;
    return { slot, symbol, timeframe, orders };
  });
  return { key: strategyKey(entry), handler: entry.handler, params: strategyParams(entry), slots: own };
}

function liveFeed(config: Config, symbol: string): BinanceLiveEntry {
  const live = config.data_feeds.filter((feed): feed is BinanceLiveEntry => feed.type === 'binance-live');
  const found = feedFor({ ...config, data_feeds: live }, symbol);
  if (found?.type === 'binance-live') return found;
  throw new ValvulinError('VLV_CONFIG', `Expected a feed of type "binance-live" for "${symbol}", got none`, {
    where: 'data_feeds',
    hint: 'Add { name: live, type: binance-live } to data_feeds.',
  });
}

function streamsOf(slots: TradingPlan['slots']): PlannedStream[] {
  const streams = new Map<string, { symbol: string; timeframe: Timeframe; slots: number[] }>();
  slots.forEach(({ symbol, timeframe }, slot) => {
    const key = `${symbol}:${timeframe}`;
    const stream = streams.get(key) ?? { symbol, timeframe, slots: [] };
    stream.slots.push(slot);
    streams.set(key, stream);
  });
  const all = [...streams.values()];
  return all.map((stream) => ({
    ...stream,
    fills: !all.some(
      (other) => other.symbol === stream.symbol && timeframeMs(other.timeframe) < timeframeMs(stream.timeframe),
    ),
  }));
}

const WARMUP_BARS = 1_000;

/**
 * Decimals in which a live account counts its cash: those of the exchange, so that both books agree to the last unit.
 * @throws ValvulinError `VLV_CONFIG` where the capital leaves no room for that
 */
export function liveCashDecimals(capital: number): number {
  if (capital * GROWTH * pow10(ASSET_DECIMALS) <= MAX_UNITS) return ASSET_DECIMALS;
  throw new ValvulinError('VLV_CONFIG', `Expected a capital of at most ${MAX_UNITS / pow10(9)}, got "${capital}"`, {
    where: 'execution.capital',
    hint: 'Split it over several accounts.',
  });
}

/** Markets of the plan's symbols, in its order, counted as finely as the exchange counts. */
export function liveMarkets(
  symbols: readonly string[],
  rules: readonly InstrumentRules[],
  quote: string,
  cashDecimals: number,
): Market[] {
  return symbols.map((symbol) => {
    const own = rules.find((candidate) => candidate.symbol === symbol);
    if (!own) {
      throw new ValvulinError('VLV_FEED_SYMBOL', `Expected a symbol of the exchange, got "${symbol}"`, {
        where: 'strategies',
      });
    }
    if (own.quote !== quote) {
      throw new ValvulinError('VLV_CONFIG', `Expected symbols quoted in ${quote}, got "${symbol}" in ${own.quote}`, {
        where: 'execution.quote',
        hint: 'One account counts its money in one asset.',
      });
    }
    return new Market(new Instrument(own, 0, ASSET_DECIMALS), cashDecimals);
  });
}
