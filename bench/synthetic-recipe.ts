import { allocateColumns, Bars } from '../src/core/bars.ts';

/**
 * What the columns of the recipe must show, in any engine or language that follows it, and the total return that
 * vectorbt made on them: EMA 10/30 cross, all in, long only, at the next open, 0.01 percent of fees.
 */
export const KNOWN = [
  {
    bars: 10_000,
    lastClose: 103.12891044337859,
    sumClose: 992379.7925584918,
    minLow: 95.39006784513549,
    maxHigh: 104.45687729004074,
    vectorbtReturn: -0.049748585272626045,
  },
  {
    bars: 100_000,
    lastClose: 74.03545392161007,
    sumClose: 9490573.98517571,
    minLow: 73.52638416110106,
    maxHigh: 107.67871234706219,
    vectorbtReturn: -0.4975367232838782,
  },
  {
    bars: 1_000_000,
    lastClose: 33.783575447415664,
    sumClose: 47454876.442117214,
    minLow: 29.625150795074624,
    maxHigh: 107.67871234706219,
    vectorbtReturn: -0.9822839177509258,
  },
] as const;

/**
 * One-minute bars from 2020 on, drawn with mulberry32 from seed 42 and plain arithmetic only, so that they are the same
 * to the last bit everywhere. With `decimals`, prices are rounded to that grid.
 */
export function recipeBars(length: number, decimals?: number): Bars {
  const columns = allocateColumns(length);
  const scale = decimals === undefined ? 1 : 10 ** decimals;
  const onGrid = (price: number): number => (decimals === undefined ? price : Math.round(price * scale) / scale);
  const start = Date.UTC(2020, 0, 1);
  let state = 42;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  let previous = 100;
  for (let i = 0; i < length; i++) {
    const [u0, u1, u2, u3, u4] = [draw(), draw(), draw(), draw(), draw()];
    const open = previous * (1 + (u2 - 0.5) * 0.0002);
    const close = open * (1 + (u0 + u1 - 1) * 0.002);
    columns.time[i] = start + i * 60_000;
    columns.open[i] = onGrid(open);
    columns.high[i] = onGrid(Math.max(open, close) * (1 + u3 * 0.0005));
    columns.low[i] = onGrid(Math.min(open, close) * (1 - u4 * 0.0005));
    columns.close[i] = onGrid(close);
    columns.volume[i] = Math.floor(u2 * 1000) + 1;
    previous = close;
  }
  return new Bars('BTCUSDT', '1m', columns);
}
