import { ValvulinError } from './errors.ts';
import type { ApprovedOrder, EndFact, FillFact, OrderRole, OrderType, Side } from './order.ts';
import { codeOf, Rows } from './rows.ts';
import type { OrderStatus } from './trade.ts';

const TYPES = ['market', 'limit', 'stop', 'stop_limit'] as const satisfies readonly OrderType[];
const ROLES = ['entry', 'exit', 'stop_loss', 'take_profit'] as const satisfies readonly OrderRole[];
const STATUSES = ['working', 'canceled', 'expired', 'rejected'] as const;

const ORDER_FIELDS = 15;
const SLOT = 0;
const SYMBOL = 1;
const SIDE = 2;
const TYPE = 3;
const ROLE = 4;
const TIME = 5;
/** Quantity and price it asks for now, after amendments. */
const QUANTITY = 6;
const PRICE = 7;
const FILLED = 8;
/** 1 once the venue has nothing left to fill. */
const COMPLETE = 9;
/** Number of its latest fill; 0 is none. */
const LATEST_FILL = 10;
const STATUS = 11;
const END_TIME = 12;
const END_REASON = 13;
/** Number of what its fills turn into; 0 for an order that is no entry. */
const PLAN = 14;

const PLAN_FIELDS = 7;
const STOP = 0;
const STOP_DISTANCE = 1;
const TARGET = 2;
const TRAIL_DISTANCE = 3;
const EXPIRES = 4;
const RESERVED = 5;
/** What the entry's fills have cost, fees included, cash units. */
const SPENT = 6;

const FILL_FIELDS = 7;
const TRADE_ID = 0;
const ORDER_ID = 1;
const FILL_QUANTITY = 2;
const FILL_PRICE = 3;
const FILL_FEE = 4;
const FILL_TIME = 5;
/** Number of the same order's fill before this one; 0 is none. */
const EARLIER_FILL = 6;

/** What an entry order's fills turn into: the protective prices, in price units; 0 is none. */
export interface EntryPlan {
  readonly stop: number;
  readonly stopDistance: number;
  readonly target: number;
  readonly trailDistance: number;
  /** Bar after whose close an unfilled order is taken back; 0 is never. */
  readonly expiresAfterBar: number;
  /** Cash units set aside while the order works. */
  readonly reserved: number;
}

/** One execution as the book keeps it, units. */
export interface BookFill {
  readonly tradeId: number;
  readonly orderId: number;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly time: number;
}

/**
 * All orders of a run by their number; numbers start at 1 and have no holes. An order is the set of facts known of it:
 * its status is derived, and facts may come twice, late or in any order.
 */
export class OrderBook {
  readonly #orders = new Rows(ORDER_FIELDS);
  readonly #plans = new Rows(PLAN_FIELDS);
  readonly #fills = new Rows(FILL_FIELDS);
  readonly #tags = new Map<number, string>();
  readonly #reasons: string[] = [];

  /** How many orders there are: the number of the latest. */
  get size(): number {
    return this.#orders.length;
  }

  nextId(): number {
    return this.#orders.length + 1;
  }

  /** Takes an order that carries `nextId`, and hands back its number. */
  add(order: ApprovedOrder): number {
    const n = this.#orders.add();
    const row = this.#orders.block(n);
    const at = this.#orders.start(n);
    row[at + SLOT] = order.slot;
    row[at + SYMBOL] = order.symbol;
    row[at + SIDE] = order.side;
    row[at + TYPE] = codeOf(TYPES, order.type);
    row[at + ROLE] = codeOf(ROLES, order.role);
    row[at + TIME] = order.time;
    row[at + QUANTITY] = order.quantity;
    row[at + PRICE] = order.price;
    if (order.tag !== null) this.#tags.set(order.id, order.tag);
    return order.id;
  }

  /** Remembers what an entry's fills turn into. */
  plan(id: number, plan: EntryPlan): void {
    const n = this.#plans.add();
    const row = this.#plans.block(n);
    const at = this.#plans.start(n);
    row[at + STOP] = plan.stop;
    row[at + STOP_DISTANCE] = plan.stopDistance;
    row[at + TARGET] = plan.target;
    row[at + TRAIL_DISTANCE] = plan.trailDistance;
    row[at + EXPIRES] = plan.expiresAfterBar;
    row[at + RESERVED] = plan.reserved;
    this.#orders.set(id - 1, PLAN, n + 1);
  }

  amend(id: number, price: number, quantity: number): void {
    this.#orders.set(id - 1, PRICE, price);
    this.#orders.set(id - 1, QUANTITY, quantity);
  }

  /** Takes a fill; false where it was known already. @throws ValvulinError `VLV_ORDER_STATE` for an unknown order */
  addFill(fill: FillFact): boolean {
    this.#expectKnown(fill.orderId);
    const order = this.#orders.block(fill.orderId - 1);
    const at = this.#orders.start(fill.orderId - 1);
    for (let n = order[at + LATEST_FILL]; n > 0; n = this.#fills.get(n - 1, EARLIER_FILL)) {
      if (this.#fills.get(n - 1, TRADE_ID) === fill.tradeId) return false;
    }
    const n = this.#fills.add();
    const row = this.#fills.block(n);
    const start = this.#fills.start(n);
    row[start + TRADE_ID] = fill.tradeId;
    row[start + ORDER_ID] = fill.orderId;
    row[start + FILL_QUANTITY] = fill.quantity;
    row[start + FILL_PRICE] = fill.price;
    row[start + FILL_FEE] = fill.fee;
    row[start + FILL_TIME] = fill.time;
    row[start + EARLIER_FILL] = order[at + LATEST_FILL];
    order[at + LATEST_FILL] = n + 1;
    order[at + FILLED] += fill.quantity;
    if (fill.complete) order[at + COMPLETE] = 1;
    return true;
  }

  /** Takes the news that an order is over. Of several, the earliest counts, whatever order they come in. */
  addEnd(end: EndFact): void {
    this.#expectKnown(end.orderId);
    const row = this.#orders.block(end.orderId - 1);
    const at = this.#orders.start(end.orderId - 1);
    if (end.status === 'filled') {
      row[at + COMPLETE] = 1;
      return;
    }
    const known = row[at + STATUS];
    const status = codeOf(STATUSES, end.status);
    const earlier = known === 0 || end.time < row[at + END_TIME] || (end.time === row[at + END_TIME] && status < known);
    if (!earlier) return;
    row[at + STATUS] = status;
    row[at + END_TIME] = end.time;
    row[at + END_REASON] = this.#reasonCode(end.reason);
  }

  /** Counts what a fill of an entry cost against what was set aside for it. */
  spend(id: number, amount: number): void {
    const plan = this.#orders.get(id - 1, PLAN);
    if (plan > 0) this.#plans.set(plan - 1, SPENT, this.#plans.get(plan - 1, SPENT) + amount);
  }

  slot(id: number): number {
    return this.#orders.get(id - 1, SLOT);
  }

  symbol(id: number): number {
    return this.#orders.get(id - 1, SYMBOL);
  }

  side(id: number): Side {
    return this.#orders.get(id - 1, SIDE) > 0 ? 1 : -1;
  }

  type(id: number): OrderType {
    return TYPES[this.#orders.get(id - 1, TYPE)];
  }

  role(id: number): OrderRole {
    return ROLES[this.#orders.get(id - 1, ROLE)];
  }

  /** When it was decided, epoch ms. */
  time(id: number): number {
    return this.#orders.get(id - 1, TIME);
  }

  /** What it asks for now; 0 where its budget alone decides. */
  quantity(id: number): number {
    return this.#orders.get(id - 1, QUANTITY);
  }

  price(id: number): number {
    return this.#orders.get(id - 1, PRICE);
  }

  filled(id: number): number {
    return this.#orders.get(id - 1, FILLED);
  }

  /** It has one fill so far. */
  hasOneFill(id: number): boolean {
    const latest = this.#orders.get(id - 1, LATEST_FILL);
    return latest > 0 && this.#fills.get(latest - 1, EARLIER_FILL) === 0;
  }

  isComplete(id: number): boolean {
    return this.#orders.get(id - 1, COMPLETE) === 1;
  }

  isOpen(id: number): boolean {
    return this.#orders.get(id - 1, COMPLETE) === 0 && this.#orders.get(id - 1, STATUS) === 0;
  }

  status(id: number): OrderStatus {
    return this.isComplete(id) ? 'filled' : STATUSES[this.#orders.get(id - 1, STATUS)];
  }

  /** Why it is over; null where it is not, or where it only filled. */
  endReason(id: number): string | null {
    return this.#orders.get(id - 1, STATUS) === 0 ? null : this.#reasons[this.#orders.get(id - 1, END_REASON)];
  }

  tag(id: number): string | null {
    return this.#tags.get(id) ?? null;
  }

  plannedStop(id: number): number {
    return this.#planned(id, STOP);
  }

  plannedStopDistance(id: number): number {
    return this.#planned(id, STOP_DISTANCE);
  }

  plannedTarget(id: number): number {
    return this.#planned(id, TARGET);
  }

  plannedTrailDistance(id: number): number {
    return this.#planned(id, TRAIL_DISTANCE);
  }

  expiresAfterBar(id: number): number {
    return this.#planned(id, EXPIRES);
  }

  /** Cash units still set aside for an entry. */
  reserved(id: number): number {
    const open = this.#planned(id, RESERVED) - this.#planned(id, SPENT);
    return open > 0 ? open : 0;
  }

  /** All fills in the order of the venue's numbers. */
  fills(): BookFill[] {
    const rows = this.#fills;
    const fills = Array.from(
      { length: rows.length },
      (_, n): BookFill => ({
        tradeId: rows.get(n, TRADE_ID),
        orderId: rows.get(n, ORDER_ID),
        quantity: rows.get(n, FILL_QUANTITY),
        price: rows.get(n, FILL_PRICE),
        fee: rows.get(n, FILL_FEE),
        time: rows.get(n, FILL_TIME),
      }),
    );
    return fills.sort((a, b) => a.tradeId - b.tradeId);
  }

  #planned(id: number, field: number): number {
    const plan = this.#orders.get(id - 1, PLAN);
    return plan === 0 ? 0 : this.#plans.get(plan - 1, field);
  }

  #expectKnown(id: number): void {
    if (!(id >= 1 && id <= this.#orders.length)) unknown(id);
  }

  #reasonCode(reason: string): number {
    const code = codeOf(this.#reasons, reason);
    return code >= 0 ? code : this.#reasons.push(reason) - 1;
  }
}

function unknown(id: number): never {
  throw new ValvulinError('VLV_ORDER_STATE', `Expected a known order, got number "${id}"`);
}
