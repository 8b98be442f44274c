import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Bars } from '../core/bars.ts';
import { type Config, type FeedEntry, feedFor, toInstant } from '../core/config/index.ts';
import { ValvulinError } from '../core/errors.ts';
import { Instrument } from '../core/instrument.ts';
import { resample } from '../core/resample.ts';
import { divides, type Timeframe, toTimeframe } from '../core/timeframe.ts';
import { checkBars } from '../data/quality.ts';
import { HistoryLake } from '../data/lake/history-lake.ts';
import { readBars } from '../data/readers/read-bars.ts';
import { syntheticBars, syntheticRules } from '../data/synthetic/index.ts';

export interface LoadedBars {
  readonly bars: Bars;
  readonly notes: readonly string[];
  readonly synthetic: boolean;
}

/** Loads bars through the feeds of a config, each series once. */
export class BarLoader {
  readonly #config: Config;
  readonly #baseDir: string;
  readonly #loaded = new Map<string, Promise<LoadedBars>>();
  readonly #synthetic = new Map<FeedEntry, readonly Bars[]>();

  constructor(config: Config, baseDir: string) {
    this.#config = config;
    this.#baseDir = baseDir;
  }

  /** @throws ValvulinError `VLV_DATA_NONE` where no feed serves the symbol or has its bars */
  load(symbol: string, timeframe: Timeframe): Promise<LoadedBars> {
    const key = `${symbol}:${timeframe}`;
    const known = this.#loaded.get(key) ?? this.#load(symbol, timeframe);
    this.#loaded.set(key, known);
    return known;
  }

  /** The trading rules of a symbol, where its feed knows them. */
  instrument(symbol: string, bars: Bars): Instrument | undefined {
    const feed = feedFor(this.#config, symbol);
    if (feed?.type === 'synthetic') return Instrument.forData(syntheticRules(symbol), bars);
    if (feed?.type !== 'binance-public' && feed?.type !== 'binance-live') return undefined;
    const rules = new HistoryLake(resolve(this.#baseDir, feed.params.data_dir)).instruments()[symbol];
    return rules ? Instrument.forData(rules, bars) : undefined;
  }

  async #load(symbol: string, timeframe: Timeframe): Promise<LoadedBars> {
    const feed = feedFor(this.#config, symbol);
    if (!feed) {
      throw new ValvulinError('VLV_DATA_NONE', `Expected a feed that serves "${symbol}", got none`, {
        where: 'data_feeds',
        hint: `Add "${symbol}" to the symbols of a feed.`,
      });
    }
    switch (feed.type) {
      case 'synthetic':
        return this.#generate(feed, symbol, timeframe);
      case 'csv':
        return this.#read(feed, symbol, timeframe);
      case 'binance-live':
      case 'binance-public': {
        const lake = new HistoryLake(resolve(this.#baseDir, feed.params.data_dir));
        const { bars, notes } = await lake.load(symbol, timeframe, {
          cache: feed.type === 'binance-live' || feed.params.cache,
        });
        return { bars, notes: [...notes, ...findings(bars)], synthetic: false };
      }
    }
  }

  async #read(feed: FeedEntry & { type: 'csv' }, symbol: string, timeframe: Timeframe): Promise<LoadedBars> {
    const name = feed.params.path.replaceAll('{symbol}', symbol).replaceAll('{timeframe}', timeframe);
    const path = resolve(this.#baseDir, name);
    if (!existsSync(path)) {
      throw new ValvulinError('VLV_DATA_NONE', `Expected a file of "${symbol}" "${timeframe}", got none`, {
        where: path,
      });
    }
    const { columns, strict } = feed.params;
    const { bars, notes } = await readBars(path, { symbol, timeframe, strict, ...(columns ? { columns } : {}) });
    return { bars, notes: [...notes, ...findings(bars)], synthetic: false };
  }

  #generate(feed: FeedEntry & { type: 'synthetic' }, symbol: string, timeframe: Timeframe): LoadedBars {
    const { seed, from, bars, timeframe: base } = feed.params;
    const symbols = feed.symbols ?? [
      ...new Set(this.#config.strategies.flatMap((s) => [s.symbol, ...(s.symbols ?? [])])),
    ];
    const request = { symbols, timeframe: toTimeframe(base), from: toInstant(from, 'from'), bars, seed };
    const all = this.#synthetic.get(feed) ?? syntheticBars(request);
    this.#synthetic.set(feed, all);
    const found = all.find((series) => series.symbol === symbol);
    if (!found || !divides(found.timeframe, timeframe)) {
      throw new ValvulinError('VLV_DATA_NONE', `Expected a multiple of "${base}", got "${timeframe}"`, {
        where: `feed ${feed.name}`,
        hint: `Set params.timeframe of the feed to "${timeframe}" or to a timeframe that divides it.`,
      });
    }
    return {
      bars: resample(found, timeframe),
      notes: ['The bars are synthetic: an invented market.'],
      synthetic: true,
    };
  }
}

function findings(bars: Bars): string[] {
  return checkBars(bars).findings.map((finding) => finding.message);
}
