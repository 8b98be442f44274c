import type { Bars } from '../core/bars.ts';
import type { Instrument } from '../core/instrument.ts';
import {
  type CostSettings,
  DEFAULT_COSTS,
  DEFAULT_FILLS,
  DEFAULT_ORDERS,
  type FillSettings,
  NO_LIMITS,
  type OrderSettings,
  type RiskSettings,
} from '../core/settings.ts';
import type { Signals, TradeSignal } from '../core/signal.ts';
import { BaseStrategy } from '../strategies/base.ts';
import { runFastPath } from './fast-path-run.ts';
import { type Decisions, instrumentFor, runPortfolio } from './portfolio.ts';
import { checkSettings } from './settings-check.ts';
import type { BacktestResult } from './types.ts';

/** Settings of a backtest; whatever is left out takes its default. */
export interface BacktesterSettings {
  /** Starting capital in the quote asset. */
  readonly capital?: number;
  readonly orders?: Partial<OrderSettings>;
  readonly costs?: Partial<CostSettings>;
  readonly fills?: Partial<FillSettings>;
  readonly risk?: Partial<RiskSettings>;
  /** Tick, lot and minimum of the symbol; inferred from the bars without it. */
  readonly instrument?: Instrument;
  /** Finer bars of the same symbol: the path of the price inside each bar. */
  readonly detail?: Bars;
  /** The name under which trades are listed. */
  readonly name?: string;
}

/**
 * Simulates trading one symbol over its history. Without settings it starts with 10,000, pays Binance's standard fee
 * and a little slippage, buys with all free capital and knows no limit but the cash.
 *
 * @example
 * const result = new Backtester(bars).run(tradeSignals);
 */
export class Backtester {
  readonly #bars: Bars;
  readonly #settings: BacktesterSettings;

  /** @throws ValvulinError `VLV_SETTINGS` for an impossible setting, `VLV_BARS_SHAPE` for unsorted bars */
  constructor(bars: Bars, settings: BacktesterSettings = {}) {
    bars.assertOrdered();
    checkSettings(settings);
    this.#bars = bars;
    this.#settings = settings;
  }

  /**
   * Runs trade signals, the signals of a strategy, or a strategy itself. A trade signal is decided by the bar that
   * contains its timestamp and acts at the next open.
   * @throws ValvulinError `VLV_TRADE_SIGNAL` for a signal that does not fit the bars
   */
  run(input: Iterable<TradeSignal> | Signals | BaseStrategy<object>): BacktestResult {
    const { capital = 10_000, detail, name } = this.#settings;
    const bars = this.#bars;
    const orders = { ...DEFAULT_ORDERS, ...this.#settings.orders };
    const costs = { ...DEFAULT_COSTS, ...this.#settings.costs };
    const fills = { ...DEFAULT_FILLS, ...this.#settings.fills };
    const risk = { ...NO_LIMITS, ...this.#settings.risk };
    const instrument = instrumentFor(bars, this.#settings.instrument);
    const strategy = name ?? (input instanceof BaseStrategy ? input.constructor.name : 'signals');
    const decisions = this.#decisions(input);
    if (decisions.kind === 'signals' && !detail) {
      const { signals } = decisions;
      const fast = runFastPath({ strategy, bars, signals, orders, costs, fills, risk, capital, instrument });
      if (fast) return fast;
    }
    return runPortfolio({
      capital,
      slots: [{ strategy, bars, decisions, orders, allocation: null }],
      ...(detail ? { detail: [detail] } : {}),
      costs,
      fills,
      risk,
      instruments: new Map([[bars.symbol, instrument]]),
    }).portfolio;
  }

  #decisions(input: Iterable<TradeSignal> | Signals | BaseStrategy<object>): Decisions {
    if (input instanceof BaseStrategy) {
      return input.generateSignals
        ? { kind: 'signals', signals: input.run(this.#bars) }
        : { kind: 'slices', strategy: input };
    }
    if ('signal' in input) return { kind: 'signals', signals: input };
    return { kind: 'orders', orders: [...input] };
  }
}
