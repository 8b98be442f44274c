import type { Clock, Timer } from '../core/ports.ts';
import type { FaultDraw, FrameFaultRule, SocketKind } from './socket-faults.ts';

/** The exchange's end of one connection: real sockets and those in process carry it. */
export interface Wire {
  send(text: string): void;
  /** Sends a ping frame; the pong comes back through `Session.pong`. */
  ping(): void;
  /** Closes with a handshake. */
  close(code: number, reason: string): void;
  /** Goes silent for good without telling the other side: nothing is sent, read or answered any more. */
  abandon(): void;
}

/** What a wire tells the exchange. */
export interface Session {
  message(text: string): void;
  /** A ping frame came (the pong was sent). */
  ping(): void;
  pong(): void;
  /** The connection is over, whoever ended it. Called once. */
  closed(): void;
}

/** What speaks over a connection: market streams or the WebSocket API. */
export interface Speaker {
  message(text: string): void;
  /** `serverShutdown` in the form of this kind of connection. */
  shutdownNotice(): string;
  /** Ends the subscriptions of user data; nothing where there are none. */
  terminateUserData(): void;
  ended(): void;
}

export interface ConnectionLimits {
  readonly pingMs: number;
  /** How long a pong may take before the connection is closed. */
  readonly pongMs: number;
  readonly lifeMs: number;
  /** Frames that the client may send in one second, pings and pongs included; null: as many as it likes. */
  readonly messagesPerSecond: number | null;
}

interface ConnectionSpec {
  readonly wire: Wire;
  readonly kind: SocketKind;
  /** Time of connections: pings, life and rates are not faster where exchange time is. */
  readonly wall: Clock;
  readonly limits: ConnectionLimits;
  readonly frames: FaultDraw<FrameFaultRule>;
  readonly exchangeTime: () => number;
  readonly random: () => number;
  readonly onEnd: (connection: Connection) => void;
}

const POLICY = 1008;
const GOING_AWAY = 1001;
/** Event frames remembered for `ws.replayStale`. */
const REMEMBERED = 50;

/** One open connection: its duties (pings, life, rate) and the faults of its frames. */
export class Connection implements Session {
  readonly kind: SocketKind;
  readonly #spec: ConnectionSpec;
  #speaker: Speaker | null = null;
  #over = false;
  #silentUntil = Number.NEGATIVE_INFINITY;
  /** When the oldest ping was sent that no pong has followed. */
  #unanswered: number | null = null;
  #second = 0;
  #messages = 0;
  #held: string | null = null;
  #sent: string[] = [];
  readonly #timers = new Set<Timer>();

  constructor(spec: ConnectionSpec) {
    this.#spec = spec;
    this.kind = spec.kind;
    this.#after(spec.limits.pingMs, () => this.#ping());
    this.#after(spec.limits.lifeMs, () => this.close(GOING_AWAY, 'disconnected after 24 hours'));
  }

  set speaker(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** An answer to a request of the client. */
  reply(text: string): void {
    if (!this.#over) this.#spec.wire.send(text);
  }

  /** An event: what the faults of frames and silence meet. */
  event(text: string): void {
    if (this.#over || this.#spec.wall.monotonic() < this.#silentUntil) return;
    const rule = this.#spec.frames.next(this.#spec.exchangeTime(), ({ kind }) => (kind ?? this.kind) === this.kind);
    const held = this.#held;
    this.#held = null;
    switch (rule?.fault.verb) {
      case 'ws.dropFrame':
        break;
      case 'ws.dup':
        this.#deliver(text);
        this.#deliver(text);
        break;
      case 'ws.reorder':
        this.#held = text;
        break;
      case 'ws.replayStale': {
        const stale = this.#sent.at(-1 - Math.floor(this.#spec.random() * Math.min(rule.fault.depth, REMEMBERED)));
        this.#deliver(text);
        if (stale !== undefined) this.#deliver(stale);
        break;
      }
      case 'net.delay':
        this.#after(rule.fault.ms, () => this.#deliver(text));
        break;
      case undefined:
        this.#deliver(text);
    }
    if (held !== null) this.#deliver(held);
  }

  message(text: string): void {
    if (this.#over || !this.#admit()) return;
    this.#speaker?.message(text);
  }

  ping(): void {
    if (!this.#over) this.#admit();
  }

  pong(): void {
    if (this.#over) return;
    this.#unanswered = null;
    this.#admit();
  }

  closed(): void {
    this.#end();
  }

  close(code: number, reason: string): void {
    if (this.#over) return;
    this.#end();
    this.#spec.wire.close(code, reason);
  }

  silence(ms: number): void {
    this.#silentUntil = this.#spec.wall.monotonic() + ms;
  }

  /** The client is not told anything and hears nothing any more; only it can notice and end the connection. */
  abandon(): void {
    if (this.#over) return;
    this.#end();
    this.#spec.wire.abandon();
  }

  terminateUserData(): void {
    if (!this.#over) this.#speaker?.terminateUserData();
  }

  /** Announces the shutdown and closes after `noticeMs`. */
  shutDown(noticeMs: number): void {
    if (this.#speaker !== null) this.event(this.#speaker.shutdownNotice());
    this.#after(noticeMs, () => this.close(GOING_AWAY, 'server shutdown'));
  }

  #deliver(text: string): void {
    if (this.#over) return;
    this.#spec.wire.send(text);
    this.#sent.push(text);
    if (this.#sent.length > 2 * REMEMBERED) this.#sent = this.#sent.slice(-REMEMBERED);
  }

  /** Counts a frame of the client; closes the connection where it sends too many. */
  #admit(): boolean {
    const { limits, wall } = this.#spec;
    const second = Math.floor(wall.monotonic() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#messages = 0;
    }
    this.#messages++;
    if (limits.messagesPerSecond === null || this.#messages <= limits.messagesPerSecond) return true;
    this.close(POLICY, 'Too many requests');
    return false;
  }

  #ping(): void {
    if (this.#over) return;
    const { limits, wall, wire } = this.#spec;
    const now = wall.monotonic();
    if (this.#unanswered !== null && now - this.#unanswered >= limits.pongMs) {
      this.close(POLICY, 'Pong timeout');
      return;
    }
    this.#unanswered ??= now;
    wire.ping();
    this.#after(limits.pingMs, () => this.#ping());
  }

  #after(ms: number, run: () => void): void {
    const timer = this.#spec.wall.after(ms, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#speaker?.ended();
    this.#spec.onEnd(this);
  }
}
