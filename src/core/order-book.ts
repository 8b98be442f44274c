import { ValvulinError } from './errors.ts';
import type { ApprovedOrder, EndFact, FillFact, OrderRole, OrderType, Side } from './order.ts';
import { codeOf, Rows } from './rows.ts';
import type { OrderStatus } from './trade.ts';

const TYPES = ['market', 'limit', 'stop', 'stop_limit'] as const satisfies readonly OrderType[];
const ROLES = ['entry', 'exit', 'stop_loss', 'take_profit'] as const satisfies readonly OrderRole[];
const STATUSES = ['working', 'canceled', 'expired', 'rejected'] as const;

const ORDER_FIELDS = 22;
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
const FILLS = 10;
/** Number of its latest fill; 0 is none. */
const LATEST_FILL = 11;
const STATUS = 12;
const END_TIME = 13;
const END_REASON = 14;
/** What an entry's fills have cost, fees included, cash units. */
const SPENT = 15;
const PLAN_STOP = 16;
const PLAN_STOP_DISTANCE = 17;
const PLAN_TARGET = 18;
const PLAN_TRAIL_DISTANCE = 19;
const PLAN_EXPIRES = 20;
const PLAN_RESERVED = 21;

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
    const at = this.#orders.add();
    const row = this.#orders.data;
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
    const at = this.#at(id);
    const row = this.#orders.data;
    row[at + PLAN_STOP] = plan.stop;
    row[at + PLAN_STOP_DISTANCE] = plan.stopDistance;
    row[at + PLAN_TARGET] = plan.target;
    row[at + PLAN_TRAIL_DISTANCE] = plan.trailDistance;
    row[at + PLAN_EXPIRES] = plan.expiresAfterBar;
    row[at + PLAN_RESERVED] = plan.reserved;
  }

  amend(id: number, price: number, quantity: number): void {
    const at = this.#at(id);
    this.#orders.data[at + PRICE] = price;
    this.#orders.data[at + QUANTITY] = quantity;
  }

  /** Takes a fill; false where it was known already. @throws ValvulinError `VLV_ORDER_STATE` for an unknown order */
  addFill(fill: FillFact): boolean {
    const order = this.#at(fill.orderId);
    const row = this.#orders.data;
    const known = this.#fills.data;
    for (let n = row[order + LATEST_FILL]; n > 0; n = known[(n - 1) * FILL_FIELDS + EARLIER_FILL]) {
      if (known[(n - 1) * FILL_FIELDS + TRADE_ID] === fill.tradeId) return false;
    }
    const at = this.#fills.add();
    const fills = this.#fills.data;
    fills[at + TRADE_ID] = fill.tradeId;
    fills[at + ORDER_ID] = fill.orderId;
    fills[at + FILL_QUANTITY] = fill.quantity;
    fills[at + FILL_PRICE] = fill.price;
    fills[at + FILL_FEE] = fill.fee;
    fills[at + FILL_TIME] = fill.time;
    fills[at + EARLIER_FILL] = row[order + LATEST_FILL];
    row[order + LATEST_FILL] = this.#fills.length;
    row[order + FILLS]++;
    row[order + FILLED] += fill.quantity;
    if (fill.complete) row[order + COMPLETE] = 1;
    return true;
  }

  /** Takes the news that an order is over. Of several, the earliest counts, whatever order they come in. */
  addEnd(end: EndFact): void {
    const at = this.#at(end.orderId);
    const row = this.#orders.data;
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
    this.#orders.data[this.#at(id) + SPENT] += amount;
  }

  slot(id: number): number {
    return this.#orders.data[this.#at(id) + SLOT];
  }

  symbol(id: number): number {
    return this.#orders.data[this.#at(id) + SYMBOL];
  }

  side(id: number): Side {
    return this.#orders.data[this.#at(id) + SIDE] > 0 ? 1 : -1;
  }

  type(id: number): OrderType {
    return TYPES[this.#orders.data[this.#at(id) + TYPE]];
  }

  role(id: number): OrderRole {
    return ROLES[this.#orders.data[this.#at(id) + ROLE]];
  }

  /** When it was decided, epoch ms. */
  time(id: number): number {
    return this.#orders.data[this.#at(id) + TIME];
  }

  /** What it asks for now; 0 where its budget alone decides. */
  quantity(id: number): number {
    return this.#orders.data[this.#at(id) + QUANTITY];
  }

  price(id: number): number {
    return this.#orders.data[this.#at(id) + PRICE];
  }

  filled(id: number): number {
    return this.#orders.data[this.#at(id) + FILLED];
  }

  /** How many fills it has. */
  fillCount(id: number): number {
    return this.#orders.data[this.#at(id) + FILLS];
  }

  isComplete(id: number): boolean {
    return this.#orders.data[this.#at(id) + COMPLETE] === 1;
  }

  isOpen(id: number): boolean {
    const at = this.#at(id);
    return this.#orders.data[at + COMPLETE] === 0 && this.#orders.data[at + STATUS] === 0;
  }

  status(id: number): OrderStatus {
    return this.isComplete(id) ? 'filled' : STATUSES[this.#orders.data[this.#at(id) + STATUS]];
  }

  /** Why it is over; null where it is not, or where it only filled. */
  endReason(id: number): string | null {
    const at = this.#at(id);
    return this.#orders.data[at + STATUS] === 0 ? null : this.#reasons[this.#orders.data[at + END_REASON]];
  }

  tag(id: number): string | null {
    return this.#tags.get(id) ?? null;
  }

  plannedStop(id: number): number {
    return this.#orders.data[this.#at(id) + PLAN_STOP];
  }

  plannedStopDistance(id: number): number {
    return this.#orders.data[this.#at(id) + PLAN_STOP_DISTANCE];
  }

  plannedTarget(id: number): number {
    return this.#orders.data[this.#at(id) + PLAN_TARGET];
  }

  plannedTrailDistance(id: number): number {
    return this.#orders.data[this.#at(id) + PLAN_TRAIL_DISTANCE];
  }

  expiresAfterBar(id: number): number {
    return this.#orders.data[this.#at(id) + PLAN_EXPIRES];
  }

  /** Cash units still set aside for an entry. */
  reserved(id: number): number {
    const at = this.#at(id);
    const open = this.#orders.data[at + PLAN_RESERVED] - this.#orders.data[at + SPENT];
    return open > 0 ? open : 0;
  }

  /** All fills in the order of the venue's numbers. */
  fills(): BookFill[] {
    const { data, length } = this.#fills;
    const fills = Array.from({ length }, (_, n): BookFill => {
      const at = n * FILL_FIELDS;
      return {
        tradeId: data[at + TRADE_ID],
        orderId: data[at + ORDER_ID],
        quantity: data[at + FILL_QUANTITY],
        price: data[at + FILL_PRICE],
        fee: data[at + FILL_FEE],
        time: data[at + FILL_TIME],
      };
    });
    return fills.sort((a, b) => a.tradeId - b.tradeId);
  }

  /** Place of an order's row. */
  #at(id: number): number {
    if (!(id >= 1 && id <= this.#orders.length)) unknown(id);
    return (id - 1) * ORDER_FIELDS;
  }

  #reasonCode(reason: string): number {
    const code = codeOf(this.#reasons, reason);
    return code >= 0 ? code : this.#reasons.push(reason) - 1;
  }
}

function unknown(id: number): never {
  throw new ValvulinError('VLV_ORDER_STATE', `Expected a known order, got number "${id}"`);
}
