import { allocateColumns, BAR_FIELDS, type Bar, Bars, type MutableColumns } from './bars.ts';
import { ValvulinError } from './errors.ts';
import type { Timeframe } from './timeframe.ts';

/** Least number of bars that may be appended before a view handed out earlier changes. */
const LEAST_GRACE = 64;

/**
 * The last closed bars of one symbol and timeframe, on shared memory: appended one by one, seen by worker threads
 * without a copy. A view stays as it is for at least `capacity` (and 64) further bars, so a thread may read it while the
 * next bar comes in.
 */
export class BarWindow {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** How many bars it remembers at least, once they have come. */
  readonly capacity: number;
  readonly #columns: MutableColumns;
  readonly #room: number;
  #end = 0;

  /** @throws RangeError where `capacity` is no whole number of at least 1 */
  constructor(symbol: string, timeframe: Timeframe, capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`Expected a capacity of at least 1 bar, got "${capacity}"`);
    }
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.capacity = capacity;
    // Bars move to the front where the room is used up. With one capacity more than twice, no view is overwritten soon.
    this.#room = 2 * capacity + Math.max(capacity, LEAST_GRACE);
    this.#columns = allocateColumns(this.#room, true);
  }

  /** How many bars can be seen now. */
  get length(): number {
    return Math.min(this.#end, this.capacity);
  }

  /** Open time of the newest bar, epoch ms; -Infinity before the first. */
  get lastTime(): number {
    return this.#end === 0 ? Number.NEGATIVE_INFINITY : this.#columns.time[this.#end - 1];
  }

  /** @throws ValvulinError `VLV_BARS_SHAPE` where the bar is not later than the one before it */
  append(bar: Bar): void {
    if (!(bar.time > this.lastTime)) {
      throw new ValvulinError(
        'VLV_BARS_SHAPE',
        `Expected a bar after "${this.lastTime}", got one that opens at "${bar.time}"`,
        { where: `${this.symbol} ${this.timeframe}` },
      );
    }
    if (this.#end === this.#room) this.#moveToFront();
    for (const field of BAR_FIELDS) this.#columns[field][this.#end] = bar[field];
    this.#end++;
  }

  /** Appends a series, of which only the last `capacity` bars matter. @throws ValvulinError `VLV_BARS_SHAPE` */
  appendAll(bars: Bars): void {
    for (let i = Math.max(0, bars.length - this.capacity); i < bars.length; i++) {
      const bar = bars.at(i);
      if (bar) this.append(bar);
    }
  }

  /** A view on the last `count` bars, or on fewer where fewer have come; no copy. */
  last(count: number = this.capacity): Bars {
    const from = Math.max(0, this.#end - Math.min(count, this.capacity));
    const view = (column: Float64Array): Float64Array => column.subarray(from, this.#end);
    const { time, open, high, low, close, volume } = this.#columns;
    return new Bars(this.symbol, this.timeframe, {
      time: view(time),
      open: view(open),
      high: view(high),
      low: view(low),
      close: view(close),
      volume: view(volume),
    });
  }

  #moveToFront(): void {
    for (const field of BAR_FIELDS) this.#columns[field].copyWithin(0, this.#end - this.capacity, this.#end);
    this.#end = this.capacity;
  }
}
