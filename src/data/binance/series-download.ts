import { allocateColumns, BAR_FIELDS, Bars } from '../../core/bars.ts';
import { barOpen, barsBetween } from '../../core/timeframe.ts';
import type { BinanceArchive } from './archive.ts';
import type { KlineRange } from './kline-rows.ts';
import { inOrder } from './ordered.ts';
import { type BinanceRest, PAGE_BARS } from './rest.ts';
import { planSegments, restPages, type Segment } from './segments.ts';
import type { BarStore } from './store.ts';
import type { DownloadProgress, DownloadRequest, DownloadSummary } from './types.ts';

/** What has come is stored at the latest after so long, and not so often that storing takes a tenth of the time. */
const FLUSH_MS = 10_000;
const FLUSH_FACTOR = 10;

export interface SeriesSettings {
  readonly request: DownloadRequest;
  readonly store: BarStore;
  readonly rest: BinanceRest;
  readonly archive: BinanceArchive | null;
  readonly archiveMinBars: number;
  readonly ahead: number;
  /** The exchange's clock when the download began: what closes later is not taken. Epoch ms. */
  readonly serverTime: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
}

/** The download of one symbol and timeframe. What is stored has no holes but the exchange's own, at any moment. */
export class SeriesDownload {
  readonly #settings: SeriesSettings;
  readonly #notes: string[] = [];
  #done = 0;
  #total = 0;
  #archiveMonths = 0;
  #restPages = 0;

  constructor(settings: SeriesSettings) {
    this.#settings = settings;
  }

  async run(): Promise<DownloadSummary> {
    const { request, store, serverTime } = this.#settings;
    const { symbol, timeframe, since } = request;
    const before = await store.range(symbol, timeframe);
    const end = Math.min(request.until ?? serverTime, barOpen(serverTime, timeframe));
    // The last stored bar is read again: whoever stored it may have done so before it closed. Starting there and not at
    // a later "since" keeps what is stored without a hole.
    const tail = await this.#available(before ? before.last : since, end);
    // Older bars are fetched newest first and up to the stored ones, whatever "until" says, for the same reason.
    const head = before && since < before.first ? await this.#available(since, before.first) : [];
    this.#total = length(head, timeframe) + length(tail, timeframe);
    await this.#fetch(tail);
    await this.#fetch(head.reverse());
    const after = await store.range(symbol, timeframe);
    this.#report('done');
    return {
      symbol,
      timeframe,
      first: after?.first ?? null,
      last: after?.last ?? null,
      stored: after?.count ?? 0,
      added: (after?.count ?? 0) - (before?.count ?? 0),
      archiveMonths: this.#archiveMonths,
      restPages: this.#restPages,
      notes: this.#notes,
    };
  }

  /** Tells the listener how far the download is. */
  #report(phase: DownloadProgress['phase'], waitMs?: number): void {
    const { symbol, timeframe } = this.#settings.request;
    const base = { symbol, timeframe, done: this.#done, total: this.#total, phase };
    this.#settings.onProgress(waitMs === undefined ? base : { ...base, waitMs });
  }

  /** Says that the rate limit holds the download up. */
  reportWait(waitMs: number): void {
    this.#report('waiting', waitMs);
  }

  /** The pieces of `[from, to)`, from the first bar that the exchange has: before a listing there is nothing to fetch. */
  async #available(from: number, to: number): Promise<Segment[]> {
    if (from >= to) return [];
    const { request, rest, archive, archiveMinBars, signal } = this.#settings;
    let start = from;
    if (restPages(from, to, request.timeframe).length > 1) {
      const first = (await rest.klines(this.#range(from, to), signal, 1)).at(0);
      if (!first) return [];
      // The whole month of the listing, so that the archive can serve it.
      start = Math.max(from, barOpen(first.time, '1M'));
    }
    return planSegments(start, to, request.timeframe, archive ? archiveMinBars : Number.POSITIVE_INFINITY);
  }

  /** Fetches the pieces in their order and stores them as they come; on any error, those before it. */
  async #fetch(segments: readonly Segment[]): Promise<void> {
    const { now, ahead } = this.#settings;
    let pending: Bars[] = [];
    let lastFlush = now();
    let interval = FLUSH_MS;
    const flush = async (): Promise<void> => {
      const bars = joined(pending);
      pending = [];
      const started = now();
      if (bars) {
        this.#report('storing');
        await this.#settings.store.merge(bars);
      }
      lastFlush = now();
      interval = Math.max(FLUSH_MS, FLUSH_FACTOR * (lastFlush - started));
    };
    const tasks = segments.map((segment) => async () => ({ segment, bars: await this.#segment(segment) }));
    try {
      for await (const { segment, bars } of inOrder(tasks, ahead)) {
        pending.push(bars);
        this.#done += length([segment], this.#settings.request.timeframe);
        this.#report(segment.source);
        if (now() - lastFlush >= interval) await flush();
      }
    } finally {
      await flush();
    }
  }

  async #segment(segment: Segment): Promise<Bars> {
    const { archive, rest, signal, request } = this.#settings;
    if (segment.source === 'archive' && archive) {
      const bars = await archive.month(this.#range(segment.from, segment.to), signal);
      if (bars) {
        this.#archiveMonths++;
        return bars;
      }
      const month = new Date(segment.from).toISOString().slice(0, 7);
      this.#notes.push(`The archive does not have ${request.symbol} ${request.timeframe} ${month}; it came by REST.`);
    }
    const pages: Bars[] = [];
    for (const page of restPages(segment.from, segment.to, request.timeframe)) {
      pages.push(await rest.klines(this.#range(page.from, page.to), signal, PAGE_BARS));
      this.#restPages++;
    }
    return joined(pages) ?? Bars.fromRows(request.symbol, request.timeframe, []);
  }

  #range(from: number, to: number): KlineRange {
    const { request, serverTime } = this.#settings;
    return { symbol: request.symbol, timeframe: request.timeframe, from, to, closedAt: serverTime };
  }
}

function length(segments: readonly Segment[], timeframe: DownloadRequest['timeframe']): number {
  return segments.reduce((sum, { from, to }) => sum + barsBetween(from, to, timeframe), 0);
}

/** Pieces that do not overlap as one, in order of time; undefined where they hold no bar. */
function joined(pieces: readonly Bars[]): Bars | undefined {
  const filled = pieces.filter((bars) => bars.length > 0).sort((a, b) => a.time[0] - b.time[0]);
  if (filled.length <= 1) return filled[0];
  const out = allocateColumns(filled.reduce((sum, bars) => sum + bars.length, 0));
  let offset = 0;
  for (const bars of filled) {
    for (const field of BAR_FIELDS) out[field].set(bars[field].slice(), offset);
    offset += bars.length;
  }
  return new Bars(filled[0].symbol, filled[0].timeframe, out);
}
