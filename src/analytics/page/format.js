const MINUS = '\u2212';

/** A number with thousands separators; `sign` shows a plus as well. A missing one is a dash. */
export function number(value, decimals = 2, sign = false) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const text = Math.abs(value).toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  const zero = Number(text.replaceAll(',', '')) === 0;
  if (zero) return text;
  return (value < 0 ? MINUS : sign ? '+' : '') + text;
}

/** 1,234,567 as 1.23M. */
export function compact(value) {
  if (value === null || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  for (const [power, letter] of Object.entries({ 12: 'T', 9: 'B', 6: 'M', 3: 'K' }).reverse()) {
    const unit = 10 ** Number(power);
    if (size >= unit) return number(value / unit, 2) + letter;
  }
  return number(value, size >= 100 ? 0 : size >= 1 ? 2 : 4);
}

/** A time as `2024-03-05 14:00`, UTC; days alone where bars are days or longer. */
export function utc(ms, barMs = 0) {
  const text = new Date(ms).toISOString();
  return barMs >= 86_400_000 ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

/** 95 minutes as `1h 35m`. */
export function duration(ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days}d` : `${days}d ${hours % 24}h`;
}
