import type { Clock, Socket, Sockets, Timer } from '../../core/ports.ts';
import { type MarketFrame, parseFrame } from './market-frames.ts';

/** The exchange pings every 20 s: a connection without any frame for so long is dead, whatever TCP says. */
const DEAD_MS = 45_000;
/** Streams named in one control message, which keeps it well below the size that servers take. */
const PER_MESSAGE = 100;
/** The exchange drops a connection that sends more than 5 messages a second, pongs included. */
const MESSAGE_EVERY_MS = 300;
/** Opening and each subscription must be answered within this time. */
const ANSWER_MS = 10_000;

export interface StreamSocketOptions {
  readonly sockets: Sockets;
  readonly clock: Clock;
  /** Address of the combined streams. */
  readonly url: string;
  readonly streams: readonly string[];
  /** Every stream is subscribed. */
  readonly onReady: () => void;
  readonly onFrame: (frame: MarketFrame) => void;
  /** The connection is over. Called once, unless it was dropped by `drop`. */
  readonly onEnd: (reason: string) => void;
}

/** One connection: opens, subscribes within the message limit, and notices when nothing comes any more. */
export class StreamSocket {
  readonly #options: StreamSocketOptions;
  readonly #socket: Socket;
  readonly #queue: string[] = [];
  #unanswered = 0;
  #ready = false;
  #over = false;
  readonly #startedAt: number;
  #lastFrame: number;
  #watch: Timer;
  #cut: Timer | undefined;
  #sending: Timer | undefined;

  constructor(options: StreamSocketOptions) {
    this.#options = options;
    const { sockets, clock, streams, url } = options;
    for (let i = 0; i < streams.length; i += PER_MESSAGE) {
      const params = streams.slice(i, i + PER_MESSAGE);
      this.#queue.push(JSON.stringify({ method: 'SUBSCRIBE', params, id: i / PER_MESSAGE + 1 }));
    }
    this.#unanswered = this.#queue.length;
    this.#startedAt = clock.monotonic();
    this.#lastFrame = this.#startedAt;
    this.#watch = clock.after(ANSWER_MS, () => this.#onWatch());
    this.#socket = sockets.connect(url, {
      open: () => this.#sendNext(),
      message: (text) => this.#onMessage(text),
      ping: () => {
        this.#lastFrame = clock.monotonic();
      },
      close: (code, reason) => {
        this.#cut?.cancel();
        this.#end(`closed with ${code}${reason === '' ? '' : ` ${reason}`}`);
      },
    });
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Ends it without telling: somebody else has taken over. */
  drop(): void {
    if (!this.#finish()) return;
    this.#socket.close();
    // A half-open connection never answers a close, so it is cut soon after.
    this.#cut = this.#options.clock.after(ANSWER_MS, () => this.#socket.terminate());
  }

  /** Cuts it now, and tells. */
  terminate(reason: string): void {
    this.#end(reason);
  }

  #sendNext(): void {
    if (this.#over) return;
    const text = this.#queue.shift();
    if (text === undefined) return;
    this.#socket.send(text);
    this.#sending = this.#options.clock.after(MESSAGE_EVERY_MS, () => this.#sendNext());
  }

  #onMessage(text: string): void {
    if (this.#over) return;
    this.#lastFrame = this.#options.clock.monotonic();
    const frame = parseFrame(text);
    if (frame.kind !== 'reply') {
      this.#options.onFrame(frame);
      return;
    }
    if (frame.error !== null) {
      this.#end(`the exchange refused a subscription: ${frame.error}`);
      return;
    }
    this.#unanswered--;
    if (this.#unanswered > 0 || this.#ready) return;
    this.#ready = true;
    this.#options.onReady();
  }

  #onWatch(): void {
    const { clock, streams } = this.#options;
    const silent = clock.monotonic() - (this.#ready ? this.#lastFrame : this.#startedAt);
    const limit = this.#ready ? DEAD_MS : ANSWER_MS + (streams.length / PER_MESSAGE) * MESSAGE_EVERY_MS;
    if (silent >= limit) {
      this.#end(this.#ready ? `no frame for ${Math.round(silent / 1_000)} s` : 'no answer to the subscription');
      return;
    }
    this.#watch = clock.after(Math.max(limit - silent, 1), () => this.#onWatch());
  }

  #end(reason: string): void {
    if (!this.#finish()) return;
    this.#socket.terminate();
    this.#options.onEnd(reason);
  }

  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#watch.cancel();
    this.#sending?.cancel();
    return true;
  }
}
