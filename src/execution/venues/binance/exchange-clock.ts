import type { Clock } from '../../../core/ports.ts';

/** Samples of one synchronisation: the one with the shortest way there and back decides. */
const SAMPLES = 3;
const MAX_AGE = 10 * 60_000;
/** Our two clocks may drift apart by this much before the machine must have slept or been set. */
const JUMP = 1_000;
/** Worth telling: much more, and requests would be refused without the offset. */
const SKEW = 500;

/**
 * The exchange's clock, estimated: its distance from this machine's forward-only clock, so that setting the wall clock
 * changes nothing. Before the first synchronisation it is the wall clock.
 */
export class ExchangeClock {
  readonly #clock: Clock;
  readonly #serverTime: () => Promise<number>;
  readonly #note: (text: string) => void;
  /** Exchange time minus the forward-only clock. */
  #offset: number | undefined;
  #syncedAt = 0;
  /** Wall clock minus the forward-only clock when it was synchronised: a change of it is a jump. */
  #wall = 0;
  #running: Promise<void> | undefined;

  /** @param serverTime asks the exchange once; rejects where it does not answer */
  constructor(clock: Clock, serverTime: () => Promise<number>, note: (text: string) => void) {
    this.#clock = clock;
    this.#serverTime = serverTime;
    this.#note = note;
  }

  /** Exchange time, epoch ms, whole. */
  now(): number {
    if (this.#offset === undefined) return Math.round(this.#clock.now());
    return Math.round(this.#clock.monotonic() + this.#offset);
  }

  /**
   * Makes sure that the estimate can be used: waits for a synchronisation where there is none or the machine's clocks
   * jumped, and starts one beside the request where the last is ten minutes old.
   */
  async fresh(): Promise<void> {
    const monotonic = this.#clock.monotonic();
    const jumped = Math.abs(this.#clock.now() - monotonic - this.#wall) > JUMP;
    if (this.#offset === undefined || jumped) return this.sync();
    if (monotonic - this.#syncedAt > MAX_AGE) {
      this.sync().catch((error: unknown) => this.#note(`The exchange's clock could not be read: ${String(error)}`));
    }
  }

  /** Measures the offset; one at a time. Rejects where no sample came back, and keeps the old offset then. */
  sync(): Promise<void> {
    this.#running ??= this.#measure().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #measure(): Promise<void> {
    let best = Number.POSITIVE_INFINITY;
    let offset = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const sent = this.#clock.monotonic();
      const server = await this.#serverTime();
      const roundTrip = this.#clock.monotonic() - sent;
      if (roundTrip >= best) continue;
      best = roundTrip;
      offset = server - (sent + roundTrip / 2);
    }
    const monotonic = this.#clock.monotonic();
    const wall = this.#clock.now() - monotonic;
    this.#offset = offset;
    this.#wall = wall;
    this.#syncedAt = monotonic;
    if (Math.abs(offset - wall) > SKEW) {
      this.#note(`This machine's clock differs from the exchange's by ${Math.round(wall - offset)} ms`);
    }
  }
}
