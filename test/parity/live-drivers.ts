import { systemClock } from '../../src/data/node-ports.ts';
import { BarWindow } from '../../src/core/bar-window.ts';
import type { Bars } from '../../src/core/bars.ts';
import { Market } from '../../src/core/instrument.ts';
import { cashDecimals } from '../../src/core/money.ts';
import { DEFAULT_FILLS, type OrderSettings } from '../../src/core/settings.ts';
import { barClose, timeframeMs } from '../../src/core/timeframe.ts';
import { InlineLiveHost } from '../../src/execution/inline-live-host.ts';
import type { InputKind, JournalInput } from '../../src/execution/journal/journal.ts';
import type { MarketEvent } from '../../src/execution/live/input-codec.ts';
import { Replay } from '../../src/execution/live/replay.ts';
import { type InputLog, LiveRun } from '../../src/execution/live-run.ts';
import { instrumentFor, type PortfolioSpec, runPortfolio } from '../../src/execution/portfolio.ts';
import { fillRecords, orderRecords, tradeRecords } from '../../src/execution/records.ts';
import { loadStrategy } from '../../src/runs/load-strategy.ts';
import type { BacktestResult } from '../../src/execution/types.ts';

export interface LiveCase extends Pick<PortfolioSpec, 'capital' | 'costs' | 'risk'> {
  readonly slots: readonly { readonly handler: string; readonly bars: Bars; readonly orders: OrderSettings }[];
}

/** What both drivers show of a run. */
export type Shown = Pick<BacktestResult, 'trades' | 'orders' | 'fills' | 'refusals'>;

/** The case as a backtest that leaves open what is open at the end, as a live run does. */
export async function byBacktest(given: LiveCase): Promise<Shown> {
  const slots = await Promise.all(
    given.slots.map(async ({ handler, bars, orders }) => {
      const Strategy = await loadStrategy(handler, '.');
      const signals = new Strategy({}).run(bars);
      return { strategy: handler, bars, orders, allocation: null, decisions: { kind: 'signals', signals } as const };
    }),
  );
  return runPortfolio({ ...given, slots, fills: { ...DEFAULT_FILLS, atEnd: 'keep' } }).portfolio;
}

/** Keeps inputs and commands as a journal would. */
export class RecordingLog implements InputLog {
  readonly #rows: {
    seq: number;
    run: number;
    time: number;
    kind: InputKind;
    payload: string;
    commands: string | null;
  }[] = [];

  input(time: number, kind: InputKind, payload: string): number {
    const seq = this.#rows.length + 1;
    this.#rows.push({ seq, run: 1, time, kind, payload, commands: null });
    return seq;
  }

  commands(seq: number, commands: string): void {
    this.#rows[seq - 1].commands = commands;
  }

  rows(): readonly JournalInput[] {
    return this.#rows;
  }
}

/** The same case bar by bar on the live loop, on paper. */
export async function onPaper(given: LiveCase, log: InputLog): Promise<Shown> {
  const { run, all, show } = await paperRun(given, log);
  for (const event of marketEvents(all)) run.market(event);
  await run.idle();
  return show();
}

/** What follows from the inputs that another run wrote down. */
export async function replayOnPaper(
  given: LiveCase,
  rows: readonly JournalInput[],
): Promise<{ readonly shown: Shown; readonly compared: number }> {
  const replay = new Replay(rows[Symbol.iterator](), 'paper', new RecordingLog());
  const { run, show } = await paperRun(given, replay);
  replay.play((input) => run.replay(input));
  return { shown: show(), compared: replay.compared };
}

/** The live loop over a case, before its first input. */
export async function paperRun(
  given: LiveCase,
  log: InputLog,
): Promise<{ readonly run: LiveRun; readonly all: readonly Bars[]; readonly show: () => Shown }> {
  const decimals = cashDecimals(given.capital);
  const symbols = [...new Set(given.slots.map(({ bars }) => bars.symbol))];
  const markets = symbols.map((symbol) => {
    const slot = given.slots.find(({ bars }) => bars.symbol === symbol);
    if (!slot) throw new Error(symbol);
    return new Market(instrumentFor(slot.bars, undefined), decimals);
  });
  const all = [...new Set(given.slots.map(({ bars }) => bars))];
  const streams = all.map((bars) => ({
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    symbolIndex: symbols.indexOf(bars.symbol),
    slots: given.slots.flatMap((slot, index) => (slot.bars === bars ? [index] : [])),
    fills: !all.some((other) => other.symbol === bars.symbol && finer(other, bars)),
    window: new BarWindow(bars.symbol, bars.timeframe, bars.length),
  }));
  const host = new InlineLiveHost({ loadClass: (handler) => loadStrategy(handler, '.'), clock: systemClock });
  const infos = await host.load(
    given.slots.map(({ handler, bars, orders }, slot) => ({
      key: String(slot),
      handler,
      params: {},
      slots: [{ slot, symbol: bars.symbol, timeframe: bars.timeframe, orders }],
    })),
  );
  const run = new LiveRun({
    ...given,
    cashDecimals: decimals,
    fills: DEFAULT_FILLS,
    streams,
    markets,
    log,
    host,
    slots: given.slots.map(({ handler, bars, orders }) => ({
      symbol: bars.symbol,
      symbolIndex: symbols.indexOf(bars.symbol),
      timeframe: bars.timeframe,
      strategy: handler,
      market: markets[symbols.indexOf(bars.symbol)],
      orders,
      allocation: null,
    })),
    strategies: infos.map(({ key, history }) => ({
      key,
      history,
      enabled: true,
      problem: null,
      slots: [{ slot: Number(key), stream: all.indexOf(given.slots[Number(key)].bars) }],
    })),
    onFailure: (failure) => {
      throw new Error(failure.detail);
    },
  });
  const show = (): Shown => {
    const last = Math.max(...all.map((bars) => barClose(bars.time[bars.length - 1], bars.timeframe)));
    return {
      trades: tradeRecords(run.engine, decimals, last),
      orders: orderRecords(run.engine),
      fills: fillRecords(run.engine, decimals),
      refusals: run.engine.refusals,
    };
  };
  return { run, all, show };
}

function finer(one: Bars, other: Bars): boolean {
  return timeframeMs(one.timeframe) < timeframeMs(other.timeframe);
}

/** Closes and opens of all series in the order of a live market. */
export function marketEvents(all: readonly Bars[]): MarketEvent[] {
  const times = new Set<number>();
  for (const bars of all) {
    for (let i = 0; i < bars.length; i++) {
      times.add(bars.time[i]);
      times.add(barClose(bars.time[i], bars.timeframe));
    }
  }
  const places = all.map((bars) => ({ bars, next: 0 }));
  return [...times]
    .sort((a, b) => a - b)
    .flatMap((time): MarketEvent[] => {
      const closing = places.flatMap((place, stream) => {
        const bar = place.bars.at(place.next);
        if (!bar || barClose(bar.time, place.bars.timeframe) !== time) return [];
        place.next++;
        return [{ stream, bar }];
      });
      const opens = places.flatMap(({ bars, next }, stream): MarketEvent[] =>
        bars.time[next] === time ? [{ kind: 'open', time, stream, price: bars.open[next] }] : [],
      );
      return closing.length > 0 ? [{ kind: 'slice', time, late: false, bars: closing }, ...opens] : opens;
    });
}
