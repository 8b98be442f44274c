import { Bars } from '../../src/core/bars.ts';
import type { InstrumentRules } from '../../src/core/instrument.ts';
import type { Timeframe } from '../../src/core/timeframe.ts';
import type { BarStore, StoredRange } from '../../src/data/binance/store.ts';

/** A store in memory that remembers each of its states, to show what a process killed at any moment would leave. */
export class MemoryStore implements BarStore {
  readonly rules = new Map<string, InstrumentRules>();
  /** Open times after each merge. */
  readonly states: number[][] = [];
  readonly #series = new Map<string, Bars>();

  bars(symbol: string, timeframe: Timeframe): Bars | undefined {
    return this.#series.get(`${symbol} ${timeframe}`);
  }

  put(bars: Bars): void {
    this.#series.set(`${bars.symbol} ${bars.timeframe}`, bars);
  }

  async range(symbol: string, timeframe: Timeframe): Promise<StoredRange | undefined> {
    const bars = this.bars(symbol, timeframe);
    return bars && { first: bars.time[0], last: bars.time[bars.length - 1], count: bars.length };
  }

  async merge(bars: Bars): Promise<void> {
    bars.assertOrdered();
    const old = this.bars(bars.symbol, bars.timeframe);
    const rows = new Map<number, NonNullable<ReturnType<Bars['at']>>>();
    for (const set of [old, bars]) {
      for (let i = 0; set && i < set.length; i++) {
        const row = set.at(i);
        if (row) rows.set(row.time, row);
      }
    }
    const sorted = [...rows.values()].sort((a, b) => a.time - b.time);
    this.put(Bars.fromRows(bars.symbol, bars.timeframe, sorted));
    this.states.push(sorted.map((row) => row.time));
  }

  async saveRules(rules: readonly InstrumentRules[]): Promise<void> {
    for (const rule of rules) this.rules.set(rule.symbol, rule);
  }
}
