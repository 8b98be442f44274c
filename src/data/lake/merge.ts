import { allocateColumns, BAR_FIELDS, Bars } from '../../core/bars.ts';

export interface Merged {
  readonly bars: Bars;
  /** Bars whose open time was not there before. */
  readonly added: number;
  /** Bars whose values changed. */
  readonly replaced: number;
}

/** Joins two series of one symbol and timeframe by open time; where both have a bar, the new one wins. */
export function mergeBars(old: Bars, fresh: Bars): Merged {
  const columns = allocateColumns(old.length + fresh.length);
  let a = 0;
  let b = 0;
  let n = 0;
  let added = 0;
  let replaced = 0;
  while (a < old.length || b < fresh.length) {
    const oldTime = a < old.length ? old.time[a] : Number.POSITIVE_INFINITY;
    const newTime = b < fresh.length ? fresh.time[b] : Number.POSITIVE_INFINITY;
    const takeNew = newTime <= oldTime;
    const from = takeNew ? fresh : old;
    const row = takeNew ? b : a;
    for (const field of BAR_FIELDS) columns[field][n] = from[field][row];
    if (newTime < oldTime) added++;
    else if (newTime === oldTime) {
      const i = a;
      const j = b;
      if (BAR_FIELDS.some((field) => old[field][i] !== fresh[field][j])) replaced++;
      a++;
    }
    if (takeNew) b++;
    else a++;
    n++;
  }
  return { bars: new Bars(fresh.symbol, fresh.timeframe, columns).slice(0, n), added, replaced };
}
