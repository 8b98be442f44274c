import type { Clock, Timer } from '../../../core/ports.ts';
import type { Lookup, VenueReport, VenueStream, VenueStreamEvents, VenueTrade } from '../venue.ts';

export interface PolledStreamOptions {
  readonly clock: Clock;
  readonly events: VenueStreamEvents;
  /** Orders that are not known to be over. */
  readonly live: () => readonly LiveOrder[];
  readonly look: (order: LiveOrder) => Promise<Lookup>;
  /** All is told of an order that is over, or it was never there. */
  readonly over: (order: LiveOrder) => void;
  /** Trades of one order. */
  readonly trades: (report: VenueReport) => Promise<readonly VenueTrade[]>;
}

export interface LiveOrder {
  readonly symbol: string;
  readonly clientId: string;
  /** When it was sent or found, on the clock that only goes forward. */
  readonly since: number;
}

const EVERY = 2_000;
/** An order that is not there this long after it was sent never will be. */
const ABSENT = 10 * 60_000;
const OVER = ['filled', 'canceled', 'expired', 'rejected'];
/** Failures in a row after which nothing is known any more. */
const LOST = 3;

/**
 * Own orders and trades by asking for them: exchanges differ most in their streams, and what a stream loses has to be
 * asked for anyway.
 */
export class PolledStream implements VenueStream {
  readonly #options: PolledStreamOptions;
  /** What was last told of each order. */
  readonly #told = new Map<string, string>();
  #timer: Timer | undefined;
  #closed = false;
  #up = false;
  #failures = 0;

  constructor(options: PolledStreamOptions) {
    this.#options = options;
    this.#next(0);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #next(ms: number): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.after(ms, () => {
      this.#round().then(
        () => this.#next(EVERY),
        (error: unknown) => {
          this.#failed(String(error));
          this.#next(EVERY);
        },
      );
    });
  }

  async #round(): Promise<void> {
    const live = this.#options.live();
    for (const order of live) {
      const found = await this.#options.look(order);
      if (this.#closed) return;
      if (found.kind === 'unknown') {
        this.#failed(found.reason);
        return;
      }
      if (found.kind === 'found') await this.#tell(found.report);
      const ended = found.kind === 'found' && OVER.includes(found.report.status);
      const never = found.kind === 'absent' && this.#options.clock.monotonic() - order.since > ABSENT;
      if (ended || never) this.#options.over(order);
    }
    const names = new Set(live.map(({ clientId }) => clientId));
    for (const name of this.#told.keys()) if (!names.has(name)) this.#told.delete(name);
    this.#failures = 0;
    if (this.#up || this.#closed) return;
    this.#up = true;
    this.#options.events.connected(true, 'asking for orders and trades');
  }

  async #tell(report: VenueReport): Promise<void> {
    const { events, trades } = this.#options;
    const state = `${report.status} ${report.filled}`;
    if (this.#told.get(report.clientId) === state) return;
    // Trades first, and the report only once they are told: else a failure in between would lose them.
    if (/[1-9]/.test(report.filled)) for (const trade of await trades(report)) events.trade(trade);
    if (this.#closed) return;
    this.#told.set(report.clientId, state);
    events.report(report);
  }

  #failed(reason: string): void {
    if (this.#closed || ++this.#failures < LOST || !this.#up) return;
    this.#up = false;
    this.#options.events.connected(false, reason);
  }
}
