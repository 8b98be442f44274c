import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import type { Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { HttpClient } from './http.ts';
import { barsFromRows, type KlineRange } from './kline-rows.ts';

/** How often a file is fetched again that does not match its checksum: it may be being replaced just now. */
const CHECKSUM_TRIES = 3;

/**
 * The bulk archive of past months: a zip of one CSV for each symbol, interval and month, and its SHA-256. Files until
 * 2024 have milliseconds, later ones microseconds, some have a header; each is read as it is.
 */
export class BinanceArchive {
  readonly #http: HttpClient;
  readonly #baseUrl: string;

  constructor(http: HttpClient, baseUrl: string) {
    this.#http = http;
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /**
   * The bars of one calendar month; `range.from` is its first instant. Undefined where the archive does not have it.
   * @throws ValvulinError `VLV_CHECKSUM`, `VLV_DATA_FORMAT`, and what `HttpClient.get` throws
   */
  async month(range: KlineRange, signal: AbortSignal): Promise<Bars | undefined> {
    const url = `${this.#baseUrl}${monthPath(range.symbol, range.timeframe, range.from)}`;
    let found = '';
    let expected = '';
    for (let attempt = 0; attempt < CHECKSUM_TRIES; attempt++) {
      const checksum = await this.#http.get({ url: `${url}.CHECKSUM`, weight: 0, signal, read: readChecksum });
      if (checksum === undefined) return undefined;
      const zip = await this.#http.get({ url, weight: 0, signal, read: (body) => body });
      if (zip === undefined) return undefined;
      expected = checksum;
      found = createHash('sha256').update(zip).digest('hex');
      if (found === expected) return readMonth(zip, range, url);
    }
    throw new ValvulinError('VLV_CHECKSUM', `Expected an archive with SHA-256 "${expected}", got "${found}"`, {
      where: url,
      hint: 'Try again later, or download without the archive.',
    });
  }
}

/** The archive's path of one month. A monthly bar is called `1mo` there, because file names may ignore case. */
export function monthPath(symbol: string, timeframe: Timeframe, month: number): string {
  const interval = timeframe === '1M' ? '1mo' : timeframe;
  const name = `${symbol}-${interval}-${new Date(month).toISOString().slice(0, 7)}.zip`;
  return `/data/spot/monthly/klines/${encodeURIComponent(symbol)}/${interval}/${encodeURIComponent(name)}`;
}

function readChecksum(body: Uint8Array): string {
  const match = /^([0-9a-f]{64})\s/i.exec(new TextDecoder().decode(body));
  if (!match) throw new Error('Expected a SHA-256 and a file name');
  return match[1].toLowerCase();
}

function readMonth(zip: Uint8Array, range: KlineRange, where: string): Bars {
  try {
    const files = unzipSync(zip, { filter: (file) => file.name.endsWith('.csv') });
    const [csv] = Object.values(files);
    if (!csv) throw new Error('Expected a CSV file in the archive');
    const lines = new TextDecoder().decode(csv).split('\n');
    return barsFromRows(rowsOf(lines), lines.length, range);
  } catch (error) {
    throw new ValvulinError('VLV_DATA_FORMAT', `Expected a zip with klines, got "${(error as Error).message}"`, {
      where,
      hint: 'Download without the archive.',
      cause: error,
    });
  }
}

/** Fields of each line; the header and empty lines left out. */
function* rowsOf(lines: readonly string[]): Generator<string[]> {
  for (const line of lines) {
    if (line !== '' && !/^[A-Za-z\r]/.test(line)) yield line.split(',');
  }
}
