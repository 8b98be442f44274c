import type { Bars } from '../../core/bars.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { BarStore, StoredRange } from '../binance/store.ts';
import type { HistoryLake } from './history-lake.ts';

/** The history as the place where a feed keeps what it downloads. */
export function lakeStore(lake: HistoryLake): BarStore {
  return {
    async range(symbol: string, timeframe: Timeframe): Promise<StoredRange | undefined> {
      const summary = await lake.summary(symbol, timeframe);
      if (!summary || summary.from === null || summary.to === null) return undefined;
      return { first: summary.from, last: summary.to, count: summary.rows };
    },
    async merge(bars: Bars): Promise<void> {
      await lake.append(bars);
    },
    async saveRules(rules: readonly InstrumentRules[]): Promise<void> {
      await lake.saveInstruments(rules);
    },
  };
}
