import { allocateColumns, type Bar, Bars } from '../../core/bars.ts';
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
 * At most `count` rows to bars: in order, each open time once (the last row of it wins), nothing outside the range, nothing unclosed.
 * @throws Error where a row is not a kline
 */
export function barsFromRows(rows: Iterable<unknown>, count: number, range: KlineRange): Bars {
  const columns = allocateColumns(count);
  let n = 0;
  let ordered = true;
  for (const row of rows) {
    if (!Array.isArray(row) || row.length <= CLOSE_TIME) throw new Error(`Expected a kline row, got "${String(row)}"`);
    const time = milliseconds(row[OPEN_TIME]);
    if (time < range.from || time >= range.to || milliseconds(row[CLOSE_TIME]) >= range.closedAt) continue;
    if (n > 0 && columns.time[n - 1] >= time) ordered = false;
    columns.time[n] = time;
    columns.open[n] = toNumber(row[OPEN]);
    columns.high[n] = toNumber(row[HIGH]);
    columns.low[n] = toNumber(row[LOW]);
    columns.close[n] = toNumber(row[CLOSE]);
    columns.volume[n] = toNumber(row[VOLUME]);
    n++;
  }
  const bars = new Bars(range.symbol, range.timeframe, columns).slice(0, n);
  return ordered ? bars : sorted(bars);
}

function sorted(bars: Bars): Bars {
  const rows = new Map<number, Bar>();
  for (let i = 0; i < bars.length; i++) {
    const bar = bars.at(i);
    if (bar) rows.set(bar.time, bar);
  }
  const inOrder = [...rows.values()].sort((a, b) => a.time - b.time);
  return Bars.fromRows(bars.symbol, bars.timeframe, inOrder);
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
