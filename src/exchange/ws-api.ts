import type { Exchange } from './local-exchange.ts';
import type { Connection, Speaker } from './socket-connection.ts';
import type { ApiAnswer, Caller, Json } from './types.ts';
import { UserStreams } from './user-streams.ts';

interface WsApiSpec {
  readonly connection: Connection;
  readonly exchange: Exchange;
  readonly url: URL;
  readonly address: string;
}

type RequestId = string | number | null;
type Params = Readonly<Record<string, unknown>>;

interface Request {
  readonly id: RequestId;
  readonly method: string;
  readonly params: Params;
}

interface Logon {
  readonly apiKey: string;
  readonly since: number;
}

/** What the exchange refuses by itself, before any call. */
interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
}

const NOT_LOGGED_ON: Refusal = {
  status: 401,
  code: -1102,
  msg: "Mandatory parameter 'apiKey' was not sent, was empty/null, or malformed.",
};
const ALREADY_SUBSCRIBED: Refusal = { status: 400, code: -2035, msg: 'User Data Stream subscription already active.' };
const NO_SUBSCRIPTION: Refusal = { status: 400, code: -2036, msg: 'User Data Stream subscription not active.' };

/** One connection to the WebSocket API: requests with the operations of REST, a session, and user data. */
export class WsApi implements Speaker {
  readonly #spec: WsApiSpec;
  readonly #connectedSince: number;
  readonly #showLimits: boolean;
  readonly #users: UserStreams;
  readonly #timeScale: 1 | 1_000;
  #logon: Logon | null = null;
  /** The subscription that ends with the session. */
  #ofSession: number | null = null;
  #over = false;

  constructor(spec: WsApiSpec) {
    const { searchParams } = spec.url;
    this.#spec = spec;
    this.#connectedSince = spec.exchange.time();
    this.#showLimits = searchParams.get('returnRateLimits') !== 'false';
    this.#timeScale = /^microsecond$/i.test(searchParams.get('timeUnit') ?? '') ? 1_000 : 1;
    this.#users = new UserStreams({
      exchange: spec.exchange,
      timeScale: this.#timeScale,
      send: (text) => spec.connection.event(text),
    });
  }

  shutdownNotice(): string {
    return JSON.stringify({ event: { e: 'serverShutdown', E: this.#spec.exchange.time() * this.#timeScale } });
  }

  terminateUserData(): void {
    this.#users.terminate();
  }

  ended(): void {
    this.#over = true;
    this.#users.unsubscribe();
  }

  message(text: string): void {
    const request = parse(text);
    if ('msg' in request) this.#refuse(null, request);
    else void this.#handle(request).catch((error: unknown) => this.#fail(request.id, error));
  }

  async #handle(request: Request): Promise<void> {
    switch (request.method) {
      case 'session.logon':
        await this.#logOn(request);
        return;
      case 'session.status':
        this.#answer(request, this.#sessionStatus());
        return;
      case 'session.logout':
        // Subscriptions that were signed for themselves go on.
        if (this.#ofSession !== null) this.#users.unsubscribe(this.#ofSession);
        this.#ofSession = null;
        this.#logon = null;
        this.#answer(request, this.#sessionStatus());
        return;
      case 'session.subscriptions':
        this.#answer(
          request,
          this.#users.ids().map((subscriptionId) => ({ subscriptionId })),
        );
        return;
      case 'userDataStream.subscribe':
        if (this.#logon === null) this.#refuse(request.id, NOT_LOGGED_ON);
        else this.#ofSession = this.#subscribe(request, this.#logon.apiKey) ?? this.#ofSession;
        return;
      case 'userDataStream.subscribe.signature': {
        const answer = await this.#call(request);
        if (answer.status < 400) this.#subscribe(request, text(request.params['apiKey']));
        else this.#forward(request, answer);
        return;
      }
      case 'userDataStream.unsubscribe':
        this.#unsubscribe(request);
        return;
      default:
        this.#forward(request, await this.#call(request));
    }
  }

  /** Runs a request as the exchange's REST would; its signature is over the sorted parameters, not percent-encoded. */
  async #call({ method, params }: Request): Promise<ApiAnswer> {
    const { exchange, address } = this.#spec;
    const values = new Map(Object.entries(params).map(([name, value]) => [name, text(value)]));
    const caller = this.#caller(values);
    for (const name of ['signature', 'apiKey', 'returnRateLimits']) values.delete(name);
    return exchange.call({ operation: method, parameters: values, caller, address });
  }

  #caller(values: ReadonlyMap<string, string>): Caller {
    if (values.has('signature') || values.has('apiKey')) {
      const payload = [...values]
        .filter(([name]) => name !== 'signature')
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${name}=${value}`)
        .join('&');
      return { kind: 'signed', apiKey: values.get('apiKey'), signature: values.get('signature'), payload };
    }
    return this.#logon === null ? { kind: 'anonymous' } : { kind: 'session', apiKey: this.#logon.apiKey };
  }

  async #logOn(request: Request): Promise<void> {
    const answer = await this.#call(request);
    if (answer.status >= 400) {
      this.#forward(request, answer);
      return;
    }
    this.#logon = { apiKey: text(request.params['apiKey']), since: this.#spec.exchange.time() };
    this.#answer(request, this.#sessionStatus(), answer);
  }

  #sessionStatus(): Json {
    return {
      apiKey: this.#logon?.apiKey ?? null,
      authorizedSince: this.#logon === null ? null : this.#logon.since * this.#timeScale,
      connectedSince: this.#connectedSince * this.#timeScale,
      returnRateLimits: this.#showLimits,
      serverTime: this.#spec.exchange.time() * this.#timeScale,
      userDataStream: this.#users.count > 0,
    };
  }

  #subscribe(request: Request, apiKey: string): number | null {
    if (this.#over) return null;
    const subscriptionId = this.#users.subscribe(apiKey);
    if (subscriptionId === null) this.#refuse(request.id, ALREADY_SUBSCRIBED);
    else this.#answer(request, { subscriptionId });
    return subscriptionId;
  }

  #unsubscribe(request: Request): void {
    const id = request.params['subscriptionId'];
    const done = this.#users.count > 0 && this.#users.unsubscribe(id === undefined ? undefined : Number(id));
    if (done) this.#answer(request, {});
    else this.#refuse(request.id, NO_SUBSCRIPTION);
  }

  #forward(request: Request, answer: ApiAnswer): void {
    if (answer.status < 400) {
      this.#answer(request, answer.body, answer);
      return;
    }
    const { status, body, headers } = answer;
    const wait = Number(headers['retry-after'] ?? Number.NaN);
    const serverTime = this.#spec.exchange.time();
    const data = Number.isNaN(wait) ? {} : { data: { serverTime, retryAfter: serverTime + wait * 1_000 } };
    const error = Object.assign({}, body, data);
    this.#send({ id: request.id, status, error, ...this.#limits(request, answer) });
  }

  #answer(request: Request, result: Json, answer?: ApiAnswer): void {
    this.#send({ id: request.id, status: 200, result, ...this.#limits(request, answer) });
  }

  #refuse(id: RequestId, { status, code, msg }: Refusal): void {
    this.#send({ id, status, error: { code, msg }, rateLimits: [] });
  }

  /** What the exchange did not expect of itself: its client is told, as Binance does, and the connection goes on. */
  #fail(id: RequestId, error: unknown): void {
    const cause = error instanceof Error ? error.message : String(error);
    this.#refuse(id, {
      status: 500,
      code: -1000,
      msg: `An unknown error occurred while processing the request: ${cause}`,
    });
  }

  #limits({ params }: Request, answer: ApiAnswer | undefined): object {
    const shown = params['returnRateLimits'] ?? this.#showLimits;
    return shown === true ? { rateLimits: answer?.rateLimits ?? [] } : {};
  }

  #send(message: object): void {
    if (!this.#over) this.#spec.connection.reply(JSON.stringify(message));
  }
}

function parse(frame: string): Request | Refusal {
  let request: unknown;
  try {
    request = JSON.parse(frame);
  } catch {
    return { status: 400, code: -1135, msg: 'Invalid JSON Request' };
  }
  const { id = null, method, params = {} } = (request ?? {}) as { id?: unknown; method?: unknown; params?: unknown };
  const goodId = id === null || Number.isSafeInteger(id) || (typeof id === 'string' && id.length <= 36);
  if (!goodId || typeof method !== 'string' || params === null || typeof params !== 'object') {
    return { status: 400, code: -1135, msg: 'Invalid JSON Request' };
  }
  return { id: id as RequestId, method, params: params as Params };
}

/** A parameter as the signature and the operations see it: lists as JSON, all else as it prints. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
