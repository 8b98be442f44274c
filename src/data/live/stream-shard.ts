import type { Clock, Random, Sockets, Timer } from '../../core/ports.ts';
import type { ConnectionBudget } from './connection-budget.ts';
import type { MarketFrame } from './market-frames.ts';
import { StreamSocket } from './stream-socket.ts';

/** The exchange ends every connection after 24 hours: it is replaced an hour before. */
const ROTATE_MS = 23 * 3_600_000;
/** Shards of one feed rotate at different times, within this span. */
const ROTATE_SPREAD_MS = 30 * 60_000;
/** Both connections deliver for so long, so that nothing falls between them. */
const OVERLAP_MS = 5_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;
/** A connection that stood for so long was good: the next failure starts with the shortest wait. */
const GOOD_MS = 60_000;

export interface StreamShardOptions {
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: ConnectionBudget;
  readonly url: string;
  readonly streams: readonly string[];
  readonly onFrame: (frame: MarketFrame) => void;
  /** All streams deliver (again), or nothing arrives. */
  readonly onState: (up: boolean, reason: string) => void;
}

/**
 * Some streams that are kept delivering: a lost connection is made anew with growing waits, one that is about to end is
 * replaced while it still delivers. Frames may come twice while two connections overlap.
 */
export class StreamShard {
  readonly #options: StreamShardOptions;
  #current: StreamSocket | undefined;
  /** Opened to replace the current one. */
  #next: StreamSocket | undefined;
  /** Still delivering beside its successor. */
  #old: StreamSocket | undefined;
  #up = false;
  #stopped = false;
  #failures = 0;
  #readyAt = 0;
  #retry: Timer | undefined;
  #rotation: Timer | undefined;
  #overlap: Timer | undefined;

  constructor(options: StreamShardOptions) {
    this.#options = options;
  }

  get up(): boolean {
    return this.#up;
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of [this.#retry, this.#rotation, this.#overlap]) timer?.cancel();
    for (const socket of [this.#current, this.#next, this.#old]) socket?.drop();
  }

  /** Replaces the connection while the old one goes on. */
  rotate(reason: string): void {
    if (this.#stopped || this.#next || !this.#current) return;
    this.#rotation?.cancel();
    this.#connect(reason);
  }

  /** Cuts the connection, which delivers nothing good, and makes a new one at once. */
  renew(reason: string): void {
    this.#current?.terminate(reason);
  }

  #connect(reason = 'connected'): void {
    if (this.#stopped) return;
    const { budget, clock, onFrame } = this.#options;
    const wait = budget.take();
    if (wait > 0) {
      this.#retry = clock.after(wait, () => this.#connect(reason));
      return;
    }
    const { sockets, url, streams } = this.#options;
    const socket: StreamSocket = new StreamSocket({
      sockets,
      clock,
      url,
      streams,
      onReady: () => this.#onReady(socket, reason),
      onFrame: (frame) => {
        onFrame(frame);
        if (frame.kind === 'shutdown' && socket === this.#current) this.rotate('the server shuts down');
      },
      onEnd: (why) => this.#onEnd(socket, why),
    });
    if (this.#current) this.#next = socket;
    else this.#current = socket;
  }

  #onReady(socket: StreamSocket, reason: string): void {
    const { clock, random, onState } = this.#options;
    this.#readyAt = clock.monotonic();
    if (socket === this.#next) {
      this.#old?.drop();
      this.#old = this.#current;
      this.#current = socket;
      this.#next = undefined;
      this.#overlap?.cancel();
      this.#overlap = clock.after(OVERLAP_MS, () => this.#dropOld());
    }
    this.#rotation?.cancel();
    const rotateIn = ROTATE_MS + Math.floor(random() * ROTATE_SPREAD_MS);
    this.#rotation = clock.after(rotateIn, () => this.rotate('planned, before the exchange ends the connection'));
    this.#up = true;
    onState(true, reason);
  }

  #dropOld(): void {
    this.#old?.drop();
    this.#old = undefined;
  }

  #onEnd(socket: StreamSocket, why: string): void {
    if (this.#stopped) return;
    const { clock } = this.#options;
    if (socket === this.#old) {
      this.#old = undefined;
      return;
    }
    if (this.#up && clock.monotonic() - this.#readyAt >= GOOD_MS) this.#failures = 0;
    if (socket === this.#next) this.#next = undefined;
    else if (this.#next) {
      // The replacement is on its way already.
      this.#current = this.#next;
      this.#next = undefined;
      this.#setDown(why);
      return;
    } else {
      this.#current = undefined;
      this.#setDown(why);
    }
    this.#retry?.cancel();
    this.#retry = clock.after(this.#backoff(), () => this.#connect('connected anew'));
    this.#failures++;
  }

  #setDown(why: string): void {
    this.#rotation?.cancel();
    if (!this.#up) return;
    this.#up = false;
    this.#options.onState(false, why);
  }

  /** Half of it fixed, half random: many clients that lost the same server must not come back together. */
  #backoff(): number {
    const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.#failures);
    return ceiling / 2 + (this.#options.random() * ceiling) / 2;
  }
}
