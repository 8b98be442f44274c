import type { Bars } from '../../core/bars.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import type { Timeframe } from '../../core/timeframe.ts';

/** Open times of the oldest and newest stored bar, epoch ms, and how many there are. */
export interface StoredRange {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** Where downloaded bars go. The feed keeps what it stores without holes of its own making. */
export interface BarStore {
  /** What is stored of a symbol and timeframe; undefined where nothing is. */
  range(symbol: string, timeframe: Timeframe): Promise<StoredRange | undefined>;
  /**
   * Adds bars before, after or over the stored ones; a stored bar of the same open time is replaced. Atomic: killed at
   * any moment, the store holds the old or the new bars.
   */
  merge(bars: Bars): Promise<void>;
  /** Keeps the exchange's trading rules beside the bars. */
  saveRules(rules: readonly InstrumentRules[]): Promise<void>;
}
