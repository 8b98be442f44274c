import type { Trade } from '../../core/trade.ts';
import type { RunReport } from '../../runs/types.ts';
import type { AccountHistory } from '../account-stats.ts';
import { type ChartData, chartData } from '../chart-data.ts';
import { type PackedColumn, pack } from '../packing.ts';

/** The curves of the account at up to 3,000 instants, packed. */
export interface CurveData {
  readonly time: PackedColumn;
  readonly equity: PackedColumn;
  readonly benchmark: PackedColumn | null;
  /** Percent below the high, at most 0. Each instant carries the deepest since the one before. */
  readonly drawdown: PackedColumn;
  readonly quote: string;
}

const CURVE_POINTS = 3_000;

/** Evenly spaced instants of the account; between them only the deepest drawdown is kept. */
export function curveData(account: AccountHistory, drawdown: ArrayLike<number>, quote: string): CurveData {
  const { time, equityCurve, benchmark } = account;
  const width = Math.max(1, Math.ceil(time.length / CURVE_POINTS));
  const n = Math.ceil(time.length / width);
  const at = (k: number): number => Math.min(time.length, (k + 1) * width) - 1;
  const pick = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: n }, (_, k) => values[at(k)] as number);
  const deepest = Float64Array.from({ length: n }, (_, k) => {
    let worst = 0;
    for (let i = k * width; i <= at(k); i++) worst = Math.max(worst, drawdown[i] as number);
    return -100 * worst;
  });
  return {
    time: pack(
      pick(time).map((ms) => ms / 1_000),
      1,
    ),
    equity: pack(pick(equityCurve), 100),
    benchmark: benchmark ? pack(pick(benchmark), 100) : null,
    drawdown: pack(deepest, 1_000),
    quote,
  };
}

/** One row of the trades table: the run it belongs to, its place in that run's chart, and its figures. */
export type TradeRow = readonly (number | string | null)[];

export interface TradesData {
  readonly rows: readonly TradeRow[];
  readonly total: number;
}

export const MAX_ROWS = 10_000;

/** Trades of the shared account as rows `[id, run, entry, exit, side, quantity, entry price, exit price, profit, percent, R, bars, reason, fees, index in the run]`. */
export function tradesData(report: RunReport): TradesData {
  const index = new Map(report.runs.map((run, i) => [keyOf(run), i]));
  const seen = new Map<number, number>();
  const rows = report.portfolio.trades.slice(0, MAX_ROWS).map((trade) => {
    const run = index.get(keyOf(trade)) ?? -1;
    const place = seen.get(run) ?? 0;
    seen.set(run, place + 1);
    const shorter = (value: number): number => Number(value.toPrecision(9));
    return [
      trade.id,
      run,
      trade.entryTime,
      trade.exitTime,
      trade.side === 'LONG' ? 1 : -1,
      shorter(trade.quantity),
      shorter(trade.entryPrice),
      shorter(trade.exitPrice),
      shorter(trade.profit),
      shorter(100 * trade.profitPct),
      trade.rMultiple === null ? null : shorter(trade.rMultiple),
      trade.exitBar - trade.entryBar,
      trade.open ? 'still open' : trade.exitReason.replaceAll('_', ' '),
      shorter(trade.fees),
      place,
    ];
  });
  return { rows, total: report.portfolio.trades.length };
}

/** Bars that all charts of one report may embed whole, and around trades: a few megabytes together. */
const ALL_CANDLES = 120_000;
const ALL_DETAIL = 100_000;

/** The signals chart of each run, with the trades that the shared account made in it. */
export function chartsData(report: RunReport): ChartData[] {
  const share = (all: number, most: number): number =>
    Math.min(most, Math.floor(all / Math.max(1, report.runs.length)));
  const trades = new Map<string, Trade[]>();
  for (const trade of report.portfolio.trades.slice(0, MAX_ROWS)) {
    const key = keyOf(trade);
    const list = trades.get(key);
    if (list) list.push(trade);
    else trades.set(key, [trade]);
  }
  return report.runs.map((run) =>
    chartData(run.bars, trades.get(keyOf(run)) ?? [], {
      title: runName(run),
      synthetic: report.synthetic,
      indicators: run.indicators,
      maxCandles: Math.max(2_000, share(ALL_CANDLES, 20_000)),
      detailBudget: share(ALL_DETAIL, 60_000),
    }),
  );
}

interface Named {
  readonly symbol: string;
  readonly timeframe: string;
  readonly strategy: string;
}

export function runName({ symbol, timeframe, strategy }: Named): string {
  return `${symbol} ${timeframe} ${strategy}`;
}

export function keyOf({ symbol, timeframe, strategy }: Named): string {
  return `${symbol}:${timeframe}:${strategy}`;
}
