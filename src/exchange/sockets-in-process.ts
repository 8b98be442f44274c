import type { Clock, Socket, SocketEvents } from '../core/ports.ts';
import type { Session, Wire } from './socket-connection.ts';

interface Link {
  readonly hub: { accept(target: string, wire: Wire, address: string): Session | null };
  readonly clock: Clock;
  readonly latencyMs: number;
  readonly url: string;
  readonly address: string;
  readonly events: SocketEvents;
}

const ABNORMAL = 1006;
const NORMAL = 1000;

/** Runs what is given one after the other, each `latencyMs` after it was given, whatever the order of the timers. */
class Pipe {
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #queue: (() => void)[] = [];

  constructor(clock: Clock, latencyMs: number) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
  }

  push(run: () => void): void {
    this.#queue.push(run);
    this.#clock.after(this.#latencyMs, () => this.#queue.shift()?.());
  }
}

/** A connection without a network: frames take `latencyMs` each way and keep their order. */
export function socketsInProcess({ hub, clock, latencyMs, url, address, events }: Link): Socket {
  const up = new Pipe(clock, latencyMs);
  const down = new Pipe(clock, latencyMs);
  let session: Session | null = null;
  let abandoned = false;
  let over = false;
  let dropped = false;
  const end = (code: number, reason: string): void => {
    if (over) return;
    over = true;
    events.close(code, reason);
  };
  const toClient = (run: () => void): void => {
    if (!abandoned) down.push(() => (over || dropped || abandoned ? undefined : run()));
  };
  const toExchange = (run: (session: Session) => void): void => {
    up.push(() => {
      if (session !== null && !abandoned) run(session);
    });
  };
  const wire: Wire = {
    send: (text) => toClient(() => events.message(text)),
    ping: () =>
      toClient(() => {
        events.ping();
        toExchange((one) => one.pong());
      }),
    close: (code, reason) => toClient(() => end(code, reason)),
    abandon: () => {
      abandoned = true;
    },
  };
  const { pathname, search } = new URL(url);
  up.push(() => {
    if (over || dropped) return;
    // The handshake is answered before the first frame.
    const opened = { accepted: false };
    down.push(() => {
      if (over || dropped) return;
      if (opened.accepted) events.open();
      else end(ABNORMAL, 'connection refused');
    });
    session = hub.accept(pathname + search, wire, address);
    opened.accepted = session !== null;
  });
  return {
    send: (text) => {
      if (!over && !dropped) toExchange((one) => one.message(text));
    },
    close: () => {
      toExchange((one) => {
        one.closed();
        toClient(() => end(NORMAL, ''));
      });
    },
    terminate: () => {
      if (over || dropped) return;
      dropped = true;
      toExchange((one) => one.closed());
      down.push(() => end(ABNORMAL, 'terminated'));
    },
  };
}
