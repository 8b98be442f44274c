import { type AnyIndicator, runBatch } from '../../src/indicators/index.ts';
import type { Columns } from './indicator-oracles.ts';

const HOUR = 3_600_000;

/** A seeded random walk with gaps, still bars and ties, under every name an indicator may read. */
export function market(seed: number, length: number): Columns {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const column = (): Float64Array => new Float64Array(length);
  const [time, open, high, low, close, volume] = [column(), column(), column(), column(), column(), column()];
  let price = 100 + 900 * random();
  for (let i = 0; i < length; i++) {
    time[i] = i * HOUR;
    open[i] = price * (1 + 0.004 * (random() - 0.5));
    price = random() < 0.05 ? open[i] : open[i] * (1 + 0.02 * (random() - 0.5));
    close[i] = price;
    high[i] = Math.max(open[i], price) * (1 + 0.01 * random());
    low[i] = Math.min(open[i], price) * (1 - 0.01 * random());
    volume[i] = Math.round(1000 * random());
  }
  return { time, open, high, low, close, volume, value: close, a: close, b: open };
}

/** A market in which nothing moves. */
export function stillMarket(price: number, volume: number, length: number): Columns {
  const at = (value: number): Float64Array => new Float64Array(length).fill(value);
  const time = Float64Array.from({ length }, (_, i) => i * HOUR);
  const prices = at(price);
  const names = ['open', 'high', 'low', 'close', 'value', 'a', 'b'];
  return { ...Object.fromEntries(names.map((name) => [name, prices])), time, volume: at(volume) };
}

/** The same columns with each one changed. */
export function mapColumns(columns: Columns, change: (column: Float64Array, name: string) => Float64Array): Columns {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, change(column, name)]));
}

/** All outputs of an indicator, in their order. */
export function outputsOf(
  definition: AnyIndicator,
  columns: Columns,
  params: object = definition.defaults,
): Float64Array[] {
  const answer = runBatch(definition, columns, params);
  return definition.outputs.map((name) => answer[name] ?? new Float64Array());
}

/** Index of the first bit that differs, -1 where there is none; NaN equals NaN. */
export function firstDifference(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((value, i) => !Object.is(value, b[i]));
}
