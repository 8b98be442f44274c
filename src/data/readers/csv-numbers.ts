import { ValvulinError } from '../../core/errors.ts';
import { isoToMs, type IsoSeen } from './iso-time.ts';
import { CLOSE_TIME_SLOT, SLOTS } from './types.ts';

const NEWLINE = 10;
const RETURN = 13;
const POINT = 46;
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
  columns: Float64Array[];
  rows = 0;
  line: number;
  readonly seen: IsoSeen = { withOffset: 0, withoutOffset: 0 };
  #capacity: number;

  constructor(capacity: number, firstLine: number) {
    this.#capacity = capacity;
    this.line = firstLine;
    this.columns = SLOTS.map(() => new Float64Array(capacity));
  }

  get capacity(): number {
    return this.#capacity;
  }

  grow(): void {
    this.#capacity *= 2;
    this.columns = this.columns.map((column) => {
      const larger = new Float64Array(this.#capacity);
      larger.set(column);
      return larger;
    });
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
  let { columns, rows, line } = sink;
  let capacity = sink.capacity;
  let at = start;
  while (at < end) {
    line++;
    if (buffer[at] === NEWLINE || (buffer[at] === RETURN && buffer[at + 1] === NEWLINE)) {
      at += buffer[at] === NEWLINE ? 1 : 2;
      continue;
    }
    if (rows === capacity) {
      sink.grow();
      ({ columns, capacity } = sink);
    }
    for (let c = 0; c < last; c++) {
      const slot = roles[c];
      const from = at;
      let byte = buffer[at];
      if (slot >= 0) {
        let value = Number.NaN;
        if ((slot === 0 && textTime) || (slot === CLOSE_TIME_SLOT && textCloseTime)) {
          while (byte !== delimiter && byte !== NEWLINE && byte !== RETURN) byte = buffer[++at];
          value = isoToMs(buffer, from, at, sink.seen);
          if (Number.isNaN(value) && (slot === 0 || at > from)) throw badCell(buffer, from, at, plan, c, line);
        } else {
          let whole = 0;
          let until = at + 9;
          while (byte >= 48 && byte <= 57 && at < until) {
            whole = (Math.imul(whole, 10) + byte - 48) | 0;
            byte = buffer[++at];
          }
          let mantissa = whole;
          if (at === until && byte >= 48 && byte <= 57) {
            // Epoch times and large volumes: the next nine digits, in integers of their own.
            let rest = 0;
            until += 9;
            while (byte >= 48 && byte <= 57 && at < until) {
              rest = (Math.imul(rest, 10) + byte - 48) | 0;
              byte = buffer[++at];
            }
            mantissa = whole * POWERS[at - until + 9] + rest;
          }
          let decimals = 0;
          if (byte === POINT && at > from) {
            const point = ++at;
            byte = buffer[at];
            let fraction = 0;
            while (byte >= 48 && byte <= 57 && at < point + 9) {
              fraction = (Math.imul(fraction, 10) + byte - 48) | 0;
              byte = buffer[++at];
            }
            decimals = at - point;
            mantissa = mantissa * POWERS[decimals] + fraction;
          }
          if (
            (byte === delimiter || byte === NEWLINE || byte === RETURN) &&
            at > from &&
            mantissa <= 9007199254740991
          ) {
            value = decimals === 0 ? mantissa : mantissa / POWERS[decimals];
          } else {
            while (byte !== delimiter && byte !== NEWLINE && byte !== RETURN) byte = buffer[++at];
            value = readCell(buffer, from, at, plan, c, line);
          }
        }
        columns[slot][rows] = value;
      } else {
        while (byte !== delimiter && byte !== NEWLINE) byte = buffer[++at];
      }
      if (byte === delimiter) {
        at++;
      } else if (c + 1 < last) {
        endShortRow(plan, c + 1, columns, rows, line);
        break;
      }
    }
    while (buffer[at] !== NEWLINE) at++;
    at++;
    rows++;
  }
  sink.rows = rows;
  sink.line = line;
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

function endShortRow(plan: CsvPlan, from: number, columns: Float64Array[], row: number, line: number): void {
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
  columns[CLOSE_TIME_SLOT][row] = Number.NaN;
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
