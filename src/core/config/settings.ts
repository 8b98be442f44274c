import {
  type CostSettings,
  DEFAULT_ORDERS,
  type Distance,
  type FillSettings,
  type OrderSettings,
  type RiskSettings,
  type Sizing,
} from '../settings.ts';
import type { DistanceConfig, SizingConfig } from './fields.ts';
import { camelKeys } from './names.ts';
import type { Config, StrategyEntry } from './schema.ts';

/** What of a config decides how it trades, wherever it runs and whatever bars it sees. */
export type TradingConfig = Pick<Config, 'strategies' | 'risk'> & {
  readonly execution: Omit<Config['execution'], 'state_dir' | 'keys_file' | 'url' | 'strategy_deadline_ms'>;
  readonly backtester: Omit<Config['backtester'], 'from' | 'to'>;
};

/** One strategy's order settings: its own keys first, then `backtester`, `risk.default_stop` and `execution`. */
export function orderSettings(config: TradingConfig, entry: StrategyEntry): OrderSettings {
  const { backtester, execution, risk } = config;
  return {
    sizing: entry.sizing ? sizingOf(entry.sizing) : defaultSizing(backtester.risk_per_trade_pct),
    stop: distanceOf(entry.stop === undefined ? risk.default_stop : entry.stop),
    targetRatio: entry.rr_ratio === undefined ? backtester.rr_ratio : entry.rr_ratio,
    stopRatio: entry.sl_ratio ?? backtester.sl_ratio,
    trailingStop: distanceOf(entry.trailing_stop),
    breakEvenAtR: entry.break_even_at_r,
    timeStopBars: entry.time_stop_bars,
    allowShort: entry.allow_short ?? execution.allow_short,
    maxEntries: entry.max_entries,
    partialExits: entry.partial_exits.map((part) => ({ atR: part.at_r, fraction: part.fraction })),
  };
}

/** `commission_pct` is both rates; `maker_pct` and `taker_pct` override it. */
export function costSettings(config: TradingConfig): CostSettings {
  const { execution } = config;
  return {
    takerPct: execution.taker_pct ?? execution.commission_pct,
    makerPct: execution.maker_pct ?? execution.commission_pct,
    fixedFee: execution.fixed_fee,
    minFee: execution.min_fee,
    slippageBps: execution.slippage_bps,
    impactBps: execution.impact_bps,
    spreadBps: execution.spread_bps,
  };
}

export function fillSettings(config: TradingConfig): FillSettings {
  const { execution } = config;
  return {
    fillAt: execution.fill_at,
    limitFill: execution.limit_fill,
    entryBarStops: execution.entry_bar_stops,
    volumeCap: execution.volume_cap,
    atEnd: execution.at_end,
  };
}

/** The limits of `core/risk.ts`; `default_stop` belongs to the orders. */
export function riskSettings(config: TradingConfig): RiskSettings {
  const { default_stop: _, ...limits } = config.risk;
  return camelKeys(limits) as RiskSettings;
}

/** A strategy's parameters under their TypeScript names. */
export function strategyParams(entry: Pick<StrategyEntry, 'parameters'>): Record<string, unknown> {
  return camelKeys(entry.parameters) as Record<string, unknown>;
}

function defaultSizing(riskPct: number | null): Sizing {
  return riskPct === null ? DEFAULT_ORDERS.sizing : { kind: 'risk', percent: riskPct };
}

function distanceOf(given: DistanceConfig | null): Distance | null {
  if (given === null) return null;
  if (given.percent !== undefined) return { percent: given.percent };
  return given.atr === undefined ? null : { atr: given.atr, atrLength: given.atr_length };
}

function sizingOf(given: SizingConfig): Sizing {
  if (given.fixed !== undefined) return { kind: 'fixed', quantity: given.fixed };
  if (given.risk_pct !== undefined) return { kind: 'risk', percent: given.risk_pct };
  if (given.volatility_pct !== undefined) {
    return { kind: 'volatility', percent: given.volatility_pct, length: given.volatility_length };
  }
  return given.percent === undefined ? DEFAULT_ORDERS.sizing : { kind: 'percent', percent: given.percent };
}
