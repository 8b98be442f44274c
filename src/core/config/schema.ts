import { z } from 'zod';
import { isoInstant } from './instant.ts';
import { analytics, backtester, execution, feed, logging, risk, scheduler, strategy } from './sections.ts';

/** The whole config file, snake_case. `z.output` of it, with every default filled in, is `Config`. */
export const configSchema = z
  .strictObject({
    version: z.literal(1).describe('Version of this format.'),
    logging: logging.prefault({}).describe('What is printed.'),
    data_feeds: z.array(feed).min(1).describe('Where bars come from.'),
    strategies: z.array(strategy).default([]).describe('What trades, in the order in which ties for cash are settled.'),
    risk: risk.prefault({}).describe('Limits of every mode; a missing one is off.'),
    execution: execution.prefault({}).describe('Capital, costs and fill rules.'),
    scheduler: scheduler.prefault({}).describe('Timeframes of live runs.'),
    backtester: backtester.prefault({}).describe('Sizing, targets and period of backtests.'),
    analytics: analytics.prefault({}).describe('Reports.'),
  })
  .superRefine((config, context) => {
    const complain = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    const feeds = new Set<string>();
    config.data_feeds.forEach((entry, i) => {
      if (feeds.has(entry.name)) complain(['data_feeds', i, 'name'], `The feed "${entry.name}" is there twice`);
      feeds.add(entry.name);
    });
    const keys = new Set<string>();
    config.strategies.forEach((entry, i) => {
      const key = strategyKey(entry);
      if (keys.has(key)) complain(['strategies', i, 'name'], `The strategy "${key}" is there twice; names must differ`);
      keys.add(key);
      for (const symbol of strategySymbols(entry)) {
        if (feedFor(config, symbol)) continue;
        complain(['strategies', i, 'symbol'], `No data feed serves the symbol "${symbol}"`);
      }
      if (entry.symbols && !entry.symbols.includes(entry.symbol)) {
        complain(['strategies', i, 'symbols'], `Expected "${entry.symbol}", the strategy's symbol, to be one of them`);
      }
      const parts = entry.partial_exits.reduce((sum, part) => sum + part.fraction, 0);
      if (parts > 1 + 1e-9)
        complain(['strategies', i, 'partial_exits'], `The fractions add up to ${parts}, more than 1`);
    });
    const { from, to } = config.backtester;
    if (from !== undefined && to !== undefined && (isoInstant(from) ?? 0) >= (isoInstant(to) ?? 0)) {
      complain(['backtester', 'to'], `Expected a time after from, "${from}"`);
    }
  });

/** A checked config with its defaults, snake_case as in the file. */
export type Config = z.output<typeof configSchema>;
export type StrategyEntry = Config['strategies'][number];
export type FeedEntry = Config['data_feeds'][number];

/** `BTCUSDT:1h:ema-macd`: how a strategy is named on the command line and in reports. */
export function strategyKey(entry: Pick<StrategyEntry, 'symbol' | 'timeframe' | 'name'>): string {
  return `${entry.symbol}:${entry.timeframe}:${entry.name}`;
}

/** The symbols a strategy looks at, its own first. */
export function strategySymbols(entry: Pick<StrategyEntry, 'symbol' | 'symbols'>): readonly string[] {
  return [...new Set([entry.symbol, ...(entry.symbols ?? [])])];
}

/** The feed that serves a symbol: the first in the list whose `symbols` name it, or which has no such key. */
export function feedFor(config: Pick<Config, 'data_feeds'>, symbol: string): FeedEntry | undefined {
  return config.data_feeds.find((entry) => entry.symbols === undefined || entry.symbols.includes(symbol));
}
