import type { Bars } from '../../core/bars.ts';
import { writeAtomically } from './atomic-file.ts';
import type { Table, TableColumn } from './table.ts';
import { plainNumber, TimeText } from './text.ts';

export const CSV_HEADER = 'timestamp,open,high,low,close,volume';
const ROWS_PER_PIECE = 4_096;

/**
 * Writes bars as CSV: `timestamp,open,high,low,close,volume`, times as ISO 8601 in UTC, numbers as the shortest text
 * that reads back bit for bit. Replaces the file in one step.
 * @throws ValvulinError `VLV_DATA_FILE`
 */
export function writeCsv(path: string, bars: Bars): void {
  writeAtomically(path, () => csvPieces(bars));
}

/** The text of such a file, piece by piece. */
export function* csvPieces(bars: Bars): Generator<string> {
  const { time, open, high, low, close, volume } = bars;
  const times = new TimeText();
  yield `${CSV_HEADER}\n`;
  for (let from = 0; from < bars.length; from += ROWS_PER_PIECE) {
    const to = Math.min(bars.length, from + ROWS_PER_PIECE);
    let text = '';
    for (let i = from; i < to; i++) {
      text += `${times.of(time[i])},${plainNumber(open[i])},${plainNumber(high[i])},${plainNumber(low[i])},${plainNumber(close[i])},${plainNumber(volume[i])}\n`;
    }
    yield text;
  }
}

/**
 * Writes any table as CSV with a header; cells that hold a comma, a quote or a line break are quoted (RFC 4180).
 * @throws ValvulinError `VLV_DATA_FILE`
 */
export function writeCsvTable(path: string, table: Table): void {
  writeAtomically(path, () => tablePieces(table));
}

function* tablePieces(table: Table): Generator<string> {
  yield `${table.map(({ name }) => quoted(name)).join(',')}\n`;
  const cells = table.map(cellWriter);
  const rows = table[0]?.values.length ?? 0;
  for (let from = 0; from < rows; from += ROWS_PER_PIECE) {
    const lines: string[] = [];
    for (let i = from; i < Math.min(rows, from + ROWS_PER_PIECE); i++)
      lines.push(cells.map((cell) => cell(i)).join(','));
    yield `${lines.join('\n')}\n`;
  }
}

function cellWriter(column: TableColumn): (row: number) => string {
  if (column.type === 'text') return (row) => quoted(column.values[row] ?? '');
  const times = new TimeText();
  const write = column.type === 'time' ? (value: number) => times.of(value) : plainNumber;
  return (row) => {
    const value = column.values[row];
    return value === null || Number.isNaN(value) ? '' : write(value);
  };
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
