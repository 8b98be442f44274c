import { allocateColumns, BAR_FIELDS, Bars } from '../../core/bars.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { QualityReport } from '../quality.ts';
import { msToIso } from './iso-time.ts';
import { fileOrder } from './order.ts';
import type { RawBars } from './types.ts';

/**
 * Does what is safe and says so: turns a newest-first file round, sorts, drops identical duplicates, keeps the last
 * written of conflicting ones, drops a last bar known to be unclosed.
 */
export function repair(
  raw: RawBars,
  symbol: string,
  timeframe: Timeframe,
  quality: QualityReport,
  shared: boolean,
): { bars: Bars; notes: string[] } {
  const notes: string[] = [];
  const { order } = fileOrder(raw.time, raw.rows);
  const { identical, conflicting } = quality.duplicates;
  if (quality.disorder.newestFirst) notes.push('The file is newest first and was turned round.');
  else if (order) notes.push(`The rows were sorted by time; earlier than the row before: ${quality.disorder.back}.`);
  if (identical > 0) notes.push(`Identical duplicates were dropped: ${identical}.`);
  if (conflicting > 0)
    notes.push(
      `Rows with an open time that was there before and other values: ${conflicting}; the last written was kept.`,
    );
  if (quality.unclosed !== null)
    notes.push(`The last bar, ${msToIso(quality.unclosed)}, was not closed yet and was dropped.`);

  const untouched = !order && identical + conflicting === 0;
  const rows = raw.rows - identical - conflicting;
  const length = rows - (quality.unclosed === null ? 0 : 1);
  if (untouched && !shared) return { bars: new Bars(symbol, timeframe, raw).slice(0, length), notes };

  const columns = allocateColumns(length, shared);
  let kept = 0;
  for (let i = 0; i < raw.rows && kept <= length; i++) {
    const row = order ? order[i] : i;
    const next = i + 1 < raw.rows ? (order ? order[i + 1] : i + 1) : -1;
    if (next >= 0 && raw.time[next] === raw.time[row]) continue;
    if (kept < length) for (const field of BAR_FIELDS) columns[field][kept] = raw[field][row];
    kept++;
  }
  return { bars: new Bars(symbol, timeframe, columns), notes };
}
