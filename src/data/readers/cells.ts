import { cellError, numberFromText } from './csv-numbers.ts';
import { epochToMs } from './epoch.ts';
import { isoTextToMs, type IsoSeen } from './iso-time.ts';
import { CLOSE_TIME_SLOT, type RawBars, SLOTS } from './types.ts';

/** A table whose cells are values of some kind, not text to be parsed: JSON, Parquet, Arrow. */
export interface CellTable {
  readonly file: string;
  readonly format: string;
  readonly rows: number;
  readonly names: readonly string[];
  /** For each slot its column, -1 for none. */
  readonly slots: readonly number[];
  cell(column: number, row: number): unknown;
  /** True where a column's type makes its numbers epoch ms, whatever their size. */
  isTimestamp?(column: number): boolean;
}

/**
 * Turns cells into columns: numbers as they are, text by the rules of CSV cells, missing prices into NaN.
 * @throws ValvulinError `VLV_DATA_VALUE` with file, row, column and the cell
 */
export function rawFromCells(table: CellTable, notes: readonly string[] = []): RawBars {
  const { rows, slots, file } = table;
  const seen: IsoSeen = { withOffset: 0, withoutOffset: 0 };
  const where = (row: number) => `${file}, row ${row + 1}`;
  const found = [...notes];
  const columns = SLOTS.map((_, slot) => {
    const column = slots[slot];
    const out = new Float64Array(rows);
    if (column < 0) return out;
    const isTime = slot === 0 || slot === CLOSE_TIME_SLOT;
    let text = false;
    for (let i = 0; i < rows; i++) {
      const cell = table.cell(column, i);
      const value = typeof cell === 'number' ? cell : otherValue(cell, slot, seen);
      if (value === undefined || (slot === 0 && !Number.isFinite(value))) {
        throw cellError(cellText(cell), table.names[column] ?? SLOTS[slot], slot, where(i));
      }
      if (isTime && typeof cell === 'string' && numberFromText(cell) === undefined) text = true;
      out[i] = value;
    }
    if (isTime && !text && !table.isTimestamp?.(column)) {
      const unit = epochToMs(out, rows, where);
      if (slot === 0 && unit && unit !== 'milliseconds') found.push(`Times are in ${unit}.`);
    }
    return out;
  });
  if (seen.withoutOffset > 0) found.push('Times have no offset and were read as UTC.');
  const [time, open, high, low, close, volume, closeTime] = columns;
  const hasCloseTime = slots[CLOSE_TIME_SLOT] >= 0;
  return {
    format: table.format,
    notes: found,
    rows,
    time,
    open,
    high,
    low,
    close,
    volume,
    closeTime: hasCloseTime ? closeTime : null,
  };
}

function otherValue(cell: unknown, slot: number, seen: IsoSeen): number | undefined {
  if (typeof cell === 'bigint') return Number(cell);
  if (cell === null || cell === undefined) return Number.NaN;
  if (cell instanceof Date) return cell.getTime();
  if (typeof cell !== 'string') return undefined;
  const value = numberFromText(cell);
  if (value !== undefined) return value;
  if (slot !== 0 && slot !== CLOSE_TIME_SLOT) return undefined;
  const time = isoTextToMs(cell, seen);
  return Number.isNaN(time) ? undefined : time;
}

function cellText(cell: unknown): string {
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}
