import type { Clock, Random, Socket, SocketEvents, Sockets } from '../core/ports.ts';
import type { Exchange } from './local-exchange.ts';
import { MarketSession } from './market-session.ts';
import { MarketStreams } from './market-streams.ts';
import { socketsInProcess } from './sockets-in-process.ts';
import { Connection, type ConnectionLimits, type Session, type Speaker, type Wire } from './socket-connection.ts';
import {
  FaultDraw,
  type FeedFaultRule,
  type FrameFaultRule,
  type SocketFault,
  type SocketFaultPlan,
  type SocketKind,
} from './socket-faults.ts';
import { WsApi } from './ws-api.ts';

export interface SocketOptions {
  readonly exchange: Exchange;
  /** Exchange time. */
  readonly clock: Clock;
  readonly random: Random;
  /** The clock of pings, connection lives and rates; `clock` by default. Real where exchange time is made faster. */
  readonly wall?: Clock;
  /** One-way delay of frames in process, ms. Default 0. */
  readonly latencyMs?: number;
  readonly limits?: SocketLimits;
  readonly faults?: SocketFaultPlan;
}

/** Binance's own values where missing. */
export interface SocketLimits extends Partial<ConnectionLimits> {
  readonly streamsPerConnection?: number;
  /** New connections of one address in five minutes. */
  readonly connectionsPer5Minutes?: number;
}

const FIVE_MINUTES = 300_000;
const DAY_MS = 86_400_000;

/** Market streams and the WebSocket API of an exchange: in process as a port, and for a server to carry. */
export class ExchangeSockets {
  readonly #options: SocketOptions;
  readonly #wall: Clock;
  readonly #streams: MarketStreams;
  readonly #frames: FaultDraw<FrameFaultRule>;
  readonly #feed: FaultDraw<FeedFaultRule>;
  readonly #connections = new Set<Connection>();
  readonly #attempts = new Map<string, number[]>();
  #refusedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SocketOptions) {
    const { exchange, clock, random, faults = {} } = options;
    this.#options = options;
    this.#wall = options.wall ?? clock;
    this.#frames = new FaultDraw(random, faults.frames ?? []);
    this.#feed = new FaultDraw(random, faults.feed ?? []);
    this.#streams = new MarketStreams({ exchange, clock, faults: this.#feed });
    for (const { at, fault, kind } of faults.timed ?? []) {
      clock.after(Math.max(0, at - clock.now()), () => this.inject(fault, kind));
    }
  }

  /** Connections of the port: how many are open. */
  get open(): number {
    return this.#connections.size;
  }

  /** The port that an engine in the same process uses. Hosts do not matter: `/ws…`, `/stream`, `/ws-api/v3` do. */
  sockets(address = '127.0.0.1'): Sockets {
    return {
      connect: (url: string, events: SocketEvents): Socket =>
        socketsInProcess({
          hub: this,
          clock: this.#wall,
          latencyMs: this.#options.latencyMs ?? 0,
          url,
          address,
          events,
        }),
    };
  }

  /** Takes a new connection, or null where it is refused. */
  accept(target: string, wire: Wire, address: string): Session | null {
    const url = new URL(target, 'ws://exchange');
    const kind = kindOf(url.pathname);
    if (kind === null || !this.#admit(address)) return null;
    const { exchange, random, limits = {} } = this.#options;
    const connection = new Connection({
      wire,
      kind,
      wall: this.#wall,
      limits: {
        pingMs: limits.pingMs ?? 20_000,
        pongMs: limits.pongMs ?? 60_000,
        lifeMs: limits.lifeMs ?? DAY_MS,
        // The WebSocket API counts weights instead.
        messagesPerSecond: kind === 'market' ? (limits.messagesPerSecond ?? 5) : null,
      },
      frames: this.#frames,
      exchangeTime: () => exchange.time(),
      random,
      onEnd: (ended) => this.#connections.delete(ended),
    });
    this.#connections.add(connection);
    connection.speaker = this.#speaker(kind, connection, url, address);
    return connection;
  }

  /** Lets something happen to all open connections of the kind, or of both. */
  inject(fault: SocketFault, kind?: SocketKind): void {
    if (fault.verb === 'ws.refuse') {
      this.#refusedUntil = this.#wall.monotonic() + fault.ms;
      return;
    }
    for (const connection of [...this.#connections]) {
      if (kind !== undefined && connection.kind !== kind) continue;
      switch (fault.verb) {
        case 'ws.silent':
          connection.silence(fault.ms);
          break;
        case 'ws.halfOpen':
          connection.abandon();
          break;
        case 'ws.close':
          connection.close(fault.code, fault.reason ?? '');
          break;
        case 'ws.shutdown':
          connection.shutDown(fault.noticeMs);
          break;
        case 'user.terminate':
          connection.terminateUserData();
      }
    }
  }

  injectFrames(rule: FrameFaultRule): void {
    this.#frames.add(rule);
  }

  injectFeed(rule: FeedFaultRule): void {
    this.#feed.add(rule);
  }

  /** Sends a frame of the exchange's own on every connection; faults do not meet it. */
  mark(text: string): void {
    for (const connection of this.#connections) connection.reply(text);
  }

  /** Ends every connection and stops listening to the exchange. */
  close(): void {
    this.inject({ verb: 'ws.close', code: 1001, reason: 'exchange closed' });
    this.#streams.close();
  }

  #speaker(kind: SocketKind, connection: Connection, url: URL, address: string): Speaker {
    const { exchange, limits = {} } = this.#options;
    if (kind === 'api') return new WsApi({ connection, exchange, url, address });
    return new MarketSession({
      connection,
      streams: this.#streams,
      url,
      maxStreams: limits.streamsPerConnection ?? 1_024,
      time: () => exchange.time(),
    });
  }

  #admit(address: string): boolean {
    const now = this.#wall.monotonic();
    if (now < this.#refusedUntil) return false;
    const recent = (this.#attempts.get(address) ?? []).filter((time) => time > now - FIVE_MINUTES);
    recent.push(now);
    this.#attempts.set(address, recent);
    return recent.length <= (this.#options.limits?.connectionsPer5Minutes ?? 300);
  }
}

function kindOf(path: string): SocketKind | null {
  if (path.startsWith('/ws-api/v3')) return 'api';
  return path === '/ws' || path.startsWith('/ws/') || path === '/stream' ? 'market' : null;
}
