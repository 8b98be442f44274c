import type { Surroundings } from './clock.ts';

const WINDOW_MS = 60_000;
/** Stay well below the limit: other programs may share the address. */
const SHARE = 0.8;
/** Waiting a little into the next window, because the exchange's clock and ours differ. */
const MARGIN_MS = 250;

/**
 * Keeps requests within the exchange's weight per minute. The windows are fixed and aligned to the exchange's clock; the
 * exchange says in every answer what has been used, which counts other programs on the same address as well.
 */
export class WeightBudget {
  readonly #surroundings: Pick<Surroundings, 'now' | 'sleep'>;
  readonly #onWait: (ms: number) => void;
  #limit = 6_000;
  #clockOffset = 0;
  #window = -1;
  #used = 0;
  #pausedUntil = 0;

  constructor(surroundings: Pick<Surroundings, 'now' | 'sleep'>, onWait: (ms: number) => void) {
    this.#surroundings = surroundings;
    this.#onWait = onWait;
  }

  /** The limit that the exchange publishes, in weight per minute. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /** Exchange time minus our time, ms. */
  setClockOffset(offset: number): void {
    this.#clockOffset = offset;
  }

  /** Nobody sends before this many ms have passed: the exchange asked for it. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#surroundings.now() + ms);
  }

  /** Waits until a request of this weight may go out. Returns the window it is counted in. */
  async acquire(weight: number, signal: AbortSignal): Promise<number> {
    for (;;) {
      signal.throwIfAborted();
      const wait = this.#waitFor(weight);
      if (wait <= 0) {
        this.#used += weight;
        return this.#window;
      }
      this.#onWait(wait);
      await this.#surroundings.sleep(wait, signal);
    }
  }

  /** Takes over what the exchange counted, where the answer belongs to the window that is running. */
  observe(window: number, used: number): void {
    if (window === this.#window && used > this.#used) this.#used = used;
  }

  #waitFor(weight: number): number {
    const now = this.#surroundings.now();
    if (now < this.#pausedUntil) return this.#pausedUntil - now;
    const exchangeNow = now + this.#clockOffset;
    const window = Math.floor(exchangeNow / WINDOW_MS);
    if (window > this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    if (this.#used === 0 || this.#used + weight <= this.#limit * SHARE) return 0;
    return (this.#window + 1) * WINDOW_MS + MARGIN_MS - exchangeNow;
  }
}
