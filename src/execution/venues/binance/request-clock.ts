import type { Clock } from '../../../core/ports.ts';
import { ExchangeClock } from '../../../data/live/exchange-clock.ts';

/** Samples of one synchronisation: fewer than a feed takes, because requests wait for them. */
const SAMPLES = 3;
const MAX_AGE = 10 * 60_000;

/** The exchange's clock as requests need it: read with the first of them, and again beside a later one. */
export class RequestClock {
  readonly #clock: Clock;
  readonly #exchange: ExchangeClock;
  #syncedAt = 0;
  #failure = '';

  /** @param serverTime asks the exchange once; rejects where it does not answer */
  constructor(clock: Clock, serverTime: () => Promise<number>, note: (text: string) => void) {
    this.#clock = clock;
    this.#exchange = new ExchangeClock({
      clock,
      serverTime,
      samples: SAMPLES,
      onAlert: (alert) => {
        if (alert.kind === 'synced') this.#syncedAt = clock.monotonic();
        if (alert.kind === 'failed') this.#failure = alert.reason;
        if (alert.kind === 'skew') note(`The exchange's clock is ${Math.round(alert.ms)} ms ahead of this machine's`);
      },
    });
  }

  /** Exchange time, epoch ms, whole; this machine's own until it was read. */
  now(): number {
    return this.#exchange.now();
  }

  /**
   * Makes sure that the estimate can be used: waits for a reading where there is none or the machine's clocks jumped,
   * and starts one beside the request where the last is ten minutes old. Rejects where no reading came.
   */
  async fresh(): Promise<void> {
    this.#exchange.check();
    if (!this.#exchange.synced) await this.sync();
    else if (this.#clock.monotonic() - this.#syncedAt > MAX_AGE) void this.#exchange.sync();
  }

  /** Reads the clock now; calls while one is under way share it. Rejects where no reading came. */
  async sync(): Promise<void> {
    if (!(await this.#exchange.sync())) throw new Error(`the exchange's clock could not be read: ${this.#failure}`);
  }
}
