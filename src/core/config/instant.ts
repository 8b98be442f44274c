import { ValvulinError } from '../errors.ts';

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Epoch ms of an ISO date (`2024-01-31`) or time (`2024-01-31T09:30`, `2024-01-31T09:30:00+02:00`); undefined where the
 * text is none or names no day of the calendar. Without an offset it is UTC, whatever the machine's zone.
 */
export function isoInstant(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const midnight = Date.UTC(year, month - 1, day);
  if (new Date(midnight).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  const millisecond = Number((match[7] ?? '0').padEnd(3, '0'));
  return midnight + ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond - offsetMs(match[8]);
}

/** `isoInstant` for text that must be one. @throws ValvulinError `VLV_USAGE` quoting the text */
export function toInstant(text: string, where: string): number {
  const instant = isoInstant(text);
  if (instant !== undefined) return instant;
  throw new ValvulinError('VLV_USAGE', `Expected a date such as "2024-01-31", got "${text}"`, {
    where,
    hint: 'Dates are UTC: 2024-01-31, 2024-01-31T09:30 or 2024-01-31T09:30:00+02:00.',
  });
}

function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}
