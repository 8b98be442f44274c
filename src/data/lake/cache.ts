import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import { BAR_FIELDS, Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import { toTimeframe } from '../../core/timeframe.ts';
import { writeAtomically } from '../writers/atomic-file.ts';

const MAGIC = 'VLVBARS1';
const PREFIX = MAGIC.length + 4;

/** What is known of a file without reading it. Nanosecond times and the inode tell a replaced file from the one before. */
export interface Stamp {
  readonly size: string;
  readonly mtime_ns: string;
  readonly ctime_ns: string;
  readonly inode: string;
}

/** What stands before the columns in a cache file. */
export interface CacheHeader {
  readonly endianness: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly rows: number;
  readonly from: number | null;
  readonly to: number | null;
  /** The record that the columns were read from: its stamp, and the hash of its bytes. */
  readonly stamp: Stamp;
  readonly sha256: string;
  /** What the reader said when it read the record. */
  readonly notes: readonly string[];
}

export function stampOf(path: string): Stamp | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stat) return undefined;
  return {
    size: String(stat.size),
    mtime_ns: String(stat.mtimeNs),
    ctime_ns: String(stat.ctimeNs),
    inode: String(stat.ino),
  };
}

export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtime_ns === b.mtime_ns && a.ctime_ns === b.ctime_ns && a.inode === b.inode;
}

/**
 * Opens a cache file once and gives its header, and a way to load the columns, to `use`: both are of the same file even
 * where another process replaces it meanwhile. Undefined where there is none, or none of this format, length and machine.
 */
export function useCache<T>(
  path: string,
  use: (header: CacheHeader, load: (shared: boolean) => Bars) => T,
): T | undefined {
  if (!existsSync(path)) return undefined;
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const prefix = readAt(fd, 0, new Uint8Array(Math.min(size, PREFIX)));
    if (prefix.length < PREFIX || new TextDecoder().decode(prefix.subarray(0, MAGIC.length)) !== MAGIC)
      return undefined;
    const headerLength = new DataView(prefix.buffer).getUint32(MAGIC.length, true);
    const columnsAt = PREFIX + headerLength;
    if (columnsAt > size) return undefined;
    const text = new TextDecoder().decode(readAt(fd, PREFIX, new Uint8Array(headerLength)));
    const header = JSON.parse(text) as CacheHeader;
    if (header.endianness !== endianness() || columnsAt + columnBytes(header) !== size) return undefined;
    return use(header, (shared) => loadColumns(fd, columnsAt, header, shared));
  } finally {
    closeSync(fd);
  }
}

const columnBytes = ({ rows }: CacheHeader): number => rows * 8 * BAR_FIELDS.length;

/** One read into one piece of memory: the columns are views on it. */
function loadColumns(fd: number, at: number, header: CacheHeader, shared: boolean): Bars {
  const { rows } = header;
  const bytes = columnBytes(header);
  const buffer = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  readAt(fd, at, new Uint8Array(buffer));
  const column = (i: number) => new Float64Array(buffer, i * rows * 8, rows);
  return new Bars(header.symbol, toTimeframe(header.timeframe), {
    time: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  });
}

function readAt<T extends Uint8Array>(fd: number, position: number, into: T): T {
  for (let done = 0; done < into.length; ) {
    const read = readSync(fd, into, done, into.length - done, position + done);
    if (read === 0) throw new ValvulinError('VLV_DATA_FILE', `Expected ${into.length} bytes, got ${done}`);
    done += read;
  }
  return into;
}

/** Writes the columns of `bars` raw, behind a header that names the record they come from. */
export function writeCache(path: string, bars: Bars, stamp: Stamp, hash: string, notes: readonly string[]): void {
  const header: CacheHeader = {
    endianness: endianness(),
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    rows: bars.length,
    from: bars.at(0)?.time ?? null,
    to: bars.at(-1)?.time ?? null,
    stamp,
    sha256: hash,
    notes,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const prefix = new Uint8Array(PREFIX);
  prefix.set(new TextEncoder().encode(MAGIC));
  new DataView(prefix.buffer).setUint32(MAGIC.length, text.length, true);
  const columns = BAR_FIELDS.map((field) => {
    const { buffer, byteOffset, length } = bars[field];
    return new Uint8Array(buffer, byteOffset, length * 8);
  });
  writeAtomically(path, () => [prefix, text, ...columns]);
}
