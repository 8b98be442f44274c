import { divides, type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import { PAGE_BARS } from './rest.ts';

const LONGEST_MONTH_MS = 31 * 86_400_000;

/** One piece of a download: a whole month of the archive, or one page of REST. Open times in `[from, to)`, epoch ms. */
export interface Segment {
  readonly source: 'archive' | 'rest';
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts `[from, to)` into pieces, oldest first: archive months where they lie wholly inside and hold at least
 * `archiveMinBars` bars, else pages of REST. Pages are windows of time and not runs of bars, so that a hole in the
 * exchange's history neither ends a download nor shifts a page, and several pages can be under way at a time.
 */
export function planSegments(from: number, to: number, timeframe: Timeframe, archiveMinBars: number): Segment[] {
  const perMonth = LONGEST_MONTH_MS / timeframeMs(timeframe);
  if (perMonth < archiveMinBars || !divides(timeframe, '1d')) return restPages(from, to, timeframe);
  const segments: Segment[] = [];
  let start = from;
  while (start < to) {
    const end = Math.min(to, nextMonth(start));
    const whole = isMonthStart(start) && isMonthStart(end);
    if (whole) segments.push({ source: 'archive', from: start, to: end });
    else segments.push(...restPages(start, end, timeframe));
    start = end;
  }
  return segments;
}

/** Pages of at most as many bars as one answer of REST may have. */
export function restPages(from: number, to: number, timeframe: Timeframe): Segment[] {
  const length = PAGE_BARS * timeframeMs(timeframe);
  const pages: Segment[] = [];
  for (let start = from; start < to; start += length) {
    pages.push({ source: 'rest', from: start, to: Math.min(to, start + length) });
  }
  return pages;
}

function nextMonth(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function isMonthStart(time: number): boolean {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) === time;
}
