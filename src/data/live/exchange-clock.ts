import type { Clock, Timer } from '../../core/ports.ts';

const SAMPLES = 5;
const EVERY_MS = 10 * 60_000;
const RETRY_MS = 5_000;
/** How often the machine's two clocks are compared. */
const CHECK_MS = 10_000;
/** Wall and monotonic clock further apart than this: suspended, paused, or set anew. */
const JUMP_MS = 5_000;
/** A machine whose clock is further off is misconfigured, though everything here runs on exchange time. */
const SKEW_MS = 500;
/** How fast two quartz clocks may part, for judging how good an old measurement still is. */
const DRIFT_PER_MS = 200e-6;

/** A bar is taken as closed this long after its close, beyond what the clock may be wrong. */
const CLOSED_MARGIN_MS = 100;

export type ClockAlert =
  /** The machine's clock and the exchange's are apart by `ms`. Repeated only after it was good again. */
  | { readonly kind: 'skew'; readonly ms: number }
  /** The skew is below the limit again. */
  | { readonly kind: 'skew_over'; readonly ms: number }
  /** The machine was suspended or its clock was set: `ms` were skipped. Exchange time is measured anew. */
  | { readonly kind: 'jump'; readonly ms: number }
  /** Exchange time was measured, `offset` is exchange minus machine. */
  | { readonly kind: 'synced'; readonly offset: number; readonly uncertainty: number }
  /** The exchange did not say its time. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface ExchangeClockOptions {
  readonly clock: Clock;
  /** Asks the exchange for its time, epoch ms, with one request that is not repeated. */
  readonly serverTime: () => Promise<number>;
  readonly onAlert?: (alert: ClockAlert) => void;
  readonly samples?: number;
  readonly everyMs?: number;
  /** How many times as fast as a real clock `clock` runs; what counts as a jump or as wrong grows with it. Default 1. */
  readonly speed?: number;
}

/**
 * Time of the exchange, carried by the machine's monotonic clock, so that setting the machine's clock does not move it.
 * It is measured by the quickest of several answers (the error is at most half of its round trip), again every ten
 * minutes, and at once after a jump of the machine's clock.
 */
export class ExchangeClock {
  readonly #options: Required<ExchangeClockOptions>;
  /** Exchange time minus monotonic time. */
  #base: number;
  #uncertainty = Number.POSITIVE_INFINITY;
  #measuredAt = 0;
  #drift = 0;
  #skewed = false;
  #running = false;
  #jumps = 0;
  #syncing: Promise<boolean> | undefined;
  #syncTimer: Timer | undefined;
  #checkTimer: Timer | undefined;
  /** Wall time minus monotonic time, when they were last compared. */
  #wallBase: number;

  constructor(options: ExchangeClockOptions) {
    this.#options = { samples: SAMPLES, everyMs: EVERY_MS, speed: 1, onAlert: () => undefined, ...options };
    this.#base = options.clock.now() - options.clock.monotonic();
    this.#wallBase = this.#base;
  }

  /** Exchange time, whole epoch ms; the machine's own until it was measured. */
  now(): number {
    return Math.floor(this.#base + this.#options.clock.monotonic());
  }

  /** Exchange time minus the machine's wall clock, ms. */
  get offset(): number {
    return this.now() - this.#options.clock.now();
  }

  /** How far `now` may be wrong, ms; infinite until it was measured. */
  get uncertainty(): number {
    return this.#uncertainty + (this.#options.clock.monotonic() - this.#measuredAt) * DRIFT_PER_MS;
  }

  /** How fast the machine's clock runs against the exchange's, parts per million; 0 until measured twice. */
  get driftPpm(): number {
    return this.#drift * 1e6;
  }

  /** What closed before this instant is closed at the exchange too, however wrong the measurement may be. Epoch ms. */
  get closedBefore(): number {
    return Math.floor(this.now() - CLOSED_MARGIN_MS - (this.synced ? this.uncertainty : 0));
  }

  get synced(): boolean {
    return this.#uncertainty < Number.POSITIVE_INFINITY;
  }

  /** Measures now, and from then on every ten minutes and after jumps, until `stop`. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#look();
    await this.sync();
  }

  stop(): void {
    this.#running = false;
    this.#syncTimer?.cancel();
    this.#checkTimer?.cancel();
  }

  /** Measures now; false where no answer came. Calls while one is under way share it. */
  sync(): Promise<boolean> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #sync(): Promise<boolean> {
    const { samples, onAlert, everyMs } = this.#options;
    this.#syncTimer?.cancel();
    const jumps = this.#jumps;
    let best: { base: number; uncertainty: number } | undefined;
    let reason = '';
    for (let i = 0; i < samples; i++) {
      try {
        const sample = await this.#sample();
        if (!best || sample.uncertainty < best.uncertainty) best = sample;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    // A round trip during which the machine stood still looks short and is not.
    if (jumps !== this.#jumps) return this.#sync();
    if (best) this.#adopt(best);
    else onAlert({ kind: 'failed', reason });
    this.#arm(best ? everyMs : RETRY_MS);
    return best !== undefined;
  }

  async #sample(): Promise<{ base: number; uncertainty: number }> {
    const { clock, serverTime } = this.#options;
    const sent = clock.monotonic();
    const time = await serverTime();
    const half = (clock.monotonic() - sent) / 2;
    return { base: time - (sent + half), uncertainty: half };
  }

  /** Takes a measurement over, unless the old one is better and agrees with it. */
  #adopt(best: { base: number; uncertainty: number }): void {
    const { clock, onAlert } = this.#options;
    const old = this.uncertainty;
    const agrees = Math.abs(best.base - this.#base) <= best.uncertainty + old;
    if (!agrees || best.uncertainty <= old) {
      const elapsed = clock.monotonic() - this.#measuredAt;
      if (this.synced && agrees && elapsed > 0) this.#drift = (best.base - this.#base) / elapsed;
      this.#base = best.base;
      this.#uncertainty = best.uncertainty;
      this.#measuredAt = clock.monotonic();
    }
    onAlert({ kind: 'synced', offset: this.offset, uncertainty: this.uncertainty });
    this.#judgeSkew();
  }

  #judgeSkew(): void {
    const { offset } = this;
    const skewed = Math.abs(offset) > SKEW_MS * this.#options.speed;
    if (skewed === this.#skewed) return;
    this.#skewed = skewed;
    this.#options.onAlert({ kind: skewed ? 'skew' : 'skew_over', ms: offset });
  }

  #arm(ms: number): void {
    if (!this.#running) return;
    this.#syncTimer = this.#options.clock.after(ms, () => void this.sync());
  }

  /**
   * Compares the machine's two clocks. To be called before anything is done with what came from outside: behind a
   * suspension old news is delivered first, and looks new.
   */
  check(): void {
    const { clock } = this.#options;
    const apart = clock.now() - clock.monotonic() - this.#wallBase;
    if (Math.abs(apart) > JUMP_MS * this.#options.speed) this.#jumped(apart);
  }

  /** A timer that fires long after its time means a process that stood still. */
  #look(): void {
    const { clock } = this.#options;
    const set = clock.monotonic();
    this.#wallBase = clock.now() - set;
    this.#checkTimer = clock.after(CHECK_MS, () => {
      this.check();
      const late = clock.monotonic() - set - CHECK_MS;
      if (late > JUMP_MS * this.#options.speed) this.#jumped(late);
      // Somebody may have set the machine's clock, wrong or right.
      if (this.synced) this.#judgeSkew();
      this.#look();
    });
  }

  #jumped(ms: number): void {
    const { clock, onAlert } = this.#options;
    this.#wallBase = clock.now() - clock.monotonic();
    // The monotonic clock may have stood still: what was measured before proves nothing now.
    this.#uncertainty = Number.POSITIVE_INFINITY;
    this.#jumps++;
    onAlert({ kind: 'jump', ms });
    void this.sync();
  }
}
