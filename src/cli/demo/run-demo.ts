import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../data/node-ports.ts';
import { engineStatus } from '../../runs/control.ts';
import type { EngineStatus } from '../../runs/control-protocol.ts';
import type { CommandContext } from '../command-context.ts';
import { syntheticMarket } from '../exchange/market-choice.ts';
import { openPlayground } from '../exchange/playground.ts';
import { DEMO_CAPITAL, DEMO_SYMBOLS, type DemoMode, writeDemo } from './demo-config.ts';
import { DemoLines, moneyText, nameOf } from './demo-lines.ts';
import { type EngineEvent, EngineProcess } from './engine-process.ts';
import { checkLedger, type LedgerCheck } from './ledger-check.ts';
import { StatusLine } from './status-line.ts';

const HISTORY_MS = 30 * 86_400_000;
const LOOK_MS = 1_000;
/** By then everything that the exchange has told has arrived. */
const ARRIVAL_MS = 500;
const BALANCE = '25000';
const QUOTE = 'USDT';
const MODES = ['paper', 'live'] as const;

export interface DemoRequest {
  readonly speed: number;
  readonly seed: number;
  /** It ends by itself after so long; null: when it is stopped. */
  readonly forMs: number | null;
  readonly context: CommandContext;
}

interface Watched {
  readonly mode: DemoMode;
  readonly engine: EngineProcess;
  status: EngineStatus | null;
  trades: number;
  won: number;
  profit: number;
  stopped: EngineEvent | null;
}

/** Runs the demo from its start to its summary. @throws ValvulinError where an engine cannot be kept running */
export async function runDemo({ speed, seed, forMs, context }: DemoRequest): Promise<boolean> {
  const { terminal } = context;
  const colors = terminal.outColors;
  const stop = stopped(context.interruptible(), forMs);
  const market = syntheticMarket({
    symbols: DEMO_SYMBOLS,
    timeframe: '1m',
    seed,
    now: systemClock.now(),
    historyMs: HISTORY_MS,
  });
  const balances = { [QUOTE]: BALANCE };
  const playground = await openPlayground({ market, speed, seed, balances, port: 0, onEnd: () => undefined });
  const { root, folder } = writeDemo(playground);
  const line = new StatusLine(terminal);
  const all = MODES.map((mode) => watch(mode, folder(mode), speed, line, context));
  const killAll = (): void => {
    for (const { engine } of all) engine.kill();
  };
  process.on('exit', killAll);
  try {
    line.out(`A local exchange at ${playground.server.rest}, ${speed} times as fast as real time. All is invented:`);
    line.out(`prices, money, luck. Two engines trade ${DEMO_SYMBOLS.join(', ')} with ${DEMO_CAPITAL} ${QUOTE} each:`);
    line.out(
      `${nameOf('paper', colors)} fills orders by itself, ${nameOf('live', colors)} sends them to the exchange.`,
    );
    line.out('Ctrl+C ends it. Kill an engine while you watch, if you like: it will be started again.\n');
    for (const { engine } of all) engine.start();
    const looking = look(all, folder, line, stop.signal);
    await Promise.race([stop.done, ...all.map(({ engine }) => engine.failed)]).finally(() => stop.cancel());
    await looking;
    line.clear();
    line.out('\nStopping: no new entries, what is under way is waited for …');
    // A protective order that fills when its engine is gone would be found at the next start; here there is none.
    playground.freeze();
    await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
    await Promise.all(all.map(({ engine }) => engine.stop()));
    const live = all.find(({ mode }) => mode === 'live');
    const check = live?.stopped
      ? await checkLedger({
          playground,
          symbols: DEMO_SYMBOLS,
          quote: QUOTE,
          capital: String(DEMO_CAPITAL),
          balance: BALANCE,
          stateDir: join(folder('live'), 'data', 'state'),
          stopped: live.stopped,
        })
      : null;
    for (const text of summary(all, check, context)) line.out(text);
    return all.every(({ engine }) => engine.exitCode === 0) && check?.differences.length === 0;
  } finally {
    stop.cancel();
    killAll();
    process.off('exit', killAll);
    await playground.close();
    rmSync(root, { recursive: true, force: true });
  }
}

function watch(mode: DemoMode, folder: string, speed: number, line: StatusLine, context: CommandContext): Watched {
  const colors = context.terminal.outColors;
  const name = nameOf(mode, colors);
  const lines = new DemoLines(mode, colors);
  const engine = new EngineProcess({
    mode,
    folder,
    speed,
    on: (event) => {
      if (event.event === 'stopped') watched.stopped = event;
      if (event.event === 'trade' && typeof event.profit === 'number') {
        watched.trades++;
        watched.won += event.profit > 0 ? 1 : 0;
        watched.profit += event.profit;
      }
      const text = lines.line(event);
      if (text !== null) line.out(text);
    },
    onStarted: (pid) => line.out(`${' '.repeat(8)}  ${name}  started as process ${pid}`),
    onCrash: (how) => {
      watched.status = null;
      line.out(colors.red(`${' '.repeat(8)}  ${name}  ended with ${how}: it is started again`));
    },
  });
  const watched: Watched = { mode, engine, status: null, trades: 0, won: 0, profit: 0, stopped: null };
  return watched;
}

/** Asks the engines how they are, until the demo stops. */
async function look(
  all: readonly Watched[],
  folder: (mode: DemoMode) => string,
  line: StatusLine,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const watched of all) {
      const account = watched.mode === 'live' ? 'local' : 'paper';
      const place = { stateDir: join(folder(watched.mode), 'data', 'state'), account };
      try {
        watched.status = (await engineStatus(place, systemClock)) as EngineStatus | null;
      } catch (error) {
        // It is starting, or was just killed: the next look tells.
        if (!(error instanceof Error)) throw error;
        watched.status = null;
      }
    }
    line.status(all.map(statusText).join('   '));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function statusText({ mode, status, trades }: Watched): string {
  if (status === null) return `${mode}: starting`;
  const state = status.blocks.length > 0 ? `waits: ${status.blocks[0]}` : status.state.toLowerCase();
  return `${mode}: ${status.equity.toFixed(2)} ${QUOTE}, ${status.positions} open, ${trades} trades, ${state}`;
}

function summary(all: readonly Watched[], check: LedgerCheck | null, { terminal }: CommandContext): string[] {
  const colors = terminal.outColors;
  const lines = all.map(({ mode, engine, trades, won, profit, stopped: end }) => {
    const {
      positions = 0,
      working_orders: orders = 0,
      equity,
    } = (end ?? {}) as {
      positions?: number;
      working_orders?: number;
      equity?: number;
    };
    const open = `${positions} position${positions === 1 ? '' : 's'} left open under ${orders} working orders`;
    const killed =
      engine.crashes === 0 ? '' : `; started again ${engine.crashes} time${engine.crashes === 1 ? '' : 's'}`;
    const worth = equity === undefined ? 'ended without a summary' : `equity ${equity.toFixed(2)} ${QUOTE}, ${open}`;
    return `${nameOf(mode, colors)}  ${trades} trades, ${won} won, ${moneyText(profit, colors)}; ${worth}${killed}`;
  });
  if (check === null)
    return [...lines, colors.red('The books could not be compared: the live engine left no summary.')];
  const verdict =
    check.differences.length === 0
      ? colors.green(`Books and exchange agree to the last unit: ${check.trades} executions, every asset.`)
      : colors.red(`Books and exchange differ:\n  ${check.differences.join('\n  ')}`);
  const assets = check.assets.map(
    ({ asset, books, exchange }) =>
      `  ${asset.padEnd(5)} books ${books.padStart(16)}   exchange ${exchange.padStart(16)}`,
  );
  return ['', ...lines, '', verdict, ...assets];
}

/** What ends the demo: Ctrl+C, SIGTERM or its time. */
function stopped(
  signal: AbortSignal,
  forMs: number | null,
): { readonly done: Promise<void>; readonly signal: AbortSignal; cancel(): void } {
  const over = new AbortController();
  const cancel = (): void => {
    clearTimeout(timer);
    over.abort();
  };
  const timer = setTimeout(cancel, forMs ?? 2 ** 31 - 1);
  const done = new Promise<void>((resolve) => {
    over.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return { done, signal: over.signal, cancel };
}
