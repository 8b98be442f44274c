import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { ValvulinError } from '../core/errors.ts';
import type { HttpReply, HttpRequest } from '../core/ports.ts';
import type { ExchangeSockets } from './exchange-sockets.ts';
import type { Exchange } from './local-exchange.ts';
import { ServerControl } from './server-control.ts';
import type { Lockstep } from './lockstep.ts';
import type { Wire } from './socket-connection.ts';

export interface ServeOptions {
  readonly exchange: Exchange;
  readonly sockets: ExchangeSockets;
  /** Lets a client move the market by requests. */
  readonly lockstep?: Lockstep;
  /** How fast exchange time runs, for clients that ask; null in lockstep. Default 1. */
  readonly speed?: number | null;
  /** Loopback only. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
/** As long as the exchange may hold a request back. */
const TIMEOUT_MS = 60_000;
const MAX_BODY = 1_000_000;
/** What a lost connection shows; it cannot be sent. */
const ABNORMAL = 1006;
const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE']);

/** A local exchange on loopback: REST, market streams and the WebSocket API on one port. */
export class ExchangeServer {
  /** Addresses to give to a client: REST, streams (`/ws`, `/stream`), and the WebSocket API. */
  readonly rest: string;
  readonly ws: string;
  readonly wsApi: string;
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;
  readonly #options: ServeOptions;
  readonly #control: ServerControl;

  private constructor(http: Server, host: string, options: ServeOptions) {
    const address = http.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.rest = `http://${authority}`;
    this.ws = `ws://${authority}`;
    this.wsApi = `ws://${authority}/ws-api/v3`;
    this.#http = http;
    this.#options = options;
    this.#control = new ServerControl(options);
    // Pings are answered by hand, so that a connection that has gone silent answers none.
    this.#webSockets = new WebSocketServer({ noServer: true, autoPong: false, perMessageDeflate: false });
    http.on('request', (request, response) => void this.#answer(request, response));
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /**
   * Starts serving.
   * @throws ValvulinError `VLV_EXCHANGE_SETUP` where the host is not loopback or the port is taken
   */
  static async serve(options: ServeOptions): Promise<ExchangeServer> {
    const { host = '127.0.0.1', port = 0 } = options;
    if (!LOOPBACK.has(host)) {
      throw new ValvulinError('VLV_EXCHANGE_SETUP', `Expected a loopback host for the local exchange, got "${host}"`, {
        hint: 'It holds no real money and checks no real identity, so it is served on 127.0.0.1 only.',
      });
    }
    const http = createServer({ keepAliveTimeout: 5_000 });
    await new Promise<void>((resolve, reject) => {
      http.once('error', (cause) => {
        const message = `Expected a free port, got "${port}": ${cause.message}`;
        reject(new ValvulinError('VLV_EXCHANGE_SETUP', message, { where: host, cause }));
      });
      http.listen(port, host, resolve);
    });
    return new ExchangeServer(http, host, options);
  }

  /** Ends all connections and stops listening. */
  async close(): Promise<void> {
    this.#options.sockets.close();
    for (const socket of this.#webSockets.clients) socket.terminate();
    this.#webSockets.close();
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
    this.#http.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await bodyOf(request);
      const path = request.url ?? '/';
      const reply = path.startsWith('/local/')
        ? this.#control.answer(path, body)
        : await this.#rest(request, path, body);
      response.writeHead(reply.status, reply.headers);
      response.end(reply.body);
    } catch {
      // The exchange gave no whole answer (a fault of the network): nor does the connection.
      request.socket.destroy();
    }
  }

  #rest(request: IncomingMessage, path: string, body: string): Promise<HttpReply> {
    const { method = 'GET' } = request;
    if (!METHODS.has(method)) {
      return Promise.resolve({ status: 405, headers: { 'content-type': 'text/plain' }, body: 'Method Not Allowed' });
    }
    return this.#options.exchange.http().send({
      method: method as HttpRequest['method'],
      url: `${this.rest}${path}`,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      timeoutMs: TIMEOUT_MS,
      ...(body === '' ? {} : { body }),
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = request.socket.remoteAddress ?? '';
    let webSocket: WebSocket | null = null;
    const early: ((open: WebSocket) => void)[] = [];
    const whenOpen = (run: (open: WebSocket) => void): void => {
      if (webSocket === null) early.push(run);
      else if (webSocket.readyState === WebSocket.OPEN) run(webSocket);
    };
    const wire: Wire = {
      send: (text) => whenOpen((open) => open.send(text)),
      ping: () => whenOpen((open) => open.ping()),
      close: (code, reason) => whenOpen((open) => (code === ABNORMAL ? open.terminate() : open.close(code, reason))),
      abandon: () => whenOpen((open) => open.pause()),
    };
    const session = this.#options.sockets.accept(request.url ?? '/', wire, address);
    if (session === null) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
      return;
    }
    socket.once('close', () => session.closed());
    this.#webSockets.handleUpgrade(request, socket, head, (open) => {
      webSocket = open;
      open.on('message', (data, binary) => {
        if (!binary) session.message(textOf(data));
      });
      open.on('ping', (data) => {
        open.pong(data);
        session.ping();
      });
      open.on('pong', () => session.pong());
      open.on('error', () => open.terminate());
      for (const run of early) run(open);
    });
  }
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) throw new RangeError(`Expected at most ${MAX_BODY} bytes, got more`);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}
