import type { Clock, Random, Sockets, Timer } from '../../../core/ports.ts';
import type { VenueStream, VenueStreamEvents } from '../venue.ts';
import type { KnownLists } from './list-names.ts';
import { amount, type Json, records, text, whole } from './reply-fields.ts';
import { streamReport, streamTrade } from './replies.ts';
import type { BinanceRest } from './rest.ts';
import { UserConnection } from './user-connection.ts';

export interface UserStreamOptions {
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly random: Random;
  readonly rest: BinanceRest;
  readonly url: string;
  readonly lists: KnownLists;
  readonly events: VenueStreamEvents;
  readonly note: (text: string) => void;
}

const HOUR = 60 * 60_000;
/** The exchange ends a connection after 24 hours: ours is replaced before, at a time that differs from run to run. */
const LIFETIME = 22.5 * HOUR;
const LIFETIME_SPREAD = HOUR;
/** How long an old connection goes on beside its successor, so that nothing falls between the two. */
const OVERLAP = 5_000;
const FIRST_BACKOFF = 500;
const LONGEST_BACKOFF = 30_000;
/** A connection that held this long was no failure: the next attempt starts anew. */
const GOOD = 60_000;

/**
 * Own orders and trades over the WebSocket API. One connection serves; another replaces it before its time is over, when
 * the server says that it will shut down, and whenever it fails. Both may report the same event during the overlap.
 */
export class UserStream implements VenueStream {
  readonly #options: UserStreamOptions;
  #serving: UserConnection | undefined;
  #coming: UserConnection | undefined;
  readonly #leaving = new Set<UserConnection>();
  #timer: Timer | undefined;
  #failures = 0;
  #servingSince = 0;
  #closed = false;

  constructor(options: UserStreamOptions) {
    this.#options = options;
    this.#connect();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    const all = [this.#serving, this.#coming, ...this.#leaving];
    this.#serving = undefined;
    this.#coming = undefined;
    this.#leaving.clear();
    for (const connection of all) connection?.drop();
  }

  #connect(): void {
    const { sockets, clock, rest, url } = this.#options;
    this.#timer?.cancel();
    const connection: UserConnection = new UserConnection({
      sockets,
      clock,
      rest,
      url,
      subscribed: () => this.#onSubscribed(connection),
      event: (event) => this.#onEvent(connection, event),
      ended: (reason, retryMs) => this.#onEnded(connection, reason, retryMs),
    });
    this.#coming = connection;
    connection.open();
  }

  #onSubscribed(connection: UserConnection): void {
    if (this.#closed || connection !== this.#coming) return;
    const { clock, random, events } = this.#options;
    const old = this.#serving;
    this.#coming = undefined;
    this.#serving = connection;
    this.#servingSince = clock.monotonic();
    this.#timer = clock.after(LIFETIME + random() * LIFETIME_SPREAD, () => this.#connect());
    if (!old) {
      events.connected(true, 'subscribed');
      return;
    }
    this.#leaving.add(old);
    clock.after(OVERLAP, () => {
      if (this.#leaving.delete(old)) old.drop();
    });
  }

  #onEnded(connection: UserConnection, reason: string, retryMs: number): void {
    if (this.#closed || this.#leaving.delete(connection)) return;
    const { clock, random, events } = this.#options;
    if (connection === this.#serving) {
      this.#serving = undefined;
      if (clock.monotonic() - this.#servingSince > GOOD) this.#failures = 0;
      events.connected(false, reason);
      // Its successor may be on the way already.
      if (this.#coming) return;
    } else if (connection === this.#coming) {
      this.#coming = undefined;
    } else {
      return;
    }
    const ceiling = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** this.#failures++);
    // Half of it is certain: full jitter would now and then try at once.
    const wait = Math.max(retryMs, ceiling * (0.5 + random() / 2));
    this.#timer?.cancel();
    this.#timer = clock.after(wait, () => this.#connect());
  }

  #onEvent(connection: UserConnection, event: Json): void {
    if (this.#closed) return;
    try {
      this.#deliver(connection, event);
    } catch (error) {
      // What it reported is lost: the consumer is sent to the queries, as after a lost connection.
      this.#options.note(`An event of the user stream could not be read: ${(error as Error).message}`);
      connection.fail('an event could not be read');
    }
  }

  #deliver(connection: UserConnection, event: Json): void {
    const { events, lists } = this.#options;
    switch (event.e) {
      case 'executionReport': {
        const report = streamReport(event, lists);
        const trade = streamTrade(event);
        if (trade) events.trade(trade);
        events.report(report);
        break;
      }
      case 'listStatus':
        lists.learn(whole(event, 'g'), text(event, 'C'));
        break;
      case 'balanceUpdate':
      case 'externalLockUpdate':
        events.balance(text(event, 'a'), amount(event, 'd'), whole(event, 'T'));
        break;
      case 'outboundAccountPosition':
        // Balances after own trades: those are counted by their trades.
        records(event.B);
        break;
      case 'eventStreamTerminated':
        connection.fail('the exchange ended the subscription');
        break;
      case 'serverShutdown':
        if (connection === this.#serving && !this.#coming) this.#connect();
        break;
      default:
        this.#options.note(`The user stream sent an event that is not known: "${String(event.e)}"`);
    }
  }
}
