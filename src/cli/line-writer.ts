import type { Writable } from 'node:stream';
import type { LogEvent } from '../runs/log.ts';

/** Lines that wait for a slow reader; older ones are dropped. */
const MOST_LINES = 2_000;

/**
 * Writes lines to a stream whose reader may be slow or stuck: it never waits, keeps a bounded number of lines, drops the
 * oldest of them and says how many.
 */
export class LineWriter {
  readonly #stream: Writable;
  readonly #waiting: string[] = [];
  #dropped = 0;
  #blocked = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  line(text: string): void {
    this.#waiting.push(text);
    if (this.#waiting.length > MOST_LINES) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#write();
  }

  #write(): void {
    while (!this.#blocked && this.#waiting.length > 0) {
      if (this.#dropped > 0) {
        this.#waiting.unshift(JSON.stringify({ level: 'warn', event: 'log_lines_dropped', count: this.#dropped }));
        this.#dropped = 0;
      }
      this.#blocked = !this.#stream.write(`${this.#waiting.shift() ?? ''}\n`);
      if (this.#blocked) this.#stream.once('drain', () => this.#resume());
    }
  }

  #resume(): void {
    this.#blocked = false;
    this.#write();
  }
}

/** One line of JSON: time (ISO, UTC), level, event, then the event's own fields. */
export function jsonLine({ time, level, event, fields }: LogEvent): string {
  return JSON.stringify({ time: new Date(time).toISOString(), level, event, ...fields });
}
