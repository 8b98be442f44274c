import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import type { Clock, Http, HttpReply, HttpRequest, Socket, SocketEvents, Sockets, Timer } from '../core/ports.ts';

/** Closed by us because the other side did not answer: the code that a lost connection shows too. */
const ABNORMAL = 1006;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms: number, run: () => void): Timer {
    const handle = setTimeout(run, ms);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** HTTP by Node's `fetch`, which sends each request once. Redirects are errors: a signed request is meant for one host. */
export const nodeHttp: Http = {
  async send({ method, url, headers, body, timeoutMs }: HttpRequest): Promise<HttpReply> {
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { method, headers, signal, redirect: 'error', ...(body === undefined ? {} : { body }) } as const;
    const reply = await fetch(url, options).catch(explain);
    return { status: reply.status, headers: Object.fromEntries(reply.headers), body: await reply.text() };
  },
};

/** `fetch` says only that it failed; what failed stands in the cause. */
function explain(error: unknown): never {
  if (error instanceof TypeError && error.cause instanceof Error)
    throw new Error(error.cause.message, { cause: error });
  throw error;
}

/** WebSockets by `ws`, which shows the server's pings and can drop a dead connection. */
export const nodeSockets: Sockets = {
  connect(url: string, events: SocketEvents): Socket {
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 10_000 });
    let over = false;
    const end = (code: number, reason: string): void => {
      if (over) return;
      over = true;
      events.close(code, reason);
    };
    let failure = '';
    socket.on('open', () => events.open());
    socket.on('message', (data, binary) => {
      // `ws` gives text as a Buffer.
      if (!binary) events.message((data as Buffer).toString());
    });
    socket.on('ping', () => events.ping());
    socket.on('error', (error) => {
      failure = error.message;
    });
    socket.on('close', (code, reason) => end(code, String(reason) || failure));
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => socket.close(),
      terminate: () => {
        socket.terminate();
        end(ABNORMAL, failure || 'terminated');
      },
    };
  },
};
