/** Counts how the times of a file were written, for the notes. */
export interface IsoSeen {
  withOffset: number;
  withoutOffset: number;
}

/** Days from 1970-01-01 to a proleptic Gregorian date (Howard Hinnant's days_from_civil). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function two(bytes: Uint8Array, at: number): number {
  const high = bytes[at] - 48;
  const low = bytes[at + 1] - 48;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

/**
 * Epoch ms of an ISO 8601 time in `bytes[from, to)`: `2024-01-01`, `2024-01-01 10:00`, `2024-01-01T10:00:00.000Z`,
 * `2024-01-01 10:00:00+02:00`; slashes in the date are taken too. Without an offset it is UTC. Digits beyond the
 * millisecond are cut. NaN where it is none of these or no such day or time exists.
 */
export function isoToMs(bytes: Uint8Array, from: number, to: number, seen: IsoSeen): number {
  const length = to - from;
  if (length < 10) return Number.NaN;
  const dash = bytes[from + 4];
  if ((dash !== 45 && dash !== 47) || bytes[from + 7] !== dash) return Number.NaN;
  const year = two(bytes, from) * 100 + two(bytes, from + 2);
  const month = two(bytes, from + 5);
  const day = two(bytes, from + 8);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= MONTH_DAYS[month - 1]) || Number.isNaN(year)) return Number.NaN;
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return Number.NaN;
  let ms = daysFromCivil(year, month, day) * 86_400_000;
  if (length === 10) {
    seen.withoutOffset++;
    return ms;
  }
  const separator = bytes[from + 10];
  if ((separator !== 84 && separator !== 116 && separator !== 32) || length < 16 || bytes[from + 13] !== 58)
    return Number.NaN;
  const hour = two(bytes, from + 11);
  const minute = two(bytes, from + 14);
  if (!(hour <= 23 && minute <= 59)) return Number.NaN;
  ms += hour * 3_600_000 + minute * 60_000;
  let at = from + 16;
  if (at < to && bytes[at] === 58) {
    if (at + 3 > to) return Number.NaN;
    const second = two(bytes, at + 1);
    if (!(second <= 59)) return Number.NaN;
    ms += second * 1_000;
    at += 3;
    if (at < to && (bytes[at] === 46 || bytes[at] === 44)) {
      at++;
      for (let scale = 100; at < to && bytes[at] >= 48 && bytes[at] <= 57; at++) {
        ms += Math.floor(scale) * (bytes[at] - 48);
        scale /= 10;
      }
    }
  }
  return zoned(bytes, at, to, ms, seen);
}

/** Applies what follows the time of day: nothing, `Z`, ` UTC`, `+02`, `+0200` or `+02:00`. */
function zoned(bytes: Uint8Array, from: number, to: number, ms: number, seen: IsoSeen): number {
  if (from === to) {
    seen.withoutOffset++;
    return ms;
  }
  const at = bytes[from] === 32 ? from + 1 : from;
  const left = to - at;
  const sign = bytes[at];
  const utc = (left === 1 && (sign === 90 || sign === 122)) || (left === 3 && isUtc(bytes, at));
  if (!utc && sign !== 43 && sign !== 45) return Number.NaN;
  seen.withOffset++;
  if (utc) return ms;
  if (left !== 3 && left !== 5 && !(left === 6 && bytes[at + 3] === 58)) return Number.NaN;
  const minutes = two(bytes, at + 1) * 60 + (left === 3 ? 0 : two(bytes, to - 2));
  return sign === 43 ? ms - minutes * 60_000 : ms + minutes * 60_000;
}

function isUtc(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 85 && bytes[at + 1] === 84 && bytes[at + 2] === 67;
}

const encoder = new TextEncoder();

/** The same for a string. */
export function isoTextToMs(text: string, seen: IsoSeen): number {
  const bytes = encoder.encode(text.trim());
  return isoToMs(bytes, 0, bytes.length, seen);
}

/** `2024-01-01T00:00:00Z`: the form in which times are written, with milliseconds only where there are any. */
export function msToIso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
