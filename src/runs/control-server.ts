import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { snakeKeys } from '../core/config/index.ts';
import { ValvulinError } from '../core/errors.ts';
import {
  type ControlReply,
  type ControlRequest,
  controlRequest,
  type ControlVerb,
  LONGEST_LINE,
} from './control-protocol.ts';

/** Answers one verb; the result is sent as JSON. What it throws is sent as a refusal. */
export type ControlHandler = (request: ControlRequest) => unknown;
export type ControlHandlers = Readonly<Record<ControlVerb, ControlHandler>>;

export interface ControlServerOptions {
  /** As `controlAddress` says. */
  readonly path: string;
  readonly handlers: ControlHandlers;
  /** Told of whatever a handler threw besides what it meant for the operator, and of a broken server. */
  readonly onError: (error: unknown) => void;
}

const MOST_CLIENTS = 16;

/**
 * Lets the operator of this machine talk to a running engine: lines of JSON over a socket that only its owner may open.
 * The engine must hold its account's lock, so that a socket which stands there already can only be a dead one's.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = MOST_CLIENTS;
  }

  /** @throws ValvulinError `VLV_CONTROL` where the socket cannot be made */
  async listen(): Promise<void> {
    const { path, onError } = this.#options;
    try {
      removeSocket(path);
      await new Promise<void>((done, fail) => {
        this.#server.once('error', fail);
        this.#server.listen(path, () => {
          this.#server.off('error', fail);
          done();
        });
      });
      if (isFile(path)) chmodSync(path, 0o600);
    } catch (cause) {
      throw new ValvulinError('VLV_CONTROL', `Expected to open the control socket, got "${(cause as Error).message}"`, {
        where: path,
        hint: 'Without it "valvulin halt" could not reach the engine. Look at the rights of the folder.',
        cause,
      });
    }
    this.#server.on('error', onError);
  }

  /** Ends all conversations and removes the socket. */
  async close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    for (const socket of this.#clients) socket.destroySoon();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#clients.add(socket);
    socket.setEncoding('utf8');
    let rest = '';
    // Replies of one conversation come in the order of its requests.
    let turn: Promise<void> = Promise.resolve();
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) socket.destroy();
      for (const line of lines) {
        turn = turn.then(async () => {
          const reply = await this.#answer(line);
          if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
        });
      }
    });
    // A client that goes away early is no problem of the engine's.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#clients.delete(socket));
  }

  async #answer(line: string): Promise<ControlReply> {
    const request = parseRequest(line);
    if (request === null) return refusal(0, 'VLV_CONTROL', 'Expected a request such as {"id":1,"do":"status"}');
    const { id } = request;
    try {
      const result: unknown = await this.#options.handlers[request.do](request);
      return { id, ok: true, result: result === undefined ? null : snakeKeys(result) };
    } catch (error) {
      if (error instanceof ValvulinError) return refusal(id, error.code, error.message, error.hint);
      this.#options.onError(error);
      return refusal(id, 'VLV_CONTROL', error instanceof Error ? error.message : String(error));
    }
  }
}

function parseRequest(line: string): ControlRequest | null {
  try {
    return controlRequest.parse(JSON.parse(line));
  } catch {
    // Whatever is wrong with it, the reply shows what a request looks like.
    return null;
  }
}

function refusal(id: number, code: string, message: string, hint?: string): ControlReply {
  return { id, ok: false, code, message, hint: hint ?? null };
}

/** Takes away what an engine that was killed left behind; anything that is no socket stays, and listening fails. */
function removeSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
}

/** A named pipe is none. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
