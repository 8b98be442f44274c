import { write, writeSync } from 'node:fs';
import type { Clock, Timer } from '../core/ports.ts';
import type { LiveStatus } from '../runs/live-status.ts';
import { renderLive } from './live-screen.ts';
import type { Colors } from './terminal.ts';

const FRAME_MS = 250;
/** The bar clock moves on although nothing happens. */
const IDLE_MS = 1_000;

const OTHER_SCREEN = '\x1b[?1049h';
const FIRST_SCREEN = '\x1b[?1049l';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';
const HOME = '\x1b[H';
const REST_OF_LINE = '\x1b[K';
const REST_OF_SCREEN = '\x1b[J';
const RESTORE = `${WRAP}${SHOW_CURSOR}${FIRST_SCREEN}`;

/** Where a view is drawn. */
export interface Screen {
  /** Columns and lines, as they are now. */
  size(): readonly [width: number, height: number];
  /** Writes without making anybody wait; `done` is called once it is out. */
  write(text: string, done: () => void): void;
  /** Writes at once, for the last moment of the process. */
  writeNow(text: string): void;
}

/**
 * The terminal on stdout, or null where stdout is none. It writes by way of the thread pool: a write to a terminal that
 * was stopped (Ctrl+S) would otherwise hold up the engine.
 */
export function terminalScreen(): Screen | null {
  const { stdout, env } = process;
  if (stdout.isTTY !== true || env.TERM === 'dumb') return null;
  return {
    size: () => [Math.max(1, stdout.columns || 80), Math.max(1, stdout.rows || 24)],
    // A terminal that is gone takes nothing; the next frame tries again, and the log has everything.
    write: (text, done) => write(stdout.fd, text, () => done()),
    writeNow(text) {
      try {
        writeSync(stdout.fd, text);
      } catch (error) {
        // A terminal that is gone needs nothing back.
        if (!isTerminalGone(error)) throw error;
      }
    },
  };
}

function isTerminalGone(error: unknown): boolean {
  return ['EIO', 'EPIPE', 'EBADF', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Shows how a live run is doing, on a screen of its own, redrawn in place at most four times a second. A frame that is
 * still being written is not waited for. `stop` gives back the screen as it was.
 */
export class LiveView {
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #colors: Colors;
  readonly #status: () => LiveStatus;
  #timer: Timer | null = null;
  #changed = true;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #writing = false;
  #written: (() => void)[] = [];
  readonly #atExit = (): void => this.#screen.writeNow(RESTORE);

  /** @param clock real time, also where the market runs faster */
  constructor(screen: Screen, clock: Clock, colors: Colors, status: () => LiveStatus) {
    this.#screen = screen;
    this.#clock = clock;
    this.#colors = colors;
    this.#status = status;
  }

  start(): void {
    process.once('exit', this.#atExit);
    this.#write(`${OTHER_SCREEN}${HIDE_CURSOR}${NO_WRAP}`);
    this.#tick();
  }

  /** Something changed: the next frame is drawn anew. Costs nothing. */
  changed(): void {
    this.#changed = true;
  }

  /** Gives the screen back, as it was before. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    process.off('exit', this.#atExit);
    while (this.#writing) await new Promise<void>((resolve) => this.#written.push(resolve));
    await new Promise<void>((resolve) => this.#screen.write(RESTORE, resolve));
  }

  #tick(): void {
    this.#timer = this.#clock.after(FRAME_MS, () => this.#tick());
    const now = this.#clock.monotonic();
    if (this.#writing || (!this.#changed && now - this.#drawnAt < IDLE_MS)) return;
    this.#changed = false;
    this.#drawnAt = now;
    const [width, height] = this.#screen.size();
    // The last column stays empty: a cursor that stands on it would clear it with the rest of the line.
    const lines = renderLive(this.#status(), Math.max(1, width - 1), height, this.#colors);
    this.#write(`${HOME}${lines.map((line) => `${line}${REST_OF_LINE}`).join('\r\n')}${REST_OF_SCREEN}`);
  }

  #write(text: string): void {
    this.#writing = true;
    this.#screen.write(text, () => {
      this.#writing = false;
      for (const resolve of this.#written.splice(0)) resolve();
    });
  }
}
