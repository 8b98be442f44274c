import type { Account } from './account.ts';
import { floorTo, least } from './amount.ts';
import { accountPosition, executionReport, listStatus, type Occurrence } from './execution-report.ts';
import type { History } from './history.ts';
import { affordable, counterparty, reachable, walk } from './liquidity.ts';
import { type OrderList, ordersOf, proceedsOf } from './order-list.ts';
import type { OrderBook } from './order-book.ts';
import { assertAffordable, assertPrice } from './order-checks.ts';
import { release, reserve, settle } from './settlement.ts';
import { type OrderStatus, type OrderTerms, SpotOrder } from './spot-order.ts';
import type { UserEvent } from './types.ts';

const ONE = 100_000_000n;

export interface EngineSpec {
  readonly books: ReadonlyMap<string, OrderBook>;
  readonly history: History;
  readonly time: () => number;
  /** Whether the simulated market fills limit orders that it only touches. */
  readonly touch: boolean;
  readonly tell: (account: Account, event: UserEvent) => void;
  /** Two accounts traded with each other: a public trade. */
  readonly traded: (book: OrderBook, price: bigint, quantity: bigint, buyerIsMaker: boolean) => void;
  readonly bookChanged: (book: OrderBook) => void;
}

/** What goes wrong with one order inside the engine. */
export interface Mishap {
  /** Share of the quantity that may trade on arrival. */
  readonly share?: number;
  /** The rest expires with this reason. */
  readonly expire?: string;
}

/** Orders of all accounts: acceptance, price-time matching, triggers, order lists, and the reports of all of it. */
export class MatchingEngine {
  readonly #spec: EngineSpec;
  readonly #tasks: (() => void)[] = [];
  readonly #touched = new Set<Account>();
  readonly #books = new Set<OrderBook>();
  #depth = 0;
  #orderId = 0;
  #listId = 0;
  #executionId = 0;
  #preventionId = 0;

  constructor(spec: EngineSpec) {
    this.#spec = spec;
  }

  /** Does one piece of work whole: what follows from it (lists, triggers) happens before balances are reported. */
  run<T>(work: () => T): T {
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.#finish();
    }
  }

  #finish(): void {
    this.#depth++;
    for (let task = this.#tasks.shift(); task; task = this.#tasks.shift()) task();
    this.#depth--;
    const time = this.#spec.time();
    for (const account of this.#touched) {
      if (account.changed.size === 0) continue;
      this.#spec.tell(account, accountPosition(account, account.changed, time));
      account.changed.clear();
      account.updateTime = time;
      this.#spec.history.balances(account);
    }
    this.#touched.clear();
    for (const book of this.#books) this.#spec.bookChanged(book);
    this.#books.clear();
  }

  /** Does something as the last part of this work. */
  later(task: () => void): void {
    this.#tasks.push(task);
  }

  /** Has the account's changed balances reported at the end of this work. */
  touch(account: Account): void {
    this.#touched.add(account);
  }

  book(symbol: string): OrderBook {
    const book = this.#spec.books.get(symbol);
    if (!book) throw new RangeError(`Expected a known symbol, got "${symbol}"`);
    return book;
  }

  /** An order with its number, not yet accepted. */
  draft(account: Account, book: OrderBook, terms: OrderTerms): SpotOrder {
    const time = this.#spec.time();
    const order = new SpotOrder(++this.#orderId, account, book.rules, terms, time);
    if (terms.trailingDelta > 0) this.trail(order, book.quotes.last, time);
    return order;
  }

  nextListId(): number {
    return ++this.#listId;
  }

  /** @throws Refusal where the price now, or what is free, forbids the order */
  check(order: SpotOrder): void {
    const book = this.book(order.rules.name);
    assertPrice(order, book, this.#spec.touch);
    assertAffordable([order], book);
  }

  /** Takes orders in: one alone, or the legs of an OCO, which share what is set aside. */
  accept(orders: readonly SpotOrder[], mishap: Mishap = {}): void {
    const [first] = orders;
    this.touch(first.account);
    for (const order of orders) this.#enter(order);
    if (first.terms.type !== 'MARKET') reserve(orders);
    for (const order of orders) this.#announce(order);
    for (const order of orders) if (order.isOpen && order.awaitsTrigger) this.#await(order);
    for (const order of orders) if (order.isOpen && !order.isStop) this.#work(order, mishap);
  }

  /** Announces an order that waits for another one; nothing is set aside for it yet. */
  acceptPending(order: SpotOrder): void {
    this.#enter(order);
    order.status = 'PENDING_NEW';
    this.#report(order, { type: 'NEW' });
  }

  #enter(order: SpotOrder): void {
    order.account.orders.set(order.id, order);
    order.account.open.add(order);
    this.#born(order);
  }

  #announce(order: SpotOrder): void {
    order.status = 'NEW';
    if (!order.isStop) order.workingTime = this.#spec.time();
    this.#report(order, { type: 'NEW' });
  }

  #born(order: SpotOrder): void {
    const { insideBar, barNumber, parentIsStop } = this.book(order.rules.name);
    order.bornInBar = insideBar ? barNumber : -1;
    order.bornOfStop = insideBar && parentIsStop;
  }

  acceptList(list: OrderList): void {
    list.account.lists.set(list.id, list);
    for (const order of ordersOf(list)) order.list = list;
    this.#tellList(list);
  }

  #await(order: SpotOrder): void {
    const { terms } = order;
    const book = this.book(order.rules.name);
    book.stops.push(order);
    if (terms.trailingDelta === 0) return;
    // One that waited in a list begins to follow only now.
    order.trailing = false;
    this.trail(order, book.quotes.last, this.#spec.time());
  }

  /** A trailing stop sees a price: it begins to follow, or follows. */
  trail(order: SpotOrder, price: bigint, time: number): void {
    const { stopPrice, side } = order.terms;
    if (!order.trailing) {
      const active = stopPrice === 0n || (order.stopIsBelow ? price <= stopPrice : price >= stopPrice);
      if (!active) return;
      order.trailing = true;
      order.trailingTime = time;
      order.extreme = price;
    } else if (side === 'SELL' ? price > order.extreme : price < order.extreme) order.extreme = price;
  }

  /** The stop was reached: it becomes a market or limit order now. */
  trigger(order: SpotOrder): void {
    this.touch(order.account);
    order.awaitsTrigger = false;
    this.book(order.rules.name).remove(order);
    this.#endPartner(order);
    order.workingTime = this.#spec.time();
    order.updateTime = order.workingTime;
    this.#report(order, { type: 'NEW' });
    this.#work(order, {});
  }

  /** A working order meets the other side, and rests or ends with what is left. */
  #work(order: SpotOrder, mishap: Mishap): void {
    const { timeInForce, type } = order.terms;
    const book = this.book(order.rules.name);
    this.#books.add(book);
    if (type === 'LIMIT_MAKER' && counterparty(order, book, this.#spec.touch) !== null) {
      this.end(order, 'REJECTED', { rejectReason: 'WOULD_MATCH_IMMEDIATELY' });
      return;
    }
    if (timeInForce === 'FOK' && order.isLimit && reachable(order, book, this.#spec.touch) < order.remaining) {
      this.end(order, 'EXPIRED', { reason: 'UNFILLED_FOK_ORDER_EXPIRED' });
      return;
    }
    this.#take(order, book, mishap.share);
    if (!order.isOpen) return;
    if (mishap.expire !== undefined) this.end(order, 'EXPIRED', { reason: mishap.expire });
    else if (!order.isLimit) this.end(order, 'EXPIRED', { reason: 'INSUFFICIENT_LIQUIDITY' });
    else if (timeInForce === 'IOC') this.end(order, 'EXPIRED', { reason: 'UNFILLED_IOC_QUANTITY_EXPIRED' });
    else if (timeInForce === 'FOK') this.end(order, 'EXPIRED', { reason: 'UNFILLED_FOK_ORDER_EXPIRED' });
    else book.rest(order);
  }

  #take(order: SpotOrder, book: OrderBook, share: number | undefined): void {
    let allowed = order.remaining;
    if (share !== undefined) {
      allowed = floorTo((allowed * BigInt(Math.round(share * 1_000_000))) / 1_000_000n, order.rules.step);
    }
    while (order.isOpen && allowed > 0n) {
      const other = counterparty(order, book, this.#spec.touch);
      if (other === null) return;
      if (other.maker?.account === order.account && order.terms.stp !== 'NONE') {
        allowed -= this.#prevent(order, other.maker, allowed);
        continue;
      }
      const quantity = least(least(allowed, other.quantity), affordable(order, other.price));
      if (quantity <= 0n) {
        this.end(order, 'EXPIRED', { reason: 'EXCHANGE_CANCELED' });
        return;
      }
      allowed -= quantity;
      this.#match(order, other.maker, book, other.price, quantity);
    }
  }

  #match(taker: SpotOrder, maker: SpotOrder | null, book: OrderBook, price: bigint, quantity: bigint): void {
    const tradeId = ++book.tradeId;
    if (maker === null) book.quotes.take(price, quantity);
    else {
      this.fill(maker, price, quantity, true, tradeId);
      this.#spec.traded(book, price, quantity, taker.terms.side === 'SELL');
    }
    this.fill(taker, price, quantity, false, tradeId);
  }

  /** Books one fill of an order, reports it, and ends the order where it is complete. */
  fill(order: SpotOrder, price: bigint, quantity: bigint, maker: boolean, tradeId: number): void {
    this.touch(order.account);
    this.#endPartner(order);
    const time = this.#spec.time();
    const trade = settle(order, { price, quantity, maker, tradeId, time }, this.#bnbPrice);
    order.updateTime = time;
    order.status = order.remaining > 0n ? 'PARTIALLY_FILLED' : order.prevented > 0n ? 'EXPIRED_IN_MATCH' : 'FILLED';
    if (!order.isOpen) this.#close(order);
    this.#spec.history.trade(order.account, trade);
    this.#report(order, { type: 'TRADE', trade });
    this.#books.add(this.book(order.rules.name));
    if (!order.isOpen) this.#afterEnd(order);
  }

  readonly #bnbPrice = (asset: string): bigint | null =>
    asset === 'BNB' ? ONE : (this.#spec.books.get(`BNB${asset}`)?.quotes.last ?? null);

  /** Two orders of one account met. Returns what the taker lost of its quantity. */
  #prevent(taker: SpotOrder, maker: SpotOrder, allowed: bigint): bigint {
    this.touch(taker.account);
    const { stp } = taker.terms;
    const prevention = (other: SpotOrder, quantity: bigint) => ({
      matchId: this.#preventionId,
      quantity,
      counterOrderId: other.id,
    });
    this.#preventionId++;
    if (stp === 'DECREMENT' || stp === 'TRANSFER') {
      const quantity = least(allowed, maker.remaining);
      for (const [order, other] of [
        [taker, maker],
        [maker, taker],
      ]) {
        order.prevented += quantity;
        release(order);
        if (order.remaining > 0n)
          this.#report(order, { type: 'TRADE_PREVENTION', prevention: prevention(other, quantity) });
        else this.end(order, 'EXPIRED_IN_MATCH', {});
      }
      return quantity;
    }
    if (stp === 'EXPIRE_MAKER' || stp === 'EXPIRE_BOTH') this.end(maker, 'EXPIRED_IN_MATCH', {});
    if (stp === 'EXPIRE_TAKER' || stp === 'EXPIRE_BOTH') this.end(taker, 'EXPIRED_IN_MATCH', {});
    return 0n;
  }

  /** Ends an open order with what it has left. `requestId` names a cancellation. */
  end(
    order: SpotOrder,
    status: Extract<OrderStatus, 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH' | 'REJECTED'>,
    how: { readonly reason?: string; readonly requestId?: string; readonly rejectReason?: string },
  ): void {
    if (!order.isOpen) return;
    this.touch(order.account);
    order.status = status;
    order.updateTime = this.#spec.time();
    order.expiryReason = how.reason ?? '';
    this.#close(order);
    this.#report(order, {
      type: status === 'CANCELED' || status === 'REJECTED' ? status : 'EXPIRED',
      ...(how.requestId === undefined ? {} : { requestId: how.requestId }),
      ...(how.rejectReason === undefined ? {} : { rejectReason: how.rejectReason }),
    });
    this.#afterEnd(order);
  }

  #close(order: SpotOrder): void {
    const book = this.book(order.rules.name);
    book.remove(order);
    this.#books.add(book);
    order.account.open.delete(order);
    release(order);
  }

  /** A leg of an OCO trades or triggers: the other one is over. */
  #endPartner(order: SpotOrder): void {
    const { list } = order;
    if (list === null || order === list.working) return;
    for (const leg of list.legs) if (leg !== order) this.end(leg, 'EXPIRED', { reason: 'OCO_TRIGGER' });
  }

  /** What the end of an order means for its list. */
  #afterEnd(order: SpotOrder): void {
    const { list, status, expiryReason } = order;
    if (list === null || list.orderStatus === 'ALL_DONE') return;
    if (order === list.working && status === 'FILLED') {
      this.#tasks.push(() => this.#activate(list));
      return;
    }
    const canceled = status === 'CANCELED';
    if (order === list.working || (status !== 'FILLED' && expiryReason !== 'OCO_TRIGGER')) {
      const reason = order === list.working ? 'OTO_PHASE_ONE_EXPIRED' : 'EXCHANGE_CANCELED';
      for (const other of ordersOf(list))
        this.end(other, canceled ? 'CANCELED' : 'EXPIRED', canceled ? {} : { reason });
    }
    // The inner ends above may have closed the list already.
    if (ordersOf(list).some(({ isOpen }) => isOpen) || (list.orderStatus as string) === 'ALL_DONE') return;
    list.statusType = 'ALL_DONE';
    list.orderStatus = 'ALL_DONE';
    this.#tellList(list);
  }

  /** The working order is filled: its pending orders go on the book. */
  #activate(list: OrderList): void {
    const legs = list.legs.filter(({ isOpen }) => isOpen);
    if (legs.length === 0) return;
    this.touch(list.account);
    const [first] = legs;
    let need = 0n;
    for (const order of legs) {
      order.status = 'NEW';
      if (list.sellsProceeds && list.working !== null) order.quantity = proceedsOf(list.working);
      const wanted = order.terms.type === 'MARKET' ? walk(order, this.book(order.rules.name)).cost : order.needed;
      if (wanted > need) need = wanted;
    }
    if (list.account.free(first.spentAsset) < need) {
      for (const order of legs) this.end(order, 'REJECTED', { rejectReason: 'INSUFFICIENT_BALANCES' });
      return;
    }
    if (first.terms.type !== 'MARKET') reserve(legs);
    for (const order of legs) {
      this.#born(order);
      this.#announce(order);
    }
    for (const order of legs) if (order.isOpen && order.awaitsTrigger) this.#await(order);
    for (const order of legs) if (order.isOpen && !order.isStop) this.#work(order, {});
  }

  /** An order was made smaller without losing its place. */
  amend(order: SpotOrder, quantity: bigint, clientId: string): number {
    this.touch(order.account);
    order.quantity = quantity;
    order.amends++;
    order.updateTime = this.#spec.time();
    release(order);
    const executionId = this.#report(order, { type: 'REPLACED', requestId: clientId });
    order.clientId = clientId;
    this.#spec.history.order(order);
    this.#books.add(this.book(order.rules.name));
    return executionId;
  }

  #report(order: SpotOrder, what: Omit<Occurrence, 'executionId' | 'time'>): number {
    const executionId = ++this.#executionId;
    this.#spec.history.order(order);
    this.#spec.tell(order.account, executionReport(order, { ...what, executionId, time: this.#spec.time() }));
    return executionId;
  }

  #tellList(list: OrderList): void {
    this.#spec.history.list(list);
    this.#spec.tell(list.account, listStatus(list, this.#spec.time()));
  }
}
