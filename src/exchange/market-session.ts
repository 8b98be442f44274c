import type { MarketStreams, Subscriber } from './market-streams.ts';
import type { Connection, Speaker } from './socket-connection.ts';

interface MarketSessionSpec {
  readonly connection: Connection;
  readonly streams: MarketStreams;
  /** Path and query of the connection. */
  readonly url: URL;
  readonly maxStreams: number;
  readonly time: () => number;
}

const UNKNOWN_PROPERTY = 0;
const WRONG_VALUE = 1;
const INVALID_REQUEST = 2;
const INVALID_JSON = 3;
const POLICY = 1008;

type RequestId = string | number | null;

/** One connection to market streams: raw (`/ws`) or combined (`/stream`), with its control messages. */
export class MarketSession implements Speaker, Subscriber {
  readonly timeScale: 1 | 1_000;
  readonly #spec: MarketSessionSpec;
  readonly #names = new Set<string>();
  #combined: boolean;

  constructor(spec: MarketSessionSpec) {
    this.#spec = spec;
    const { pathname, searchParams } = spec.url;
    this.#combined = pathname.startsWith('/stream');
    this.timeScale = /^microsecond$/i.test(searchParams.get('timeUnit') ?? '') ? 1_000 : 1;
    const wanted = this.#combined ? (searchParams.get('streams') ?? '') : pathname.replace(/^\/ws\/?/, '');
    this.#subscribe(decodeURIComponent(wanted).split('/').filter(Boolean));
  }

  streamEvent(stream: string, text: string): void {
    this.#spec.connection.event(this.#combined ? `{"stream":${JSON.stringify(stream)},"data":${text}}` : text);
  }

  shutdownNotice(): string {
    const data = { e: 'serverShutdown', E: this.#spec.time() * this.timeScale };
    return JSON.stringify(this.#combined ? { stream: '!serverShutdown', data } : data);
  }

  terminateUserData(): void {
    // Market streams carry none.
  }

  ended(): void {
    for (const name of this.#names) this.#spec.streams.unsubscribe(name, this);
    this.#names.clear();
  }

  message(text: string): void {
    let request: unknown;
    try {
      request = JSON.parse(text);
    } catch (error) {
      this.#error(INVALID_JSON, `Invalid JSON: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (request === null || typeof request !== 'object' || Array.isArray(request)) {
      this.#error(INVALID_REQUEST, 'Invalid request: request must be an object');
      return;
    }
    const { method, params, id = null } = request as { method?: unknown; params?: unknown; id?: unknown };
    if (!isId(id)) {
      this.#error(INVALID_REQUEST, 'Invalid request: request ID must be an unsigned integer or a string of 36 letters');
      return;
    }
    this.#control(method, params, id);
  }

  #control(method: unknown, params: unknown, id: RequestId): void {
    switch (method) {
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
        if (!isTexts(params)) this.#error(INVALID_REQUEST, 'Invalid request: params must be a list of strings', id);
        else if (method === 'SUBSCRIBE') this.#subscribe(params, id);
        else this.#unsubscribe(params, id);
        return;
      case 'LIST_SUBSCRIPTIONS':
        this.#answer([...this.#names], id);
        return;
      case 'SET_PROPERTY':
      case 'GET_PROPERTY':
        this.#property(method, params, id);
        return;
      default:
        this.#error(INVALID_REQUEST, `Invalid request: unknown variant \`${String(method)}\``, id);
    }
  }

  #subscribe(names: readonly string[], id?: RequestId): void {
    const { connection, maxStreams, streams } = this.#spec;
    if (new Set([...this.#names, ...names]).size > maxStreams) {
      connection.close(POLICY, 'Too many streams');
      return;
    }
    for (const name of names) {
      this.#names.add(name);
      streams.subscribe(name, this);
    }
    if (id !== undefined) this.#answer(null, id);
  }

  #unsubscribe(names: readonly string[], id: RequestId): void {
    for (const name of names) {
      if (this.#names.delete(name)) this.#spec.streams.unsubscribe(name, this);
    }
    this.#answer(null, id);
  }

  #property(method: 'SET_PROPERTY' | 'GET_PROPERTY', params: unknown, id: RequestId): void {
    const [name, value] = Array.isArray(params) ? (params as unknown[]) : [];
    if (name !== 'combined') {
      this.#error(UNKNOWN_PROPERTY, `Unknown property: ${String(name)}`, id);
    } else if (method === 'GET_PROPERTY') {
      this.#answer(this.#combined, id);
    } else if (typeof value === 'boolean') {
      this.#combined = value;
      this.#answer(null, id);
    } else {
      this.#error(WRONG_VALUE, 'Invalid value type: expected Boolean', id);
    }
  }

  #answer(result: unknown, id: RequestId): void {
    this.#spec.connection.reply(JSON.stringify({ result, id }));
  }

  #error(code: number, msg: string, id?: RequestId): void {
    this.#spec.connection.reply(JSON.stringify({ code, msg, ...(id === undefined ? {} : { id }) }));
  }
}

function isId(id: unknown): id is RequestId {
  return id === null || Number.isSafeInteger(id) || (typeof id === 'string' && id.length <= 36);
}

function isTexts(params: unknown): params is readonly string[] {
  return Array.isArray(params) && params.every((name) => typeof name === 'string');
}
