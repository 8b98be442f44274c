/** The shortest text that reads back as the same double, never with an exponent: `0.00000001`, not `1e-8`. */
export function plainNumber(value: number): string {
  const text = String(value);
  const at = text.indexOf('e');
  if (at < 0) return text;
  const sign = text.startsWith('-') ? '-' : '';
  const [whole, fraction = ''] = text.slice(sign.length, at).split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(text.slice(at + 1));
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

const two = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));
const DAY = 86_400_000;

/** Writes times as `2024-01-01T00:00:00Z`, the date once per day. */
export class TimeText {
  #day = Number.NaN;
  #date = '';

  of(ms: number): string {
    const day = Math.floor(ms / DAY);
    if (day !== this.#day) {
      this.#day = day;
      this.#date = new Date(day * DAY).toISOString().slice(0, 11);
    }
    const rest = ms - day * DAY;
    const seconds = Math.floor(rest / 1_000);
    const fraction = rest - seconds * 1_000;
    const clock = `${two[Math.floor(seconds / 3_600)]}:${two[Math.floor(seconds / 60) % 60]}:${two[seconds % 60]}`;
    return fraction === 0 ? `${this.#date}${clock}Z` : `${this.#date}${clock}.${String(fraction).padStart(3, '0')}Z`;
  }
}
