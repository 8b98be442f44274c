import type { Clock, HttpReply } from '../../../core/ports.ts';
import { errorOf } from './outcome.ts';
import { parseJson, records } from './reply-fields.ts';

/** What a request costs, and how much of the limits it may use. */
export interface Cost {
  readonly weight: number;
  /** New orders in it. */
  readonly orders: number;
  /** Exits, cancels and questions about orders in doubt may use more than the rest. */
  readonly urgent: boolean;
}

/** What may be done with a request now. */
export type Admission =
  | { readonly kind: 'go' }
  /** Its window is full; the next one begins in `ms`. */
  | { readonly kind: 'full'; readonly ms: number; readonly reason: string }
  /** The exchange asked to be left alone. */
  | { readonly kind: 'banned'; readonly ms: number; readonly reason: string };

/** A request under way. */
export interface Ticket {
  readonly cost: Cost;
  readonly sequence: number;
  readonly windows: readonly number[];
}

const MINUTE = 60_000;
const NORMAL_SHARE = 0.6;
const URGENT_SHARE = 0.8;
/** Going a little into the next window, because our estimate of the exchange's clock is not exact. */
const MARGIN = 250;
/** The shortest ban the exchange gives, for a ban that does not say how long. */
const SHORTEST_BAN = 2 * MINUTE;
const FIREWALL_PAUSE = 5 * MINUTE;

/** One fixed window of the exchange, aligned to its clock. */
interface Window {
  readonly what: 'weight' | 'orders';
  readonly header: string;
  readonly ms: number;
  limit: number;
  index: number;
  used: number;
  inFlight: number;
  /** Sequence of the newest request whose reply was counted. */
  counted: number;
}

/**
 * Keeps the requests of an account below the exchange's limits, by what the exchange itself says it has counted:
 * normal ones below 60 %, urgent ones below 80 %. After 429, 418 and 403 nothing goes out until the time is over.
 */
export class RequestLimits {
  readonly #clock: Clock;
  readonly #exchangeTime: () => number;
  readonly #note: (text: string) => void;
  readonly #windows: readonly Window[] = [
    newWindow('weight', 'x-mbx-used-weight-1m', MINUTE, 6_000),
    newWindow('orders', 'x-mbx-order-count-10s', 10_000, 100),
    newWindow('orders', 'x-mbx-order-count-1d', 24 * 60 * MINUTE, 200_000),
  ];
  #sequence = 0;
  /** On the clock that only goes forward. */
  #bannedUntil = 0;
  #banReason = '';

  constructor(clock: Clock, exchangeTime: () => number, note: (text: string) => void) {
    this.#clock = clock;
    this.#exchangeTime = exchangeTime;
    this.#note = note;
  }

  /** Takes over `rateLimits` of exchangeInfo. @throws Error where it is no list of limits */
  adopt(rateLimits: unknown): void {
    const units: Readonly<Record<string, number>> = { SECOND: 1_000, MINUTE, DAY: 24 * 60 * MINUTE };
    for (const row of records(rateLimits)) {
      const what = row.rateLimitType === 'REQUEST_WEIGHT' ? 'weight' : row.rateLimitType === 'ORDERS' ? 'orders' : '';
      const ms = (units[String(row.interval)] ?? 0) * Number(row.intervalNum);
      const window = this.#windows.find((one) => one.what === what && one.ms === ms);
      if (window && Number(row.limit) > 0) window.limit = Number(row.limit);
    }
  }

  /** Whether a request of this cost may go out now. */
  admit(cost: Cost): Admission {
    const banned = this.#bannedUntil - this.#clock.monotonic();
    if (banned > 0) return { kind: 'banned', ms: banned, reason: this.#banReason };
    const share = cost.urgent ? URGENT_SHARE : NORMAL_SHARE;
    const now = this.#exchangeTime();
    let full: Window | undefined;
    for (const window of this.#windows) {
      roll(window, now);
      const more = window.what === 'weight' ? cost.weight : cost.orders;
      const busy = window.used + window.inFlight;
      // A request that alone is more than the share would wait for ever.
      if (more > 0 && busy > 0 && busy + more > window.limit * share) full = window;
    }
    if (!full) return { kind: 'go' };
    const ms = (full.index + 1) * full.ms - now + MARGIN;
    return {
      kind: 'full',
      ms,
      reason: `${Math.floor(share * 100)} % of ${full.limit} ${full.what} in ${full.ms} ms are used`,
    };
  }

  /** Counts a request as under way; every one of them is ended. */
  begin(cost: Cost): Ticket {
    const now = this.#exchangeTime();
    for (const window of this.#windows) {
      roll(window, now);
      window.inFlight += costIn(window, cost);
    }
    return { cost, sequence: ++this.#sequence, windows: this.#windows.map(({ index }) => index) };
  }

  /** The request is over; `reply` is undefined where none came. */
  end(ticket: Ticket, reply: HttpReply | undefined): void {
    const now = this.#exchangeTime();
    this.#windows.forEach((window, i) => {
      roll(window, now);
      if (ticket.windows[i] !== window.index) return;
      const cost = costIn(window, ticket.cost);
      window.inFlight -= cost;
      const said = reply?.headers[window.header];
      if (said !== undefined && Number(said) >= 0) {
        if (ticket.sequence < window.counted) return;
        window.used = Number(said);
        window.counted = ticket.sequence;
      } else if (window.what === 'weight' || !reply || reply.status >= 500) {
        window.used += cost;
      }
    });
    if (reply) this.#obey(reply);
  }

  /** Stops everything for `ms`, as the exchange asked over another channel. */
  ban(ms: number, reason: string): void {
    const until = this.#clock.monotonic() + ms;
    if (until <= this.#bannedUntil) return;
    this.#bannedUntil = until;
    this.#banReason = reason;
    this.#note(`No request to the exchange for ${Math.ceil(ms / 1_000)} s: ${reason}`);
  }

  #obey(reply: HttpReply): void {
    const { status } = reply;
    if (status === 403) {
      this.ban(FIREWALL_PAUSE, 'its firewall refused a request (HTTP 403)');
      return;
    }
    if (status !== 429 && status !== 418) return;
    const { code, msg } = errorOf(parseJson(reply.body));
    const seconds = Number(reply.headers['retry-after']);
    const bannedUntil = Number(/banned until (\d{13})/.exec(msg)?.[1]);
    let ms = status === 418 ? SHORTEST_BAN : nextWindow(this.#exchangeTime(), code === -1015 ? 10_000 : MINUTE);
    if (seconds > 0) ms = seconds * 1_000;
    else if (bannedUntil > 0) ms = Math.max(0, bannedUntil - this.#exchangeTime()) + MARGIN;
    this.ban(ms, `HTTP ${status}${msg === '' ? '' : `, ${msg}`}`);
  }
}

function newWindow(what: Window['what'], header: string, ms: number, limit: number): Window {
  return { what, header, ms, limit, index: -1, used: 0, inFlight: 0, counted: 0 };
}

function costIn(window: Window, cost: Cost): number {
  return window.what === 'weight' ? cost.weight : cost.orders;
}

function roll(window: Window, now: number): void {
  const index = Math.floor(now / window.ms);
  if (index === window.index) return;
  window.index = index;
  window.used = 0;
  window.inFlight = 0;
}

function nextWindow(now: number, ms: number): number {
  return ms - (now % ms) + MARGIN;
}
