import { type Bars, lowerBound } from '../core/bars.ts';
import { timeframeMs } from '../core/timeframe.ts';
import type { Trade } from '../core/trade.ts';
import { detailWindows } from './detail-windows.ts';
import { type PlacedIndicator, placeIndicators } from './indicator-panes.ts';
import { type PackedColumn, pack, priceDecimals, significantDecimals } from './packing.ts';

/** Bars of one resolution, in the form that `page/signals-chart.js` reads. */
interface ChartLevel {
  /** Index of the first bar among all bars, and how many bars one candle stands for. */
  readonly from: number;
  readonly per: number;
  readonly columns: Readonly<Record<'time' | 'open' | 'high' | 'low' | 'close' | 'volume', PackedColumn>>;
  readonly indicators: readonly PackedColumn[];
}

/** Everything that one signals chart shows. */
export interface ChartData {
  readonly title: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly synthetic: boolean;
  readonly decimals: number;
  readonly barMs: number;
  readonly bars: number;
  /** The whole series, coarse where it is long, and full detail around trades where it is. */
  readonly whole: ChartLevel;
  readonly windows: readonly ChartLevel[];
  readonly indicators: readonly { name: string; pane: number; shape: string; decimals: number }[];
  readonly trades: readonly ChartTrade[];
  /** Trades that did not fit in, and those that the chart shows only coarsely. */
  readonly leftOut: number;
  readonly coarseTrades: number;
}

/** One trade: `[id, side (1 or -1), entry bar, exit bar, entry price, exit price, quantity, profit, R, stop, target, entry time, exit time, reason, open]`. */
export type ChartTrade = readonly (number | string | null)[];

export interface ChartOptions {
  readonly title: string;
  readonly synthetic: boolean;
  readonly indicators: Readonly<Record<string, ArrayLike<number>>>;
  /** Longest series that is embedded bar by bar. */
  readonly maxCandles: number;
  /** Bars that may be embedded in full detail around trades. */
  readonly detailBudget: number;
}

export const MAX_TRADES = 20_000;
/** About how many candles the overview of a long series has: more would not fit on a screen. */
const COARSE_CANDLES = 5_000;
/** Significant digits of indicators. */
const DIGITS = 6;

/** Packs bars, trades and indicators for a page; a long series as a coarse whole and full detail around its trades. */
export function chartData(bars: Bars, trades: readonly Trade[], options: ChartOptions): ChartData {
  const placed = placeIndicators(bars, options.indicators);
  const decimals = Math.max(priceDecimals(bars.close), priceDecimals(bars.open));
  const scales = placed.map(({ pane, values }) =>
    pane === 0 ? decimals : significantDecimals(typicalSize(values), DIGITS),
  );
  const shown = trades.slice(0, MAX_TRADES).map((trade) => onBars(trade, bars));
  const per = bars.length > options.maxCandles ? Math.ceil(bars.length / COARSE_CANDLES) : 1;
  const plan =
    per === 1 ? { windows: [], covered: shown.length } : detailWindows(shown, bars.length, options.detailBudget);
  const volumeScale = 10 ** significantDecimals(typicalSize(bars.volume), 4);
  const level = (from: number, to: number, width: number): ChartLevel => {
    const view = coarsen(bars.slice(from, to), width);
    return {
      from,
      per: width,
      columns: {
        time: pack(
          view.time.map((time) => time / 1_000),
          1,
        ),
        open: pack(view.open, 10 ** decimals),
        high: pack(view.high, 10 ** decimals),
        low: pack(view.low, 10 ** decimals),
        close: pack(view.close, 10 ** decimals),
        volume: pack(view.volume, volumeScale),
      },
      indicators: placed.map(({ values }, k) => pack(lastOfEach(values, from, to, width), 10 ** (scales[k] ?? 2))),
    };
  };
  return {
    title: options.title,
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    synthetic: options.synthetic,
    decimals,
    barMs: timeframeMs(bars.timeframe),
    bars: bars.length,
    whole: level(0, bars.length, per),
    windows: plan.windows.map(({ from, to }) => level(from, to, 1)),
    indicators: placed.map((indicator, k) => describe(indicator, scales[k] ?? 2, decimals)),
    trades: shown.map(row),
    leftOut: trades.length - shown.length,
    coarseTrades: shown.length - plan.covered,
  };
}

/** Legends and axes need no more digits than the price has, or than five significant ones. */
function describe({ name, pane, shape }: PlacedIndicator, scale: number, decimals: number) {
  return { name, pane, shape, decimals: pane === 0 ? decimals : Math.max(0, Math.min(6, scale - 1)) };
}

function row(trade: Trade): ChartTrade {
  const { id, side, entryBar, exitBar, entryPrice, exitPrice, quantity, profit, rMultiple } = trade;
  const numbers = [entryPrice, exitPrice, quantity, profit, rMultiple, trade.stopLoss, trade.takeProfit].map(shorter);
  const direction = side === 'LONG' ? 1 : -1;
  const ending = [trade.entryTime, trade.exitTime, trade.exitReason, trade.open ? 1 : 0];
  return [id, direction, entryBar, exitBar, ...numbers, ...ending];
}

/** Nine significant digits: more than a screen shows, and half the text. */
function shorter(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(9));
}

/** A trade keeps its bar indexes only where they are indexes of these bars. */
function onBars(trade: Trade, bars: Bars): Trade {
  const at = (index: number, time: number): number => {
    const known = index >= 0 && index < bars.length && bars.time[index] <= time && time <= bars.closeTime(index);
    return known ? index : Math.max(0, Math.min(bars.length, lowerBound(bars.time, time + 1)) - 1);
  };
  return {
    ...trade,
    entryBar: at(trade.entryBar, trade.entryTime),
    exitBar: at(trade.exitBar, trade.exitTime),
  };
}

function typicalSize(values: ArrayLike<number>): number {
  const step = Math.max(1, Math.floor(values.length / 2_000));
  let largest = 0;
  for (let i = 0; i < values.length; i += step) {
    const size = Math.abs(values[i] as number);
    if (size > largest && Number.isFinite(size)) largest = size;
  }
  return largest;
}

function coarsen(bars: Bars, width: number) {
  const n = Math.ceil(bars.length / width);
  const column = (): Float64Array => new Float64Array(n);
  const out = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  for (let k = 0; k < n; k++) {
    const from = k * width;
    const to = Math.min(bars.length, from + width);
    out.time[k] = bars.time[from];
    out.open[k] = bars.open[from];
    out.close[k] = bars.close[to - 1];
    let high = bars.high[from];
    let low = bars.low[from];
    let volume = 0;
    for (let i = from; i < to; i++) {
      high = Math.max(high, bars.high[i]);
      low = Math.min(low, bars.low[i]);
      volume += bars.volume[i];
    }
    out.high[k] = high;
    out.low[k] = low;
    out.volume[k] = volume;
  }
  return out;
}

function lastOfEach(values: ArrayLike<number>, from: number, to: number, width: number): Float64Array {
  const out = new Float64Array(Math.ceil((to - from) / width));
  for (let k = 0; k < out.length; k++) out[k] = values[Math.min(to, from + (k + 1) * width) - 1] as number;
  return out;
}
