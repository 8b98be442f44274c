/**
 * What the live half needs of the world: time, HTTP and WebSockets. Real ones are made at the edge; tests and the
 * deterministic simulation put their own in place, with a clock that they move.
 */
export interface Clock {
  /** Wall time of this machine, epoch ms. It may jump; exchange time is measured against it. */
  now(): number;
  /** A clock that only goes forward, ms since an arbitrary start. */
  monotonic(): number;
  /** Calls `run` once after `ms`, unless it is cancelled first. */
  after(ms: number, run: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Numbers from 0 (inclusive) to 1, for jitter and for client ids that must differ. */
export type Random = () => number;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute, with its query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends a request once: never again by itself, whatever happens. Rejects with an `Error` where no whole reply came
 * (refused, reset, timed out, cut short); whether the server acted is then unknown.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpReply>;
}

export interface SocketEvents {
  open(): void;
  /** A text frame. */
  message(text: string): void;
  /** A ping of the server arrived; the pong was sent. */
  ping(): void;
  /** The connection is over, or never came to be. Called once, and nothing after it. */
  close(code: number, reason: string): void;
}

export interface Socket {
  /** Sends a text frame; does nothing on a closed socket. */
  send(text: string): void;
  /** Asks the other side to close. */
  close(): void;
  /** Drops the connection without waiting for the other side; `close` is called soon. */
  terminate(): void;
}

export interface Sockets {
  connect(url: string, events: SocketEvents): Socket;
}
