import type { Trade } from '../core/trade.ts';

/** Bars `from` (inclusive) to `to` (exclusive) that a chart shows in full detail. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface DetailPlan {
  /** Rising, not overlapping. */
  readonly windows: readonly Window[];
  /** How many of the trades lie in a window. */
  readonly covered: number;
}

/** Bars around a trade, and how long it may live before only its two ends are shown in detail; the best that fits. */
const PLANS = [
  { margin: 80, longest: 600 },
  { margin: 40, longest: 240 },
  { margin: 20, longest: 90 },
  { margin: 12, longest: 30 },
] as const;
type Plan = (typeof PLANS)[number];

/**
 * Windows around trades that hold at most `budget` bars together: margins shrink first, then the trades with the
 * smallest profit or loss go without.
 */
export function detailWindows(trades: readonly Trade[], length: number, budget: number): DetailPlan {
  for (const plan of PLANS) {
    const windows = merge(trades.flatMap((trade) => around(trade, plan, length)));
    if (size(windows) <= budget) return { windows, covered: trades.length };
  }
  const chosen: Window[] = [];
  let left = budget;
  let covered = 0;
  for (const trade of [...trades].sort((a, b) => Math.abs(b.profit) - Math.abs(a.profit))) {
    const own = around(trade, PLANS[PLANS.length - 1] as Plan, length);
    left -= size(own);
    if (left < 0) break;
    chosen.push(...own);
    covered++;
  }
  return { windows: merge(chosen), covered };
}

function around(trade: Trade, { margin, longest }: Plan, length: number): Window[] {
  const cut = (from: number, to: number): Window => ({ from: Math.max(0, from), to: Math.min(length, to) });
  const { entryBar, exitBar } = trade;
  const whole = [cut(entryBar - margin, exitBar + margin + 1)];
  const ends = [cut(entryBar - margin, entryBar + margin + 1), cut(exitBar - margin, exitBar + margin + 1)];
  return (exitBar - entryBar > longest ? ends : whole).filter(({ from, to }) => from < to);
}

function merge(windows: readonly Window[]): Window[] {
  const out: { from: number; to: number }[] = [];
  for (const { from, to } of [...windows].sort((a, b) => a.from - b.from)) {
    const last = out[out.length - 1];
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else out.push({ from, to });
  }
  return out;
}

function size(windows: readonly Window[]): number {
  return windows.reduce((sum, { from, to }) => sum + to - from, 0);
}
