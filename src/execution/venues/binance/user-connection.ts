import type { Clock, Socket, Sockets, Timer } from '../../../core/ports.ts';
import { errorOf } from './outcome.ts';
import { type Json, parseJson } from './reply-fields.ts';
import type { BinanceRest } from './rest.ts';
import { type Params, socketSignature } from './signing.ts';

interface UserConnectionOptions {
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly rest: BinanceRest;
  readonly url: string;
  subscribed(): void;
  event(event: Json): void;
  /** Called once; `retryMs` is how long the exchange asked to wait at least. */
  ended(reason: string, retryMs: number): void;
}

/** The server pings every 20 s: after this long without any frame nobody is there. */
const SILENCE = 45_000;
const HANDSHAKE = 15_000;
const BAD_TIMESTAMP = -1021;
/** Keys that are refused will be refused again: asking often helps nobody. */
const REFUSED_PAUSE = 60_000;

/** One connection to the WebSocket API, from its opening to its end: signs in, subscribes, watches for silence. */
export class UserConnection {
  readonly #options: UserConnectionOptions;
  #socket: Socket | undefined;
  #watch: Timer | undefined;
  #lastFrame = 0;
  #subscribed = false;
  #over = false;
  /** Method of each request that has no reply yet, by its id. */
  readonly #asked = new Map<string, string>();
  #nextId = 0;

  constructor(options: UserConnectionOptions) {
    this.#options = options;
  }

  open(): void {
    const { clock, rest } = this.#options;
    const { limits, time } = rest;
    const admission = limits.admit({ weight: 2, orders: 0, urgent: true });
    if (admission.kind !== 'go') {
      // Not at once: the caller has not kept this connection yet.
      this.#watch = clock.after(0, () => this.#end(admission.reason, admission.ms));
      return;
    }
    time
      .fresh()
      .then(() => this.#connect())
      .catch((error: unknown) => this.#end((error as Error).message, 0));
  }

  /** Ends it, and says so. */
  fail(reason: string, retryMs = 0): void {
    if (this.#over) return;
    this.#end(reason, retryMs);
    this.#socket?.terminate();
  }

  /** Ends it without a word. */
  drop(): void {
    this.#over = true;
    this.#watch?.cancel();
    this.#socket?.terminate();
  }

  #connect(): void {
    if (this.#over) return;
    const { sockets, clock, url, rest } = this.#options;
    this.#lastFrame = clock.monotonic();
    const ticket = rest.limits.begin({ weight: 2, orders: 0, urgent: true });
    rest.limits.end(ticket, undefined);
    this.#arm(HANDSHAKE);
    this.#socket = sockets.connect(url, {
      open: () => this.#signIn(),
      message: (frame) => this.#onMessage(frame),
      ping: () => this.#alive(),
      close: (code, reason) => this.#end(`the connection ended (${code}${reason === '' ? '' : ` ${reason}`})`, 0),
    });
  }

  #alive(): void {
    this.#lastFrame = this.#options.clock.monotonic();
  }

  /** Looks again when the present silence would be too long. */
  #arm(ms: number): void {
    this.#watch?.cancel();
    this.#watch = this.#options.clock.after(ms, () => {
      if (this.#over) return;
      if (!this.#subscribed) {
        this.fail('it did not answer the subscription in time');
        return;
      }
      const silent = this.#options.clock.monotonic() - this.#lastFrame;
      if (silent >= SILENCE) this.fail(`nothing was received for ${Math.round(silent / 1_000)} s`);
      else this.#arm(SILENCE - silent);
    });
  }

  /** Ed25519 keys sign in once for the connection; the others sign the subscription itself. */
  #signIn(): void {
    if (this.#over) return;
    if (this.#options.rest.signer.kind === 'ed25519') this.#request('session.logon', true);
    else this.#request('userDataStream.subscribe.signature', true);
  }

  #request(method: string, signed: boolean): void {
    const { rest } = this.#options;
    const id = String(++this.#nextId);
    this.#asked.set(id, method);
    const unsigned: Params = {
      apiKey: rest.signer.apiKey.reveal(),
      recvWindow: rest.recvWindowMs,
      timestamp: rest.time.now(),
    };
    const params = signed ? { ...unsigned, signature: socketSignature(unsigned, rest.signer) } : {};
    this.#socket?.send(JSON.stringify({ id, method, params }));
  }

  #onMessage(frame: string): void {
    if (this.#over) return;
    this.#alive();
    const json = parseJson(frame);
    if (typeof json !== 'object' || json === null) {
      this.fail('a frame could not be read');
      return;
    }
    const message = json as Json;
    if (typeof message.event === 'object' && message.event !== null) {
      this.#options.event(message.event as Json);
      return;
    }
    const method = this.#asked.get(String(message.id));
    if (typeof message.status === 'number' && message.status !== 200) {
      this.#refused(message);
      return;
    }
    if (method === undefined) return;
    this.#asked.delete(String(message.id));
    if (method === 'session.logon') {
      this.#request('userDataStream.subscribe', false);
      return;
    }
    this.#subscribed = true;
    this.#arm(SILENCE);
    this.#options.subscribed();
  }

  #refused(message: Json): void {
    const { rest } = this.#options;
    const { code, msg } = errorOf(message.error);
    const data = (message.error as Json | undefined)?.data as Json | undefined;
    const until = Number(data?.retryAfter);
    const asked = until > 0 ? Math.max(0, until - rest.time.now()) : 0;
    const reason = `the subscription was refused (${String(message.status)}: ${code} ${msg})`;
    if (message.status === 418 || message.status === 429) rest.limits.ban(Math.max(asked, 1_000), reason);
    if (code !== BAD_TIMESTAMP) {
      this.fail(reason, Math.max(asked, message.status === 401 || message.status === 400 ? REFUSED_PAUSE : 0));
      return;
    }
    const again = (): void => this.fail(reason);
    rest.time.sync().then(again, again);
  }

  #end(reason: string, retryMs: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#watch?.cancel();
    this.#options.ended(reason, retryMs);
  }
}
