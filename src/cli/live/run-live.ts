import type { Config } from '../../core/config/index.ts';
import type { TradingState } from '../../core/entry-gate.ts';
import type { Clock } from '../../core/ports.ts';
import { systemClock } from '../../data/node-ports.ts';
import { controlAddress, type ControlVerb, VERB_STATES } from '../../runs/control-protocol.ts';
import { type ControlHandlers, ControlServer } from '../../runs/control-server.ts';
import { Reloader } from '../../runs/live/reloader.ts';
import type { LiveSession } from '../../runs/live/session.ts';
import { StatusReader } from '../../runs/live/status.ts';
import type { HealthPart, LiveStatus } from '../../runs/live-status.ts';
import { Log, type LogEvent, type LogFields } from '../../runs/log.ts';
import type { CommandContext } from '../command-context.ts';
import { jsonLine, LineWriter } from '../line-writer.ts';
import { LiveView, terminalScreen } from '../live-view.ts';
import { outliveReader } from '../terminal.ts';
import type { OpenedVenue } from './open-venue.ts';
import { openSession } from './run-session.ts';
import { logSessionEvent } from './session-log.ts';

/** What a process may take to end by itself. */
const EXIT_AFTER_MS = 5_000;
/** Events that the live view shows. */
const SHOWN_EVENTS = 50;

export interface LiveRunRequest {
  readonly config: Config;
  readonly baseDir: string;
  readonly clock: Clock;
  /** How many times as fast as a real clock `clock` runs. */
  readonly speed: number;
  /** Null trades on paper. */
  readonly opened: OpenedVenue | null;
  /** Reads the config again, with what the command line said. */
  readonly reread: () => Promise<Config>;
  readonly json: boolean;
  readonly context: CommandContext;
}

/** Runs a session from its start to its summary. Resolves when it was stopped, rejects where it could not go on. */
export async function runLive(request: LiveRunRequest): Promise<void> {
  const { config, baseDir, clock, opened, context } = request;
  const { terminal } = context;
  outliveReader();
  const events: LogEvent[] = [];
  const screen = request.json ? null : terminalScreen();
  const lines = new LineWriter(process.stdout);
  const log = new Log({
    level: config.logging.level,
    clock: systemClock,
    secrets: opened?.secrets ?? [],
    sinks: [
      (event) => {
        events.push(event);
        if (events.length > SHOWN_EVENTS) events.shift();
      },
      ...(screen ? [] : [(event: LogEvent): void => lines.line(jsonLine(event))]),
    ],
  });
  let view: LiveView | null = null;
  const stopped = new Stop(context.interruptible());
  const feed: { up: boolean; detail: string } = { up: false, detail: 'connecting' };
  const { session, host, place, close } = await openSession({
    config,
    baseDir,
    clock,
    speed: request.speed,
    venue: opened?.venue ?? null,
    on: (event) => {
      if (event.kind === 'feed' && event.event.kind === 'connection') {
        feed.up = event.event.up;
        feed.detail = event.event.up ? 'connected' : event.event.reason;
      }
      if (event.kind === 'failed') stopped.fail(event.error);
      logSessionEvent(log, event, {
        fill: (fill) => ({ ...session.describeFill(fill) }),
        slot: (index) => session.slotName(index),
      });
      view?.changed();
    },
    onOutput: (text) => log.info('strategy_output', { text: text.trimEnd() }, text),
  });
  const health = (): HealthPart[] => [{ name: 'feed', good: feed.up, detail: feed.detail }];
  const status = new StatusReader(session, {
    ...place,
    mode: opened ? 'live' : 'paper',
    venue: opened?.venue.name ?? 'paper',
    quote: config.execution.quote,
    pid: process.pid,
    started: systemClock.now(),
    events: () => events,
    health,
  });
  view = screen ? new LiveView(screen, systemClock, terminal.outColors, () => status.live()) : null;
  const reloader = new Reloader({
    config,
    session,
    host,
    reread: request.reread,
    onLevel: (level) => log.setLevel(level),
  });
  const control = new ControlServer({
    path: controlAddress(place),
    handlers: handlers(session, status, stopped, async (who) => {
      const changes = await reloader.reload();
      log.info('reloaded', { by: who, changes });
      return changes;
    }),
    onError: (error) => log.error('control', { error }),
  });
  try {
    await control.listen();
    log.info('started', { run: session.run, account: place.account, state_dir: place.stateDir });
    await session.start();
    view?.start();
    await stopped.wait;
    log.info('stopping', {});
    await session.stop();
    log.info('stopped', stoppedFields(status.live(), session.holdings()));
  } finally {
    await view?.stop();
    await control.close();
    log.close();
    close();
  }
  // Everything was let go of. Should something hold the process all the same, it must not look as if it still traded.
  setTimeout(() => process.exit(), EXIT_AFTER_MS).unref();
  for (const line of summary(status.live())) terminal.note(line);
}

/** What ends a run: Ctrl+C, SIGTERM, the control socket, or something that cannot go on. */
class Stop {
  readonly wait: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.wait = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal.addEventListener('abort', () => this.#resolve(), { once: true });
  }

  ask(): void {
    this.#resolve();
  }

  fail(error: unknown): void {
    this.#reject(error);
  }
}

function handlers(
  session: LiveSession,
  status: StatusReader,
  stopped: Stop,
  reload: (who: string) => Promise<readonly string[]>,
): ControlHandlers {
  const change = (verb: ControlVerb) => (request: { readonly who: string; readonly why: string }) => {
    const state: TradingState = VERB_STATES[verb] ?? 'HALT';
    session.setState(state, request.who, true, request.why);
    return { state };
  };
  return {
    status: () => status.engine(),
    halt: change('halt'),
    resume: change('resume'),
    reduce_only: change('reduce_only'),
    flatten: change('flatten'),
    reload: ({ who }) => reload(who),
    stop: () => {
      stopped.ask();
      return { stopping: true };
    },
  };
}

/** What a stop leaves behind, for programs. */
function stoppedFields(
  { engine, closedTrades, wonTrades, positions, orders }: LiveStatus,
  holdings: Readonly<Record<string, string>>,
): LogFields {
  const { run, equity } = engine;
  const counts = { closedTrades, wonTrades, positions: positions.length, workingOrders: orders.length };
  // A list, because the names of assets are no names of fields.
  const assets = Object.entries(holdings).map(([asset, amount]) => ({ asset, amount }));
  return { run, equity, ...counts, assets };
}

/** What a stop leaves behind, in a few lines. */
function summary({ engine, positions, orders, closedTrades, wonTrades, capital }: LiveStatus): string[] {
  const profit = engine.equity - capital;
  return [
    `Stopped. Equity ${engine.equity.toFixed(2)} ${engine.quote} (${profit >= 0 ? '+' : ''}${profit.toFixed(2)}), ` +
      `${closedTrades} closed trades, ${wonTrades} won.`,
    ...positions.map(
      ({ slot, side, quantity, entryPrice, stopLoss }) =>
        `Open: ${slot} ${side} ${quantity} at ${entryPrice}, stop ${stopLoss ?? 'none'}`,
    ),
    ...orders.map(({ symbol, side, type, role, price }) => `Working: ${symbol} ${role} ${side} ${type} ${price ?? ''}`),
    ...(positions.length === 0 ? ['Nothing is left open.'] : []),
    'The next "valvulin run" goes on from here.',
  ];
}
