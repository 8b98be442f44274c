// Creates data/history/BTCUSDT_1h.csv with every closed hour since 2024-01-01, or brings it up to date. Needs no key.
// Ctrl+C leaves a valid file; the next call goes on from there. VALVULIN_BINANCE_URL and VALVULIN_BINANCE_ARCHIVE_URL
// name other addresses than the exchange's own.
import { join } from 'node:path';
import { ValvulinError } from '../src/core/errors.ts';
import {
  BinancePublicDataFeed,
  DEFAULT_ARCHIVE_URL,
  DEFAULT_BASE_URL,
  type DownloadProgress,
  HistoryLake,
  lakeStore,
} from '../src/data/index.ts';

const lake = new HistoryLake(join('data', 'history'));
const request = { symbol: 'BTCUSDT', timeframe: '1h', since: Date.UTC(2024, 0, 1) } as const;
const feed = new BinancePublicDataFeed({
  store: lakeStore(lake),
  baseUrl: process.env.VALVULIN_BINANCE_URL ?? DEFAULT_BASE_URL,
  archiveUrl: process.env.VALVULIN_BINANCE_ARCHIVE_URL ?? DEFAULT_ARCHIVE_URL,
});

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());

const started = Date.now();

function show({ phase, done, total, waitMs }: DownloadProgress): void {
  if (phase === 'waiting') console.error(`The rate limit is reached: waiting ${Math.ceil((waitMs ?? 0) / 1_000)} s.`);
  if (phase === 'rest' || phase === 'archive') console.error(`${done} of ${total} hours`);
}

try {
  const [summary] = await feed.download([request], { signal: interrupt.signal, onProgress: show });
  for (const note of summary.notes) console.error(note);
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  const last = summary.last === null ? 'none' : new Date(summary.last).toISOString();
  console.log(
    `${lake.path(request.symbol, request.timeframe)}: ${summary.stored} bars, ${summary.added} new, last ${last} (${seconds} s)`,
  );
} catch (error) {
  if (!(error instanceof ValvulinError)) throw error;
  console.error([`${error.code}: ${error.message}`, error.where, error.hint].filter(Boolean).join('\n'));
  process.exitCode = error.code === 'VLV_INTERRUPTED' ? 130 : 1;
}
