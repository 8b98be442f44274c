import { ValvulinError } from '../core/errors.ts';
import type { Http, Socket, SocketEvents, Sockets } from '../core/ports.ts';
import type { LockstepState } from './lockstep.ts';

const TIMEOUT_MS = 30_000;
const MARKER = '{"lockstep":';

interface Watched {
  open: boolean;
  /** Number of the newest marker that came. */
  seen: number;
}

/**
 * The client's side of lockstep over real ports: hides the markers from whoever uses its sockets, and moves the market
 * when the client says that it is done with all that came.
 */
export class LockstepClient {
  readonly #http: Http;
  readonly #inner: Sockets;
  readonly #url: string;
  readonly #watched = new Set<Watched>();
  #wake: () => void = () => undefined;

  /** @param url REST address of an exchange that is served in lockstep */
  constructor(http: Http, sockets: Sockets, url: string) {
    this.#http = http;
    this.#inner = sockets;
    this.#url = url;
  }

  /** Plays the next instant; resolves when every event of it has been delivered. */
  async advance(): Promise<LockstepState> {
    return this.#move('advance');
  }

  /** Resolves when every event of the client's own requests has been delivered; the market does not move. */
  async sync(): Promise<LockstepState> {
    return this.#move('sync');
  }

  sockets(): Sockets {
    return { connect: (url, events) => this.#connect(url, events) };
  }

  #connect(url: string, events: SocketEvents): Socket {
    const watched: Watched = { open: false, seen: 0 };
    this.#watched.add(watched);
    return this.#inner.connect(url, {
      open: () => {
        watched.open = true;
        events.open();
      },
      message: (text) => {
        if (!text.startsWith(MARKER)) {
          events.message(text);
          return;
        }
        const { lockstep } = JSON.parse(text) as { lockstep: LockstepState };
        watched.seen = lockstep.instant;
        this.#wake();
      },
      ping: () => events.ping(),
      close: (code, reason) => {
        this.#watched.delete(watched);
        this.#wake();
        events.close(code, reason);
      },
    });
  }

  async #move(how: 'advance' | 'sync'): Promise<LockstepState> {
    // A connection that opens while the market moves may miss the marker, so only those open before are waited for.
    const waiting = [...this.#watched].filter(({ open }) => open);
    const reply = await this.#http.send({
      method: 'POST',
      url: `${this.#url}/local/lockstep/${how}`,
      headers: {},
      timeoutMs: TIMEOUT_MS,
    });
    if (reply.status !== 200) {
      throw new ValvulinError('VLV_EXCHANGE_SETUP', `Expected a market in lockstep, got "${reply.body}"`, {
        where: this.#url,
      });
    }
    const state = JSON.parse(reply.body) as LockstepState;
    const behind = (): boolean => waiting.some((one) => this.#watched.has(one) && one.seen < state.instant);
    while (behind()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return state;
  }
}
