import { ValvulinError } from '../../../core/errors.ts';
import type { Clock, Http, HttpReply } from '../../../core/ports.ts';
import type { Endpoints } from './endpoints.ts';
import { RequestClock } from './request-clock.ts';
import { type Cost, RequestLimits } from './limits.ts';
import { describe, errorOf, judge, type Verdict } from './outcome.ts';
import { parseJson, record, whole } from './reply-fields.ts';
import { encodeParams, type Params, type Signer, signedParams } from './signing.ts';

/** One REST request. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly params: Params;
  readonly weight: number;
  readonly signed: boolean;
  readonly orders?: number;
  readonly urgent?: boolean;
}

/** What a query brought. */
export type QueryResult =
  | { readonly ok: true; readonly value: unknown }
  /** `code` is that of a refusal with HTTP 400; any other failure says nothing about what was asked. */
  | { readonly ok: false; readonly code: number | undefined; readonly reason: string };

/** What became of a request: `held` ones were never sent, of `lost` ones no whole reply came. */
type Answer =
  | { readonly kind: 'reply'; readonly reply: HttpReply }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'held'; readonly reason: string };

export interface RestOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly signer: Signer;
  readonly recvWindowMs: number;
  readonly note: (text: string) => void;
}

/** Longer than the ten seconds after which the exchange itself gives up and says so. */
const TIMEOUT = 12_000;
const BAD_TIMESTAMP = -1021;
/** How far behind the time at which a request was asked for its own timestamp may lie. */
const LATEST = 1_000;

/**
 * Signed requests within the limits, on the exchange's time. A request that changes something is sent once at most;
 * a query once more where only its timestamp was wrong.
 */
export class BinanceRest {
  readonly time: RequestClock;
  readonly limits: RequestLimits;
  readonly signer: Signer;
  readonly recvWindowMs: number;
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #base: string;
  readonly #note: (text: string) => void;

  constructor({ http, clock, endpoints, signer, recvWindowMs, note }: RestOptions) {
    this.signer = signer;
    this.recvWindowMs = recvWindowMs;
    this.#http = http;
    this.#clock = clock;
    this.#base = endpoints.rest;
    this.#note = note;
    this.time = new RequestClock(clock, () => this.#serverTime(), note);
    this.limits = new RequestLimits(clock, () => this.time.now(), note);
  }

  /**
   * A request that changes something, sent once or not at all. Never rejects. Its timestamp is that of the call, or a
   * second later at most: whoever reckons from the call until when it may be executed must not be too early.
   */
  async command(call: Call): Promise<Verdict> {
    const latest = this.time.now() + LATEST;
    try {
      await this.time.fresh();
    } catch (error) {
      return notSent((error as Error).message);
    }
    if (this.time.now() > latest) return notSent("the exchange's clock was read meanwhile");
    const answer = await this.#send(call);
    if (answer.kind === 'held') return notSent(answer.reason);
    if (answer.kind === 'lost') return { kind: 'in_doubt', reason: answer.reason };
    const verdict = judge(answer.reply.status, answer.reply.body);
    if (verdict.kind === 'rejected' && verdict.code === BAD_TIMESTAMP) this.#resync();
    return verdict;
  }

  /** A query; waits for its turn where the window is full, but never for the end of a ban. Never rejects. */
  async query(call: Call): Promise<QueryResult> {
    try {
      if (call.signed) await this.time.fresh();
      const first = await this.#queryOnce(call);
      if (first.ok || first.code !== BAD_TIMESTAMP) return first;
      await this.time.sync();
      return await this.#queryOnce(call);
    } catch (error) {
      return { ok: false, code: undefined, reason: (error as Error).message };
    }
  }

  /** The reply of a query that must succeed. @throws ValvulinError `VLV_VENUE_REQUEST` */
  async ask<T>(call: Call, read: (value: unknown) => T): Promise<T> {
    const result = await this.query(call);
    if (!result.ok) throw requestError(call, result.reason);
    try {
      return read(result.value);
    } catch (error) {
      throw requestError(call, (error as Error).message, error);
    }
  }

  async #queryOnce(call: Call): Promise<QueryResult> {
    const cost = costOf(call);
    for (;;) {
      const admission = this.limits.admit(cost);
      if (admission.kind !== 'full') break;
      await new Promise<void>((resume) => this.#clock.after(admission.ms, resume));
    }
    const answer = await this.#send(call);
    if (answer.kind !== 'reply') return { ok: false, code: undefined, reason: answer.reason };
    const { status, body } = answer.reply;
    const value = parseJson(body);
    if (status === 200 && value !== undefined) return { ok: true, value };
    const { code, msg } = errorOf(value);
    return {
      ok: false,
      code: status === 400 ? code : undefined,
      reason: `HTTP ${status}${code === undefined ? ` with ${describe(body)}` : `: ${code} ${msg}`}`,
    };
  }

  async #send(call: Call): Promise<Answer> {
    const cost = costOf(call);
    const admission = this.limits.admit(cost);
    if (admission.kind !== 'go') return { kind: 'held', reason: admission.reason };
    const { method, path } = call;
    const params = call.signed ? this.#signed(call.params) : encodeParams(call.params);
    const form = method === 'POST';
    const ticket = this.limits.begin(cost);
    let reply: HttpReply | undefined;
    try {
      reply = await this.#http.send({
        method,
        url: `${this.#base}${path}${params === '' || form ? '' : `?${params}`}`,
        headers: {
          ...(call.signed ? { 'x-mbx-apikey': this.signer.apiKey.reveal() } : {}),
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(form ? { body: params } : {}),
        timeoutMs: TIMEOUT,
      });
      return { kind: 'reply', reply };
    } catch (error) {
      return { kind: 'lost', reason: `no reply: ${(error as Error).message}` };
    } finally {
      this.limits.end(ticket, reply);
    }
  }

  #signed(params: Params): string {
    return signedParams({ ...params, recvWindow: this.recvWindowMs, timestamp: this.time.now() }, this.signer);
  }

  async #serverTime(): Promise<number> {
    const call: Call = { method: 'GET', path: '/api/v3/time', params: {}, weight: 1, signed: false, urgent: true };
    const result = await this.#queryOnce(call);
    if (!result.ok) throw new Error(result.reason);
    return whole(record(result.value), 'serverTime');
  }

  #resync(): void {
    this.time.sync().catch((error: unknown) => this.#note(String(error)));
  }
}

function notSent(reason: string): Verdict {
  return { kind: 'rejected', code: 0, reason: `not sent: ${reason}`, cure: 'rate' };
}

function costOf({ weight, orders = 0, urgent = false }: Call): Cost {
  return { weight, orders, urgent };
}

function requestError({ method, path }: Call, reason: string, cause?: unknown): ValvulinError {
  return new ValvulinError('VLV_VENUE_REQUEST', `Expected an answer of the exchange, got "${reason}"`, {
    where: `${method} ${path}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
