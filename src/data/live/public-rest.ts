import type { Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Clock, Http, HttpReply, Random } from '../../core/ports.ts';
import { barsFromRows, type KlineRange } from '../binance/kline-rows.ts';
import { Semaphore } from '../binance/semaphore.ts';
import { WeightBudget } from '../binance/weight-budget.ts';

/** The most rows of one klines answer. */
export const PAGE_BARS = 1_000;
const WEIGHT = { time: 1, klines: 2 } as const;
/** The budget uses 80 % of what it is given: 60 % of the limit in all, so that exits of a venue always have room. */
const WEIGHT_LIMIT = 6_000 * 0.75;
const ATTEMPTS = 4;
const BACKOFF_MS = 500;
const CONCURRENT = 4;
/** Longer pauses are not waited for: the caller hears of them. */
const LONGEST_WAIT_MS = 60_000;
const SHORTEST_BAN_MS = 2 * 60_000;
/** A firewall's refusal is left alone for so long; asking on makes it a ban. */
const FIREWALL_PAUSE_MS = 5 * 60_000;
const RETRY_PAUSE_MS = 5_000;
const SYMBOL_CODES = [-1100, -1120, -1121];

export interface PublicRestOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  /** Address before `/api/v3`. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

/**
 * The exchange's public REST interface, through ports: a few requests at a time, within the weight limit, nothing sent
 * before a pause is over that the exchange asked for. Reads only, so trying again is safe.
 */
export class PublicRest {
  readonly #options: PublicRestOptions;
  readonly #budget: WeightBudget;
  readonly #gate = new Semaphore(CONCURRENT);
  readonly #stopped = new AbortController();
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #clockBase: number;

  constructor(options: PublicRestOptions) {
    this.#options = options;
    const { clock } = options;
    this.#clockBase = clock.now() - clock.monotonic();
    const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        const timer = clock.after(ms, () => {
          signal.removeEventListener('abort', abort);
          resolve();
        });
        const abort = (): void => {
          timer.cancel();
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', abort, { once: true });
      });
    this.#budget = new WeightBudget({ now: () => clock.monotonic(), sleep }, () => undefined);
    this.#budget.setLimit(WEIGHT_LIMIT);
    this.#sleep = (ms) => sleep(ms, this.#stopped.signal);
  }

  readonly #sleep: (ms: number) => Promise<void>;

  /** Ms until the exchange may be asked again; 0 where it may be now. */
  get pausedMs(): number {
    return Math.max(0, this.#pausedUntil - this.#options.clock.monotonic());
  }

  /** Exchange time minus monotonic time: weight windows follow the exchange's minutes. */
  setClockBase(base: number): void {
    this.#clockBase = base;
    this.#budget.setClockOffset(base);
  }

  /** Ends waits; requests under way are not awaited any more. */
  stop(): void {
    this.#stopped.abort(new ValvulinError('VLV_INTERRUPTED', 'The feed was stopped'));
  }

  /** The exchange's time, epoch ms, by one request that neither waits nor is repeated. @throws as `klines` */
  async time(): Promise<number> {
    if (this.pausedMs > 0) throw this.#paused('/api/v3/time');
    const json = await this.#attempt('/api/v3/time', WEIGHT.time);
    const time = typeof json === 'object' && json !== null && 'serverTime' in json ? json.serverTime : undefined;
    if (typeof time === 'number' && Number.isFinite(time)) return time;
    throw unreadable('/api/v3/time', 'a server time', json);
  }

  /**
   * Closed bars of a range, oldest first, at most `PAGE_BARS` from its beginning.
   * @throws ValvulinError `VLV_FEED_NETWORK`, `VLV_FEED_BANNED`, `VLV_FEED_SYMBOL`, `VLV_FEED_HTTP`, `VLV_INTERRUPTED`
   */
  async klines(range: KlineRange): Promise<Bars> {
    const query = new URLSearchParams({
      symbol: range.symbol,
      interval: range.timeframe,
      startTime: String(range.from),
      endTime: String(range.to - 1),
      limit: String(PAGE_BARS),
    });
    const path = `/api/v3/klines?${query.toString()}`;
    const json = await this.#gate.run(this.#stopped.signal, () => this.#retry(path, WEIGHT.klines));
    if (!Array.isArray(json)) throw unreadable(path, 'kline rows', json);
    try {
      return barsFromRows(json, json.length, range);
    } catch (cause) {
      throw new ValvulinError('VLV_FEED_HTTP', cause instanceof Error ? cause.message : String(cause), {
        where: path,
        cause,
      });
    }
  }

  /** The newest row of a symbol, open or closed: what its trades look like now. @throws as `klines` */
  async newest(symbol: string, timeframe: string): Promise<readonly unknown[] | undefined> {
    const path = `/api/v3/klines?${new URLSearchParams({ symbol, interval: timeframe, limit: '1' }).toString()}`;
    const json = await this.#gate.run(this.#stopped.signal, () => this.#retry(path, WEIGHT.klines));
    if (!Array.isArray(json)) throw unreadable(path, 'kline rows', json);
    const row: unknown = json.at(-1);
    return Array.isArray(row) ? (row as readonly unknown[]) : undefined;
  }

  async #retry(path: string, weight: number): Promise<unknown> {
    const { random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      if (this.pausedMs > LONGEST_WAIT_MS) throw this.#paused(path);
      if (this.pausedMs > 0) await this.#sleep(this.pausedMs);
      try {
        return await this.#attempt(path, weight);
      } catch (error) {
        const final = !(error instanceof ValvulinError) || !RETRIED.has(error.code);
        if (final || attempt === ATTEMPTS || this.#stopped.signal.aborted) throw error;
        if (error.code === 'VLV_FEED_NETWORK') await this.#sleep(BACKOFF_MS * 2 ** attempt * (0.5 + random() / 2));
      }
    }
  }

  async #attempt(path: string, weight: number): Promise<unknown> {
    const { http, baseUrl, timeoutMs } = this.#options;
    const window = await this.#budget.acquire(weight, this.#stopped.signal);
    let reply: HttpReply;
    try {
      reply = await http.send({ method: 'GET', url: baseUrl + path, headers: { accept: '*/*' }, timeoutMs });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ValvulinError('VLV_FEED_NETWORK', `Expected an answer, got "${reason}"`, { where: path, cause });
    }
    this.#stopped.signal.throwIfAborted();
    const used = Number(reply.headers['x-mbx-used-weight-1m'] ?? Number.NaN);
    if (Number.isFinite(used)) this.#budget.observe(window, used);
    if (reply.status !== 200) throw this.#refusal(path, reply);
    try {
      return JSON.parse(reply.body) as unknown;
    } catch (cause) {
      const got = reply.body.slice(0, 60);
      throw new ValvulinError('VLV_FEED_NETWORK', `Expected JSON, got "${got}"`, { where: path, cause });
    }
  }

  /** What an answer that is not a success means; pauses everything where the exchange asks for it. */
  #refusal(path: string, reply: HttpReply): ValvulinError {
    const { status, body } = reply;
    const text = body.split('\n', 1)[0].slice(0, 120);
    const got = `Expected HTTP 200, got "${status}${text === '' ? '' : ` ${text}`}"`;
    if (status === 429 || status === 418 || status === 403) {
      this.#pause(this.#pauseOf(reply));
      return new ValvulinError('VLV_FEED_BANNED', got, { where: path });
    }
    if (status >= 500 || status === 408) return new ValvulinError('VLV_FEED_NETWORK', got, { where: path });
    const code = Number(/"code"\s*:\s*(-?\d+)/.exec(body)?.[1]);
    return new ValvulinError(SYMBOL_CODES.includes(code) ? 'VLV_FEED_SYMBOL' : 'VLV_FEED_HTTP', got, { where: path });
  }

  #pauseOf({ status, headers, body }: HttpReply): number {
    const seconds = Number(headers['retry-after'] ?? Number.NaN);
    const until = Number(/banned until (\d{13})/.exec(body)?.[1] ?? Number.NaN);
    const left = until - this.#clockBase - this.#options.clock.monotonic();
    const asked = seconds >= 0 ? seconds * 1_000 : left >= 0 ? left : undefined;
    if (status === 429) return asked ?? RETRY_PAUSE_MS;
    return asked ?? (status === 418 ? SHORTEST_BAN_MS : FIREWALL_PAUSE_MS);
  }

  #pause(ms: number): void {
    this.#budget.pause(ms);
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.clock.monotonic() + ms);
  }

  #paused(path: string): ValvulinError {
    const seconds = Math.ceil(this.pausedMs / 1_000);
    return new ValvulinError('VLV_FEED_BANNED', `Expected to be served, got a pause of ${seconds} s`, { where: path });
  }
}

/** What may be cured by asking again. */
const RETRIED: ReadonlySet<string> = new Set(['VLV_FEED_NETWORK', 'VLV_FEED_BANNED']);

function unreadable(path: string, expected: string, got: unknown): ValvulinError {
  const text = JSON.stringify(got).slice(0, 60);
  return new ValvulinError('VLV_FEED_HTTP', `Expected ${expected}, got "${text}"`, { where: path });
}
