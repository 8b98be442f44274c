import { ValvulinError } from '../../core/errors.ts';
import { resolveColumns, resolveGivenColumns } from './column-names.ts';
import { BINANCE_COLUMNS } from './csv-layout.ts';
import { cellError, numberFromText } from './csv-numbers.ts';
import { epochToMs } from './epoch.ts';
import { isoTextToMs } from './iso-time.ts';
import type { Source } from './source.ts';
import { CLOSE_TIME_SLOT, type RawBars, SLOTS } from './types.ts';

const SIX = ['time', 'open', 'high', 'low', 'close', 'volume'];

/**
 * Reads a JSON array: Binance REST klines (arrays of 12), freqtrade and ccxt candles (arrays of 6: time, open, high, low,
 * close, volume), or objects whose keys name the columns.
 * @throws ValvulinError `VLV_DATA_FORMAT`, `VLV_DATA_VALUE`
 */
export function readJson(source: Source, given: readonly string[] | undefined): RawBars {
  const file = source.path;
  const rows = parseArray(source);
  const first = rows[0];
  let keys: readonly (string | number)[];
  let slots: number[];
  let format: string;
  if (Array.isArray(first)) {
    keys = first.map((_, i) => i);
    format = first.length === BINANCE_COLUMNS.length ? 'binance-rest-json' : 'candles-json';
    if (given) slots = resolveGivenColumns(given, first.length, file);
    else if (first.length === BINANCE_COLUMNS.length) slots = resolveColumns(BINANCE_COLUMNS, file);
    else if (first.length === SIX.length) slots = resolveColumns(SIX, file);
    else throw unknown(`arrays of ${first.length}`, file);
  } else if (typeof first === 'object' && first !== null) {
    keys = Object.keys(first);
    slots = resolveColumns(given ?? (keys as string[]), file);
    format = 'records-json';
  } else throw unknown(JSON.stringify(first), file);

  const seen = { withOffset: 0, withoutOffset: 0 };
  const columns = SLOTS.map(() => new Float64Array(rows.length));
  slots.forEach((column, slot) => {
    if (column < 0) return;
    const key = keys[column] as keyof object;
    const out = columns[slot];
    for (let i = 0; i < rows.length; i++) {
      const cell: unknown = (rows[i] as object | null)?.[key];
      const value = cellValue(cell, slot, seen);
      if (value === undefined) throw cellError(cellText(cell), columnName(key, slot), slot, `${file}, element ${i}`);
      out[i] = value;
    }
  });
  const where = (i: number) => `${file}, element ${i}`;
  const notes: string[] = [];
  const [time, open, high, low, close, volume, closeTime] = columns;
  const textTime = seen.withOffset + seen.withoutOffset > 0;
  if (seen.withoutOffset > 0) notes.push('Times have no offset and were read as UTC.');
  if (!textTime) {
    const unit = epochToMs(time, rows.length, where);
    if (unit && unit !== 'milliseconds') notes.push(`Times are in ${unit}.`);
    epochToMs(closeTime, slots[CLOSE_TIME_SLOT] < 0 ? 0 : rows.length, where);
  }
  const hasCloseTime = slots[CLOSE_TIME_SLOT] >= 0;
  return {
    format,
    notes,
    rows: rows.length,
    time,
    open,
    high,
    low,
    close,
    volume,
    closeTime: hasCloseTime ? closeTime : null,
  };
}

function parseArray(source: Source): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(source.whole()));
  } catch (cause) {
    throw new ValvulinError('VLV_DATA_FORMAT', `Expected JSON, got text that does not parse`, {
      where: source.path,
      hint: cause instanceof Error ? cause.message : 'The file may be cut short.',
      cause,
    });
  }
  if (!Array.isArray(parsed)) throw unknown('an object', source.path);
  if (parsed.length === 0) {
    throw new ValvulinError('VLV_DATA_FORMAT', 'Expected rows of bars, got an empty array', { where: source.path });
  }
  return parsed;
}

function unknown(got: string, where: string): ValvulinError {
  return new ValvulinError('VLV_DATA_FORMAT', `Expected an array of klines, candles or records, got "${got}"`, {
    where,
    hint: 'Known are arrays of 12 (Binance REST), arrays of 6 (time, open, high, low, close, volume) and objects with named columns; --columns names the columns of other arrays.',
  });
}

function cellValue(
  cell: unknown,
  slot: number,
  seen: { withOffset: number; withoutOffset: number },
): number | undefined {
  if (typeof cell === 'number') return cell;
  const isTime = slot === 0 || slot === CLOSE_TIME_SLOT;
  if (cell === null || cell === undefined) return isTime && slot === 0 ? undefined : Number.NaN;
  if (typeof cell !== 'string') return undefined;
  const value = numberFromText(cell);
  if (value !== undefined) return slot === 0 && !Number.isFinite(value) ? undefined : value;
  if (!isTime) return undefined;
  const time = isoTextToMs(cell, seen);
  return Number.isNaN(time) ? undefined : time;
}

const cellText = (cell: unknown): string => (typeof cell === 'string' ? cell : (JSON.stringify(cell) ?? 'nothing'));
const columnName = (key: string | number, slot: number): string => (typeof key === 'string' ? key : SLOTS[slot]);
