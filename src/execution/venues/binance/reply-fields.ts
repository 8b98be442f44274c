/** A JSON object of the exchange. */
export type Json = Readonly<Record<string, unknown>>;

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** The body as JSON, or undefined where it is empty, cut short, HTML, or anything else. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not being JSON is an expected answer: the caller treats it as a reply that says nothing.
    return undefined;
  }
}

/** @throws Error where the value is no JSON object */
export function record(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`Expected an object, got ${quote(value)}`);
}

/** @throws Error where the value is no list of JSON objects */
export function records(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.map(record);
  throw new Error(`Expected a list, got ${quote(value)}`);
}

/** @throws Error where the field is no text */
export function text(row: Json, field: string): string {
  const value = row[field];
  if (typeof value === 'string') return value;
  throw new Error(`Expected a text for "${field}", got ${quote(value)}`);
}

/** A decimal number, as the exchange wrote it. @throws Error where the field is none */
export function amount(row: Json, field: string): string {
  const value = row[field];
  if (typeof value === 'string' && DECIMAL.test(value)) return value;
  throw new Error(`Expected a decimal text for "${field}", got ${quote(value)}`);
}

/** An id or a time. @throws Error where the field is no whole number below 2^53 */
export function whole(row: Json, field: string): number {
  const value = row[field];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new Error(`Expected a whole number for "${field}", got ${quote(value)}`);
}

/** @throws Error where the field is neither true nor false */
export function flag(row: Json, field: string): boolean {
  const value = row[field];
  if (typeof value === 'boolean') return value;
  throw new Error(`Expected true or false for "${field}", got ${quote(value)}`);
}

/** @throws Error where the field names no side */
export function side(row: Json, field: string): 'BUY' | 'SELL' {
  const value = row[field];
  if (value === 'BUY' || value === 'SELL') return value;
  throw new Error(`Expected BUY or SELL for "${field}", got ${quote(value)}`);
}

function quote(value: unknown): string {
  return `"${String(JSON.stringify(value)).slice(0, 80)}"`;
}
