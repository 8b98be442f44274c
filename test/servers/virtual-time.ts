import type { Surroundings } from '../../src/data/binance/clock.ts';

/** Surroundings whose clock moves only when somebody sleeps, so that a minute's wait takes no time. */
export class VirtualTime {
  readonly sleeps: number[] = [];
  readonly #random: number;
  #now: number;

  constructor(now: number, random = 0.5) {
    this.#now = now;
    this.#random = random;
  }

  /** What a feed is given; `more` replaces parts of it. */
  surroundings(more: Partial<Surroundings> = {}): Partial<Surroundings> {
    return { now: this.now, random: this.random, sleep: this.sleep, ...more };
  }

  readonly now = (): number => this.#now;
  readonly random = (): number => this.#random;
  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    this.sleeps.push(ms);
    this.#now += ms;
  };
}
