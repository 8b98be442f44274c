import type { Ledger } from '../core/ledger.ts';

/** The account's value over time, in the quote asset, one entry for each instant at which deciding bars closed. */
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
  /** Cash units of one; starts as a fraction, so that it is stored unboxed. */
  readonly #cashScale: number = 0.5;
  #length = 0;

  constructor(capacity: number, cashScale: number) {
    this.#cashScale = cashScale;
    this.#time = new Float64Array(capacity);
    this.#equity = new Float64Array(capacity);
    this.#exposure = new Float64Array(capacity);
  }

  record(slice: { readonly time: number }, ledger: Ledger): void {
    this.#time[this.#length] = slice.time;
    this.#value(this.#length++, ledger);
  }

  /** The account changed at the instant that was recorded last. */
  amendLast(ledger: Ledger): void {
    if (this.#length === 0) return;
    ledger.revalue();
    this.#value(this.#length - 1, ledger);
  }

  #value(at: number, ledger: Ledger): void {
    this.#equity[at] = ledger.equityNow / this.#cashScale;
    this.#exposure[at] = ledger.grossNow / this.#cashScale;
  }

  result(): Valuation {
    return {
      time: this.#time.subarray(0, this.#length),
      equity: this.#equity.subarray(0, this.#length),
      exposure: this.#exposure.subarray(0, this.#length),
    };
  }
}
