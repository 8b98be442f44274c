import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { allocateColumns, BAR_FIELDS, Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import { resample } from '../../core/resample.ts';
import { divides, type Timeframe } from '../../core/timeframe.ts';
import { removeLeftovers } from '../writers/atomic-file.ts';
import { readInstruments, writeInstruments } from './instruments.ts';
import { withLock } from './lock.ts';
import { mergeBars } from './merge.ts';
import { seriesName, storedSeries } from './names.ts';
import {
  loadRecord,
  type RecordBars,
  type RecordSummary,
  readRecord,
  storeRecord,
  summarizeRecord,
} from './records.ts';

export interface LakeEntry {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly path: string;
  readonly bars: number;
  /** Open times of the first and last bar, epoch ms; null where the file holds none. */
  readonly from: number | null;
  readonly to: number | null;
  /** Why the file cannot be read, where it cannot. */
  readonly problem: string | null;
}

export interface AppendResult {
  readonly path: string;
  /** Bars whose open time was not stored before. */
  readonly added: number;
  /** Stored bars whose values changed. */
  readonly replaced: number;
  /** Bars stored now. */
  readonly bars: number;
}

/**
 * The history on disk: one CSV file for each symbol and timeframe, `BTCUSDT_1h.csv`, as the record that people and
 * other tools can read; beside it, under `.cache`, the same columns in binary, which load many times faster. A cache
 * that does not belong to its record is rebuilt, and deleting it costs nothing but time. Writes replace a file in one
 * step, under a lock.
 */
export class HistoryLake {
  readonly folder: string;

  constructor(folder: string = join('data', 'history')) {
    this.folder = folder;
  }

  /** The file that holds, or would hold, a series. */
  path(symbol: string, timeframe: Timeframe): string {
    return seriesName(this.folder, symbol, timeframe).path;
  }

  has(symbol: string, timeframe: Timeframe): boolean {
    return existsSync(this.path(symbol, timeframe));
  }

  /** What is stored, by symbol and rising timeframe. A file that cannot be read is listed with its problem. */
  async list(): Promise<LakeEntry[]> {
    const entries: LakeEntry[] = [];
    for (const series of storedSeries(this.folder)) {
      const { symbol, timeframe, path } = series;
      try {
        const { rows, from, to } = await summarizeRecord(series);
        entries.push({ symbol, timeframe, path, bars: rows, from, to, problem: null });
      } catch (error) {
        if (!(error instanceof ValvulinError)) throw error;
        entries.push({ symbol, timeframe, path, bars: 0, from: null, to: null, problem: error.message });
      }
    }
    return entries;
  }

  /**
   * The bars of a series; built from the largest stored timeframe that divides it where it is not stored itself.
   * `cache: false` reads the record and neither reads nor writes the binary copy.
   * @throws ValvulinError `VLV_DATA_NONE` where neither is stored, and what `readBars` throws
   */
  async load(
    symbol: string,
    timeframe: Timeframe,
    options: { readonly shared?: boolean; readonly cache?: boolean } = {},
  ): Promise<RecordBars> {
    const shared = options.shared ?? false;
    const load = options.cache === false ? readRecord : loadRecord;
    if (this.has(symbol, timeframe)) return load(seriesName(this.folder, symbol, timeframe), shared);
    const stored = storedSeries(this.folder).filter((series) => series.symbol === symbol);
    const lower = stored.filter((series) => divides(series.timeframe, timeframe)).at(-1);
    if (!lower) {
      const got = stored.length === 0 ? 'none' : `only ${stored.map((series) => `"${series.timeframe}"`).join(', ')}`;
      throw new ValvulinError('VLV_DATA_NONE', `Expected stored bars of "${symbol}" "${timeframe}", got ${got}`, {
        where: this.folder,
        hint: `Fetch them with: valvulin download ${symbol} ${timeframe}`,
      });
    }
    const base = await load(lower, false);
    const built = resample(base.bars, timeframe);
    const notes = [...base.notes, `The ${timeframe} bars were built from the stored ${lower.timeframe} bars.`];
    return { bars: shared ? onSharedMemory(built) : built, notes };
  }

  /** How many bars are stored of a series, and their first and last open times; undefined where none is. */
  async summary(symbol: string, timeframe: Timeframe): Promise<RecordSummary | undefined> {
    if (!this.has(symbol, timeframe)) return undefined;
    return summarizeRecord(seriesName(this.folder, symbol, timeframe));
  }

  /** Open time of the last stored bar, epoch ms; undefined where the series is not stored or empty. */
  async lastTime(symbol: string, timeframe: Timeframe): Promise<number | undefined> {
    return (await this.summary(symbol, timeframe))?.to ?? undefined;
  }

  /**
   * Adds bars to their series by open time; where a bar is stored already, the new one wins.
   * @throws ValvulinError `VLV_LAKE_LOCKED`, `VLV_BARS_SHAPE`, `VLV_DATA_FILE`
   */
  async append(bars: Bars): Promise<AppendResult> {
    bars.assertOrdered();
    const series = seriesName(this.folder, bars.symbol, bars.timeframe);
    return this.#locked(series, async (assertOwned) => {
      const old = existsSync(series.path) ? (await loadRecord(series, false)).bars : undefined;
      const merged = old ? mergeBars(old, bars) : { bars, added: bars.length, replaced: 0 };
      if (!old || merged.added + merged.replaced > 0) storeRecord(series, merged.bars, assertOwned);
      return { path: series.path, added: merged.added, replaced: merged.replaced, bars: merged.bars.length };
    });
  }

  /** Replaces a series as a whole. @throws ValvulinError as `append` */
  async write(bars: Bars): Promise<void> {
    bars.assertOrdered();
    const series = seriesName(this.folder, bars.symbol, bars.timeframe);
    await this.#locked(series, (assertOwned) => storeRecord(series, bars, assertOwned));
  }

  /** Trading rules by symbol, as the exchange stated them when they were last fetched. */
  instruments(): Readonly<Record<string, InstrumentRules>> {
    return readInstruments(this.#instrumentsPath);
  }

  /** Adds or replaces the rules of some symbols. @throws ValvulinError `VLV_LAKE_LOCKED`, `VLV_DATA_FILE` */
  async saveInstruments(rules: readonly InstrumentRules[]): Promise<void> {
    const series = { path: this.#instrumentsPath, lockPath: join(this.folder, '.instruments.lock') };
    await this.#locked(series, (assertOwned) => writeInstruments(series.path, rules, assertOwned));
  }

  get #instrumentsPath(): string {
    return join(this.folder, 'instruments.json');
  }

  #locked<T>(
    { path, lockPath }: { readonly path: string; readonly lockPath: string },
    work: (assertOwned: () => void) => T | Promise<T>,
  ): Promise<T> {
    return withLock(lockPath, path, (assertOwned) => {
      removeLeftovers(path);
      return work(assertOwned);
    });
  }
}

function onSharedMemory(bars: Bars): Bars {
  const columns = allocateColumns(bars.length, true);
  for (const field of BAR_FIELDS) columns[field].set(bars[field] as Float64Array);
  return new Bars(bars.symbol, bars.timeframe, columns);
}
