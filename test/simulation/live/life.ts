import type { Clock, Http, HttpReply, HttpRequest, Socket, SocketEvents, Sockets } from '../../../src/core/ports.ts';

export interface LifeOptions {
  readonly clock: Clock;
  readonly http: Http;
  readonly sockets: Sockets;
  /** Told of each request as it leaves, and of each reply as it is seen. */
  readonly onRequest: (request: HttpRequest) => void;
  readonly onReply: (request: HttpRequest, reply: HttpReply) => void;
}

/**
 * The ports of one process. When it is killed nothing of it runs any more: no timer, no answer, no frame. While it is
 * stalled everything waits, as behind a blocked event loop, and comes in its order afterwards.
 */
export class Life {
  alive = true;
  /** How far this machine's wall clock is off, ms. */
  wall = 0;
  readonly #options: LifeOptions;
  readonly #open = new Set<Socket>();
  #held: (() => void)[] | null = null;

  constructor(options: LifeOptions) {
    this.#options = options;
  }

  kill(): void {
    this.alive = false;
    this.#held = null;
    for (const socket of this.#open) socket.terminate();
    this.#open.clear();
  }

  stall(ms: number): void {
    if (this.#held !== null || !this.alive) return;
    this.#held = [];
    this.#options.clock.after(ms, () => {
      const held = this.#held ?? [];
      this.#held = null;
      for (const run of held) this.#run(run);
    });
  }

  #run(work: () => void): void {
    if (!this.alive) return;
    if (this.#held) this.#held.push(work);
    else work();
  }

  readonly clock: Clock = {
    now: () => this.#options.clock.now() + this.wall,
    monotonic: () => this.#options.clock.monotonic(),
    after: (ms, run) => {
      if (!this.alive) return { cancel: () => undefined };
      let canceled = false;
      const timer = this.#options.clock.after(ms, () =>
        this.#run(() => {
          if (!canceled) run();
        }),
      );
      return {
        cancel: () => {
          canceled = true;
          timer.cancel();
        },
      };
    },
  };

  readonly http: Http = {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (!this.alive) return;
        this.#options.onRequest(request);
        this.#options.http.send(request).then(
          (reply) =>
            this.#run(() => {
              this.#options.onReply(request, reply);
              resolve(reply);
            }),
          (error: unknown) => this.#run(() => reject(error instanceof Error ? error : new Error(String(error)))),
        );
      }),
  };

  readonly sockets: Sockets = {
    connect: (url: string, events: SocketEvents): Socket => {
      if (!this.alive) return { send: () => undefined, close: () => undefined, terminate: () => undefined };
      const socket = this.#options.sockets.connect(url, {
        open: () => this.#run(() => events.open()),
        message: (text) => this.#run(() => events.message(text)),
        ping: () => this.#run(() => events.ping()),
        close: (code, reason) => {
          this.#open.delete(socket);
          this.#run(() => events.close(code, reason));
        },
      });
      this.#open.add(socket);
      return socket;
    },
  };
}
