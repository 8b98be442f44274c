import { Refusal } from './api-error.ts';
import type { RateLimitCount, RateLimits } from './types.ts';

const MINUTE = 60_000;
const RAW_WINDOW = 5 * MINUTE;
const TEN_SECONDS = 10_000;
const DAY = 86_400_000;
/** Requests behind a 429 that are borne before the address is banned. */
const PATIENCE = 10;
const FIRST_BAN = 2 * MINUTE;
const LONGEST_BAN = 3 * DAY;
/** What a fill gives back: the order that rested has made a market. */
const MAKER_CREDIT = 5;

/** A count that starts anew at every multiple of its length, as Binance's do. */
class Window {
  readonly #length: number;
  #start = -1;
  #count = 0;

  constructor(length: number) {
    this.#length = length;
  }

  count(now: number): number {
    const start = Math.floor(now / this.#length) * this.#length;
    if (start !== this.#start) {
      this.#start = start;
      this.#count = 0;
    }
    return this.#count;
  }

  add(now: number, amount: number): void {
    this.#count = Math.max(0, this.count(now) + amount);
  }

  /** Whole seconds until it starts anew, at least 1. */
  left(now: number): number {
    return Math.max(1, Math.ceil((this.#length - (now % this.#length)) / 1000));
  }
}

class Address {
  readonly weight = new Window(MINUTE);
  readonly raw = new Window(RAW_WINDOW);
  ignored = 0;
  bans = 0;
  bannedUntil = 0;
}

class OrderCounts {
  readonly tenSeconds = new Window(TEN_SECONDS);
  readonly day = new Window(DAY);
}

/** Request weight for each address and unfilled orders for each account. Times are epoch ms of the exchange. */
export class RateLimiter {
  readonly #limits: Required<RateLimits>;
  readonly #addresses = new Map<string, Address>();
  readonly #orders = new Map<string, OrderCounts>();

  constructor(limits: RateLimits = {}) {
    this.#limits = {
      weightPerMinute: 6_000,
      ordersPer10Seconds: 100,
      ordersPerDay: 200_000,
      rawRequestsPer5Minutes: 300_000,
      ...limits,
    };
  }

  /** Counts a request. @throws Refusal 429, or 418 for an address that went on after it */
  request(from: string, weight: number, now: number): void {
    const address = this.#address(from);
    if (now < address.bannedUntil) throw this.#banned(address, now);
    const { weightPerMinute, rawRequestsPer5Minutes } = this.#limits;
    address.raw.add(now, 1);
    const rawLeft = rawRequestsPer5Minutes - address.raw.count(now);
    if (address.weight.count(now) + weight <= weightPerMinute && rawLeft >= 0) {
      address.weight.add(now, weight);
      if (address.weight.count(now) <= weight) address.ignored = 0;
      return;
    }
    address.ignored++;
    if (address.ignored > PATIENCE) {
      address.bannedUntil = now + Math.min(LONGEST_BAN, FIRST_BAN * 2 ** address.bans);
      address.bans++;
      address.ignored = 0;
      throw this.#banned(address, now);
    }
    throw new Refusal({
      status: 429,
      code: -1003,
      msg: `Too much request weight used; current limit is ${weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
      retryAfter: (rawLeft < 0 ? address.raw : address.weight).left(now),
    });
  }

  #banned(address: Address, now: number): Refusal {
    return new Refusal({
      status: 418,
      code: -1003,
      msg: `Way too much request weight used; IP banned until ${address.bannedUntil}. Please use WebSocket Streams for live updates to avoid bans.`,
      retryAfter: Math.ceil((address.bannedUntil - now) / 1000),
    });
  }

  /** Gives weight back: placing and cancelling costs none where it succeeds. */
  refund(from: string, weight: number, now: number): void {
    this.#address(from).weight.add(now, -weight);
  }

  usedWeight(from: string, now: number): number {
    return this.#address(from).weight.count(now);
  }

  /** Counts new orders of an account. @throws Refusal 429 -1015 */
  orders(account: string, count: number, now: number): void {
    const counts = this.#counts(account);
    const { ordersPer10Seconds, ordersPerDay } = this.#limits;
    if (counts.day.count(now) + count > ordersPerDay) throw tooMany(ordersPerDay, '1 DAY', counts.day.left(now));
    if (counts.tenSeconds.count(now) + count > ordersPer10Seconds) {
      throw tooMany(ordersPer10Seconds, '10 SECOND', counts.tenSeconds.left(now));
    }
    counts.day.add(now, count);
    counts.tenSeconds.add(now, count);
  }

  /** True where `count` more orders would pass a limit. */
  ordersFull(account: string, count: number, now: number): boolean {
    const { tenSeconds, day } = this.#counts(account);
    const { ordersPer10Seconds, ordersPerDay } = this.#limits;
    return day.count(now) + count > ordersPerDay || tenSeconds.count(now) + count > ordersPer10Seconds;
  }

  /** The first fill of an order gives its count back. */
  filled(account: string, maker: boolean, now: number): void {
    const counts = this.#counts(account);
    const credit = maker ? -MAKER_CREDIT : -1;
    counts.day.add(now, credit);
    counts.tenSeconds.add(now, credit);
  }

  orderCounts(account: string, now: number): RateLimitCount[] {
    const { tenSeconds, day } = this.#counts(account);
    const { ordersPer10Seconds, ordersPerDay } = this.#limits;
    return [
      row('ORDERS', 'SECOND', 10, ordersPer10Seconds, tenSeconds.count(now)),
      row('ORDERS', 'DAY', 1, ordersPerDay, day.count(now)),
    ];
  }

  weightCount(from: string, now: number): RateLimitCount {
    return row('REQUEST_WEIGHT', 'MINUTE', 1, this.#limits.weightPerMinute, this.usedWeight(from, now));
  }

  /** `rateLimits` of exchangeInfo. */
  rows(): { rateLimitType: string; interval: string; intervalNum: number; limit: number }[] {
    const { weightPerMinute, ordersPer10Seconds, ordersPerDay, rawRequestsPer5Minutes } = this.#limits;
    return [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: weightPerMinute },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ordersPer10Seconds },
      { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: ordersPerDay },
      { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: rawRequestsPer5Minutes },
    ];
  }

  #address(name: string): Address {
    return entry(this.#addresses, name, () => new Address());
  }

  #counts(account: string): OrderCounts {
    return entry(this.#orders, account, () => new OrderCounts());
  }
}

function entry<T>(map: Map<string, T>, name: string, make: () => T): T {
  const known = map.get(name);
  if (known !== undefined) return known;
  const made = make();
  map.set(name, made);
  return made;
}

function row(
  rateLimitType: RateLimitCount['rateLimitType'],
  interval: RateLimitCount['interval'],
  intervalNum: number,
  limit: number,
  count: number,
): RateLimitCount {
  return { rateLimitType, interval, intervalNum, limit, count };
}

function tooMany(limit: number, interval: string, retryAfter: number): Refusal {
  return new Refusal({
    status: 429,
    code: -1015,
    msg: `Too many new orders; current limit is ${limit} orders per ${interval}.`,
    retryAfter,
  });
}
