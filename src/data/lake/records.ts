import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import { readBars } from '../readers/read-bars.ts';
import { writeAtomically } from '../writers/atomic-file.ts';
import { csvPieces } from '../writers/csv-writer.ts';
import { type CacheHeader, sameStamp, type Stamp, stampOf, useCache, writeCache } from './cache.ts';
import type { SeriesName } from './names.ts';

export interface RecordSummary {
  readonly rows: number;
  readonly from: number | null;
  readonly to: number | null;
}

export interface RecordBars {
  readonly bars: Bars;
  readonly notes: readonly string[];
}

/** Rows and range of a stored series, without loading it where its cache is fresh. @throws as `loadRecord` */
export async function summarizeRecord(series: SeriesName): Promise<RecordSummary> {
  const stamp = stampOf(series.path);
  const header = stamp && useCache(series.cachePath, (cached) => (sameStamp(cached.stamp, stamp) ? cached : undefined));
  if (header) return header;
  const { bars } = await loadRecord(series, false);
  return { rows: bars.length, from: bars.at(0)?.time ?? null, to: bars.at(-1)?.time ?? null };
}

/**
 * The bars of a stored series: from its cache where that belongs to the record, else from the record, whose cache is
 * then written. Whether it belongs is told by the record's stamp, and where that differs by the hash of its content.
 * @throws ValvulinError what `readBars` throws; `VLV_DATA_DEFECT` where the file holds another timeframe than it says
 */
export async function loadRecord(series: SeriesName, shared: boolean): Promise<RecordBars> {
  for (;;) {
    const stamp = stampOf(series.path);
    if (!stamp)
      throw new ValvulinError('VLV_DATA_FILE', `Expected a readable file, got "${series.path}"`, {
        where: series.path,
      });
    const fresh = fromCache(series, shared, (header) => sameStamp(header.stamp, stamp));
    if (fresh) return fresh;
    const hash = createHash('sha256').update(readFileSync(series.path)).digest('hex');
    const read = fromCache(series, shared, (header) => header.sha256 === hash) ?? (await readRecord(series, shared));
    const after = stampOf(series.path);
    // Another process replaced the record meanwhile: what was hashed and what was read may be two files.
    if (!after || !sameStamp(stamp, after)) continue;
    return { bars: read.bars, notes: [...read.notes, ...saveCache(series, read, stamp, hash)] };
  }
}

/** Replaces the record and its cache. @throws ValvulinError `VLV_DATA_FILE` */
export function storeRecord(series: SeriesName, bars: Bars, beforeCommit: () => void): void {
  const hash = createHash('sha256');
  writeAtomically(series.path, () => hashed(csvPieces(bars), hash), beforeCommit);
  const stamp = stampOf(series.path);
  if (stamp) saveCache(series, { bars, notes: [] }, stamp, hash.digest('hex'));
}

function fromCache(
  series: SeriesName,
  shared: boolean,
  belongs: (header: CacheHeader) => boolean,
): RecordBars | undefined {
  return useCache(series.cachePath, (header, load) =>
    belongs(header) ? { bars: load(shared), notes: header.notes } : undefined,
  );
}

/** The bars of a stored series from the record itself, whatever its cache holds. @throws as `loadRecord` */
export async function readRecord(series: SeriesName, shared: boolean): Promise<RecordBars> {
  const { symbol, timeframe, path } = series;
  const { bars, notes } = await readBars(path, { symbol, timeframe, shared });
  if (bars.timeframe === timeframe) return { bars, notes };
  throw new ValvulinError('VLV_DATA_DEFECT', `Expected bars of "${timeframe}", got bars ${bars.timeframe} apart`, {
    where: path,
    hint: `Rename the file to ${symbol}_${bars.timeframe}.csv.`,
  });
}

/** The record is what counts: a cache that cannot be written, as on a read-only disk, is worth a note and no more. */
function saveCache(series: SeriesName, { bars, notes }: RecordBars, stamp: Stamp, hash: string): string[] {
  try {
    writeCache(series.cachePath, bars, stamp, hash, notes);
    return [];
  } catch (error) {
    if (!(error instanceof ValvulinError)) throw error;
    return [`The cache beside "${series.path}" could not be written, so it is read anew each time.`];
  }
}

function* hashed(pieces: Iterable<string>, hash: Hash): Generator<string> {
  for (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}
