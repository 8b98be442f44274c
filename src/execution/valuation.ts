import type { Bars } from '../core/bars.ts';
import type { Ledger } from '../core/ledger.ts';
import { isFixed, timeframeMs } from '../core/timeframe.ts';

/** The account's value over time, in the quote asset, one entry for each instant at which deciding bars closed. */
export interface Valuation {
  readonly time: Float64Array;
  readonly equity: Float64Array;
  readonly exposure: Float64Array;
}

/** Collects a valuation while a run goes on. */
export class ValuationLog implements Valuation {
  /** The bars whose closes are valued. */
  readonly #bars: readonly Bars[];
  readonly #equity: Float64Array;
  readonly #exposure: Float64Array;
  /** Cash units of one; starts as a fraction, so that it is stored unboxed. */
  readonly #cashScale: number = 0.5;
  #length = 0;
  #time: Float64Array | undefined;

  constructor(bars: readonly Bars[], cashScale: number) {
    const capacity = bars.reduce((sum, { length }) => sum + length, 0);
    this.#bars = bars;
    this.#cashScale = cashScale;
    this.#equity = new Float64Array(capacity);
    this.#exposure = new Float64Array(capacity);
  }

  /** Notes what the account is worth now. */
  record(ledger: Ledger): void {
    const at = this.#length++;
    this.#equity[at] = ledger.equityNow / this.#cashScale;
    // Nothing is held at many bars, and memory that is never written costs nothing.
    if (ledger.grossNow > 0) this.#exposure[at] = ledger.grossNow / this.#cashScale;
  }

  /** The account changed at the instant that was recorded last. */
  amendLast(ledger: Ledger): void {
    if (this.#length === 0) return;
    this.#length--;
    this.#exposure[this.#length] = 0;
    ledger.revalue();
    this.record(ledger);
  }

  get equity(): Float64Array {
    return this.#equity.subarray(0, this.#length);
  }

  get exposure(): Float64Array {
    return this.#exposure.subarray(0, this.#length);
  }

  /** The instants themselves follow from the bars, so a run does not note them. */
  get time(): Float64Array {
    this.#time ??= closesOf(this.#bars);
    return this.#time;
  }
}

/** All instants at which any of these bars close, rising. */
function closesOf(streams: readonly Bars[]): Float64Array {
  if (streams.length === 1) return closeTimes(streams[0]);
  const all = new Float64Array(streams.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const bars of streams) {
    all.set(closeTimes(bars), filled);
    filled += bars.length;
  }
  all.sort();
  return all.filter((time, n) => n === 0 || time !== all[n - 1]);
}

/** When each bar ends: its close, or the next open where that comes first. */
export function closeTimes(bars: Bars): Float64Array {
  const length = isFixed(bars.timeframe) ? timeframeMs(bars.timeframe) : 0;
  const out = new Float64Array(bars.length);
  for (let i = 0; i < bars.length; i++) {
    const close = length > 0 ? bars.time[i] + length : bars.closeTime(i);
    out[i] = i + 1 < bars.length && bars.time[i + 1] < close ? bars.time[i + 1] : close;
  }
  return out;
}
