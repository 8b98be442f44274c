import type { Ledger } from '../core/ledger.ts';

/** The account's value over time, in cash units, one entry for each instant at which deciding bars closed. */
export interface Valuation {
  readonly time: Float64Array;
  readonly equity: Float64Array;
  readonly exposure: Float64Array;
}

/** Collects a valuation while a run goes on. */
export class ValuationLog {
  readonly #time: Float64Array;
  readonly #equity: Float64Array;
  readonly #exposure: Float64Array;
  #length = 0;

  constructor(capacity: number) {
    this.#time = new Float64Array(capacity);
    this.#equity = new Float64Array(capacity);
    this.#exposure = new Float64Array(capacity);
  }

  record(slice: { readonly time: number }, ledger: Ledger): void {
    this.#time[this.#length] = slice.time;
    this.#equity[this.#length] = ledger.equityNow;
    this.#exposure[this.#length] = ledger.grossNow;
    this.#length++;
  }

  /** The account changed at the instant that was recorded last. */
  amendLast(ledger: Ledger): void {
    if (this.#length === 0) return;
    this.#equity[this.#length - 1] = ledger.equity();
    this.#exposure[this.#length - 1] = ledger.grossNow;
  }

  result(): Valuation {
    return {
      time: this.#time.subarray(0, this.#length),
      equity: this.#equity.subarray(0, this.#length),
      exposure: this.#exposure.subarray(0, this.#length),
    };
  }
}
