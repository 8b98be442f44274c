/**
 * The settings of one run, in ordinary units: money in the quote asset, percents as percent (1 is one percent),
 * ratios as fractions, basis points as bps. The config file's snake_case keys map onto these names one to one.
 */

/** How far a protective price lies from the entry. Exactly one of the two is set. */
export interface Distance {
  /** Multiple of the average true range of `atrLength` bars. */
  readonly atr?: number;
  readonly atrLength?: number;
  /** Percent of the price at which the entry is decided: the last close for a market order, else the order's own. */
  readonly percent?: number;
}

export type Sizing =
  /** A fixed quantity of the base asset. */
  | { readonly kind: 'fixed'; readonly quantity: number }
  /** A percent of the capital the strategy may use, spent at the price the order fills at. 100 is all-in. */
  | { readonly kind: 'percent'; readonly percent: number }
  /** The loss at the stop, costs aside, is this percent of the capital the strategy may use. Needs a stop. */
  | { readonly kind: 'risk'; readonly percent: number }
  /** Position value such that its yearly volatility is this percent of the capital the strategy may use. */
  | { readonly kind: 'volatility'; readonly percent: number; readonly length: number };

/** Everything about one strategy's orders that its signals leave open. */
export interface OrderSettings {
  readonly sizing: Sizing;
  /** Stop distance where the signal brings no stop; null trades without. */
  readonly stop: Distance | null;
  /** Target distance as a multiple of the stop distance where the signal brings no target; null trades without. */
  readonly targetRatio: number | null;
  /** Scales the stop distance. */
  readonly stopRatio: number;
  readonly trailingStop: Distance | null;
  /** Moves the stop to the entry price once the open profit has been this many R. */
  readonly breakEvenAtR: number | null;
  /** Leaves at the next open after this many whole bars, counted from the first entry. */
  readonly timeStopBars: number | null;
  readonly allowShort: boolean;
  /** How many entries one position may have; 1 is no pyramiding. */
  readonly maxEntries: number;
  /** Takes part of the position off at a multiple of R: `[{ atR: 1, fraction: 0.5 }]`. */
  readonly partialExits: readonly { readonly atR: number; readonly fraction: number }[];
}

export interface CostSettings {
  /** Percent of the traded value for orders that take liquidity (market, stop). */
  readonly takerPct: number;
  /** Percent of the traded value for limit orders. */
  readonly makerPct: number;
  /** Quote money for each fill, on top. */
  readonly fixedFee: number;
  /** The least a fill costs, quote money. */
  readonly minFee: number;
  /** Market and stop fills are this much worse. */
  readonly slippageBps: number;
  /** Further slippage of an order as large as the bar's volume; a smaller order pays its share. */
  readonly impactBps: number;
  /** Full bid-ask spread; market and stop fills pay half of it. */
  readonly spreadBps: number;
}

export interface FillSettings {
  /** `open`: a decision acts at the next open. `close`: at the close that caused it; optimistic, for comparison only. */
  readonly fillAt: 'open' | 'close';
  /** `through`: a limit order fills when the price passes it. `touch`: when it reaches it; for comparison only. */
  readonly limitFill: 'through' | 'touch';
  /** Stops in a bar that an entry order filled in: `strict` takes them where they may have been hit, `defer` waits a bar. */
  readonly entryBarStops: 'strict' | 'defer';
  /** Share of a bar's volume that one order may take, 0 to 1; null fills whole orders. */
  readonly volumeCap: number | null;
  /** What happens to positions that are open after the last bar. `open` closes at the last bar's open, for comparison. */
  readonly atEnd: 'close' | 'keep' | 'open';
}

/** The limits of `core/risk.ts`. Null switches a limit off. */
export interface RiskSettings {
  /** Largest position as a fraction of equity. */
  readonly maxPosition: number | null;
  /** Sum of absolute position values, as a fraction of equity. */
  readonly maxGrossExposure: number | null;
  /** Absolute sum of signed position values, as a fraction of equity. */
  readonly maxNetExposure: number | null;
  readonly maxOpenTrades: number | null;
  readonly maxDailyLossPct: number | null;
  readonly maxWeeklyLossPct: number | null;
  /** Halts entries for the rest of the run. */
  readonly maxDrawdownPct: number | null;
  /** Above this drawdown new entries are scaled by `slowdownFactor`. */
  readonly slowdownDrawdownPct: number | null;
  readonly slowdownFactor: number;
  /** After this many positions in a row closed at a loss, a strategy makes no entries for `cooldownBars` bars after that. */
  readonly cooldownLosses: number | null;
  readonly cooldownBars: number;
  /** Furthest an order's price may lie from the last close, percent. */
  readonly priceCollarPct: number | null;
  /** Most one entry may cost, quote money. */
  readonly maxOrderValue: number | null;
  /** Entries of the whole account within a minute. */
  readonly maxOrdersPerMinute: number | null;
  /** Entries of one slot in a UTC day. */
  readonly maxEntriesPerDay: number | null;
  /** Symbols that move together, with the limits they share. */
  readonly groups: readonly {
    readonly name: string;
    readonly symbols: readonly string[];
    readonly maxOpenTrades: number | null;
    readonly maxExposure: number | null;
  }[];
}

export const DEFAULT_ORDERS: OrderSettings = {
  sizing: { kind: 'percent', percent: 100 },
  stop: null,
  targetRatio: null,
  stopRatio: 1,
  trailingStop: null,
  breakEvenAtR: null,
  timeStopBars: null,
  allowShort: false,
  maxEntries: 1,
  partialExits: [],
};

/** Binance spot's standard rates, and a little slippage: costs are never zero unless somebody writes zero. */
export const DEFAULT_COSTS: CostSettings = {
  takerPct: 0.1,
  makerPct: 0.1,
  fixedFee: 0,
  minFee: 0,
  slippageBps: 2,
  impactBps: 0,
  spreadBps: 0,
};

export const DEFAULT_FILLS: FillSettings = {
  fillAt: 'open',
  limitFill: 'through',
  entryBarStops: 'strict',
  volumeCap: null,
  atEnd: 'close',
};

export const NO_LIMITS: RiskSettings = {
  maxPosition: null,
  maxGrossExposure: null,
  maxNetExposure: null,
  maxOpenTrades: null,
  maxDailyLossPct: null,
  maxWeeklyLossPct: null,
  maxDrawdownPct: null,
  slowdownDrawdownPct: null,
  slowdownFactor: 0.5,
  cooldownLosses: null,
  cooldownBars: 0,
  priceCollarPct: null,
  maxOrderValue: null,
  maxOrdersPerMinute: null,
  maxEntriesPerDay: null,
  groups: [],
};
