import type { HealthEvent } from './feed-events.ts';

/** Keeps the causes why data of a symbol (or, with null, of all) may not be traded on, and tells when they change. */
export class FeedHealth {
  readonly #causes = new Map<string | null, Map<string, string>>();
  readonly #now: () => number;
  readonly #tell: (event: HealthEvent) => void;

  constructor(now: () => number, tell: (event: HealthEvent) => void) {
    this.#now = now;
    this.#tell = tell;
  }

  /** Tells once more what is wrong, to somebody who has only begun to listen. */
  repeat(): void {
    for (const [symbol, causes] of this.#causes) {
      for (const reason of causes.values()) {
        this.#tell({ kind: 'health', symbol, healthy: false, reason, time: this.#now() });
      }
    }
  }

  /** Sets a cause, or takes it away where `reason` is null. Tells only what is new. */
  set(symbol: string | null, cause: string, reason: string | null): void {
    const causes = this.#causes.get(symbol) ?? new Map<string, string>();
    this.#causes.set(symbol, causes);
    if (reason === null ? !causes.delete(cause) : causes.has(cause)) return;
    if (reason !== null) causes.set(cause, reason);
    const left = reason ?? [...causes.values()].at(0);
    this.#tell({
      kind: 'health',
      symbol,
      healthy: left === undefined,
      reason: left ?? `${cause} is good again`,
      time: this.#now(),
    });
  }
}
