import type { Socket, Sockets } from '../../src/core/ports.ts';

export type Frame = Record<string, unknown>;

/** A client that keeps all that comes. */
export class SocketClient {
  readonly frames: Frame[] = [];
  opened = 0;
  pings = 0;
  /** Code and reason, once the connection is over. */
  ended: readonly [code: number, reason: string] | null = null;
  readonly #socket: Socket;

  constructor(sockets: Sockets, url: string) {
    this.#socket = sockets.connect(url, {
      open: () => this.opened++,
      message: (text) => this.frames.push(JSON.parse(text) as Frame),
      ping: () => this.pings++,
      close: (code, reason) => {
        this.ended = [code, reason];
      },
    });
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  close(): void {
    this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Takes out what has come so far. */
  take(): Frame[] {
    return this.frames.splice(0);
  }

  /** The `event` of each user data frame so far, which it takes out. */
  takeEvents(): Frame[] {
    return this.take().flatMap(({ event }) => (event === undefined ? [] : [event as Frame]));
  }
}
