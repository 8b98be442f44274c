import { DAY_MS } from './calendar.ts';

/** Falls of an equity curve from its highest value so far, the initial capital counted as the first high. */
export interface DrawdownStats {
  /** Deepest fall in money and, maybe at another time, as a fraction of the high; both positive. */
  readonly money: number;
  readonly fraction: number;
  /** Longest time from a high to the first value that reached it again, or to the end; days. */
  readonly longestDays: number;
  /** Root mean square of the falls, percent: the ulcer index. */
  readonly ulcer: number;
  /** Times (epoch ms) of the high before the deepest fraction, of its bottom and of the recovery (null: never). */
  readonly peakTime: number;
  readonly troughTime: number;
  readonly recoveryTime: number | null;
}

/** Null for an empty curve. `time` is epoch ms, one for each value. */
export function drawdownStats(
  time: ArrayLike<number>,
  equity: ArrayLike<number>,
  initialCapital: number,
): DrawdownStats | null {
  if (equity.length === 0) return null;
  let high = initialCapital;
  let highTime = time[0] as number;
  let money = 0;
  let fraction = 0;
  let longest = 0;
  let squares = 0;
  let peakTime = highTime;
  let troughTime = highTime;
  let recoveryTime: number | null = highTime;
  let below = false;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] as number;
    const now = time[i] as number;
    if ((below || value < high) && now - highTime > longest) longest = now - highTime;
    below = value < high;
    if (!below) {
      recoveryTime ??= now;
      high = value;
      highTime = now;
      continue;
    }
    if (high - value > money) money = high - value;
    const fall = high > 0 ? 1 - value / high : 0;
    squares += fall * fall;
    if (fall > fraction) {
      fraction = fall;
      peakTime = highTime;
      troughTime = now;
      recoveryTime = null;
    }
  }
  return {
    money,
    fraction,
    longestDays: longest / DAY_MS,
    ulcer: 100 * Math.sqrt(squares / equity.length),
    peakTime,
    troughTime,
    recoveryTime,
  };
}
