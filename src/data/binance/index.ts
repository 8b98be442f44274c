export { BinancePublicDataFeed } from './feed.ts';
export type { BarStore, StoredRange } from './store.ts';
export {
  type BinancePublicOptions,
  DEFAULT_ARCHIVE_URL,
  DEFAULT_BASE_URL,
  type DownloadOptions,
  type DownloadProgress,
  type DownloadRequest,
  type DownloadSummary,
} from './types.ts';
