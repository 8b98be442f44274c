import type { Trade } from '../core/trade.ts';
import type { AccountHistory } from './account-stats.ts';
import { closedInOrder, type TradeStats, tradeStats } from './trade-stats.ts';

export const DIMENSIONS = ['strategy', 'symbol', 'side', 'month', 'weekday', 'hour', 'exit_reason'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** One group of closed trades. `key` is a name, `2024-03`, `Mon`, or `09` (hour). */
export interface BreakdownRow {
  readonly key: string;
  readonly stats: TradeStats;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

const KEY: Readonly<Record<Dimension, (trade: Trade) => string>> = {
  strategy: (trade) => trade.strategy,
  symbol: (trade) => trade.symbol,
  side: (trade) => trade.side,
  month: (trade) => new Date(trade.exitTime).toISOString().slice(0, 7),
  weekday: (trade) => WEEKDAYS[new Date(trade.entryTime).getUTCDay()] ?? '',
  hour: (trade) => String(new Date(trade.entryTime).getUTCHours()).padStart(2, '0'),
  exit_reason: (trade) => trade.exitReason,
};

/**
 * Closed trades in groups: months by their exit, hours and weekdays by their entry (all UTC). Months, weekdays and
 * hours come in order of time, the others with the highest profit first.
 */
export function breakdown(trades: readonly Trade[], by: Dimension): BreakdownRow[] {
  const groups = new Map<string, Trade[]>();
  for (const trade of closedInOrder(trades)) {
    const key = KEY[by](trade);
    const group = groups.get(key);
    if (group) group.push(trade);
    else groups.set(key, [trade]);
  }
  const rows = [...groups].map(([key, group]) => ({ key, stats: tradeStats(group) }));
  if (by === 'weekday') return rows.sort((a, b) => dayRank(a.key) - dayRank(b.key));
  if (by === 'month' || by === 'hour') return rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  return rows.sort((a, b) => b.stats.netProfit - a.stats.netProfit || (a.key < b.key ? -1 : 1));
}

/** Return of one UTC month, percent of the account's value at the end of the month before. */
export interface MonthlyReturn {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly returnPct: number;
}

/** Returns of the account by UTC month; a bar that closes at midnight belongs to the day that it ends. */
export function monthlyReturns({ time, equityCurve, initialCapital }: AccountHistory): MonthlyReturn[] {
  const out: MonthlyReturn[] = [];
  let before = initialCapital;
  for (let i = 0; i < time.length; ) {
    const { year, month, end } = monthOf(time[i] as number);
    let last = i;
    while (last + 1 < time.length && (time[last + 1] as number) <= end) last++;
    const value = equityCurve[last] as number;
    out.push({ year, month, returnPct: before > 0 ? 100 * (value / before - 1) : 0 });
    before = value;
    i = last + 1;
  }
  return out;
}

function monthOf(closeTime: number): { year: number; month: number; end: number } {
  const date = new Date(closeTime - 1);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return { year, month: month + 1, end: Date.UTC(year, month + 1, 1) };
}

function dayRank(key: string): number {
  return (WEEKDAYS.indexOf(key as (typeof WEEKDAYS)[number]) + 6) % 7;
}
