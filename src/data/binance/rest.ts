import type { Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import { exchangeRules } from './exchange-rules.ts';
import type { HttpClient } from './http.ts';
import { barsFromRows, type KlineRange } from './kline-rows.ts';

/** The most rows of one klines answer. */
export const PAGE_BARS = 1_000;
const WEIGHT = { time: 1, klines: 2, exchangeInfo: 20 } as const;
/** Keeps the list of symbols within what servers accept as an address. */
const SYMBOLS_PER_REQUEST = 100;

/** The public endpoints of Binance's spot REST interface that history needs; none takes a key. */
export class BinanceRest {
  readonly #http: HttpClient;
  readonly #baseUrl: string;

  constructor(http: HttpClient, baseUrl: string) {
    this.#http = http;
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /** The exchange's clock, epoch ms. */
  async serverTime(signal: AbortSignal): Promise<number> {
    return this.#get('/api/v3/time', WEIGHT.time, signal, (json) => {
      const time = typeof json === 'object' && json !== null && 'serverTime' in json ? json.serverTime : undefined;
      if (typeof time !== 'number') throw new Error(`Expected a server time, got "${JSON.stringify(json)}"`);
      return time;
    });
  }

  /** At most `PAGE_BARS` bars of the range, from its beginning. */
  async klines(range: KlineRange, signal: AbortSignal, limit: number = PAGE_BARS): Promise<Bars> {
    const query = new URLSearchParams({
      symbol: range.symbol,
      interval: range.timeframe,
      startTime: String(range.from),
      endTime: String(range.to - 1),
      limit: String(limit),
    });
    return this.#get(`/api/v3/klines?${query.toString()}`, WEIGHT.klines, signal, (json) => {
      if (!Array.isArray(json)) throw new Error(`Expected kline rows, got "${JSON.stringify(json)}"`);
      return barsFromRows(json, json.length, range);
    });
  }

  /**
   * Trading rules of the symbols, and the weight that may be used in one minute.
   * @throws ValvulinError `VLV_FEED_SYMBOL` naming the symbol that the exchange does not know
   */
  async exchangeInfo(
    symbols: readonly string[],
    signal: AbortSignal,
  ): Promise<{ weightLimit: number | undefined; rules: InstrumentRules[] }> {
    let weightLimit: number | undefined;
    const rules: InstrumentRules[] = [];
    for (let i = 0; i < symbols.length; i += SYMBOLS_PER_REQUEST) {
      const some = symbols.slice(i, i + SYMBOLS_PER_REQUEST);
      const answer = await this.#exchangeInfo(some, signal).catch((error: unknown) =>
        this.#nameUnknown(error, some, signal),
      );
      weightLimit = answer.weightLimit ?? weightLimit;
      rules.push(...answer.rules);
    }
    return { weightLimit, rules };
  }

  async #exchangeInfo(symbols: readonly string[], signal: AbortSignal): ReturnType<BinanceRest['exchangeInfo']> {
    const query =
      symbols.length === 1
        ? `symbol=${encodeURIComponent(symbols[0])}`
        : `symbols=${encodeURIComponent(JSON.stringify(symbols))}`;
    return this.#get(`/api/v3/exchangeInfo?${query}`, WEIGHT.exchangeInfo, signal, exchangeRules);
  }

  /** The exchange does not say which symbol of a list it does not know, so they are asked for one by one. */
  async #nameUnknown(error: unknown, symbols: readonly string[], signal: AbortSignal): Promise<never> {
    if (!(error instanceof ValvulinError) || error.code !== 'VLV_FEED_SYMBOL') throw error;
    if (symbols.length > 1) for (const symbol of symbols) await this.exchangeInfo([symbol], signal);
    throw new ValvulinError('VLV_FEED_SYMBOL', `Expected a symbol of the exchange, got "${symbols.join(', ')}"`, {
      hint: 'Binance writes symbols in capitals without a separator, such as BTCUSDT.',
      cause: error,
    });
  }

  async #get<T>(path: string, weight: number, signal: AbortSignal, read: (json: unknown) => T): Promise<T> {
    const url = `${this.#baseUrl}${path}`;
    const decoder = new TextDecoder();
    const answer = await this.#http.get({
      url,
      weight,
      signal,
      read: (body) => ({ value: read(JSON.parse(decoder.decode(body))) }),
    });
    if (answer) return answer.value;
    throw new ValvulinError('VLV_FEED_HTTP', 'Expected HTTP 200, got "HTTP 404"', {
      where: url,
      hint: 'Check base_url: it should be the address before "/api/v3".',
    });
  }
}
