import type { FillRecord, OrderRecord, Trade } from '../../core/trade.ts';

/** Trades of one side of a comparison, with what they came from. */
export interface TradedSide {
  readonly trades: readonly Trade[];
  readonly orders: readonly OrderRecord[];
  readonly fills: readonly FillRecord[];
}

/** Money by what caused it, quote asset; together the whole difference of profit. */
export interface Effects {
  /** Traded on one side only, or left for another reason or by another decision. */
  readonly signal: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** The fill came in a later bar than in the backtest. */
  readonly latency: number;
  /** Another quantity, as follows from another equity or price. */
  readonly size: number;
  /** Fees, and what was taken in the base asset. */
  readonly cost: number;
}

/** All that came of one entry order, in parts or at once. */
export interface Outcome {
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly entryBar: number;
  readonly exitTime: number;
  readonly exitPrice: number;
  readonly exitBar: number;
  readonly exitReason: string;
  readonly fees: number;
  readonly profit: number;
}

export interface Difference {
  /** `BTCUSDT:1h:ema-macd`. */
  readonly slot: string;
  readonly side: Trade['side'];
  /** When the entry was decided, epoch ms. */
  readonly decided: number;
  readonly run: Outcome | null;
  readonly backtest: Outcome | null;
  /** How much later its entry filled than the backtest's; null where there is only one of them. */
  readonly delayMs: number | null;
  /** Profit of the run less that of the backtest. */
  readonly profit: number;
  readonly effects: Effects;
}

export interface Attribution {
  /** Entries on either side, and how many of them are the same in everything. */
  readonly entries: number;
  readonly same: number;
  readonly differences: readonly Difference[];
  readonly totals: Effects;
  readonly runProfit: number;
  readonly backtestProfit: number;
}

interface Entry extends Outcome {
  readonly slot: string;
  readonly side: Trade['side'];
  readonly decided: number;
  readonly exitDecided: number;
}

const NONE: Effects = { signal: 0, entryPrice: 0, exitPrice: 0, latency: 0, size: 0, cost: 0 };

/** Puts the entries of a run beside those of a backtest that were decided at the same bar, and explains what differs. */
export function attribute(run: TradedSide, backtest: TradedSide): Attribution {
  const mine = entriesOf(run);
  const theirs = entriesOf(backtest);
  const keys = [...new Set([...mine.keys(), ...theirs.keys()])];
  const differences = keys
    .map((key) => difference(mine.get(key), theirs.get(key)))
    .filter((found) => found !== null)
    .sort((a, b) => a.decided - b.decided);
  const total = (name: keyof Effects): number => differences.reduce((sum, { effects }) => sum + effects[name], 0);
  return {
    entries: keys.length,
    same: keys.length - differences.length,
    differences,
    totals: {
      signal: total('signal'),
      entryPrice: total('entryPrice'),
      exitPrice: total('exitPrice'),
      latency: total('latency'),
      size: total('size'),
      cost: total('cost'),
    },
    runProfit: profitOf(run.trades),
    backtestProfit: profitOf(backtest.trades),
  };
}

function difference(run: Entry | undefined, backtest: Entry | undefined): Difference | null {
  const one = run ?? backtest;
  if (!one) return null;
  const { slot, side, decided } = one;
  const profit = (run?.profit ?? 0) - (backtest?.profit ?? 0);
  const about = { slot, side, decided, run: outcome(run), backtest: outcome(backtest), profit };
  if (!run || !backtest) return { ...about, delayMs: null, effects: { ...NONE, signal: profit } };
  if (JSON.stringify(about.run) === JSON.stringify(about.backtest)) return null;
  return { ...about, delayMs: run.entryTime - backtest.entryTime, effects: effectsOf(run, backtest) };
}

/** Each effect at the other values that come after it, so that they add up; what is left is cost. */
function effectsOf(run: Entry, backtest: Entry): Effects {
  const side = run.side === 'LONG' ? 1 : -1;
  const size = (run.quantity - backtest.quantity) * side * (backtest.exitPrice - backtest.entryPrice);
  const entry = -side * run.quantity * (run.entryPrice - backtest.entryPrice);
  const exit = side * run.quantity * (run.exitPrice - backtest.exitPrice);
  const effects: { -readonly [K in keyof Effects]: number } = {
    ...NONE,
    size,
    cost: run.profit - backtest.profit - size - entry - exit,
  };
  effects[run.entryBar === backtest.entryBar ? 'entryPrice' : 'latency'] += entry;
  effects[exitKind(run, backtest)] += exit;
  return effects;
}

function exitKind(run: Entry, backtest: Entry): 'signal' | 'exitPrice' | 'latency' {
  if (run.exitReason !== backtest.exitReason) return 'signal';
  if (run.exitReason !== 'signal' || run.exitBar === backtest.exitBar) return 'exitPrice';
  return run.exitDecided === backtest.exitDecided ? 'latency' : 'signal';
}

/** The trades of each entry order as one, by slot and the time at which it was decided. */
function entriesOf({ trades, orders, fills }: TradedSide): Map<string, Entry> {
  const orderOf = new Map(orders.map((order) => [order.id, order]));
  const decided = new Map<string, number>();
  for (const fill of fills) {
    const order = orderOf.get(fill.orderId);
    if (order) decided.set(fillKey(fill, fill.time, fill.side === 'BUY'), order.time);
  }
  const groups = new Map<string, Trade[]>();
  for (const trade of trades) {
    const key = `${slotOf(trade)}@${decided.get(fillKey(trade, trade.entryTime, trade.side === 'LONG')) ?? trade.entryTime}`;
    const group = groups.get(key) ?? [];
    group.push(trade);
    groups.set(key, group);
  }
  return new Map([...groups].map(([key, group]) => [key, entryOf(key, group, decided)]));
}

function entryOf(key: string, trades: readonly Trade[], decided: ReadonlyMap<string, number>): Entry {
  const [first] = trades;
  const last = trades[trades.length - 1];
  const quantity = trades.reduce((sum, trade) => sum + trade.quantity, 0);
  // One price stays what it is, to the last bit.
  const mean = (price: 'entryPrice' | 'exitPrice'): number =>
    trades.every((trade) => trade[price] === first[price])
      ? first[price]
      : trades.reduce((sum, trade) => sum + trade.quantity * trade[price], 0) / quantity;
  return {
    slot: slotOf(first),
    side: first.side,
    decided: Number(key.slice(key.lastIndexOf('@') + 1)),
    exitDecided: decided.get(fillKey(last, last.exitTime, last.side !== 'LONG')) ?? last.exitTime,
    quantity,
    entryTime: first.entryTime,
    entryPrice: mean('entryPrice'),
    entryBar: first.entryBar,
    exitTime: last.exitTime,
    exitPrice: mean('exitPrice'),
    exitBar: last.exitBar,
    exitReason: last.exitReason,
    fees: trades.reduce((sum, { fees }) => sum + fees, 0),
    profit: profitOf(trades),
  };
}

function outcome(entry: Entry | undefined): Outcome | null {
  if (!entry) return null;
  const { slot: _slot, side: _side, decided: _decided, exitDecided: _exit, ...rest } = entry;
  return rest;
}

function slotOf({ symbol, timeframe, strategy }: Pick<Trade, 'symbol' | 'timeframe' | 'strategy'>): string {
  return `${symbol}:${timeframe}:${strategy}`;
}

function fillKey(of: Pick<Trade, 'symbol' | 'timeframe' | 'strategy'>, time: number, buys: boolean): string {
  return `${slotOf(of)}@${time}@${buys ? 'buy' : 'sell'}`;
}

function profitOf(trades: readonly Trade[]): number {
  return trades.reduce((sum, { profit }) => sum + profit, 0);
}
