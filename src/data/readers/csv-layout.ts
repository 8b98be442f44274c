import { ValvulinError } from '../../core/errors.ts';
import { resolveColumns, resolveGivenColumns } from './column-names.ts';
import type { CsvPlan } from './csv-numbers.ts';
import { isoTextToMs } from './iso-time.ts';
import { CLOSE_TIME_SLOT, SLOTS } from './types.ts';

const DELIMITERS = [',', ';', '\t', '|'];
/** The columns of Binance's own archives, which come without a header for spot. */
export const BINANCE_COLUMNS = [
  'open_time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'close_time',
  'quote_volume',
  'count',
  'taker_buy_volume',
  'taker_buy_quote_volume',
  'ignore',
];

export interface CsvLayout {
  readonly plan: CsvPlan;
  /** Lines before the first row of data. */
  readonly skip: number;
  readonly format: string;
  readonly notes: readonly string[];
}

const isTimeText = (text: string): boolean => !Number.isNaN(isoTextToMs(text, { withOffset: 0, withoutOffset: 0 }));
const isNumberText = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text.trim());

/**
 * Finds delimiter, header and columns of a delimited file from its first lines.
 * @throws ValvulinError `VLV_DATA_FORMAT` where there is no header and the order of the columns is not known
 */
export function csvLayout(lines: readonly string[], file: string, given: readonly string[] | undefined): CsvLayout {
  const notes: string[] = [];
  let skip = 0;
  while (skip < lines.length && (lines[skip].trim() === '' || lines[skip].startsWith('#'))) skip++;
  const split = (line: string, delimiter: string) => line.split(delimiter).map((field) => field.trim());
  const counts = (line: string) => DELIMITERS.map((d) => line.split(d).length);
  // A title above the table, such as the address of the site it came from.
  if (skip + 1 < lines.length && Math.max(...counts(lines[skip])) < 5 && Math.max(...counts(lines[skip + 1])) >= 6) {
    notes.push(`The first line, "${lines[skip].trim()}", is not part of the table and was left out.`);
    skip++;
  }
  const first = lines[skip];
  if (first === undefined) {
    throw new ValvulinError('VLV_DATA_FORMAT', 'Expected rows of bars, got an empty file', { where: file });
  }
  if (first.includes('{"')) {
    throw new ValvulinError('VLV_DATA_FORMAT', `Expected bars, got recorded stream messages "${first.slice(0, 60)}…"`, {
      where: file,
      hint: 'Raw stream recordings are not read as bars.',
    });
  }
  const fieldCounts = counts(first);
  const delimiter = DELIMITERS[fieldCounts.indexOf(Math.max(...fieldCounts))];
  const fields = split(first, delimiter);
  const header = fields.some((field) => field !== '' && !isNumberText(field) && !isTimeText(field));
  const data = lines[header ? skip + 1 : skip];
  const row = data === undefined ? [] : split(data, delimiter);

  let names: readonly string[];
  let slots: number[];
  let format = 'csv';
  if (given) {
    names = given;
    slots = resolveGivenColumns(given, fields.length, file);
  } else if (header) {
    names = fields;
    slots = resolveColumns(fields, file);
    if (fields.join() === BINANCE_COLUMNS.join()) format = 'binance-archive-csv';
  } else if (isBinanceRow(fields)) {
    names = BINANCE_COLUMNS;
    slots = resolveColumns(BINANCE_COLUMNS, file);
    format = 'binance-archive-csv';
    notes.push('There is no header; the 12 columns are those of a Binance archive.');
  } else {
    throw new ValvulinError(
      'VLV_DATA_FORMAT',
      `Expected a header, got "${first.slice(0, 80)}": which of its ${fields.length} columns are open, high, low and close is ambiguous`,
      { where: file, hint: 'Name the columns in file order, for example --columns time,open,high,low,close,volume.' },
    );
  }
  const roles = new Int8Array(Math.max(...slots) + 1).fill(-1);
  slots.forEach((column, slot) => {
    if (column >= 0) roles[column] = slot;
  });
  const isText = (slot: number) => slots[slot] >= 0 && isTimeText(row[slots[slot]] ?? '');
  return {
    plan: {
      delimiter: delimiter.charCodeAt(0),
      roles,
      names: names.map((name, i) => name || SLOTS[roles[i]] || `column ${i + 1}`),
      textTime: isText(0),
      textCloseTime: isText(CLOSE_TIME_SLOT),
      file,
    },
    skip: header ? skip + 1 : skip,
    format,
    notes,
  };
}

/** A Binance archive row is known by its 12 numbers, a close time after the open time and a range that holds open and close. */
function isBinanceRow(fields: readonly string[]): boolean {
  if (fields.length !== 12 || !fields.every(isNumberText)) return false;
  const [openTime, open, high, low, close, , closeTime] = fields.map(Number);
  return (
    openTime >= 1e12 &&
    closeTime > openTime &&
    closeTime < openTime * 1.01 &&
    high >= Math.max(open, close) &&
    low <= Math.min(open, close)
  );
}
