import type { BarColumns, Bars } from '../core/bars.ts';
import { barClose, barOpen, barsBetween, isFixed, type Timeframe, timeframeMs } from '../core/timeframe.ts';
import { fileOrder } from './readers/order.ts';
import { contradictsSpacing, timeframeFromSpacing } from './readers/spacing.ts';

export type Severity = 'defect' | 'note';

/** One kind of finding, with how often it was found and a sentence for people. */
export interface Finding {
  readonly code:
    | 'gap'
    | 'identical_duplicate'
    | 'conflicting_duplicate'
    | 'newest_first'
    | 'disorder'
    | 'zero_volume'
    | 'impossible_range'
    | 'non_finite'
    | 'non_positive_price'
    | 'unclosed_bar'
    | 'wrong_timeframe'
    | 'off_grid';
  readonly severity: Severity;
  readonly count: number;
  readonly message: string;
}

/** What is wrong with a series of bars. Times are open times, epoch ms. */
export interface QualityReport {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Rows looked at, duplicates included. */
  readonly bars: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly gaps: {
    readonly count: number;
    /** Bars absent in all gaps together. */
    readonly missing: number;
    /** The largest gap: the last bar before it, and how many bars are absent. */
    readonly largest: { readonly after: number; readonly missing: number } | null;
  };
  readonly duplicates: { readonly identical: number; readonly conflicting: number };
  /** Rows earlier than the row before them, and whether the series as a whole runs newest first. */
  readonly disorder: { readonly back: number; readonly newestFirst: boolean };
  readonly zeroVolume: number;
  /** Bars whose high is below, or whose low is above, another of their prices. */
  readonly impossibleRange: number;
  /** Bars with a price or volume that is NaN or infinite. */
  readonly nonFinite: number;
  /** Bars with a price of zero or below, or a negative volume. */
  readonly nonPositive: number;
  /** Open time of a last bar that had not closed when the data was fetched. */
  readonly unclosed: number | null;
  /** The label, and what the spacing of the bars shows instead. */
  readonly wrongTimeframe: { readonly label: Timeframe; readonly spacing: Timeframe } | null;
  /** Bars that do not open on the timeframe's grid in UTC, as with exchange sessions. */
  readonly offGrid: number;
  readonly findings: readonly Finding[];
}

export interface CheckOptions {
  /** The present, epoch ms: a bar that closes later cannot be closed. */
  readonly now?: number;
  /** When the data was fetched, epoch ms. */
  readonly fetchTime?: number;
  /** Close times as stated by the source, epoch ms, in the order of the bars; NaN where unknown. */
  readonly closeTimes?: ArrayLike<number> | null;
}

/** Examines bars in whatever order they are, changing nothing. */
export function checkBars(bars: Bars, options: CheckOptions = {}): QualityReport {
  return checkColumns(bars.symbol, bars.timeframe, bars, bars.length, options);
}

/** The same for columns that are no `Bars` yet. */
export function checkColumns(
  symbol: string,
  timeframe: Timeframe,
  columns: BarColumns,
  rows: number,
  options: CheckOptions = {},
): QualityReport {
  const sorted = fileOrder(columns.time, rows);
  const at = sorted.order ? (i: number) => sorted.order?.[i] ?? i : (i: number) => i;
  const times = new Float64Array(rows);
  let kept = 0;
  let identical = 0;
  let conflicting = 0;
  for (let i = 0; i < rows; i++) {
    const row = at(i);
    if (kept > 0 && columns.time[row] === times[kept - 1]) {
      if (sameBar(columns, row, at(i - 1))) identical++;
      else conflicting++;
    } else times[kept++] = columns.time[row];
  }
  const distinct = times.subarray(0, kept);
  const values = checkValues(columns, rows);
  const spacing = timeframeFromSpacing(distinct);
  const wrong = spacing !== undefined && spacing !== timeframe && contradictsSpacing(distinct, timeframe);
  const last = rows > 0 ? at(rows - 1) : -1;
  const report: Omit<QualityReport, 'findings'> = {
    symbol,
    timeframe,
    bars: rows,
    from: kept > 0 ? distinct[0] : null,
    to: kept > 0 ? distinct[kept - 1] : null,
    gaps: findGaps(distinct, timeframe),
    duplicates: { identical, conflicting },
    disorder: { back: sorted.back, newestFirst: sorted.newestFirst },
    ...values,
    unclosed: last >= 0 && isUnclosed(columns.time[last], timeframe, last, options) ? columns.time[last] : null,
    wrongTimeframe: wrong ? { label: timeframe, spacing } : null,
    offGrid: countOffGrid(distinct, timeframe),
  };
  return { ...report, findings: describe(report) };
}

function sameBar(columns: BarColumns, a: number, b: number): boolean {
  return (
    Object.is(columns.open[a], columns.open[b]) &&
    Object.is(columns.high[a], columns.high[b]) &&
    Object.is(columns.low[a], columns.low[b]) &&
    Object.is(columns.close[a], columns.close[b]) &&
    Object.is(columns.volume[a], columns.volume[b])
  );
}

function checkValues(
  { open, high, low, close, volume }: BarColumns,
  rows: number,
): Pick<QualityReport, 'zeroVolume' | 'impossibleRange' | 'nonFinite' | 'nonPositive'> {
  let zeroVolume = 0;
  let impossibleRange = 0;
  let nonFinite = 0;
  let nonPositive = 0;
  for (let i = 0; i < rows; i++) {
    const o = open[i];
    const h = high[i];
    const l = low[i];
    const c = close[i];
    const v = volume[i];
    // A sum is finite only where each part is: overflow aside, which no price reaches.
    if (!Number.isFinite(o + h + l + c + v)) nonFinite++;
    else if (!(o > 0 && h > 0 && l > 0 && c > 0 && v >= 0)) nonPositive++;
    else if (h < o || h < c || l > o || l > c || h < l) impossibleRange++;
    if (v === 0) zeroVolume++;
  }
  return { zeroVolume, impossibleRange, nonFinite, nonPositive };
}

/** The usual step from bar to bar, so that loops look closer only where it is another; NaN for months. */
const usualStep = (timeframe: Timeframe): number => (isFixed(timeframe) ? timeframeMs(timeframe) : Number.NaN);

function countOffGrid(times: Float64Array, timeframe: Timeframe): number {
  const step = usualStep(timeframe);
  let count = 0;
  let off = false;
  for (let i = 0; i < times.length; i++) {
    if (i === 0 || times[i] - times[i - 1] !== step) off = barOpen(times[i], timeframe) !== times[i];
    if (off) count++;
  }
  return count;
}

function findGaps(times: Float64Array, timeframe: Timeframe): QualityReport['gaps'] {
  const step = usualStep(timeframe);
  let count = 0;
  let missing = 0;
  let largest: { after: number; missing: number } | null = null;
  for (let i = 1; i < times.length; i++) {
    if (times[i] - times[i - 1] === step) continue;
    const absent = barsBetween(times[i - 1], times[i], timeframe) - 1;
    if (absent <= 0) continue;
    count++;
    missing += absent;
    if (!largest || absent > largest.missing) largest = { after: times[i - 1], missing: absent };
  }
  return { count, missing, largest };
}

function isUnclosed(open: number, timeframe: Timeframe, row: number, options: CheckOptions): boolean {
  const close = barClose(open, timeframe);
  if (close > Math.min(options.now ?? Number.POSITIVE_INFINITY, options.fetchTime ?? Number.POSITIVE_INFINITY))
    return true;
  const stated = options.closeTimes?.[row] ?? Number.NaN;
  // Exchanges state the last millisecond of the bar, or the first after it; some sources cut that to a second.
  return stated < close - 1_000;
}

function describe(r: Omit<QualityReport, 'findings'>): Finding[] {
  const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  const findings: Finding[] = [];
  const add = (code: Finding['code'], count: number, message: string, severity: Severity = 'defect') => {
    if (count > 0) findings.push({ code, severity, count, message });
  };
  const { largest } = r.gaps;
  if (r.wrongTimeframe) {
    add(
      'wrong_timeframe',
      1,
      `The label says ${r.wrongTimeframe.label}, but the bars are ${r.wrongTimeframe.spacing} apart.`,
    );
  }
  const where = largest ? `; the largest lacks ${grouped(largest.missing)} after ${iso(largest.after)} UTC` : '';
  add('gap', r.gaps.count, `${plural(r.gaps.missing, 'bar')} missing in ${plural(r.gaps.count, 'gap')}${where}.`);
  add(
    'identical_duplicate',
    r.duplicates.identical,
    `${plural(r.duplicates.identical, 'row')} repeated without a difference.`,
  );
  add(
    'conflicting_duplicate',
    r.duplicates.conflicting,
    `${plural(r.duplicates.conflicting, 'row')} with an open time that was there before, and other values.`,
  );
  if (r.disorder.newestFirst) add('newest_first', 1, 'The rows run from the newest to the oldest.');
  else add('disorder', r.disorder.back, `${plural(r.disorder.back, 'row')} earlier than the row before.`);
  add(
    'impossible_range',
    r.impossibleRange,
    `${plural(r.impossibleRange, 'bar')} whose high or low does not hold open and close.`,
  );
  add('non_finite', r.nonFinite, `${plural(r.nonFinite, 'bar')} with a value that is missing or infinite.`);
  add(
    'non_positive_price',
    r.nonPositive,
    `${plural(r.nonPositive, 'bar')} with a price of zero or below, or a negative volume.`,
  );
  if (r.unclosed !== null) add('unclosed_bar', 1, `The last bar, ${iso(r.unclosed)} UTC, had not closed yet.`);
  add('zero_volume', r.zeroVolume, `${plural(r.zeroVolume, 'bar')} without volume.`, 'note');
  add('off_grid', r.offGrid, `${plural(r.offGrid, 'bar')} off the ${r.timeframe} grid of UTC.`, 'note');
  return findings;
}

const grouped = (count: number): string => count.toLocaleString('en-US');
const plural = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

/** True where at least one finding is a defect. */
export function hasDefects(report: QualityReport): boolean {
  return report.findings.some((finding) => finding.severity === 'defect');
}
