import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Http } from '../../../core/ports.ts';

/** What one call of the library sent and got. */
export interface CallRecord {
  /** Requests that change something. */
  changes: number;
  /** A request that changes something is not sent after this, on the clock that only goes forward. */
  readonly until: number;
  /** The reply to the last request; undefined where none came whole. */
  reply: { readonly status: number; readonly body: string } | undefined;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/**
 * Carries the library's requests over our HTTP port and sees what each call does: a second request that changes
 * something within one call is refused, whatever the library was told about retries.
 */
export class OneRequest {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #calls = new AsyncLocalStorage<CallRecord>();

  constructor(http: Http, clock: Clock, timeoutMs: number) {
    this.#http = http;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Runs one call of the library; `record` tells afterwards what it did. */
  run<T>(record: CallRecord, call: () => Promise<T>): Promise<T> {
    return this.#calls.run(record, call);
  }

  /** What the library calls instead of `fetch`. */
  readonly fetch = async (url: string, init: FetchInit): Promise<Response> => {
    const method = METHODS.find((known) => known === init.method);
    if (!method) throw new Error(`Expected one of ${METHODS.join(', ')}, got "${init.method}"`);
    const record = this.#calls.getStore();
    if (method !== 'GET') {
      if (!record || record.changes > 0) throw new Error('Expected one request that changes something, got another');
      if (this.#clock.monotonic() > record.until) throw new Error('the library held the request back for too long');
      record.changes++;
    }
    if (record) record.reply = undefined;
    const { body } = init;
    const reply = await this.#http.send({
      method,
      url,
      headers: headersOf(init.headers),
      ...(typeof body === 'string' && body !== '' ? { body } : {}),
      timeoutMs: this.#timeoutMs,
    });
    if (record) record.reply = { status: reply.status, body: reply.body };
    const empty = reply.status === 204 || reply.status === 304;
    return new Response(empty ? null : reply.body, { status: reply.status, headers: { ...reply.headers } });
  };
}

interface FetchInit {
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
}

function headersOf(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
