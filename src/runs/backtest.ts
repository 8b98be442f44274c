import type { Bars } from '../core/bars.ts';
import {
  type Config,
  costSettings,
  fillSettings,
  orderSettings,
  riskSettings,
  type StrategyEntry,
  snakeKeys,
  strategyParams,
  strategySymbols,
  toInstant,
} from '../core/config/index.ts';
import { ValvulinError } from '../core/errors.ts';
import type { Instrument } from '../core/instrument.ts';
import type { Signals } from '../core/signal.ts';
import { type Timeframe, toTimeframe } from '../core/timeframe.ts';
import { type PortfolioSlot, runPortfolio } from '../execution/portfolio.ts';
import type { BaseStrategy } from '../strategies/base.ts';
import { checkCausality } from './causality.ts';
import { dataHash, jsonHash, tradesHash } from './hashes.ts';
import { BarLoader } from './load-bars.ts';
import { loadStrategy } from './load-strategy.ts';
import { type SelectionOptions, selectStrategies } from './selection.ts';
import type { CausalityReport, RunReport, StrategyRun } from './types.ts';
import { packageVersion } from './version.ts';

export interface BacktestOptions extends SelectionOptions {
  /** Folder that relative paths of the config start from. */
  readonly baseDir: string;
  /** First instant to trade and the instant to stop before, epoch ms; they override the config. */
  readonly from?: number;
  readonly to?: number;
  readonly signal?: AbortSignal;
  /** Called before each step that takes time, in words. */
  readonly onProgress?: (step: string) => void;
}

/** One slot of the run, ready to trade. */
interface Prepared {
  readonly entry: StrategyEntry;
  readonly slot: PortfolioSlot;
  readonly causality: CausalityReport;
  readonly notes: readonly string[];
  readonly synthetic: boolean;
}

const BAR_BY_BAR: CausalityReport = { passed: true, cuts: 0, possibleCuts: 0, violation: null };

/**
 * One backtest of a config: loads bars, runs every enabled strategy, checks that each uses closed bars only, and trades
 * them all on one account.
 * @throws ValvulinError for a config, strategy or data file that cannot be used
 */
export async function runBacktest(config: Config, options: BacktestOptions): Promise<RunReport> {
  const selected = selectStrategies(config, options);
  const loader = new BarLoader(selected, options.baseDir);
  const prepared: Prepared[] = [];
  const checks = selected.strategies.reduce((sum, entry) => sum + strategySymbols(entry).length, 0);
  for (const entry of selected.strategies) {
    options.signal?.throwIfAborted();
    options.onProgress?.(`${entry.symbol} ${entry.timeframe} ${entry.name}`);
    prepared.push(...(await prepare(selected, entry, loader, options, checks)));
  }
  options.onProgress?.('trading');
  const detail = await detailBars(selected, prepared, loader);
  const { portfolio, slots } = runPortfolio({
    capital: selected.execution.capital,
    slots: prepared.map((p) => p.slot),
    detail,
    costs: costSettings(selected),
    fills: fillSettings(selected),
    risk: riskSettings(selected),
    instruments: instruments(prepared, loader),
  });
  const runs = prepared.map((p, i): StrategyRun => {
    const { bars, decisions } = p.slot;
    return {
      symbol: bars.symbol,
      timeframe: bars.timeframe,
      strategy: p.slot.strategy,
      params: p.entry.parameters,
      bars,
      result: slots[i],
      causality: p.causality,
      indicators: decisions.kind === 'signals' ? decisions.signals.columns : {},
      dataNotes: p.notes,
    };
  });
  return {
    name: 'backtest',
    runs,
    portfolio,
    tradesHash: tradesHash(portfolio.trades),
    synthetic: prepared.some((p) => p.synthetic),
    quote: selected.execution.quote,
    configHash: jsonHash(selected),
    dataHash: dataHash([...prepared.map((p) => p.slot.bars), ...detail]),
    version: packageVersion(),
  };
}

async function prepare(
  config: Config,
  entry: StrategyEntry,
  loader: BarLoader,
  options: BacktestOptions,
  checks: number,
): Promise<Prepared[]> {
  const Strategy = await loadStrategy(entry.handler, options.baseDir);
  const create = (): BaseStrategy<object> => new Strategy(strategyParams(entry));
  const strategy = create();
  const timeframe = toTimeframe(entry.timeframe);
  const orders = orderSettings(config, entry);
  const prepared: Prepared[] = [];
  for (const symbol of strategySymbols(entry)) {
    const { bars, notes, synthetic } = await loader.load(symbol, timeframe);
    const [first, end] = range(bars, config, options, symbol, timeframe);
    const slot = { strategy: entry.name, bars: bars.slice(first, end), orders, allocation: entry.allocation };
    const filled = { ...entry, parameters: snakeKeys(strategy.params) as Record<string, unknown> };
    if (!strategy.generateSignals) {
      const decisions = { kind: 'slices', strategy } as const;
      prepared.push({ entry: filled, slot: { ...slot, decisions }, causality: BAR_BY_BAR, notes, synthetic });
      continue;
    }
    const start = Math.max(0, first - strategy.history);
    const seen = bars.slice(start, end);
    const signals = strategy.run(seen);
    const causality = checkCausality(create, seen, signals, {
      checks,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const decisions = { kind: 'signals', signals: tail(signals, first - start) } as const;
    prepared.push({ entry: filled, slot: { ...slot, decisions }, causality, notes, synthetic });
  }
  return prepared;
}

/** First and end index of the bars to trade. */
function range(
  bars: Bars,
  config: Config,
  options: BacktestOptions,
  symbol: string,
  timeframe: Timeframe,
): [number, number] {
  const { backtester } = config;
  const from = options.from ?? (backtester.from === undefined ? -Infinity : toInstant(backtester.from, 'from'));
  const to = options.to ?? (backtester.to === undefined ? Infinity : toInstant(backtester.to, 'to'));
  const inside = bars.between(from, to);
  const first = inside.length === 0 ? 0 : bars.between(-Infinity, from).length;
  if (inside.length === 0) {
    const have = bars.length === 0 ? 'none' : `${iso(bars.time[0])} to ${iso(bars.time[bars.length - 1])}`;
    throw new ValvulinError('VLV_DATA_NONE', `Expected bars from ${iso(from)} to ${iso(to)}, got ${have}`, {
      where: `${symbol} ${timeframe}`,
      hint: 'Choose another period, or download more history.',
    });
  }
  return [first, first + inside.length];
}

/** Signals without the warm-up bars before the first one that trades. */
function tail(signals: Signals, from: number): Signals {
  if (from === 0) return signals;
  const columns = Object.fromEntries(Object.entries(signals.columns).map(([name, c]) => [name, c.subarray(from)]));
  return { signal: signals.signal.subarray(from), columns };
}

/** The finer bars of each symbol over the period its strategies trade. */
async function detailBars(config: Config, prepared: readonly Prepared[], loader: BarLoader): Promise<Bars[]> {
  const text = config.backtester.detail_timeframe;
  if (text === undefined) return [];
  const timeframe = toTimeframe(text);
  const detail: Bars[] = [];
  for (const symbol of new Set(prepared.map(({ slot }) => slot.bars.symbol))) {
    const own = prepared.filter(({ slot }) => slot.bars.symbol === symbol).map(({ slot }) => slot.bars);
    const from = Math.min(...own.map((bars) => bars.time[0]));
    const to = Math.max(...own.map((bars) => bars.closeTime(bars.length - 1)));
    detail.push((await loader.load(symbol, timeframe)).bars.between(from, to));
  }
  return detail;
}

function instruments(prepared: readonly Prepared[], loader: BarLoader): Map<string, Instrument> {
  const found = new Map<string, Instrument>();
  for (const { slot } of prepared) {
    const instrument = loader.instrument(slot.bars.symbol, slot.bars);
    if (instrument) found.set(slot.bars.symbol, instrument);
  }
  return found;
}

function iso(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : time < 0 ? 'the beginning' : 'the end';
}
