/** How many returns make a year, and how that was found: it is printed beside every figure that depends on it. */
export interface Annualisation {
  readonly periodsPerYear: number;
  readonly basis: string;
}

export const DAY_MS = 86_400_000;
export const YEAR_MS = 365.25 * DAY_MS;
/** Enough neighbours to find the median spacing of any series, evenly spread over it. */
const SAMPLES = 20_001;

/**
 * Finds the bars per year from the close times (epoch ms) of the bars themselves.
 * A market with Saturdays trades around the clock: a year of 365.25 days over the median spacing. One without: 252 for
 * daily bars, else the bars that were counted, per year. Months give 12. Null with fewer than two bars.
 */
export function annualisation(time: ArrayLike<number>): Annualisation | null {
  const spacing = medianSpacing(time);
  if (spacing === null) return null;
  if (spacing >= 27 * DAY_MS && spacing <= 32 * DAY_MS) return { periodsPerYear: 12, basis: 'monthly bars' };
  const first = time[0] as number;
  const last = time[time.length - 1] as number;
  const around = YEAR_MS / spacing;
  if (spacing > DAY_MS || last - first < 8 * DAY_MS || hasSaturdays(time)) {
    return { periodsPerYear: around, basis: `365.25 days of bars every ${spacingText(spacing)}` };
  }
  if (spacing === DAY_MS) return { periodsPerYear: 252, basis: 'daily bars without weekends' };
  const counted = ((time.length - 1) * YEAR_MS) / (last - first);
  return { periodsPerYear: counted, basis: `bars counted per year, every ${spacingText(spacing)} without weekends` };
}

/** Median distance of neighbouring times, ms; null with fewer than two. */
export function medianSpacing(time: ArrayLike<number>): number | null {
  const pairs = time.length - 1;
  if (pairs < 1) return null;
  const count = Math.min(pairs, SAMPLES);
  const gaps = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const i = Math.floor((k * pairs) / count);
    gaps[k] = (time[i + 1] as number) - (time[i] as number);
  }
  gaps.sort();
  return gaps[count >> 1] as number;
}

/** A bar that closes at midnight belongs to the day before, hence the millisecond. */
function hasSaturdays(time: ArrayLike<number>): boolean {
  for (let i = 0; i < time.length; i++) {
    const day = Math.floor(((time[i] as number) - 1) / DAY_MS);
    // 1970-01-01 was a Thursday, so day 2 was the first Saturday.
    if ((((day - 2) % 7) + 7) % 7 === 0) return true;
  }
  return false;
}

function spacingText(ms: number): string {
  for (const [unit, name] of [
    [7 * DAY_MS, 'week'],
    [DAY_MS, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ] as const) {
    if (ms < unit) continue;
    const count = ms / unit;
    if (Number.isInteger(count)) return count === 1 ? name : `${count} ${name}s`;
  }
  return `${ms} ms`;
}
