import type { Timeframe } from '../../core/timeframe.ts';
import { divides, timeframeMs } from '../../core/timeframe.ts';
import { ValvulinError } from '../../core/errors.ts';
import { INTERVALS } from '../binance/feed.ts';

/** A series that somebody wants. */
export interface LiveStream {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** The grid of the exchange's three-day candles is not documented, so they are built from days. */
const NATIVE: readonly Timeframe[] = INTERVALS.filter((interval) => interval !== '3d');

/**
 * The one rule of higher timeframes: what the exchange publishes is taken from the exchange, so that a live bar equals
 * the downloaded one in every bit; any other timeframe is built, by `BarAggregator`, from the largest published one that
 * divides it, as the history on disk builds it.
 * @throws ValvulinError `VLV_TIMEFRAME` where nothing divides it
 */
export function sourceTimeframe(timeframe: Timeframe): Timeframe {
  if (NATIVE.includes(timeframe)) return timeframe;
  const parts = NATIVE.filter((interval) => divides(interval, timeframe));
  const source = parts.sort((a, b) => timeframeMs(b) - timeframeMs(a)).at(0);
  if (source) return source;
  throw new ValvulinError('VLV_TIMEFRAME', `Expected a timeframe that the exchange's ones fill, got "${timeframe}"`);
}

/** The name of a kline stream, as subscriptions have it. */
export function klineStream({ symbol, timeframe }: LiveStream): string {
  return `${symbol.toLowerCase()}@kline_${timeframe}`;
}

/** How series are found by symbol and interval of a frame. */
export function seriesKey(symbol: string, timeframe: string): string {
  return `${symbol}:${timeframe}`;
}
