import type { Trade } from '../core/trade.ts';
import { mean, standardDeviation } from './statistics.ts';

/** What a list of trades says by itself. Money in the quote asset, net of fees; null where the answer does not exist. */
export interface TradeStats {
  /** Closed trades; open ones are only counted apart. */
  readonly totalTrades: number;
  readonly openTrades: number;
  readonly openProfit: number;
  readonly winningTrades: number;
  readonly losingTrades: number;
  /** Fraction of closed trades with a net profit above 0. */
  readonly winRate: number | null;
  readonly netProfit: number;
  readonly grossProfit: number;
  /** Positive. */
  readonly grossLoss: number;
  readonly fees: number;
  /** Gross profit over gross loss, in money. */
  readonly profitFactor: number | null;
  /** Mean net profit of a trade. */
  readonly expectancy: number | null;
  /** Mean net profit as percent of the entry's value. */
  readonly averageTradePct: number | null;
  /** Mean R of the winners times their share, less that of the others: the mean R of trades that had a stop. */
  readonly expectancyR: number | null;
  readonly averageRMultiple: number | null;
  /** Closed trades that had a stop, and so an R. */
  readonly tradesWithR: number;
  readonly averageWin: number | null;
  /** Positive. */
  readonly averageLoss: number | null;
  /** Average win over average loss. */
  readonly payoffRatio: number | null;
  readonly bestTrade: number | null;
  readonly worstTrade: number | null;
  readonly bestTradePct: number | null;
  readonly worstTradePct: number | null;
  readonly maxConsecutiveWins: number;
  readonly maxConsecutiveLosses: number;
  /** System quality number: root of n times mean over sample deviation of net profit. */
  readonly sqn: number | null;
  /** Mean worst and best open profit while a trade lived. */
  readonly averageMae: number | null;
  readonly averageMfe: number | null;
  readonly averageMaeR: number | null;
  readonly averageMfeR: number | null;
  readonly averageDurationHours: number | null;
  readonly averageBarsHeld: number | null;
  /** Deepest fall of the summed R multiples, in R, in order of exit. */
  readonly maxDrawdownR: number | null;
  /** Trades in which one bar held several of entry, stop and target, so that their order was assumed. */
  readonly ambiguousTrades: number;
}

/** Closed trades in order of exit; trades that leave together keep their order. */
export function closedInOrder(trades: readonly Trade[]): Trade[] {
  return trades.filter((trade) => !trade.open).sort((a, b) => a.exitTime - b.exitTime || a.id - b.id);
}

/** The statistics of the closed trades among `trades`. A win is a net profit above 0; 0 is not one. */
export function tradeStats(trades: readonly Trade[]): TradeStats {
  const closed = closedInOrder(trades);
  const open = trades.filter((trade) => trade.open);
  const profits = closed.map((trade) => trade.profit);
  const wins = profits.filter((profit) => profit > 0);
  const losses = profits.filter((profit) => profit < 0);
  const grossProfit = sum(wins);
  const grossLoss = 0 - sum(losses);
  const multiples = closed.flatMap((trade) => (trade.rMultiple === null ? [] : [trade.rMultiple]));
  const withRisk = closed.filter((trade) => trade.risk !== null && trade.risk > 0);
  const averageWin = defined(mean(wins));
  const averageLoss = losses.length === 0 ? null : grossLoss / losses.length;
  const returns = closed.map((trade) => 100 * trade.profitPct);
  return {
    totalTrades: closed.length,
    openTrades: open.length,
    openProfit: sum(open.map((trade) => trade.profit)),
    winningTrades: wins.length,
    losingTrades: losses.length,
    winRate: closed.length === 0 ? null : wins.length / closed.length,
    netProfit: grossProfit - grossLoss,
    grossProfit,
    grossLoss,
    fees: sum(trades.map((trade) => trade.fees)),
    profitFactor: grossLoss > 0 ? defined(grossProfit / grossLoss) : null,
    expectancy: defined(mean(profits)),
    averageTradePct: defined(mean(returns)),
    expectancyR: defined(mean(multiples)),
    averageRMultiple: defined(mean(multiples)),
    tradesWithR: multiples.length,
    averageWin,
    averageLoss,
    payoffRatio: averageWin === null || averageLoss === null ? null : defined(averageWin / averageLoss),
    bestTrade: extreme(profits, 1),
    worstTrade: extreme(profits, -1),
    bestTradePct: extreme(returns, 1),
    worstTradePct: extreme(returns, -1),
    maxConsecutiveWins: longestStreak(profits, (profit) => profit > 0),
    maxConsecutiveLosses: longestStreak(profits, (profit) => profit < 0),
    sqn: defined((Math.sqrt(closed.length) * mean(profits)) / standardDeviation(profits)),
    averageMae: defined(mean(closed.map((trade) => trade.mae))),
    averageMfe: defined(mean(closed.map((trade) => trade.mfe))),
    averageMaeR: defined(mean(withRisk.map((trade) => trade.mae / (trade.risk ?? 1)))),
    averageMfeR: defined(mean(withRisk.map((trade) => trade.mfe / (trade.risk ?? 1)))),
    averageDurationHours: defined(mean(closed.map((trade) => (trade.exitTime - trade.entryTime) / 3_600_000))),
    averageBarsHeld: defined(mean(closed.map((trade) => trade.exitBar - trade.entryBar))),
    maxDrawdownR: multiples.length === 0 ? null : deepestFall(multiples),
    ambiguousTrades: closed.filter((trade) => trade.ambiguous).length,
  };
}

/** Deepest fall of the running sum from its highest value so far, positive; the start (0) counts as a high. */
export function deepestFall(steps: readonly number[]): number {
  let total = 0;
  let high = 0;
  let worst = 0;
  for (const step of steps) {
    total += step;
    if (total > high) high = total;
    if (high - total > worst) worst = high - total;
  }
  return worst;
}

/** The value itself (0 without a sign), or null where it is not a finite number. */
export function defined(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}

export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function extreme(values: readonly number[], sign: 1 | -1): number | null {
  let best: number | null = null;
  for (const value of values) if (best === null || sign * (value - best) > 0) best = value;
  return best;
}

function longestStreak(values: readonly number[], counts: (value: number) => boolean): number {
  let run = 0;
  let longest = 0;
  for (const value of values) {
    run = counts(value) ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}
