import { ValvulinError } from '../../core/errors.ts';
import { rawFromCells } from './cells.ts';
import { resolveColumns, resolveGivenColumns } from './column-names.ts';
import { BINANCE_COLUMNS } from './csv-layout.ts';
import type { Source } from './source.ts';
import type { RawBars } from './types.ts';

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
  if (Array.isArray(first)) {
    const length = first.length;
    const known = length === BINANCE_COLUMNS.length ? BINANCE_COLUMNS : length === SIX.length ? SIX : undefined;
    const names = given ?? known;
    if (!names) throw unknown(`arrays of ${length}`, file);
    return rawFromCells({
      file,
      format: length === BINANCE_COLUMNS.length ? 'binance-rest-json' : 'candles-json',
      rows: rows.length,
      names,
      slots: given ? resolveGivenColumns(given, length, file) : resolveColumns(names, file),
      cell: (column, row) => (rows[row] as readonly unknown[] | null)?.[column],
    });
  }
  if (typeof first !== 'object' || first === null) throw unknown(JSON.stringify(first), file);
  const keys = Object.keys(first);
  return rawFromCells({
    file,
    format: 'records-json',
    rows: rows.length,
    names: keys,
    slots: given ? resolveGivenColumns(given, keys.length, file) : resolveColumns(keys, file),
    cell: (column, row) => (rows[row] as Readonly<Record<string, unknown>> | null)?.[keys[column]],
  });
}

function parseArray(source: Source): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(source.whole()));
  } catch (cause) {
    throw new ValvulinError('VLV_DATA_FORMAT', 'Expected JSON, got text that does not parse', {
      where: source.path,
      hint: cause instanceof Error ? cause.message : 'The file may be cut short.',
      cause,
    });
  }
  if (!Array.isArray(parsed)) throw unknown('an object', source.path);
  if (parsed.length > 0) return parsed;
  throw new ValvulinError('VLV_DATA_FORMAT', 'Expected rows of bars, got an empty array', { where: source.path });
}

function unknown(got: string, where: string): ValvulinError {
  return new ValvulinError('VLV_DATA_FORMAT', `Expected an array of klines, candles or records, got "${got}"`, {
    where,
    hint:
      'Known are arrays of 12 (Binance REST), arrays of 6 (time, open, high, low, close, volume) and objects with named ' +
      'columns; --columns names the columns of other arrays.',
  });
}
