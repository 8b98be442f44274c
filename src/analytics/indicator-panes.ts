import type { Bars } from '../core/bars.ts';
import { percentileOfSorted, sorted } from './statistics.ts';

/** Where an indicator is drawn: pane 0 is the price itself, 1 and up are panes below it. */
export interface PlacedIndicator {
  readonly name: string;
  readonly pane: number;
  readonly shape: 'line' | 'histogram';
  readonly values: ArrayLike<number>;
}

/** Columns that set order prices: the chart shows them with their trades. */
const ORDER_COLUMNS = new Set(['stop_loss', 'take_profit', 'quantity', 'entry_price', 'limit_price']);
const MAX_PANES = 4;
const SAMPLES = 2_000;

/**
 * Indicators that stay near the price are drawn over it. The others share a pane where their names begin alike
 * (`macd`, `macd_signal`) or their values cover about the same range; beyond four panes the rest is left out.
 */
export function placeIndicators(
  bars: Bars,
  indicators: Readonly<Record<string, ArrayLike<number>>>,
): PlacedIndicator[] {
  const panes: { family: string; range: Range }[] = [];
  const out: PlacedIndicator[] = [];
  for (const [name, values] of Object.entries(indicators)) {
    const range = rangeOf(values);
    if (ORDER_COLUMNS.has(name) || !range) continue;
    const shape = /hist/i.test(name) ? 'histogram' : 'line';
    if (shape === 'line' && isNearPrice(bars, values)) {
      out.push({ name, pane: 0, shape, values });
      continue;
    }
    const family = name.split(/[_\s(]/, 1)[0]?.toLowerCase() ?? '';
    let index = panes.findIndex((pane) => pane.family === family);
    if (index < 0) index = panes.findIndex((pane) => overlap(pane.range, range) > 0.4);
    if (index < 0 && panes.length < MAX_PANES) index = panes.push({ family, range }) - 1;
    if (index >= 0) out.push({ name, pane: index + 1, shape, values });
  }
  return out;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(values: ArrayLike<number>): Range | null {
  const rising = sorted(sample(values)).filter((value) => Number.isFinite(value));
  if (rising.length === 0) return null;
  return { low: percentileOfSorted(rising, 1), high: percentileOfSorted(rising, 99) };
}

function sample(values: ArrayLike<number>): Float64Array {
  const step = Math.max(1, Math.floor(values.length / SAMPLES));
  return Float64Array.from({ length: Math.floor(values.length / step) }, (_, k) => values[k * step] as number);
}

function isNearPrice(bars: Bars, values: ArrayLike<number>): boolean {
  const step = Math.max(1, Math.floor(bars.length / SAMPLES));
  const distances: number[] = [];
  for (let i = 0; i < bars.length; i += step) {
    distances.push(Math.abs((values[i] as number) / bars.close[i] - 1));
  }
  return percentileOfSorted(sorted(distances), 50) < 0.25;
}

/** Shared part of two ranges over the whole they cover, 0 to 1. */
function overlap(a: Range, b: Range): number {
  const whole = Math.max(a.high, b.high) - Math.min(a.low, b.low);
  return whole > 0 ? Math.max(0, Math.min(a.high, b.high) - Math.max(a.low, b.low)) / whole : 1;
}
