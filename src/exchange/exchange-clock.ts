import type { Clock, Timer } from '../core/ports.ts';

export interface ExchangeTime {
  /** Exchange time at the moment of the call, epoch ms; the base clock's by default. */
  readonly start?: number;
  /** How many times as fast as the base clock exchange time runs. Default 1. */
  readonly speed?: number;
}

/** A clock of the exchange's own: it starts where it is told and runs `speed` times as fast as `base`. */
export class ExchangeClock implements Clock {
  readonly #base: Clock;
  readonly #start: number;
  readonly #speed: number;
  readonly #origin: number;
  #next: () => number | null = () => null;

  constructor(base: Clock, { start = base.now(), speed = 1 }: ExchangeTime = {}) {
    this.#base = base;
    this.#start = start;
    this.#speed = speed;
    this.#origin = base.monotonic();
  }

  /**
   * From now on time does not pass what `next` says until that has happened: timers of a real machine are late, but
   * what a market does at an instant happens at that instant.
   */
  pace(next: () => number | null): void {
    this.#next = next;
  }

  now(): number {
    return Math.min(Math.floor(this.#start + this.monotonic()), this.#next() ?? Number.POSITIVE_INFINITY);
  }

  monotonic(): number {
    return (this.#base.monotonic() - this.#origin) * this.#speed;
  }

  after(ms: number, run: () => void): Timer {
    return this.#base.after(ms / this.#speed, run);
  }
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands until it is moved; timers fire in the order of their times, and of their setting where equal. */
export class SteppedClock implements Clock {
  readonly #start: number;
  #now: number;
  #set = 0;
  #waiting: Waiting[] = [];

  /** @param start epoch ms */
  constructor(start: number) {
    this.#start = start;
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(ms: number, run: () => void): Timer {
    const entry: Waiting = { at: this.#now + Math.max(0, ms), order: this.#set++, run };
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#waiting[middle].at <= entry.at) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, entry);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
      },
    };
  }

  /** When the next timer fires, or undefined where none is set. */
  next(): number | undefined {
    return this.#waiting.at(0)?.at;
  }

  /** Moves to `time`, firing what is due on the way; never backwards. */
  moveTo(time: number): void {
    for (let next = this.#waiting.at(0); next !== undefined && next.at <= time; next = this.#waiting.at(0)) {
      this.#waiting.shift();
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = Math.max(this.#now, time);
  }
}
