import type { Series } from '../indicators/series.ts';
import { ValvulinError } from './errors.ts';
import { barClose, type Timeframe } from './timeframe.ts';

export type { Series } from '../indicators/series.ts';

/** One bar, for code that is not on a hot path. `time` is the open time in epoch ms. */
export interface Bar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface BarColumns {
  readonly time: Series;
  readonly open: Series;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
  readonly volume: Series;
}

export const BAR_FIELDS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;

/**
 * Columnar OHLCV of one symbol and timeframe: six `Float64Array`s of equal length, oldest bar first.
 * `time` is the open time in epoch milliseconds UTC; volume is in the base asset. Read-only by type; slices are views
 * on the same memory, which may be shared between threads.
 */
export class Bars implements BarColumns {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly time: Series;
  readonly open: Series;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
  readonly volume: Series;
  readonly length: number;

  /**
   * Takes the columns as they are, without a copy.
   * @throws ValvulinError `VLV_BARS_SHAPE` where they differ in length
   */
  constructor(symbol: string, timeframe: Timeframe, columns: BarColumns) {
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.length = columns.time.length;
    for (const field of BAR_FIELDS) {
      if (columns[field].length !== this.length) {
        throw new ValvulinError(
          'VLV_BARS_SHAPE',
          `Expected ${this.length} values in column "${field}", got ${columns[field].length}`,
          { where: `${symbol} ${timeframe}` },
        );
      }
    }
    this.time = columns.time;
    this.open = columns.open;
    this.high = columns.high;
    this.low = columns.low;
    this.close = columns.close;
    this.volume = columns.volume;
  }

  /** Copies an array of bar objects into columns. @throws ValvulinError `VLV_BARS_SHAPE` where times do not rise */
  static fromRows(symbol: string, timeframe: Timeframe, rows: readonly Bar[]): Bars {
    const columns = allocateColumns(rows.length);
    rows.forEach((row, i) => {
      for (const field of BAR_FIELDS) columns[field][i] = row[field];
    });
    const bars = new Bars(symbol, timeframe, columns);
    bars.assertOrdered();
    return bars;
  }

  /** A view on bars `from` (inclusive) to `to` (exclusive); no copy. */
  slice(from: number, to: number = this.length): Bars {
    return new Bars(this.symbol, this.timeframe, {
      time: this.time.subarray(from, to),
      open: this.open.subarray(from, to),
      high: this.high.subarray(from, to),
      low: this.low.subarray(from, to),
      close: this.close.subarray(from, to),
      volume: this.volume.subarray(from, to),
    });
  }

  /** Bars whose open time lies in `[from, to)`, epoch ms; a view. */
  between(from: number, to: number): Bars {
    return this.slice(lowerBound(this.time, from), lowerBound(this.time, to));
  }

  /** Bar `i`; negative counts from the end. */
  at(i: number): Bar | undefined {
    const index = i < 0 ? this.length + i : i;
    if (index < 0 || index >= this.length) return undefined;
    return {
      time: this.time[index],
      open: this.open[index],
      high: this.high[index],
      low: this.low[index],
      close: this.close[index],
      volume: this.volume[index],
    };
  }

  /** The instant at which bar `i` closes, epoch ms: its open time plus the timeframe. */
  closeTime(i: number): number {
    return barClose(this.time[i], this.timeframe);
  }

  /** @throws ValvulinError `VLV_BARS_SHAPE` naming the first bar that is not later than the one before it */
  assertOrdered(): void {
    for (let i = 1; i < this.length; i++) {
      if (this.time[i] > this.time[i - 1]) continue;
      throw new ValvulinError(
        'VLV_BARS_SHAPE',
        `Expected rising open times, got "${this.time[i]}" after "${this.time[i - 1]}"`,
        { where: `${this.symbol} ${this.timeframe}, bar ${i}`, hint: 'Sort the bars and drop duplicates first.' },
      );
    }
  }
}

export type MutableColumns = Record<(typeof BAR_FIELDS)[number], Float64Array>;

/** Six zeroed columns; on shared memory where `shared` asks for it, so that worker threads see them without a copy. */
export function allocateColumns(length: number, shared = false): MutableColumns {
  const column = (): Float64Array =>
    shared ? new Float64Array(new SharedArrayBuffer(length * 8)) : new Float64Array(length);
  return { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}

/** First index whose value is not less than `value`, in a rising series; its length where there is none. */
export function lowerBound(series: Series, value: number): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (series[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
