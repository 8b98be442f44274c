import type { BarWindow } from '../../core/bar-window.ts';
import type { InstrumentRules, Market } from '../../core/instrument.ts';
import { LiveRun, type LiveRunSpec } from '../../execution/live-run.ts';
import { liveCashDecimals, liveMarkets, type TradingPlan } from './plan.ts';

/** What the books of a run start from, and how finely they count. */
export interface RunBooks {
  /** Quote money. */
  readonly capital: number;
  readonly cashDecimals: number;
  /** Of the plan's symbols, in its order. */
  readonly markets: readonly Market[];
}

/** @throws ValvulinError `VLV_CONFIG`, `VLV_FEED_SYMBOL` where the plan cannot be traded with such money or rules */
export function runBooks(
  { symbols }: TradingPlan,
  capital: number,
  rules: readonly InstrumentRules[],
  quote: string,
): RunBooks {
  const cashDecimals = liveCashDecimals(capital);
  return { capital, cashDecimals, markets: liveMarkets(symbols, rules, quote, cashDecimals) };
}

/**
 * Builds the loop of a run: the same, whether it is about to trade or only plays back what a journal holds.
 * @param windows of the plan's streams, in its order
 */
export function buildRun(
  plan: TradingPlan,
  books: RunBooks,
  windows: readonly BarWindow[],
  ports: Pick<LiveRunSpec, 'log' | 'host' | 'strategies' | 'onStep' | 'onFailure' | 'isTimely'>,
): LiveRun {
  return new LiveRun({
    ...books,
    ...ports,
    costs: plan.costs,
    fills: plan.fills,
    risk: plan.risk,
    slots: plan.slots.map((slot) => {
      const symbolIndex = plan.symbols.indexOf(slot.symbol);
      return { ...slot, symbolIndex, market: books.markets[symbolIndex] };
    }),
    streams: plan.streams.map((stream, s) => ({
      ...stream,
      symbolIndex: plan.symbols.indexOf(stream.symbol),
      window: windows[s],
    })),
  });
}
