import { ValvulinError } from './errors.ts';

/** A bar length such as `1m`, `15m`, `4h`, `1d`, `1w` or `1M` (a calendar month). Case matters: `m` is minutes. */
export type Timeframe = `${number}${'s' | 'm' | 'h' | 'd' | 'w' | 'M'}`;

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
/** The first Monday of the epoch, 1970-01-05: weeks open on Mondays, as on Binance. */
const FIRST_MONDAY = 4 * UNIT_MS.d;

interface Parsed {
  readonly count: number;
  readonly unit: 's' | 'm' | 'h' | 'd' | 'w' | 'M';
}

const parsed = new Map<string, Parsed>();

function parse(timeframe: string): Parsed {
  const known = parsed.get(timeframe);
  if (known) return known;
  const match = /^([1-9]\d{0,3})([smhdwM])$/.exec(timeframe);
  if (!match) {
    throw new ValvulinError('VLV_TIMEFRAME', `Expected a timeframe such as "1h", got "${timeframe}"`, {
      hint: 'Use a whole number and one of s, m, h, d, w or M (month): 1m, 5m, 15m, 1h, 4h, 1d, 1w, 1M.',
    });
  }
  const result = { count: Number(match[1]), unit: match[2] as Parsed['unit'] };
  parsed.set(timeframe, result);
  return result;
}

/** Checks text from outside. @throws ValvulinError `VLV_TIMEFRAME` */
export function toTimeframe(text: string): Timeframe {
  parse(text);
  return text as Timeframe;
}

/** Length in milliseconds; a month counts as 30 days, for comparisons and estimates only. */
export function timeframeMs(timeframe: Timeframe): number {
  const { count, unit } = parse(timeframe);
  return count * (unit === 'M' ? 30 * UNIT_MS.d : UNIT_MS[unit]);
}

/** True where every bar of this timeframe has the same length in milliseconds (all but months). */
export function isFixed(timeframe: Timeframe): boolean {
  return parse(timeframe).unit !== 'M';
}

/** Open time (epoch ms, UTC) of the bar of `timeframe` that contains the instant `time`. */
export function barOpen(time: number, timeframe: Timeframe): number {
  const { count, unit } = parse(timeframe);
  if (unit === 'M') return monthStart(Math.floor(monthIndex(time) / count) * count);
  const length = count * UNIT_MS[unit];
  const offset = unit === 'w' ? FIRST_MONDAY : 0;
  return Math.floor((time - offset) / length) * length + offset;
}

/** Close time of the bar that opens at `open`: the open time of the next bar of the grid. */
export function barClose(open: number, timeframe: Timeframe): number {
  const { count, unit } = parse(timeframe);
  if (unit === 'M') return monthStart(monthIndex(open) + count);
  return open + count * UNIT_MS[unit];
}

/** How many bars of `timeframe` open in `[from, to)`, both on the grid. */
export function barsBetween(from: number, to: number, timeframe: Timeframe): number {
  const { count, unit } = parse(timeframe);
  if (unit === 'M') return Math.round((monthIndex(to) - monthIndex(from)) / count);
  return Math.round((to - from) / (count * UNIT_MS[unit]));
}

/** True where bars of `lower` fill bars of `higher` exactly, so that the higher ones can be built from them. */
export function divides(lower: Timeframe, higher: Timeframe): boolean {
  const low = parse(lower);
  const high = parse(higher);
  if (low.unit === 'M') return high.unit === 'M' && high.count % low.count === 0;
  const lowMs = low.count * UNIT_MS[low.unit];
  if (high.unit === 'M' || high.unit === 'w') {
    if (low.unit === 'w') return high.unit === 'w' && high.count % low.count === 0;
    return UNIT_MS.d % lowMs === 0;
  }
  return (high.count * UNIT_MS[high.unit]) % lowMs === 0;
}

function monthIndex(time: number): number {
  const date = new Date(time);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

function monthStart(index: number): number {
  return Date.UTC(1970 + Math.floor(index / 12), ((index % 12) + 12) % 12, 1);
}
