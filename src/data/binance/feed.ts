import { ValvulinError } from '../../core/errors.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { BinanceArchive } from './archive.ts';
import { REAL_SURROUNDINGS, type Surroundings } from './clock.ts';
import { HttpClient, interrupted } from './http.ts';
import { BinanceRest } from './rest.ts';
import { SeriesDownload } from './series-download.ts';
import {
  type BinancePublicOptions,
  DEFAULT_ARCHIVE_URL,
  DEFAULT_BASE_URL,
  type DownloadOptions,
  type DownloadRequest,
  type DownloadSummary,
} from './types.ts';
import { WeightBudget } from './weight-budget.ts';

/** Intervals of the exchange's spot klines. */
export const INTERVALS: readonly Timeframe[] = [
  ...(['1s', '1m', '3m', '5m', '15m', '30m', '1h', '2h'] as const),
  ...(['4h', '6h', '8h', '12h', '1d', '3d', '1w', '1M'] as const),
];
const DEFAULTS = { archiveMinBars: 2_000, concurrency: 4, attempts: 6, timeoutMs: 20_000 } as const;

/**
 * History of Binance's spot market, without a key: whole past months from the bulk archive with their checksums
 * verified, the rest from REST. It goes on where the store ends, keeps to the exchange's rate limits, retries what a
 * network does, and stores closed bars only.
 */
export class BinancePublicDataFeed {
  readonly #options: BinancePublicOptions;
  readonly #surroundings: Surroundings;
  readonly #budget: WeightBudget;
  readonly #rest: BinanceRest;
  readonly #archive: BinanceArchive | null;
  readonly #active = new Set<SeriesDownload>();

  constructor(options: BinancePublicOptions) {
    this.#options = options;
    this.#surroundings = { ...REAL_SURROUNDINGS, ...options.surroundings };
    this.#budget = new WeightBudget(this.#surroundings, (ms) => {
      for (const series of this.#active) series.reportWait(ms);
    });
    const http = new HttpClient({
      surroundings: this.#surroundings,
      budget: this.#budget,
      concurrency: options.concurrency ?? DEFAULTS.concurrency,
      attempts: options.attempts ?? DEFAULTS.attempts,
      timeoutMs: options.timeoutMs ?? DEFAULTS.timeoutMs,
    });
    this.#rest = new BinanceRest(http, options.baseUrl ?? DEFAULT_BASE_URL);
    const archiveUrl = options.archiveUrl === undefined ? DEFAULT_ARCHIVE_URL : options.archiveUrl;
    this.#archive = archiveUrl === null ? null : new BinanceArchive(http, archiveUrl);
  }

  /**
   * Brings the store up to date with the exchange, several symbols at a time. The first error stops all of them; what
   * had come until then is stored, and the next call goes on from there.
   * @throws ValvulinError `VLV_FEED_SYMBOL`, `VLV_FEED_NETWORK`, `VLV_FEED_BANNED`, `VLV_FEED_HTTP`, `VLV_CHECKSUM`,
   *   `VLV_DATA_FORMAT` for an archive that cannot be read, `VLV_INTERRUPTED` where the signal was aborted
   */
  async download(requests: readonly DownloadRequest[], options: DownloadOptions = {}): Promise<DownloadSummary[]> {
    if (requests.length === 0) return [];
    for (const request of requests) checkInterval(request);
    const failure = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
    if (signal.aborted) throw interrupted('before the first request', signal.reason);
    const serverTime = await this.#prepare(requests, signal);
    const results = await Promise.allSettled(
      requests.map(async (request) => {
        try {
          return await this.#one(request, serverTime, signal, options);
        } catch (error) {
          failure.abort(error);
          throw error;
        }
      }),
    );
    // The error that stopped the others, not theirs for being stopped.
    failure.signal.throwIfAborted();
    return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  /** Sets clock and limits by the exchange, stores the trading rules, and returns the exchange's time. */
  async #prepare(requests: readonly DownloadRequest[], signal: AbortSignal): Promise<number> {
    const { now } = this.#surroundings;
    const asked = now();
    const serverTime = await this.#rest.serverTime(signal);
    this.#budget.setClockOffset(serverTime - (asked + now()) / 2);
    const symbols = [...new Set(requests.map(({ symbol }) => symbol))];
    const { weightLimit, rules } = await this.#rest.exchangeInfo(symbols, signal);
    if (weightLimit !== undefined) this.#budget.setLimit(weightLimit);
    await this.#options.store.saveRules(rules);
    return serverTime;
  }

  async #one(
    request: DownloadRequest,
    serverTime: number,
    signal: AbortSignal,
    options: DownloadOptions,
  ): Promise<DownloadSummary> {
    const series = new SeriesDownload({
      request,
      store: this.#options.store,
      rest: this.#rest,
      archive: this.#archive,
      archiveMinBars: this.#options.archiveMinBars ?? DEFAULTS.archiveMinBars,
      ahead: this.#options.concurrency ?? DEFAULTS.concurrency,
      serverTime,
      now: this.#surroundings.now,
      signal,
      onProgress: options.onProgress ?? (() => undefined),
    });
    this.#active.add(series);
    try {
      return await series.run();
    } finally {
      this.#active.delete(series);
    }
  }
}

function checkInterval({ symbol, timeframe }: DownloadRequest): void {
  if (INTERVALS.includes(timeframe)) return;
  throw new ValvulinError('VLV_FEED_SYMBOL', `Expected an interval of the exchange, got "${timeframe}"`, {
    where: symbol,
    hint: `Binance has ${INTERVALS.join(', ')}; download a shorter one and resample it.`,
  });
}
