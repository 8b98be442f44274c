import { toSnake } from '../core/config/index.ts';
import type { Clock, Timer } from '../core/ports.ts';
import { redactor } from './redact.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = Exclude<(typeof LEVELS)[number], 'silent'>;

/** One thing that happened, ready to print: keys in snake_case, values as JSON has them, secrets taken out. */
export interface LogEvent {
  /** Epoch ms. */
  readonly time: number;
  readonly level: LogLevel;
  /** What happened, in snake_case: `order_sent`. */
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Fields in camelCase. `Error`s are told by code and message, dates by their ISO text. */
export type LogFields = Readonly<Record<string, unknown>> & {
  readonly time?: never;
  readonly level?: never;
  readonly event?: never;
};

export interface LogOptions {
  /** Least severe event to pass on: `logging.level` of the config. */
  readonly level: (typeof LEVELS)[number];
  readonly clock: Clock;
  /** Values that no line may hold: keys and tokens of the account. */
  readonly secrets: readonly string[];
  readonly sinks: readonly ((event: LogEvent) => void)[];
}

/** Of events with the same key, this many are told in a window of this length, and the last of the others at its end. */
const BURST = 5;
const WINDOW_MS = 60_000;
/** Deeper values are left out, so that no ring of references is walked for ever. */
const DEEPEST = 6;

interface Window {
  told: number;
  leftOut: number;
  last: LogEvent | null;
  readonly timer: Timer;
}

/** Tells what happens, to whoever listens. Never throws for what is told, and never waits. */
export class Log {
  readonly #options: LogOptions;
  #least: number;
  readonly #redact: (text: string) => string;
  readonly #windows = new Map<string, Window>();

  constructor(options: LogOptions) {
    this.#options = options;
    this.#least = LEVELS.indexOf(options.level);
    this.#redact = redactor(options.secrets);
  }

  /** @param key names a cause that may come again and again; it is then told a few times a minute only */
  debug(event: string, fields?: LogFields, key?: string): void {
    this.#write('debug', event, fields, key);
  }

  info(event: string, fields?: LogFields, key?: string): void {
    this.#write('info', event, fields, key);
  }

  warn(event: string, fields?: LogFields, key?: string): void {
    this.#write('warn', event, fields, key);
  }

  error(event: string, fields?: LogFields, key?: string): void {
    this.#write('error', event, fields, key);
  }

  /** Changes what is severe enough to be passed on. */
  setLevel(level: LogOptions['level']): void {
    this.#least = LEVELS.indexOf(level);
  }

  /** Tells what was held back. Nothing may be logged after it. */
  close(): void {
    for (const key of [...this.#windows.keys()]) this.#closeWindow(key);
  }

  #write(level: LogLevel, event: string, fields: LogFields = {}, key?: string): void {
    if (LEVELS.indexOf(level) < this.#least) return;
    const { clock } = this.#options;
    const plain = this.#plain(fields, 0) as Readonly<Record<string, unknown>>;
    const told: LogEvent = { time: clock.now(), level, event, fields: plain };
    if (key === undefined || this.#mayTell(`${event} ${key}`, told)) this.#tell(told);
  }

  #mayTell(key: string, event: LogEvent): boolean {
    const window = this.#windows.get(key);
    if (!window) {
      const timer = this.#options.clock.after(WINDOW_MS, () => this.#closeWindow(key));
      this.#windows.set(key, { told: 1, leftOut: 0, last: null, timer });
      return true;
    }
    if (window.told < BURST) {
      window.told++;
      return true;
    }
    if (window.last) window.leftOut++;
    window.last = event;
    return false;
  }

  #closeWindow(key: string): void {
    const window = this.#windows.get(key);
    if (!window) return;
    window.timer.cancel();
    this.#windows.delete(key);
    const { last, leftOut } = window;
    if (last) this.#tell(leftOut === 0 ? last : { ...last, fields: { ...last.fields, suppressed: leftOut } });
  }

  #tell(event: LogEvent): void {
    for (const sink of this.#options.sinks) sink(event);
  }

  #plain(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#redact(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    if (typeof value !== 'object' || value === null) return value;
    if (depth === DEEPEST) return '…';
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof Error) return this.#plain(errorFields(value), depth);
    if (Array.isArray(value)) return value.map((item) => this.#plain(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [toSnake(this.#redact(name)), this.#plain(item, depth + 1)]),
    );
  }
}

function errorFields(error: Error): Record<string, unknown> {
  const { name, message, cause } = error;
  const own = error as { code?: unknown; where?: unknown; hint?: unknown };
  const known = { name, code: own.code, message, where: own.where, hint: own.hint, cause };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
