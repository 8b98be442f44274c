import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ValvulinError } from '../../core/errors.ts';
import type { DemoMode } from './demo-config.ts';

/** What an engine prints, one JSON object a line. */
export type EngineEvent = Readonly<Record<string, unknown>> & { readonly event: string; readonly level: string };

export interface EngineProcessOptions {
  readonly mode: DemoMode;
  /** Where its config and its journal are. */
  readonly folder: string;
  readonly speed: number;
  readonly on: (event: EngineEvent) => void;
  /** It ended without being asked, and is started again. */
  readonly onCrash: (how: string, after: number) => void;
  readonly onStarted: (pid: number) => void;
}

/** Ends of this kind in a row, each within `SHORT_MS` of its start, are no accident. */
const MOST_SHORT_LIVES = 3;
const SHORT_MS = 5_000;
/** An engine that was asked to stop has this long, as it promises. */
const STOP_MS = 18_000;

/** One `valvulin run --json` in a process of its own, started again for as long as nobody asked it to stop. */
export class EngineProcess {
  readonly #options: EngineProcessOptions;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #stopping = false;
  #shortLives = 0;
  #errors = '';
  #fail: (error: unknown) => void = () => undefined;
  /** Rejects where the engine cannot be kept running. */
  readonly failed: Promise<never>;
  exitCode: number | null = null;
  crashes = 0;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
    this.failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    // Nobody may be waiting yet when it fails.
    this.failed.catch(() => undefined);
  }

  start(): void {
    const { folder, speed, on, onStarted } = this.#options;
    const args = [...process.execArgv, process.argv[1], 'run', '--config', 'config.yaml', '--json', '--yes-live'];
    const begun = performance.now();
    const { VALVULIN_CONFIG: _config, ...env } = process.env;
    const child = spawn(process.execPath, [...args, '--speed', `${speed}x`], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A terminal sends Ctrl+C to its whole group: the engines are stopped once, by the demo, and in order.
      detached: true,
    });
    this.#child = child;
    this.#errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = `${this.#errors}${text}`.slice(-4_000);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = eventOf(line);
      if (event) on(event);
    });
    if (child.pid !== undefined) onStarted(child.pid);
    this.#ended = new Promise((resolve) => {
      child.on('error', (cause) => {
        this.#fail(cause);
        resolve();
      });
      child.on('close', (code, signal) => {
        this.#child = null;
        this.exitCode = code;
        if (!this.#stopping) this.#again(signal ?? `exit code ${code}`, performance.now() - begun);
        resolve();
      });
    });
  }

  /** Asks for a safe stop and waits for it; what does not end in time is ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill('SIGINT');
    const timer = setTimeout(() => this.kill(), STOP_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  #again(how: string, livedMs: number): void {
    this.crashes++;
    this.#shortLives = livedMs < SHORT_MS ? this.#shortLives + 1 : 0;
    const { mode, onCrash } = this.#options;
    if (this.#shortLives >= MOST_SHORT_LIVES) {
      this.#fail(
        new ValvulinError('VLV_CONTROL', `Expected the ${mode} engine to keep running, but it ended with ${how}`, {
          where: 'valvulin demo',
          hint: this.#errors.trim() === '' ? 'Start the demo again.' : this.#errors.trim(),
        }),
      );
      return;
    }
    onCrash(how, livedMs);
    this.start();
  }
}

/** Null for a line that is none of the log, such as the rest of one that a kill cut off. */
function eventOf(line: string): EngineEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    const known = typeof value === 'object' && value !== null && 'event' in value && 'level' in value;
    return known ? (value as EngineEvent) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
