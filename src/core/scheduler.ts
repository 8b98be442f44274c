import { ValvulinError } from './errors.ts';
import { barClose, barOpen, isFixed, type Timeframe, timeframeMs, toTimeframe } from './timeframe.ts';

/** A timeframe that runs live, and how many closed bars are loaded before its first live one. */
export interface Interval {
  readonly timeframe: Timeframe;
  readonly warmupBars: number;
}

/** The next instant after `now` (epoch ms) at which a bar of the timeframe closes. */
export function nextClose(now: number, timeframe: Timeframe): number {
  return barClose(barOpen(now, timeframe), timeframe);
}

/** True where a bar of the timeframe closes at exactly this instant, epoch ms. */
export function closesAt(time: number, timeframe: Timeframe): boolean {
  return barOpen(time, timeframe) === time;
}

/** Open time of the last bar that is closed at `now`, epoch ms. */
export function lastClosedOpen(now: number, timeframe: Timeframe): number {
  return barOpen(barOpen(now, timeframe) - 1, timeframe);
}

/** Open time of the first of the last `bars` closed bars at `now`, epoch ms. */
export function warmupStart(now: number, timeframe: Timeframe, bars: number): number {
  const current = barOpen(now, timeframe);
  if (isFixed(timeframe)) return current - bars * timeframeMs(timeframe);
  let time = current;
  for (let i = 0; i < bars; i++) time = barOpen(time - 1, timeframe);
  return time;
}

/**
 * When bar-close work is due, from `scheduler.intervals` of the config. It knows no clock: whoever drives it asks with
 * exchange time.
 */
export class Scheduler {
  readonly intervals: readonly Interval[];

  /** @throws ValvulinError `VLV_SETTINGS` where a timeframe is there twice, `VLV_TIMEFRAME` */
  constructor(intervals: readonly Interval[]) {
    const seen = new Set<string>();
    for (const { timeframe } of intervals) {
      if (seen.has(toTimeframe(timeframe))) {
        throw new ValvulinError('VLV_SETTINGS', `Expected each timeframe once, got "${timeframe}" twice`, {
          where: 'scheduler.intervals',
        });
      }
      seen.add(timeframe);
    }
    this.intervals = intervals;
  }

  /** The next instant after `now` at which any of the timeframes closes, epoch ms; undefined where there are none. */
  nextClose(now: number): number | undefined {
    const closes = this.intervals.map(({ timeframe }) => nextClose(now, timeframe));
    return closes.length === 0 ? undefined : Math.min(...closes);
  }

  /** The timeframes that close at this instant, in config order. */
  closingAt(time: number): readonly Timeframe[] {
    return this.intervals.map(({ timeframe }) => timeframe).filter((timeframe) => closesAt(time, timeframe));
  }

  /**
   * How many closed bars a strategy is given before its first live one: what the interval says, or what the strategy
   * needs where that is more.
   */
  warmupBars(timeframe: Timeframe, needed = 0): number {
    const interval = this.intervals.find((one) => one.timeframe === timeframe);
    return Math.max(interval?.warmupBars ?? DEFAULT_WARMUP_BARS, needed);
  }
}

/** For timeframes that `scheduler.intervals` does not name; the config's own default. */
const DEFAULT_WARMUP_BARS = 1_000;
