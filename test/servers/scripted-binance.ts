import type { Http, HttpReply, HttpRequest, Socket, SocketEvents, Sockets } from '../../src/core/ports.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What a scripted exchange does with one request: a reply, or an error where none comes. */
export type Answer = Partial<HttpReply> | Error;
type Script = (request: HttpRequest, params: URLSearchParams) => Answer;

/** An exchange of which a test writes every reply; it keeps what it was asked. */
export class ScriptedHttp implements Http {
  readonly requests: HttpRequest[] = [];
  /** Exchange time minus the machine's. */
  skew = 0;
  /** Time that every request takes, half of it each way. */
  roundTrip = 0;
  readonly #clock: VirtualClock;
  readonly #scripts = new Map<string, Script>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.on('GET /api/v3/time', () => ok({ serverTime: Math.round(this.time()) }));
  }

  time(): number {
    return this.#clock.monotonic() + this.#clock.wall + this.skew;
  }

  /** `route` is the method and the path. */
  on(route: string, script: Script): void {
    this.#scripts.set(route, script);
  }

  /** Requests to the route so far. */
  sent(route: string): readonly HttpRequest[] {
    return this.requests.filter((request) => routeOf(request) === route);
  }

  async send(request: HttpRequest): Promise<HttpReply> {
    this.requests.push(request);
    await this.#pass(this.roundTrip / 2);
    const script = this.#scripts.get(routeOf(request));
    const answer = script ? script(request, paramsOf(request)) : ok({ code: -1000, msg: 'not scripted' });
    await this.#pass(this.roundTrip / 2);
    if (answer instanceof Error) throw answer;
    return { status: 200, headers: {}, body: '', ...answer };
  }

  async #pass(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resume) => this.#clock.after(ms, resume));
  }
}

export function ok(json: unknown, headers: Record<string, string> = {}): Partial<HttpReply> {
  return { status: 200, body: JSON.stringify(json), headers };
}

export function failure(
  status: number,
  code: number,
  msg: string,
  headers: Record<string, string> = {},
): Partial<HttpReply> {
  return { status, body: JSON.stringify({ code, msg }), headers };
}

/** Query and body together, as the exchange reads them. */
export function paramsOf({ url, body }: HttpRequest): URLSearchParams {
  return new URLSearchParams(body ?? new URL(url).search);
}

function routeOf({ method, url }: HttpRequest): string {
  return `${method} ${new URL(url).pathname}`;
}

/** One connection as the server sees it. */
export class ScriptedSocket implements Socket {
  readonly url: string;
  readonly events: SocketEvents;
  readonly sent: { id: string; method: string; params: Record<string, unknown> }[] = [];
  ended = false;

  constructor(url: string, events: SocketEvents) {
    this.url = url;
    this.events = events;
  }

  send(text: string): void {
    if (!this.ended) this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.end(1000);
  }

  terminate(): void {
    this.end(1006);
  }

  end(code: number, reason = ''): void {
    if (this.ended) return;
    this.ended = true;
    this.events.close(code, reason);
  }

  /** The reply to the newest request. */
  reply(result: unknown = { subscriptionId: 0 }): void {
    this.message({ id: this.sent.at(-1)?.id, status: 200, result });
  }

  refuse(status: number, code: number, msg: string, data?: unknown): void {
    this.message({ id: this.sent.at(-1)?.id, status, error: { code, msg, data } });
  }

  event(event: Record<string, unknown>): void {
    this.message({ subscriptionId: 0, event });
  }

  message(json: unknown): void {
    if (!this.ended) this.events.message(JSON.stringify(json));
  }
}

export class ScriptedSockets implements Sockets {
  readonly all: ScriptedSocket[] = [];

  connect(url: string, events: SocketEvents): Socket {
    const socket = new ScriptedSocket(url, events);
    this.all.push(socket);
    return socket;
  }

  get last(): ScriptedSocket {
    return this.all[this.all.length - 1];
  }
}
