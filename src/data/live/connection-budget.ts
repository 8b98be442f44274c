import type { Clock } from '../../core/ports.ts';

const WINDOW_MS = 5 * 60_000;
/** The exchange allows 300 in five minutes for one address; others may share it. */
const ATTEMPTS = 100;

/** Counts connection attempts of the last five minutes, over all sockets of a feed. */
export class ConnectionBudget {
  readonly #clock: Clock;
  readonly #attempts: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts an attempt and returns 0, or returns how long to wait for the next, ms. */
  take(): number {
    const now = this.#clock.monotonic();
    while (this.#attempts.length > 0 && this.#attempts[0] <= now - WINDOW_MS) this.#attempts.shift();
    if (this.#attempts.length >= ATTEMPTS) return this.#attempts[0] + WINDOW_MS - now;
    this.#attempts.push(now);
    return 0;
  }
}
