export { type SyntheticRequest, syntheticBars, syntheticRules } from './synthetic/index.ts';
export { inspectBars, readBars, readBarsFrom } from './readers/read-bars.ts';
export type { ReadOptions, ReadResult } from './readers/types.ts';
export {
  type CheckOptions,
  checkBars,
  type Finding,
  hasDefects,
  type QualityReport,
  type Severity,
} from './quality.ts';
export { type AppendResult, HistoryLake, type LakeEntry } from './lake/history-lake.ts';
export { lakeStore } from './lake/lake-store.ts';
export type { RecordBars, RecordSummary } from './lake/records.ts';
export { writeCsv, writeCsvTable } from './writers/csv-writer.ts';
export { writeParquet, writeParquetTable } from './writers/parquet-writer.ts';
export type { Table, TableColumn } from './writers/table.ts';
export {
  type BarStore,
  type BinancePublicOptions,
  BinancePublicDataFeed,
  DEFAULT_ARCHIVE_URL,
  DEFAULT_BASE_URL,
  type DownloadOptions,
  type DownloadProgress,
  type DownloadRequest,
  type DownloadSummary,
  type StoredRange,
} from './binance/index.ts';
