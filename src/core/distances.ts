import { roc } from '../indicators/lag.ts';
import { stdev } from '../indicators/statistics.ts';
import { atr } from '../indicators/true-range.ts';
import type { Bars } from './bars.ts';
import type { OrderSettings } from './settings.ts';
import { timeframeMs } from './timeframe.ts';

const YEAR_MS = 365.25 * 86_400_000;

/** Everything a slot needs at each bar besides its signal, as columns of the slot's bars; null is not used. */
export interface DistanceColumns {
  readonly stop: Float64Array | null;
  readonly trail: Float64Array | null;
  readonly volatility: Float64Array | null;
}

/** The ATR distances and volatilities that the order settings ask for. */
export function distanceColumns(bars: Bars, orders: OrderSettings): DistanceColumns {
  const atrDistance = (multiple: number | undefined, length: number): Float64Array | null =>
    multiple === undefined ? null : times(atr(bars, length), multiple);
  let volatility: Float64Array | null = null;
  if (orders.sizing.kind === 'volatility') {
    const perYear = Math.sqrt(YEAR_MS / timeframeMs(bars.timeframe));
    volatility = times(stdev(roc(bars.close, 1), orders.sizing.length), perYear, 100);
  }
  return {
    stop: atrDistance(orders.stop?.atr, orders.stop?.atrLength ?? 14),
    trail: atrDistance(orders.trailingStop?.atr, orders.trailingStop?.atrLength ?? 14),
    volatility,
  };
}

/** In place, and a loop: `map` boxes every value. */
function times(column: Float64Array, factor: number, divisor = 1): Float64Array {
  for (let i = 0; i < column.length; i++) column[i] = (column[i] / divisor) * factor;
  return column;
}
