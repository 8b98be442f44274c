import { ValvulinError } from '../../core/errors.ts';

/** Units of numeric times, with how many of them make a millisecond and the values that fall in 1980 to 2128. */
const UNITS = [
  { name: 'seconds', perMs: 1e-3, from: 315_532_800, to: 5e9 },
  { name: 'milliseconds', perMs: 1, from: 315_532_800e3, to: 5e12 },
  { name: 'microseconds', perMs: 1e3, from: 315_532_800e6, to: 5e15 },
  { name: 'nanoseconds', perMs: 1e6, from: 315_532_800e9, to: 5e18 },
] as const;

/**
 * Turns numeric times into epoch ms in place. The unit (s, ms, us or ns) is found from the size of the values, once for
 * the whole column: the ranges of the units from 1980 to 2128 do not overlap. NaN stays NaN.
 * @returns the unit found, null where no value is finite
 * @throws ValvulinError `VLV_DATA_VALUE` where a value fits no unit or another unit than the first
 */
export function epochToMs(times: Float64Array, rows: number, where: (row: number) => string): string | null {
  let unit: (typeof UNITS)[number] | undefined;
  for (let i = 0; i < rows; i++) {
    const value = times[i];
    if (Number.isNaN(value)) continue;
    if (unit && value >= unit.from && value < unit.to) {
      if (unit.perMs !== 1) times[i] = Math.round(value / unit.perMs);
      continue;
    }
    const found = UNITS.find((u) => value >= u.from && value < u.to);
    if (!found || unit) {
      throw new ValvulinError(
        'VLV_DATA_VALUE',
        unit
          ? `Expected a time in ${unit.name} like the rows before it, got "${value}"`
          : `Expected a time in s, ms, us or ns since 1970, got "${value}"`,
        { where: where(i), hint: 'Times may be epoch numbers of one unit, or ISO 8601 such as 2024-01-01T00:00:00Z.' },
      );
    }
    unit = found;
    times[i] = Math.round(value / unit.perMs);
  }
  return unit?.name ?? null;
}
