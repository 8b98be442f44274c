const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Counts entries that were let through, so that a strategy that went wild is stopped by number before it is by loss. */
export class EntryRate {
  readonly #perMinute: number | null;
  readonly #perDay: number | null;
  /** Times of the latest entries of the account, epoch ms, rising. */
  readonly #recent: number[] = [];
  /** UTC day and count of each slot. */
  readonly #days = new Map<number, { day: number; count: number }>();

  constructor(perMinute: number | null, perDay: number | null) {
    this.#perMinute = perMinute;
    this.#perDay = perDay;
  }

  /** Why another entry of the slot would be too many at this time; null where it would not. */
  excess(slot: number, time: number): string | null {
    if (this.#perMinute !== null) {
      while (this.#recent.length > 0 && this.#recent[0] <= time - MINUTE_MS) this.#recent.shift();
      if (this.#recent.length >= this.#perMinute) return `${this.#recent.length} in the last minute`;
    }
    const today = this.#days.get(slot);
    if (this.#perDay === null || today?.day !== Math.floor(time / DAY_MS)) return null;
    return today.count >= this.#perDay ? `${today.count} on this day` : null;
  }

  note(slot: number, time: number): void {
    if (this.#perMinute !== null) this.#recent.push(time);
    if (this.#perDay === null) return;
    const day = Math.floor(time / DAY_MS);
    const known = this.#days.get(slot);
    this.#days.set(slot, { day, count: known?.day === day ? known.count + 1 : 1 });
  }
}
