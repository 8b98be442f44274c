import type { Clock } from '../../core/ports.ts';
import type { Leg } from './client-id.ts';
import type { Alert } from './desk-types.ts';

/** A position may be without its stop for this long before somebody is told. */
const NAKED_MS = 3_000;
/** Part of a position that its stops must cover. */
const COVERED = 0.99;
/** Refusals of a protective order after which the position is left instead. */
const MOST_REFUSALS = 3;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

export interface ExitGuardContext {
  readonly clock: Clock;
  readonly alert: (alert: Alert) => void;
  /** The time to try again has come. */
  readonly retry: () => void;
  /** The position cannot be protected and is to be left. */
  readonly flatten: (reason: string) => void;
}

/**
 * Watches how the exits of a slot fare: how long a position stands without stops that cover it, and how often orders out
 * of it were refused in a row, which makes the next try later and in the end gives protection up for leaving.
 */
export class ExitGuard {
  readonly #context: ExitGuardContext;
  #nakedSince: number | null = null;
  #refusals = 0;
  #retryAt = 0;

  constructor(context: ExitGuardContext) {
    this.#context = context;
  }

  /** False while a refused order has to wait. */
  get ready(): boolean {
    return this.#context.clock.monotonic() >= this.#retryAt;
  }

  /** An order out of the position stands. */
  accepted(): void {
    this.#refusals = 0;
  }

  refused(leg: Leg, reason: string): void {
    const { clock, alert, retry, flatten } = this.#context;
    this.#refusals++;
    alert({ level: 'warning', code: 'EXIT_REFUSED', detail: `${leg}: ${reason}` });
    if (this.#refusals === MOST_REFUSALS && leg !== 'exit') flatten(reason);
    const wait = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.max(0, this.#refusals - MOST_REFUSALS));
    this.#retryAt = clock.monotonic() + wait;
    clock.after(wait, retry);
  }

  /** What stops should cover now, and what they or orders out of the position do cover, units. */
  watch(wanted: number, covered: number): void {
    const { clock, alert, retry } = this.#context;
    if (covered >= COVERED * wanted) {
      this.#nakedSince = null;
      return;
    }
    if (this.#nakedSince !== null) return;
    const since = clock.monotonic();
    this.#nakedSince = since;
    clock.after(NAKED_MS, () => {
      if (this.#nakedSince !== since) return;
      alert({ level: 'critical', code: 'UNPROTECTED', detail: 'a position has had no working stop for three seconds' });
      retry();
    });
  }
}
