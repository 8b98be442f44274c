import type { Config, TradingConfig } from '../../core/config/index.ts';
import { BarWindow } from '../../core/bar-window.ts';
import { ValvulinError } from '../../core/errors.ts';
import { lastClosedOpen } from '../../core/scheduler.ts';
import { barsBetween } from '../../core/timeframe.ts';
import { warmUp } from '../../data/live/warm-up.ts';
import type { Journal } from '../../execution/journal/journal.ts';
import type { Alert, OrderPlan } from '../../execution/live/desk-types.ts';
import { coverRefusal } from '../../execution/live/entry-cover.ts';
import { PriceCollar } from '../../execution/live/price-collar.ts';
import type { RunInput, StepInput } from '../../execution/live/input-codec.ts';
import { Replay } from '../../execution/live/replay.ts';
import { LiveExecutor } from '../../execution/live-executor.ts';
import type { InputLog, LiveRun, LiveStrategyGroup } from '../../execution/live-run.ts';
import { jsonHash } from '../hashes.ts';
import { packageVersion } from '../version.ts';
import { buildRun, runBooks } from './build-run.ts';
import { type EarlierRuns, earlierRuns, inputsOf, lastEquity, type RunDetails } from './earlier-runs.ts';
import { type LivePlan, planLive } from './plan.ts';
import { OrderJournal } from './order-journal.ts';
import type { LiveSessionOptions } from './session.ts';

/** What `open` puts together, and the ears that the session lends it afterwards. */
export interface Built {
  readonly plan: LivePlan;
  readonly run: number;
  readonly engineRun: LiveRun;
  readonly executor: LiveExecutor | null;
  readonly cashDecimals: number;
  readonly collar: PriceCollar;
  readonly groups: readonly LiveStrategyGroup[];
  onStep: (input: RunInput) => void;
  onAlert: (alert: Alert) => void;
  onEmit: (input: StepInput) => void;
  onFailed: (error: unknown) => void;
}

/** Builds a run from the config and the account's earlier runs. @throws ValvulinError as `LiveSession.open` */
export async function buildSession(options: LiveSessionOptions): Promise<Built> {
  const { config, journal, venue, host, clock, owner } = options;
  const plan = planLive(config);
  const trading = tradingPart(config);
  const configHash = booksHash(trading);
  const earlier = earlierRuns(journal, configHash, options.fresh ?? false);
  const capital = earlier?.details.capital ?? (options.fresh ? null : lastEquity(journal)) ?? config.execution.capital;
  const rules = earlier?.details.rules ?? options.rules;
  const books = runBooks(plan, capital, rules, config.execution.quote);
  const { cashDecimals } = books;
  const infos = await host.load(plan.strategies);
  const historyOf = new Map(infos.map(({ key, history }) => [key, history]));
  const windows = plan.streams.map(({ symbol, timeframe, slots, warmupBars }) => {
    const asking = plan.strategies.filter((strategy) => strategy.slots.some(({ slot }) => slots.includes(slot)));
    const history = Math.max(1, ...asking.map(({ key }) => historyOf.get(key) ?? 0));
    return new BarWindow(symbol, timeframe, Math.max(history, warmupBars));
  });
  await warmUpAll(options, plan, windows, earlier);
  const details: RunDetails = { continues: earlier?.runs.at(-1) ?? null, capital, rules, config: trading };
  const run = journal.beginRun({
    started: clock.now(),
    mode: venue ? 'live' : 'paper',
    venue: venue?.name ?? 'paper',
    configHash,
    packageVersion: packageVersion(),
    nodeVersion: process.version,
    details: JSON.stringify(details),
  });
  const log: InputLog = {
    input: (time, kind, payload) => journal.input(run, time, kind, payload),
    commands: (seq, commands) => {
      journal.commit(seq, commands, []);
    },
  };
  const replay = new Replay(inputsOf(journal, earlier?.runs ?? []), venue ? 'live' : 'paper', log);
  const groups = infos.map(({ key, history }): LiveStrategyGroup => {
    const slots = plan.strategies.find((strategy) => strategy.key === key)?.slots ?? [];
    return {
      key,
      history,
      enabled: true,
      problem: null,
      slots: slots.map(({ slot }) => ({
        slot,
        stream: plan.streams.findIndex((stream) => stream.slots.includes(slot)),
      })),
    };
  });
  const ears: Pick<Built, 'onStep' | 'onAlert' | 'onEmit' | 'onFailed'> = {
    onStep: ignore,
    onAlert: ignore,
    onEmit: ignore,
    onFailed: ignore,
  };
  const lateAfterMs = plan.feed.params.late_after_ms * (options.speed ?? 1);
  const engineRun = buildRun(plan, books, windows, {
    log: replay,
    host,
    strategies: groups,
    onStep: (input) => ears.onStep(input),
    isTimely: (time) => options.feed.time.now() - time <= lateAfterMs,
    onFailure: ({ strategy, failed, detail }) =>
      ears.onAlert({ level: 'critical', code: 'STRATEGY_STOPPED', detail: `${strategy} ${failed}: ${detail}` }),
  });
  const collar = new PriceCollar(plan.risk.priceCollarPct);
  const executor = venue
    ? new LiveExecutor({
        venue,
        journal: new OrderJournal(journal, (error) => ears.onFailed(error)),
        clock,
        owner,
        run,
        cashDecimals,
        costs: engineRun.engine.costs,
        slots: engineRun.engine.slots.map(({ spec }) => ({ symbol: spec.symbol, market: spec.market })),
        decided: (slot) => engineRun.engine.slots[slot].position.lastPrice,
        holdBack: (slot, entry) => {
          const { spec, position } = engineRun.engine.slots[slot];
          const uncovered = coverRefusal(engineRun.engine, slot, entry);
          return uncovered ?? collar.refusal(spec.symbol, entry, position.lastPrice);
        },
        emit: (input) => ears.onEmit(input as StepInput),
        alert: (alert) => ears.onAlert(alert),
      })
    : null;
  if (executor) engineRun.tradeOn(executor);
  replay.play((input) => {
    executor?.replay(input);
    engineRun.replay(input);
  });
  if (executor && earlier) restoreOrders(journal, earlier, executor);
  if (earlier) options.on({ kind: 'resumed', runs: earlier.runs, inputs: replay.compared });
  return Object.assign(ears, { plan, run, engineRun, executor, cashDecimals, collar, groups });
}

/** Orders and trades of earlier processes, from what they wrote down. */
function restoreOrders(journal: Journal, { runs }: EarlierRuns, executor: LiveExecutor): void {
  for (const intent of journal.intents()) {
    if (!runs.includes(intent.run) || intent.kind === 'cancel') continue;
    executor.restoreOrder(JSON.parse(intent.payload) as OrderPlan, intent.time);
  }
  for (const fact of journal.facts()) {
    if (fact.kind === 'fill' && fact.clientId !== null) {
      executor.restoreTrade({ ...fact, clientId: fact.clientId, orderId: fact.exchangeId });
    } else if (fact.kind === 'ack') {
      executor.restoreNumber(fact.clientId, fact.exchangeId);
    } else if (fact.kind === 'end' || fact.kind === 'absent') {
      executor.restoreEnd(fact.clientId, fact.kind === 'end' ? fact.status : 'rejected');
    }
  }
}

/**
 * Fills each window up to the last bar that the books know, or up to now where they know none; the feed goes on from
 * there, so that a restart sees the bars it missed.
 */
async function warmUpAll(
  { journal, feed, lake, config }: LiveSessionOptions,
  plan: LivePlan,
  windows: readonly BarWindow[],
  earlier: EarlierRuns | null,
): Promise<void> {
  await feed.time.start();
  const last = earlier ? lastBars(journal, earlier.runs) : new Map<number, number>();
  for (const [stream, { symbol, timeframe, warmupBars }] of plan.streams.entries()) {
    const newest = lastClosedOpen(feed.time.now(), timeframe);
    const known = last.get(stream) ?? newest;
    // However long nobody ran: the window ends with the last bar that the books know.
    const since = known < newest ? barsBetween(known, newest, timeframe) : 0;
    const count = Math.max(warmupBars, windows[stream].capacity) + since;
    const { bars } = await warmUp(feed, lake, { symbol, timeframe, bars: count });
    for (let i = 0; i < bars.length; i++) {
      const bar = bars.at(i);
      if (bar && bar.time <= known) windows[stream].append(bar);
    }
    if (windows[stream].length === 0) {
      throw new ValvulinError(
        'VLV_DATA_NONE',
        `Expected bars of "${symbol}" "${timeframe}" to warm up with, got none`,
        {
          where: config.data_feeds.map(({ name }) => name).join(', '),
        },
      );
    }
    feed.continueAfter(symbol, timeframe, last.get(stream) ?? windows[stream].lastTime);
  }
}

/** Open time of the last bar that the books know of each stream. */
function lastBars(journal: Journal, runs: readonly number[]): Map<number, number> {
  const last = new Map<number, number>();
  for (const { kind, payload } of inputsOf(journal, runs)) {
    if (kind !== 'slice') continue;
    const { bars } = JSON.parse(payload) as { bars: readonly (readonly number[])[] };
    for (const [stream, time] of bars) last.set(stream, time);
  }
  return last;
}

function tradingPart({ strategies, risk, execution, backtester }: Config): TradingConfig {
  const { state_dir: _state, keys_file: _keys, url: _url, strategy_deadline_ms: _deadline, ...trading } = execution;
  const { from: _from, to: _to, ...sizes } = backtester;
  return { strategies, risk, execution: trading, backtester: sizes };
}

/**
 * Marks the books that a config can go on with: what decides how inputs are traded, so all but what strategies are and
 * how they are set, since their answers are inputs.
 */
function booksHash({ strategies, ...rest }: TradingConfig): string {
  const slots = strategies.map(({ handler: _handler, parameters: _parameters, ...slot }) => slot);
  return jsonHash({ ...rest, strategies: slots });
}

function ignore(): void {
  // Until the session listens, a replay tells what is known already.
}
