import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Timer } from '../../src/core/ports.ts';

interface Due {
  readonly at: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** A clock that a test moves: timers fire in order, and what they start is finished before the next one. */
export class VirtualClock implements Clock {
  /** Wall time minus forward-only time; a test that sets it moves the machine's wall clock. */
  wall: number;
  #time = 1_000;
  #sequence = 0;
  readonly #due = new Set<Due>();

  constructor(now = Date.UTC(2026, 0, 5, 12)) {
    this.wall = now - this.#time;
  }

  now(): number {
    return this.wall + this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  after(ms: number, run: () => void): Timer {
    const due = { at: this.#time + Math.max(0, ms), sequence: this.#sequence++, run };
    this.#due.add(due);
    return { cancel: () => void this.#due.delete(due) };
  }

  /** Lets everything happen that is due within `ms`. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    await settle();
    for (;;) {
      const next = [...this.#due].sort((a, b) => a.at - b.at || a.sequence - b.sequence)[0];
      if (!next || next.at > end) break;
      this.#due.delete(next);
      this.#time = next.at;
      next.run();
      await settle();
    }
    this.#time = end;
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#due.size;
  }
}

/** Lets promises that wait for nothing outside go as far as they can. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await turn();
}
