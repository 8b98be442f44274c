import { escapeHtml } from '../page-assets.ts';
import { numberText } from '../number-text.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What a pointer that rests on it reads. */
  readonly title: string;
  /** `gain` or `loss`. */
  readonly tone: 'gain' | 'loss';
}

const WIDTH = 560;
const HEIGHT = 190;
const BASE = 22;
const TOP = 18;

/** Bars above (and, where negative, below) a zero line, as inline SVG that scales with its container. */
export function barChart(name: string, bars: readonly Bar[], everyLabel = 1): string {
  if (bars.length === 0) return '<p class="note">Nothing to show.</p>';
  const most = Math.max(0, ...bars.map(({ value }) => value));
  const least = Math.min(0, ...bars.map(({ value }) => value));
  const span = most - least || 1;
  const scale = (HEIGHT - BASE - TOP) / span;
  const zero = TOP + most * scale;
  const step = WIDTH / bars.length;
  const gap = Math.min(6, step * 0.22);
  const parts = bars.map(({ label, value, title, tone }, i) => {
    const height = Math.max(value === 0 ? 0 : 1, Math.abs(value) * scale);
    const x = (i * step + gap / 2).toFixed(1);
    const y = (value >= 0 ? zero - height : zero).toFixed(1);
    const mark = `<rect class="${tone}" x="${x}" y="${y}" width="${(step - gap).toFixed(1)}" height="${height.toFixed(1)}" rx="1.5"><title>${escapeHtml(title)}</title></rect>`;
    if (i % everyLabel !== 0) return mark;
    return `${mark}<text x="${(i * step + step / 2).toFixed(1)}" y="${HEIGHT - 5}">${escapeHtml(label)}</text>`;
  });
  return `<svg class="bars" viewBox="-8 0 ${WIDTH + 16} ${HEIGHT}" role="img" aria-label="${escapeHtml(name)}">
<line x1="0" x2="${WIDTH}" y1="${zero.toFixed(1)}" y2="${zero.toFixed(1)}"/>${parts.join('')}</svg>`;
}

/** Counts of values in steps of `width`; what lies beyond `limit` on either side is gathered in the last bars. */
export function histogram(values: readonly number[], width: number, limit: number, unit: string): Bar[] {
  const sides = Math.ceil(limit / width);
  const counts = new Array<number>(sides * 2).fill(0);
  for (const value of values) {
    const place = Math.max(-sides, Math.min(sides - 1, Math.floor(value / width)));
    counts[place + sides] = (counts[place + sides] ?? 0) + 1;
  }
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const decimals = [0, 1, 2].find((places) => Number.isInteger((Math.round(width * 1e6) / 1e6) * 10 ** places)) ?? 2;
  return counts.slice(Math.max(0, first), last + 1).map((count, k) => {
    const low = (k + Math.max(0, first) - sides) * width;
    const from = numberText(low, decimals);
    const to = numberText(low + width, decimals);
    const place =
      low + width >= limit
        ? `${from} ${unit} and more`
        : low <= -limit
          ? `below ${to} ${unit}`
          : `${from} to ${to} ${unit}`;
    return { label: from, value: count, title: `${place}: ${count} trades`, tone: low < 0 ? 'loss' : 'gain' };
  });
}
