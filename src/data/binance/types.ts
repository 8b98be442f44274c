import type { Timeframe } from '../../core/timeframe.ts';
import type { Surroundings } from './clock.ts';
import type { BarStore } from './store.ts';

export const DEFAULT_BASE_URL = 'https://data-api.binance.vision';
export const DEFAULT_ARCHIVE_URL = 'https://data.binance.vision';

export interface BinancePublicOptions {
  readonly store: BarStore;
  /** Address before `/api/v3`. */
  readonly baseUrl?: string;
  /** Address before `/data/spot`; null downloads everything by REST. */
  readonly archiveUrl?: string | null;
  /** The archive is used where a month holds at least this many bars; below, REST is faster. 2000 by default. */
  readonly archiveMinBars?: number;
  /** Requests under way at a time, over all symbols. 4 by default. */
  readonly concurrency?: number;
  /** How often one request is tried. 6 by default. */
  readonly attempts?: number;
  /** A request that brings nothing for so long is given up and tried again, ms. 20 s by default. */
  readonly timeoutMs?: number;
  readonly surroundings?: Partial<Surroundings>;
}

export interface DownloadRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** First open time wanted, epoch ms. */
  readonly since: number;
  /** First open time not wanted, epoch ms; by default everything that is closed. */
  readonly until?: number;
}

/** How far one symbol and timeframe is, in bars of its time grid. */
export interface DownloadProgress {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly done: number;
  readonly total: number;
  /** `waiting` for the exchange's rate limit, `storing` what has come, `done` with this symbol and timeframe. */
  readonly phase: 'archive' | 'rest' | 'waiting' | 'storing' | 'done';
  /** How long it waits, ms; only with `waiting`. */
  readonly waitMs?: number;
}

export interface DownloadSummary {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Open times of the oldest and newest bar now stored, epoch ms; null where the exchange has none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Bars now stored, and how many more that is than before. */
  readonly stored: number;
  readonly added: number;
  readonly archiveMonths: number;
  readonly restPages: number;
  /** What the reader should know, one sentence each. */
  readonly notes: readonly string[];
}

export interface DownloadOptions {
  /** Aborting it keeps what has come, in a valid store, and throws `VLV_INTERRUPTED`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}
