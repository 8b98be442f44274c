import { barOpen, isFixed, type Timeframe, timeframeMs } from '../../core/timeframe.ts';

const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;
const DAY = 86_400_000;

/**
 * The timeframe that the open times themselves show: their most frequent step, in the largest unit that divides it.
 * Steps of 28 to 31 days between first days of months are `1M`. Undefined below two different times, or where the step is
 * no whole number of seconds.
 * @param times rising
 */
export function timeframeFromSpacing(times: ArrayLike<number>): Timeframe | undefined {
  const steps = new Map<number, number>();
  let previous = 0;
  let run = 0;
  for (let i = 1; i < times.length; i++) {
    const step = times[i] - times[i - 1];
    if (step === previous) {
      run++;
      continue;
    }
    if (previous > 0) steps.set(previous, (steps.get(previous) ?? 0) + run);
    previous = step;
    run = 1;
  }
  if (previous > 0) steps.set(previous, (steps.get(previous) ?? 0) + run);
  if (steps.size === 0) return undefined;
  let mode = 0;
  for (const [step, count] of steps) {
    const best = steps.get(mode) ?? 0;
    if (count > best || (count === best && step < mode)) mode = step;
  }
  if (mode >= 28 * DAY && mode <= 31 * DAY && barOpen(times[0], '1M') === times[0]) return '1M';
  for (const [unit, ms] of UNITS) {
    if (mode % ms === 0 && mode / ms < 10_000) return `${mode / ms}${unit}`;
  }
  return undefined;
}

/**
 * True where bars of `timeframe` could not have these open times: some lie closer together, or all of at least ten steps
 * are whole multiples of one longer step.
 * @param times rising
 */
export function contradictsSpacing(times: ArrayLike<number>, timeframe: Timeframe): boolean {
  if (!isFixed(timeframe)) {
    for (let i = 0; i < times.length; i++) if (barOpen(times[i], timeframe) !== times[i]) return true;
    return false;
  }
  const length = timeframeMs(timeframe);
  let divisor = 0;
  for (let i = 1; i < times.length; i++) {
    const step = times[i] - times[i - 1];
    if (step < length) return true;
    if (divisor !== length) divisor = greatestCommonDivisor(step, divisor);
  }
  return times.length > 10 && divisor > length && divisor % length === 0;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
