import { barClose, isFixed, type Timeframe, timeframeMs } from '../../core/timeframe.ts';

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
export const YEAR_DAYS = 365;

/**
 * Share of an average hour's volume at each UTC hour: lowest before Europe opens, highest when Europe and America
 * overlap, as on crypto spot markets. The mean is one.
 */
const HOURLY_ACTIVITY: readonly number[] = normalised([
  1.05, 0.95, 0.85, 0.75, 0.68, 0.66, 0.72, 0.88, 1.0, 1.02, 0.98, 1.0, 1.12, 1.45, 1.75, 1.7, 1.5, 1.25, 1.1, 1.02,
  1.0, 0.95, 0.85, 0.95,
]);
/** Saturday and Sunday are quieter; the mean over a week is one. Index 0 is Sunday. */
const DAILY_ACTIVITY: readonly number[] = normalised([0.72, 1.08, 1.1, 1.12, 1.1, 1.06, 0.75]);

/** Open times of the bars and how active the market is in each. */
export interface Calendar {
  readonly time: Float64Array;
  /** Relative volume of each bar, mean about one. */
  readonly activity: Float64Array;
  /** Relative volatility: the square root of a damped activity. */
  readonly volatility: Float64Array;
  /** Length of one bar in days; months count as 30. */
  readonly barDays: number;
}

/** Lays out `count` bars from the open time `from`, which must lie on the timeframe's grid. */
export function layOutCalendar(from: number, count: number, timeframe: Timeframe): Calendar {
  const time = new Float64Array(count);
  const activity = new Float64Array(count);
  const volatility = new Float64Array(count);
  const length = timeframeMs(timeframe);
  const fixed = isFixed(timeframe);
  let open = from;
  for (let i = 0; i < count; i++) {
    time[i] = open;
    const active = length < DAY_MS ? activityAt(open + 0.5 * length, length < 4 * HOUR_MS) : 1;
    activity[i] = active;
    volatility[i] = Math.sqrt(0.4 + 0.6 * active);
    open = fixed ? open + length : barClose(open, timeframe);
  }
  return { time, activity, volatility, barDays: length / DAY_MS };
}

function activityAt(instant: number, smooth: boolean): number {
  const day = Math.floor(instant / DAY_MS);
  const hours = (instant - day * DAY_MS) / HOUR_MS;
  const hour = Math.floor(hours);
  const here = HOURLY_ACTIVITY[hour];
  const level = smooth ? here + (hours - hour) * (HOURLY_ACTIVITY[(hour + 1) % 24] - here) : here;
  return level * DAILY_ACTIVITY[(day + 4) % 7];
}

function normalised(weights: readonly number[]): readonly number[] {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => weight / mean);
}
