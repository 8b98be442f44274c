import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { zipSync } from 'fflate';
import { type Bars, lowerBound } from '../../src/core/bars.ts';
import { resample } from '../../src/core/resample.ts';
import { barClose, divides, type Timeframe } from '../../src/core/timeframe.ts';
import { answerFault, type Endpoint, type Fault, FaultPlan } from './binance-faults.ts';
import { exchangeInfo } from './binance-exchange-info.ts';

export interface BinanceServerOptions {
  /** What the exchange has. A higher timeframe is built from these where it divides evenly. */
  readonly markets: readonly Bars[];
  /** The exchange's clock, epoch ms; by default the close of the newest bar. */
  readonly now?: () => number;
  /** Weight that is reported as used, by what was really used in the running minute; that number by default. */
  readonly usedWeight?: (counted: number) => number;
  /** Which months the archive has; by default all that are over. */
  readonly archived?: (symbol: string, timeframe: string, month: string) => boolean;
  /** Gives archive files a header row. */
  readonly archiveHeader?: boolean;
  readonly weightLimit?: number;
  /** Every answer takes so long, ms. */
  readonly latency?: number;
}

export interface BinanceServer {
  /** Base address of REST and of the archive. */
  readonly url: string;
  /** Path and query of every request, in order. */
  readonly requests: string[];
  plan(...faults: readonly Fault[]): void;
  clearFaults(): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const WEIGHTS: Record<Endpoint, number> = { ping: 1, time: 1, exchangeInfo: 20, klines: 2, archive: 0, checksum: 0 };
const INTERVALS = '1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M'.split(' ');
const ARCHIVE = /^\/data\/spot\/monthly\/klines\/([^/]+)\/([^/]+)\/\1-\2-(\d{4}-\d{2})\.zip(\.CHECKSUM)?$/;
/** From this month on archive files have microseconds. */
const MICROSECONDS_SINCE = '2025-01';
const HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n';

/** For faults: requests for klines from this open time on. */
export function startsFrom(time: number): (url: URL) => boolean {
  return (url) => Number(url.searchParams.get('startTime')) >= time;
}

/** Starts a server on a free loopback port that speaks Binance's public history interface, and fails as planned. */
export async function startBinanceServer(options: BinanceServerOptions): Promise<BinanceServer> {
  const faults = new FaultPlan();
  const requests: string[] = [];
  const exchange = new Exchange(options);
  let counted = 0;
  let minute = 0;
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const endpoint = endpointOf(url.pathname);
    if (options.latency) await wait(options.latency);
    if (!endpoint) {
      response.writeHead(404).end();
      return;
    }
    const current = Math.floor(exchange.now() / 60_000);
    if (current !== minute) counted = 0;
    minute = current;
    counted += WEIGHTS[endpoint];
    if (WEIGHTS[endpoint] > 0) {
      const used = String(options.usedWeight?.(counted) ?? counted);
      response.setHeader('x-mbx-used-weight', used);
      response.setHeader('x-mbx-used-weight-1m', used);
    }
    const fault = faults.take(endpoint, url);
    if (fault?.kind === 'slow') await wait(fault.ms);
    const answer = exchange.answer(endpoint, url, fault?.kind === 'overlap');
    if (fault && answerFault(fault, response, answer.body, exchange.now())) return;
    const body = fault?.kind === 'wrong_checksum' ? Buffer.from(`${'0'.repeat(64)}  file.zip\n`) : answer.body;
    response.writeHead(answer.status, { 'content-length': body.length });
    response.end(body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    plan: (...planned) => faults.add(...planned),
    clearFaults: () => faults.clear(),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function endpointOf(path: string): Endpoint | undefined {
  const name = /^\/api\/v3\/(ping|time|exchangeInfo|klines)$/.exec(path)?.[1];
  if (name) return name as Endpoint;
  const match = ARCHIVE.exec(decodeURIComponent(path));
  return match ? (match[4] ? 'checksum' : 'archive') : undefined;
}

class Exchange {
  readonly #options: BinanceServerOptions;
  readonly #built = new Map<string, Bars>();
  readonly #zips = new Map<string, Buffer>();
  readonly now: () => number;

  constructor(options: BinanceServerOptions) {
    this.#options = options;
    const newest = Math.max(...options.markets.map((bars) => bars.closeTime(bars.length - 1)));
    this.now = options.now ?? (() => newest);
  }

  answer(endpoint: Endpoint, url: URL, overlap: boolean): Answer {
    switch (endpoint) {
      case 'ping':
        return json({});
      case 'time':
        return json({ serverTime: this.now() });
      case 'exchangeInfo':
        return this.#exchangeInfo(url.searchParams);
      case 'klines':
        return this.#klines(url.searchParams, overlap);
      default:
        return this.#archive(decodeURIComponent(url.pathname));
    }
  }

  #exchangeInfo(query: URLSearchParams): Answer {
    const one = query.get('symbol');
    const many = query.get('symbols');
    const known = new Map(this.#options.markets.map((bars) => [bars.symbol, bars]));
    const wanted: string[] = one ? [one] : many ? JSON.parse(many) : [...known.keys()];
    const markets = wanted.flatMap((symbol) => known.get(symbol) ?? []);
    if (markets.length < wanted.length) return invalidSymbol();
    return json(exchangeInfo(markets, this.now(), this.#options.weightLimit ?? 6_000));
  }

  #klines(query: URLSearchParams, overlap: boolean): Answer {
    const interval = query.get('interval') ?? '';
    if (!INTERVALS.includes(interval)) return json({ code: -1120, msg: 'Invalid interval.' }, 400);
    const bars = this.#bars(query.get('symbol') ?? '', interval as Timeframe);
    if (!bars) return invalidSymbol();
    const limit = Math.min(1_000, Number(query.get('limit') ?? 500));
    const hasStart = query.has('startTime');
    const start = lowerBound(bars.time, Number(query.get('startTime') ?? 0));
    const end = lowerBound(bars.time, Math.min(Number(query.get('endTime') ?? this.now()), this.now()) + 1);
    const [from, to] = hasStart ? [start, Math.min(end, start + limit)] : [Math.max(start, end - limit), end];
    const rows = range(from, to).map((i) => restRow(bars, i));
    if (!overlap || rows.length === 0) return json(rows);
    const before = from > 0 ? [restRow(bars, from - 1)] : [];
    const after = to < bars.length ? [restRow(bars, to)] : [];
    return json([...before, ...rows.slice(0, 3), ...rows.slice(1), ...after, rows[0]]);
  }

  #archive(path: string): Answer {
    const [, symbol, interval, month, checksum] = ARCHIVE.exec(path) ?? [];
    const timeframe = (interval === '1mo' ? '1M' : interval) as Timeframe;
    const from = Date.parse(`${month}-01T00:00:00Z`);
    const to = barClose(from, '1M');
    const bars = this.#bars(symbol, timeframe);
    const has = this.#options.archived ?? (() => true);
    if (!bars || to > this.now() || !has(symbol, timeframe, month)) return { status: 404, body: Buffer.from('') };
    const name = `${symbol}-${interval}-${month}`;
    const zip =
      this.#zips.get(name) ?? this.#zip(bars.between(from, to), name, month >= MICROSECONDS_SINCE ? 1_000 : 1);
    this.#zips.set(name, zip);
    if (!checksum) return { status: 200, body: zip };
    return { status: 200, body: Buffer.from(`${createHash('sha256').update(zip).digest('hex')}  ${name}.zip\n`) };
  }

  #zip(bars: Bars, name: string, scale: number): Buffer {
    const text = range(0, bars.length).map((i) => `${archiveRow(bars, i, scale)}\n`);
    const csv = Buffer.from((this.#options.archiveHeader ? HEADER : '') + text.join(''));
    return Buffer.from(zipSync({ [`${name}.csv`]: csv }, { mtime: new Date('2024-01-01T00:00:00Z'), level: 1 }));
  }

  /** Bars of the market, built from shorter ones where need be. */
  #bars(symbol: string, timeframe: Timeframe): Bars | undefined {
    const key = `${symbol} ${timeframe}`;
    const known = this.#built.get(key);
    if (known) return known;
    const source = this.#options.markets.find(
      (bars) => bars.symbol === symbol && (bars.timeframe === timeframe || divides(bars.timeframe, timeframe)),
    );
    if (!source) return undefined;
    const built = resample(source, timeframe, true);
    this.#built.set(key, built);
    return built;
  }
}

function restRow(bars: Bars, i: number): unknown[] {
  const [time, open, high, low, close, volume, closeTime, quoteVolume, count, takerBase, takerQuote] = fields(
    bars,
    i,
    1,
  );
  return [
    Number(time),
    open,
    high,
    low,
    close,
    volume,
    Number(closeTime),
    quoteVolume,
    Number(count),
    takerBase,
    takerQuote,
    '0',
  ];
}

function archiveRow(bars: Bars, i: number, scale: number): string {
  return [...fields(bars, i, scale), '0'].join(',');
}

function fields(bars: Bars, i: number, scale: number): string[] {
  const price = (value: number): string => value.toFixed(8);
  const quoteVolume = bars.volume[i] * bars.close[i];
  return [
    String(bars.time[i] * scale),
    ...[bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i]].map(price),
    String(bars.closeTime(i) * scale - 1),
    price(quoteVolume),
    '100',
    price(bars.volume[i] / 2),
    price(quoteVolume / 2),
  ];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function json(value: unknown, status = 200): Answer {
  return { status, body: Buffer.from(JSON.stringify(value)) };
}

function invalidSymbol(): Answer {
  return json({ code: -1121, msg: 'Invalid symbol.' }, 400);
}
