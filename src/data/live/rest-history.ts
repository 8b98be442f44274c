import { allocateColumns, BAR_FIELDS, Bars } from '../../core/bars.ts';
import { resample } from '../../core/resample.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { KlineRange } from '../binance/kline-rows.ts';
import { PAGE_BARS, type PublicRest } from './public-rest.ts';
import { sourceTimeframe } from './sources.ts';

/**
 * The closed bars of a range, oldest first, page by page; built from a published timeframe where the exchange does not
 * publish the one that is asked for. The range begins on the timeframe's grid.
 * @throws ValvulinError as `PublicRest.klines`
 */
export async function restHistory(rest: PublicRest, range: KlineRange): Promise<Bars> {
  const source = sourceTimeframe(range.timeframe);
  const pages: Bars[] = [];
  for (let { from } = range; from < range.to; ) {
    const page = await rest.klines({ ...range, timeframe: source, from });
    pages.push(page);
    // The last row of the last page may be the open bar, which is left out.
    if (page.length < PAGE_BARS - 1) break;
    from = page.time[page.length - 1] + 1;
  }
  return resample(joined(range.symbol, source, pages), range.timeframe);
}

function joined(symbol: string, timeframe: Timeframe, pages: readonly Bars[]): Bars {
  const columns = allocateColumns(pages.reduce((sum, page) => sum + page.length, 0));
  let at = 0;
  for (const page of pages) {
    for (const field of BAR_FIELDS) columns[field].set(page[field] as Float64Array, at);
    at += page.length;
  }
  return new Bars(symbol, timeframe, columns);
}
