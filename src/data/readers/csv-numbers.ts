import { ValvulinError } from '../../core/errors.ts';
import { isoToMs, type IsoSeen } from './iso-time.ts';
import { CLOSE_TIME_SLOT, SLOTS } from './types.ts';

const NEWLINE = 10;
const RETURN = 13;
const POINT = 46;
const MAX_EXACT = Number.MAX_SAFE_INTEGER;
const LARGE = Number.POSITIVE_INFINITY;
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

export interface CsvPlan {
  readonly delimiter: number;
  /** For each file column, up to the last one that is wanted: its slot, or -1. */
  readonly roles: Int8Array;
  readonly names: readonly string[];
  readonly textTime: boolean;
  readonly textCloseTime: boolean;
  readonly file: string;
}

/** Columns that grow while rows are read into them, and what was seen on the way. */
export class CsvSink {
  /** All columns in one array, one after another, each `capacity` long: one array keeps the inner loop free of lookups. */
  cells: Float64Array;
  capacity: number;
  rows = 0;
  line: number;
  readonly seen: IsoSeen = { withOffset: 0, withoutOffset: 0 };

  constructor(capacity: number, firstLine: number) {
    this.capacity = capacity;
    this.line = firstLine;
    this.cells = new Float64Array(capacity * SLOTS.length);
  }

  grow(): void {
    const larger = new Float64Array(this.cells.length * 2);
    for (let slot = 0; slot < SLOTS.length; slot++) larger.set(this.column(slot), slot * this.capacity * 2);
    this.cells = larger;
    this.capacity *= 2;
  }

  column(slot: number): Float64Array {
    return this.cells.subarray(slot * this.capacity, slot * this.capacity + this.rows);
  }
}

/**
 * Reads whole lines of a delimited file without quotes into the sink's columns. `buffer[end - 1]` must be a newline.
 * A number of at most 2^53 as digits and 22 decimals is read as integer / power of ten, which IEEE 754 rounds exactly as
 * `Number(text)` does; any other is given to `Number`. So every value equals `Number(text)` bit for bit.
 * @throws ValvulinError `VLV_DATA_VALUE` with file, line, column and the cell
 */
export function readCsvLines(buffer: Uint8Array, start: number, end: number, plan: CsvPlan, sink: CsvSink): void {
  const { delimiter, roles, textTime, textCloseTime } = plan;
  const last = roles.length;
  const complete = last === plan.names.length;
  let { cells, capacity, rows, line } = sink;
  let at = start;
  while (at < end) {
    line++;
    let byte = buffer[at];
    if (byte === NEWLINE || (byte === RETURN && buffer[at + 1] === NEWLINE)) {
      at += byte === NEWLINE ? 1 : 2;
      continue;
    }
    if (rows === capacity) {
      sink.rows = rows;
      sink.grow();
      ({ cells, capacity } = sink);
    }
    for (let c = 0; c < last; c++) {
      const slot = roles[c];
      const from = at;
      byte = buffer[at];
      if (slot < 0) {
        while (byte !== delimiter && byte !== NEWLINE) byte = buffer[++at];
      } else if ((slot === 0 && textTime) || (slot === CLOSE_TIME_SLOT && textCloseTime)) {
        while (byte !== delimiter && byte !== NEWLINE && byte !== RETURN) byte = buffer[++at];
        const value = isoToMs(buffer, from, at, sink.seen);
        if (Number.isNaN(value) && (slot === 0 || at > from)) throw badCell(buffer, from, at, plan, c, line);
        cells[slot * capacity + rows] = value;
      } else {
        // Up to nine digits fit an int32; the lengths are looked at afterwards, because overflow does no harm until then.
        // Unsigned, what is below "0" is large too: one comparison instead of two.
        let whole = 0;
        let digit = byte - 48;
        while (digit >>> 0 <= 9) {
          whole = (Math.imul(whole, 10) + digit) | 0;
          digit = buffer[++at] - 48;
        }
        const wholeDigits = at - from;
        let fraction = 0;
        let decimals = 0;
        if (digit === POINT - 48) {
          digit = buffer[++at] - 48;
          while (digit >>> 0 <= 9) {
            fraction = (Math.imul(fraction, 10) + digit) | 0;
            digit = buffer[++at] - 48;
          }
          decimals = at - from - wholeDigits - 1;
        }
        byte = digit + 48;
        const ended = byte === delimiter || byte === NEWLINE || byte === RETURN;
        let mantissa = LARGE;
        if (ended && wholeDigits > 0 && wholeDigits <= 9 && decimals <= 9)
          mantissa = whole * POWERS[decimals] + fraction;
        if (mantissa <= MAX_EXACT) {
          cells[slot * capacity + rows] = mantissa / POWERS[decimals];
        } else if (ended && decimals === 0 && wholeDigits >= 10 && wholeDigits <= 16) {
          cells[slot * capacity + rows] = integer(buffer, from, from + wholeDigits);
        } else {
          while (byte !== delimiter && byte !== NEWLINE && byte !== RETURN) byte = buffer[++at];
          cells[slot * capacity + rows] = readCell(buffer, from, at, plan, c, line);
        }
      }
      if (byte === delimiter) {
        at++;
      } else if (c + 1 < last) {
        endShortRow(plan, c + 1, line);
        cells[CLOSE_TIME_SLOT * capacity + rows] = Number.NaN;
        break;
      }
    }
    const rest = at;
    while (buffer[at] !== NEWLINE) at++;
    if (complete && at > rest && buffer[rest] !== RETURN) refuseMoreFields(buffer, rest, at, plan, line);
    at++;
    rows++;
  }
  sink.rows = rows;
  sink.line = line;
}

/** Epoch times and large volumes, at most 16 digits: every step of the sum is exact below 2^53, and beyond it is rounded once. */
function integer(buffer: Uint8Array, from: number, to: number): number {
  let high = 0;
  let low = 0;
  const middle = to - 8;
  for (let i = from; i < middle; i++) high = (Math.imul(high, 10) + buffer[i] - 48) | 0;
  for (let i = middle; i < to; i++) low = (Math.imul(low, 10) + buffer[i] - 48) | 0;
  return high * 1e8 + low;
}

/** The rare cells: signs, exponents, more digits than a double's, blanks around the number, NaN and infinity by name. */
function readCell(buffer: Uint8Array, from: number, to: number, plan: CsvPlan, column: number, line: number): number {
  const text = String.fromCharCode(...buffer.subarray(from, to)).trim();
  const value = numberFromText(text);
  if (value !== undefined && (plan.roles[column] !== 0 || Number.isFinite(value))) return value;
  if (plan.roles[column] === CLOSE_TIME_SLOT && text === '') return Number.NaN;
  throw badCell(buffer, from, to, plan, column, line);
}

/** The number that a cell holds; NaN for a price that is written as missing, undefined for what is no number at all. */
export function numberFromText(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (/^(nan|null|none|n\/a)$/i.test(text)) return Number.NaN;
  const infinity = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinity) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return undefined;
}

function endShortRow(plan: CsvPlan, from: number, line: number): void {
  for (let c = from; c < plan.roles.length; c++) {
    const slot = plan.roles[c];
    if (slot >= 0 && slot !== CLOSE_TIME_SLOT) {
      throw new ValvulinError(
        'VLV_DATA_VALUE',
        `Expected a value in column "${plan.names[c]}", got the end of the line`,
        {
          where: `${plan.file}, line ${line}`,
          hint: 'The row is cut short. A file that was still being written ends like this.',
        },
      );
    }
  }
}

/** A row may end in empty fields, but one that holds more than the header names is shifted, as by a decimal comma. */
function refuseMoreFields(buffer: Uint8Array, from: number, to: number, plan: CsvPlan, line: number): void {
  const rest = String.fromCharCode(...buffer.subarray(from, to));
  refuseExtraText(rest.replaceAll(String.fromCharCode(plan.delimiter), ''), plan, line);
}

export function refuseExtraText(text: string, plan: CsvPlan, line: number): void {
  if (text.trim() === '') return;
  throw new ValvulinError('VLV_DATA_VALUE', `Expected ${plan.names.length} fields, got more: "${text.trim()}"`, {
    where: `${plan.file}, line ${line}`,
    hint: 'A number with a decimal comma, or two lines that ran together, look like this.',
  });
}

function badCell(
  buffer: Uint8Array,
  from: number,
  to: number,
  plan: CsvPlan,
  column: number,
  line: number,
): ValvulinError {
  const text = new TextDecoder().decode(buffer.subarray(from, to));
  return cellError(
    text,
    plan.names[column] ?? SLOTS[plan.roles[column]],
    plan.roles[column],
    `${plan.file}, line ${line}`,
  );
}

export function cellError(text: string, column: string, slot: number, where: string): ValvulinError {
  const time = slot === 0 || slot === CLOSE_TIME_SLOT;
  return new ValvulinError(
    'VLV_DATA_VALUE',
    `Expected a ${time ? 'time' : 'number'} in column "${column}", got "${text}"`,
    {
      where,
      ...(time && { hint: 'Times may be epoch numbers (s, ms, us, ns) or ISO 8601 such as 2024-01-01T00:00:00Z.' }),
    },
  );
}
