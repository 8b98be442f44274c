const MINUS = '\u2212';
export const NONE = '–';

/** A number with thousands separators, as a person reads it: a true minus, a dash for null. `sign` shows a plus too. */
export function numberText(value: number | null, decimals = 2, sign = false): string {
  if (value === null || Number.isNaN(value)) return NONE;
  const text = Math.abs(value).toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  if (!/[1-9]/.test(text)) return text;
  return (value < 0 ? MINUS : sign ? '+' : '') + text;
}

export function percentText(value: number | null, decimals = 2, sign = false): string {
  return value === null ? NONE : `${numberText(value, decimals, sign)}%`;
}

/** Days as `3.5 h`, `12.0 d` or `1.4 y`. */
export function daysText(days: number | null): string {
  if (days === null) return NONE;
  if (days < 1) return `${numberText(days * 24, 1)} h`;
  return days < 730 ? `${numberText(days, days < 10 ? 1 : 0)} d` : `${numberText(days / 365.25, 1)} y`;
}

/** An instant as `2024-03-05 14:00`, UTC. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
