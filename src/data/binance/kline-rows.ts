import { allocateColumns, Bars } from '../../core/bars.ts';
import type { Timeframe } from '../../core/timeframe.ts';

/** Fields of one kline row, as REST sends and archives write them. */
const [OPEN_TIME, OPEN, HIGH, LOW, CLOSE, VOLUME, CLOSE_TIME] = [0, 1, 2, 3, 4, 5, 6];
/** Times from here on are microseconds: as milliseconds they would lie beyond the year 5000. */
const FIRST_MICROSECONDS = 1e14;

export interface KlineRange {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Open times in `[from, to)` are kept, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Bars that close at this instant or later are still open and are left out, epoch ms. */
  readonly closedAt: number;
}

/**
 * Rows to bars: in order, each open time once (the last row of it wins), nothing outside the range, nothing unclosed.
 * @throws Error where a row is not a kline
 */
export function barsFromRows(rows: readonly unknown[], range: KlineRange): Bars {
  const kept: number[][] = [];
  let ordered = true;
  for (const row of rows) {
    if (!Array.isArray(row) || row.length <= CLOSE_TIME) throw new Error(`Expected a kline row, got "${String(row)}"`);
    const time = milliseconds(row[OPEN_TIME]);
    if (time < range.from || time >= range.to || milliseconds(row[CLOSE_TIME]) >= range.closedAt) continue;
    const values = [row[OPEN], row[HIGH], row[LOW], row[CLOSE], row[VOLUME]].map(toNumber);
    if (kept.length > 0 && kept[kept.length - 1][0] >= time) ordered = false;
    kept.push([time, ...values]);
  }
  const unique = ordered ? kept : [...new Map(kept.map((row) => [row[0], row])).values()].sort((a, b) => a[0] - b[0]);
  const columns = allocateColumns(unique.length);
  unique.forEach(([time, open, high, low, close, volume], i) => {
    columns.time[i] = time;
    columns.open[i] = open;
    columns.high[i] = high;
    columns.low[i] = low;
    columns.close[i] = close;
    columns.volume[i] = volume;
  });
  return new Bars(range.symbol, range.timeframe, columns);
}

function milliseconds(value: unknown): number {
  const time = toNumber(value);
  return time >= FIRST_MICROSECONDS ? Math.floor(time / 1_000) : time;
}

/** The double nearest to the decimal text. */
function toNumber(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new Error(`Expected a number in a kline row, got "${String(value)}"`);
}
