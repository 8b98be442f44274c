import type { Bars } from '../../core/bars.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { QualityReport } from '../quality.ts';

export interface ReadOptions {
  /** Overrides the symbol that the file name suggests. */
  readonly symbol?: string;
  /** Overrides the timeframe that the file name or the spacing of the bars suggests. */
  readonly timeframe?: Timeframe;
  /**
   * Names of the columns in file order, for a file without a header or with one that cannot be understood:
   * `time`, `open`, `high`, `low`, `close`, `volume`, `close_time`, and `-` for a column to leave out.
   */
  readonly columns?: readonly string[];
  /** Refuses bars with any defect instead of repairing what is safe. */
  readonly strict?: boolean;
  /** When the data was fetched, epoch ms: a last bar that was still open then is dropped. */
  readonly fetchTime?: number;
  /** Puts the bars on shared memory, so that worker threads see them without a copy. */
  readonly shared?: boolean;
}

export interface ReadResult {
  /** Oldest first, without duplicates, closed bars only as far as the file shows it. */
  readonly bars: Bars;
  /** One plain sentence for each thing the reader assumed, repaired or found. */
  readonly notes: readonly string[];
  /** What was found in the file as it stands, before any repair. */
  readonly quality: QualityReport;
  /** What the file turned out to be, such as `csv`, `binance-rest-json` or `parquet`. */
  readonly format: string;
}

/** Columns in file order, before labels are known and anything is repaired. */
export interface RawBars {
  readonly format: string;
  readonly notes: readonly string[];
  readonly rows: number;
  /** Open times, epoch ms. */
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Close times in epoch ms as the file states them, NaN where a row has none; null where the file has no such column. */
  readonly closeTime: Float64Array | null;
}

/** Order of the slots in a reader's column arrays. */
export const SLOTS = ['time', 'open', 'high', 'low', 'close', 'volume', 'close_time'] as const;
export const CLOSE_TIME_SLOT = 6;
