import type { Bars } from '../../core/bars.ts';
import { type StrategyEntry, strategyKey, strategyParams, strategySymbols } from '../../core/config/index.ts';
import { type DistanceColumns, distanceColumns } from '../../core/distances.ts';
import type { OrderSettings } from '../../core/settings.ts';
import type { Signals } from '../../core/signal.ts';
import { toTimeframe } from '../../core/timeframe.ts';
import type { HistoryLake } from '../../data/index.ts';
import type { JournalReader } from '../../execution/journal/journal.ts';
import type { LiveAnswer } from '../../execution/live-host.ts';
import { distanceHistory } from '../../execution/live-strategy.ts';
import { type PortfolioSlot, runPortfolio } from '../../execution/portfolio.ts';
import { fillRecords, orderRecords, tradeRecords } from '../../execution/records.ts';
import { loadStrategy } from '../load-strategy.ts';
import { type Attribution, attribute } from './attribution.ts';
import { replayRun, type RunReplay } from './replay-run.ts';
import { answerKey, barsBefore, joined, RunBars } from './run-bars.ts';

/** What a comparison found. */
export interface RunComparison extends Attribution {
  readonly run: number;
  readonly runs: readonly number[];
  readonly mode: 'paper' | 'live';
  readonly bars: number;
  /** Signals that were computed again, and how many of them differ from what the run's strategies answered. */
  readonly signals: { readonly compared: number; readonly different: number };
  /** What could not be compared, or only in part. */
  readonly notes: readonly string[];
}

export interface CompareOptions {
  /** Folder that handlers of the config start from. */
  readonly baseDir: string;
  readonly lake: HistoryLake;
}

/**
 * Backtests the bars that a run saw, with the config it had, and explains every difference between their trades.
 * @throws ValvulinError as `replayRun`; `VLV_RECOVERY` where a replay of the run differs, `VLV_STRATEGY_LOAD`
 */
export async function compareRun(
  journal: JournalReader,
  number: number,
  options: CompareOptions,
): Promise<RunComparison> {
  const seen = new RunBars();
  const replay = replayRun(journal, number, (input) => seen.take(input));
  if (replay.difference) throw replay.difference;
  const { details, engineRun, books, plan } = replay;
  const signals = { compared: 0, different: 0 };
  const notes = [...replay.notes];
  if (seen.late.size > 0) notes.push(`${seen.late.size} times bars came too late for the strategies to be asked.`);
  const slots: PortfolioSlot[] = [];
  for (const entry of details.config.strategies) {
    for (const symbol of strategySymbols(entry)) {
      slots.push(await slotOf(entry, symbol, slots.length, { replay, seen, signals, notes, options }));
    }
  }
  const traded = slots.filter(({ bars }) => bars.length > 0);
  const { portfolio } = runPortfolio({
    capital: books.capital,
    cashDecimals: books.cashDecimals,
    slots: traded,
    costs: plan.costs,
    fills: { ...plan.fills, atEnd: 'keep' },
    risk: plan.risk,
    instruments: new Map(books.markets.map(({ instrument }) => [instrument.rules.symbol, instrument])),
  });
  const { engine } = engineRun;
  const last = Math.max(0, ...traded.map(({ bars }) => bars.closeTime(bars.length - 1)));
  const run = {
    trades: tradeRecords(engine, books.cashDecimals, last),
    orders: orderRecords(engine),
    fills: fillRecords(engine, books.cashDecimals),
  };
  const series = new Set(traded.map(({ bars }) => `${bars.symbol}:${bars.timeframe}:${bars.length}`));
  return {
    run: number,
    runs: replay.runs,
    mode: replay.run.mode,
    bars: [...series].reduce((sum, key) => sum + Number(key.slice(key.lastIndexOf(':') + 1)), 0),
    signals,
    notes,
    ...attribute(run, portfolio),
  };
}

interface Gathered {
  readonly replay: RunReplay;
  readonly seen: RunBars;
  readonly signals: { compared: number; different: number };
  readonly notes: string[];
  readonly options: CompareOptions;
}

async function slotOf(entry: StrategyEntry, symbol: string, slot: number, given: Gathered): Promise<PortfolioSlot> {
  const { replay, seen, notes, options } = given;
  const { orders, allocation, strategy: name } = replay.plan.slots[slot];
  const timeframe = toTimeframe(entry.timeframe);
  const stream = replay.plan.streams.findIndex((one) => one.symbol === symbol && one.timeframe === timeframe);
  const bars = seen.of(stream, symbol, timeframe);
  const Strategy = await loadStrategy(entry.handler, options.baseDir);
  const strategy = new Strategy(strategyParams(entry));
  const before = await barsBefore(options.lake, bars, Math.max(strategy.history, distanceHistory(orders)));
  const all = joined(before, bars);
  const answers = Array.from({ length: bars.length }, (_, i) => seen.answers.get(answerKey(slot, bars.closeTime(i))));
  const distances = ownDistances(all, before.length, orders, answers);
  const common = { strategy: name, bars, orders, allocation, distances };
  if (!strategy.generateSignals) {
    notes.push(`${strategyKey(entry)} manages its own orders: it is asked again with the bars of the run only.`);
    return { ...common, decisions: { kind: 'slices', strategy } };
  }
  const unchecked = Math.min(bars.length, Math.max(0, strategy.history - before.length - 1));
  if (unchecked > 0) {
    notes.push(
      `${symbol}:${timeframe}:${name}: of the first ${unchecked} bars the run's own signals were taken, since a ` +
        `signal needs ${strategy.history} bars. "valvulin download ${symbol} ${timeframe}" brings those before.`,
    );
  }
  const own = ownSignals(strategy.run(all), before.length, answers, unchecked);
  for (let i = unchecked; i < bars.length; i++) {
    if (seen.late.has(bars.closeTime(i))) continue;
    given.signals.compared++;
    if (own.signal[i] !== (answers[i]?.signal ?? 0)) given.signals.different++;
  }
  return { ...common, decisions: { kind: 'signals', signals: own } };
}

type Answers = readonly (LiveAnswer | undefined)[];

/** Without the bars before the run's first, and with the run's own answers where there are too few of those. */
function ownSignals({ signal, columns }: Signals, from: number, answers: Answers, unchecked: number): Signals {
  const taken = answers.slice(0, unchecked);
  const own = signal.slice(from);
  taken.forEach((answer, i) => (own[i] = answer?.signal ?? 0));
  const names = new Set([...Object.keys(columns), ...(taken.some(Boolean) ? Object.keys(ANSWERED) : [])]);
  const kept = [...names].map((name) => {
    const column = columns[name]?.slice(from) ?? new Float64Array(own.length).fill(Number.NaN);
    const field = ANSWERED[name];
    if (field) taken.forEach((answer, i) => (column[i] = answer?.[field] ?? Number.NaN));
    return [name, column] as const;
  });
  return { signal: own, columns: Object.fromEntries(kept) };
}

/** Columns that set an order, by what they are in an answer. */
const ANSWERED: Readonly<Record<string, 'stopLoss' | 'takeProfit' | 'quantity' | 'price'>> = {
  stop_loss: 'stopLoss',
  take_profit: 'takeProfit',
  quantity: 'quantity',
  entry_price: 'price',
};

/** The same for the distances that the order settings ask for: averages that need bars before the first. */
function ownDistances(all: Bars, from: number, orders: OrderSettings, answers: Answers): DistanceColumns {
  const { stop, trail, volatility } = distanceColumns(all, orders);
  const unchecked = Math.max(0, distanceHistory(orders) - from - 1);
  const own = (column: Float64Array | null, field: 'stopDistance' | 'trailDistance' | 'volatility') => {
    const kept = column?.slice(from) ?? null;
    answers.slice(0, unchecked).forEach((answer, i) => {
      if (kept && answer) kept[i] = answer[field] ?? Number.NaN;
    });
    return kept;
  };
  return {
    stop: own(stop, 'stopDistance'),
    trail: own(trail, 'trailDistance'),
    volatility: own(volatility, 'volatility'),
  };
}
