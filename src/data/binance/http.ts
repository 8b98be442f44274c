import { ValvulinError } from '../../core/errors.ts';
import type { Surroundings } from './clock.ts';
import { Semaphore } from './semaphore.ts';
import type { WeightBudget } from './weight-budget.ts';

const BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A pause longer than this is not waited for: the caller should know instead. */
const LONGEST_PAUSE_MS = 5 * 60_000;
/** The shortest ban the exchange gives, for a ban that does not say how long. */
const SHORTEST_BAN_MS = 2 * 60_000;
/** The exchange's codes for an unknown symbol, interval, or a symbol of impossible characters. */
const SYMBOL_CODES = [-1100, -1120, -1121];

export interface HttpSettings {
  readonly surroundings: Surroundings;
  readonly budget: WeightBudget;
  /** Requests under way at a time. */
  readonly concurrency: number;
  /** How often one request is tried before it counts as failed. */
  readonly attempts: number;
  /** A request that has brought nothing for so long is given up, ms. */
  readonly timeoutMs: number;
}

export interface HttpRequest<T> {
  readonly url: string;
  /** Request weight; 0 for hosts that do not count. */
  readonly weight: number;
  /** Reads the body; where it throws, the answer counts as damaged and the request is tried again. */
  readonly read: (body: Uint8Array) => T;
  readonly signal: AbortSignal;
}

type Outcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'retry'; readonly reason: string; readonly pauseMs?: number; readonly banned?: boolean };

/**
 * GET requests that survive what a network and an exchange do: lost connections, damaged bodies, errors of the server,
 * rate limits. Retries are bounded, with exponential backoff and full jitter.
 */
export class HttpClient {
  readonly #settings: HttpSettings;
  readonly #gate: Semaphore;

  constructor(settings: HttpSettings) {
    this.#settings = settings;
    this.#gate = new Semaphore(settings.concurrency);
  }

  /**
   * The body as `read` understands it; undefined where the server says 404.
   * @throws ValvulinError `VLV_FEED_NETWORK` once the attempts are used up, `VLV_FEED_BANNED` where the exchange refuses
   *   this address for longer than is worth waiting, `VLV_FEED_SYMBOL`, `VLV_FEED_HTTP` for any other refusal,
   *   `VLV_INTERRUPTED` where the signal was aborted
   */
  async get<T>(request: HttpRequest<T>): Promise<T | undefined> {
    try {
      return await this.#gate.run(request.signal, () => this.#retry(request));
    } catch (error) {
      if (request.signal.aborted && !(error instanceof ValvulinError)) throw interrupted(request.url, error);
      throw error;
    }
  }

  async #retry<T>(request: HttpRequest<T>): Promise<T | undefined> {
    const { attempts, budget, surroundings } = this.#settings;
    let last: Outcome<T> | undefined;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const outcome = await this.#attempt(request);
      if (outcome.kind === 'answer') return outcome.value;
      if (outcome.kind === 'absent') return undefined;
      last = outcome;
      if (attempt === attempts - 1) break;
      if (outcome.pauseMs === undefined) {
        const ceiling = Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** attempt);
        await surroundings.sleep(surroundings.random() * ceiling, request.signal);
      } else if (outcome.pauseMs > LONGEST_PAUSE_MS) {
        throw banned(request.url, outcome.reason, outcome.pauseMs);
      } else if (request.weight > 0) {
        budget.pause(outcome.pauseMs);
      } else {
        await surroundings.sleep(outcome.pauseMs, request.signal);
      }
    }
    const reason = last?.kind === 'retry' ? last.reason : 'no attempt was allowed';
    if (last?.kind === 'retry' && last.banned) throw banned(request.url, reason, last.pauseMs ?? 0);
    throw new ValvulinError('VLV_FEED_NETWORK', `Expected an answer within ${attempts} attempts, got "${reason}"`, {
      where: request.url,
      hint: 'Check the connection and try again; what was downloaded so far is kept.',
    });
  }

  async #attempt<T>(request: HttpRequest<T>): Promise<Outcome<T>> {
    const { budget, surroundings, timeoutMs } = this.#settings;
    const window = request.weight > 0 ? await budget.acquire(request.weight, request.signal) : 0;
    const quiet = new AbortController();
    const giveUp = (): void => quiet.abort(new Error(`nothing received for ${timeoutMs} ms`));
    let timer = setTimeout(giveUp, timeoutMs);
    const onData = (): void => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeoutMs);
    };
    try {
      const signal = AbortSignal.any([request.signal, quiet.signal]);
      const response = await surroundings.fetch(request.url, { signal, headers: { accept: '*/*' } });
      const used = Number(response.headers.get('x-mbx-used-weight-1m') ?? Number.NaN);
      if (Number.isFinite(used)) budget.observe(window, used);
      const body = await readBody(response, onData);
      if (response.ok) return { kind: 'answer', value: request.read(body) };
      return this.#judge(request.url, response, new TextDecoder().decode(body));
    } catch (error) {
      if (error instanceof ValvulinError || request.signal.aborted) throw error;
      return { kind: 'retry', reason: quiet.signal.aborted ? String(quiet.signal.reason) : describe(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** What an answer that is not a success means. */
  #judge<T>(url: string, response: Response, body: string): Outcome<T> {
    const { status } = response;
    const { code, text } = parseError(body);
    const reason = `HTTP ${status}${text === '' ? '' : `: ${text}`}`;
    if (status === 429 || status === 418) {
      const pauseMs = this.#pause(response, text);
      return { kind: 'retry', reason, banned: true, ...(pauseMs === undefined ? {} : { pauseMs }) };
    }
    if (status >= 500 || status === 408) return { kind: 'retry', reason };
    if (code !== undefined && SYMBOL_CODES.includes(code)) {
      throw new ValvulinError('VLV_FEED_SYMBOL', `Expected a symbol and interval of the exchange, got "${text}"`, {
        where: url,
        hint: 'Binance writes symbols in capitals without a separator, such as BTCUSDT.',
      });
    }
    if (status === 404) return { kind: 'absent' };
    throw new ValvulinError('VLV_FEED_HTTP', `Expected HTTP 200, got "${reason}"`, {
      where: url,
      ...(status === 451 || status === 403
        ? { hint: 'The exchange refuses this place or network; set another base_url that you may use.' }
        : {}),
    });
  }

  /** How long the exchange wants to be left alone, ms. */
  #pause(response: Response, text: string): number | undefined {
    const now = this.#settings.surroundings.now();
    const header = response.headers.get('retry-after');
    if (header !== null) {
      const seconds = Number(header);
      const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now;
      if (Number.isFinite(ms)) return Math.max(0, ms);
    }
    const until = /banned until (\d{13})/.exec(text);
    if (until) return Math.max(0, Number(until[1]) - now);
    return response.status === 418 ? SHORTEST_BAN_MS : undefined;
  }
}

async function readBody(response: Response, onData: () => void): Promise<Uint8Array> {
  if (!response.body) return new Uint8Array();
  const parts: Uint8Array[] = [];
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    onData();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parseError(body: string): { code?: number; text: string } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed && 'msg' in parsed) {
      return { code: Number(parsed.code), text: `${String(parsed.code)} ${String(parsed.msg)}` };
    }
  } catch {
    // Firewalls and load balancers answer in HTML: its first line is all that is worth showing.
  }
  return { text: body.split('\n', 1)[0].slice(0, 120) };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function banned(url: string, reason: string, pauseMs: number): ValvulinError {
  const wait = pauseMs > 0 ? ` for ${Math.ceil(pauseMs / 1_000)} s` : '';
  return new ValvulinError('VLV_FEED_BANNED', `Expected to be served, got "${reason}"${wait}`, {
    where: url,
    hint: 'Wait, and see what else uses the exchange from this address; what was downloaded so far is kept.',
  });
}

export function interrupted(where: string, cause: unknown): ValvulinError {
  return new ValvulinError('VLV_INTERRUPTED', 'The download was interrupted; what was downloaded so far is kept', {
    where,
    cause,
  });
}
