import { allocateColumns, BAR_FIELDS, Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import { lastClosedOpen, warmupStart } from '../../core/scheduler.ts';
import { barClose, type Timeframe } from '../../core/timeframe.ts';
import type { HistoryLake } from '../lake/history-lake.ts';
import type { BinanceLiveFeed } from './live-feed.ts';

export interface WarmUpRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Closed bars wanted. */
  readonly bars: number;
}

/** Where the bars of a warm-up came from, and what a reader should know of them. */
export interface WarmUp {
  readonly bars: Bars;
  readonly fromLake: number;
  readonly fromRest: number;
  /** Bars of the time span that neither has, such as those of a halt. */
  readonly missing: number;
}

/**
 * The last closed bars of a series: from the history on disk where that reaches far enough, and from the exchange what
 * has come since. The last one is up to date, so that the first live bar connects to it.
 * @throws ValvulinError as `BinanceLiveFeed.history`; `VLV_DATA_NONE` where the exchange has no closed bar at all
 */
export async function warmUp(
  feed: Pick<BinanceLiveFeed, 'history' | 'time'>,
  lake: HistoryLake | undefined,
  { symbol, timeframe, bars }: WarmUpRequest,
): Promise<WarmUp> {
  const now = feed.time.now();
  const start = warmupStart(now, timeframe, bars);
  const stored = lake ? await storedBars(lake, symbol, timeframe, start, now) : undefined;
  const resumed = stored && stored.length > 0 ? stored.closeTime(stored.length - 1) : start;
  const fresh = await feed.history(symbol, timeframe, { since: resumed });
  const all = stored && stored.length > 0 ? appended(stored, fresh.between(resumed, Number.POSITIVE_INFINITY)) : fresh;
  if (all.length === 0) {
    throw new ValvulinError('VLV_DATA_NONE', `Expected closed bars of "${symbol}" "${timeframe}", got none`, {
      hint: 'The symbol may not have been listed yet; check its name.',
    });
  }
  const last = all.time[all.length - 1];
  const expected = warmupStart(barClose(last, timeframe), timeframe, bars);
  const used = all.between(expected, Number.POSITIVE_INFINITY);
  const fromLake = Math.max(0, used.length - fresh.length);
  return { bars: used, fromLake, fromRest: used.length - fromLake, missing: bars - used.length };
}

/**
 * What the lake has of the span, if it starts early enough to save anything. Bars up to its last one only: what it lacks
 * in the middle is taken as lacking at the exchange, as a backtest on it would.
 */
async function storedBars(
  lake: HistoryLake,
  symbol: string,
  timeframe: Timeframe,
  start: number,
  now: number,
): Promise<Bars | undefined> {
  let all: Bars;
  try {
    all = (await lake.load(symbol, timeframe)).bars;
  } catch (error) {
    // A history that was never downloaded is no fault: the exchange has it.
    if (error instanceof ValvulinError && error.code === 'VLV_DATA_NONE') return undefined;
    throw error;
  }
  const used = all.between(start, lastClosedOpen(now, timeframe) + 1);
  return used.length > 0 && used.time[0] === start ? used : undefined;
}

function appended(first: Bars, second: Bars): Bars {
  const columns = allocateColumns(first.length + second.length);
  for (const field of BAR_FIELDS) {
    columns[field].set(first[field] as Float64Array);
    columns[field].set(second[field] as Float64Array, first.length);
  }
  return new Bars(first.symbol, first.timeframe, columns);
}
