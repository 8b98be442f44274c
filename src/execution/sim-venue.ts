import type { Costs } from '../core/costs.ts';
import type { MarketBar } from '../core/engine.ts';
import type { Market } from '../core/instrument.ts';
import type { ApprovedOrder, Command, EndFact, FillFact, OrderType } from '../core/order.ts';
import type { FillSettings } from '../core/settings.ts';
import { AnswerQueue } from './answer-queue.ts';
import { limitPrice, stopPrice, worsened } from './fill-rules.ts';
import { RestingOrders } from './resting-orders.ts';
import { SimOrder } from './sim-order.ts';

/** The account the venue fills for. */
export interface VenueAccount {
  /** What may be spent, cash units. */
  free(): number;
  /** Signed quantity units a slot holds. */
  held(slot: number): number;
}

export interface SimVenueSpec {
  readonly markets: readonly Market[];
  readonly costs: Costs;
  readonly fills: FillSettings;
  readonly account: VenueAccount;
  /** Called when answers stand in `outbox`; must take them all, and may send commands meanwhile. */
  readonly deliver: () => void;
}

/**
 * A venue that fills orders from bars, in time order: first everything that is due at the open, then what the range of
 * the bar reaches, the direction that hurts the position first. Prices and quantities are units.
 */
export class SimVenue {
  readonly outbox = new AnswerQueue();
  readonly #spec: SimVenueSpec;
  /** The working orders of each symbol. */
  readonly #symbols: readonly RestingOrders[];
  /** Orders that are over, for the next ones to use. */
  readonly #spare: SimOrder[] = [];
  #tradeId = 0;
  /** Number of the present walk over the orders: each order acts once in one. */
  #pass = 0;
  /** Type of the entry whose intrabar fill is being delivered: orders that arrive now are its children. */
  #parentType: OrderType | null = null;
  #insideBar = false;

  constructor(spec: SimVenueSpec) {
    this.#spec = spec;
    this.#symbols = spec.markets.map(() => new RestingOrders());
  }

  send(command: Command, time: number): void {
    if (command.kind === 'submit') {
      this.#accept(command.order);
      return;
    }
    const order = this.#symbols[command.symbol].find(command.orderId);
    if (!order) return;
    if (command.kind === 'cancel') this.#end(order, 'canceled', 'canceled', time);
    else {
      order.price = command.price;
      order.quantity = command.quantity;
      this.#symbols[command.symbol].updateBand();
    }
  }

  #accept(approved: ApprovedOrder): void {
    const order = this.#spare.pop() ?? new SimOrder();
    order.take(approved);
    if (this.#insideBar) {
      order.bornInBar = this.#symbols[approved.symbol].bars;
      order.parentType = this.#parentType;
    }
    this.#symbols[approved.symbol].add(order);
  }

  /** A bar of `symbol` opens: market orders, and stops and limits that the open is beyond. */
  open(symbol: number, bar: MarketBar): void {
    const resting = this.#symbols[symbol];
    resting.bars++;
    const price = bar.open;
    if (price > resting.below && price < resting.above) return;
    this.#openOrders(symbol, bar, price);
  }

  #openOrders(symbol: number, bar: MarketBar, price: number): void {
    const pass = ++this.#pass;
    for (let due = this.#nextDue(symbol, price, pass); due; due = this.#nextDue(symbol, price, pass)) {
      const rests = due.isLimit && due.triggeredInBar !== this.#symbols[symbol].bars;
      this.#fill(due, price, rests, bar.openTime, bar.volume, 'open', due.ambiguous);
    }
  }

  /**
   * Market orders trade at a close; for `fill_at: close` and for the end of the data, where the volume is infinite. What
   * the volume does not allow goes on at the next open.
   */
  settle(symbol: number, time: number, price: number, volume: number): void {
    const pass = ++this.#pass;
    for (let due = this.#nextMarket(symbol, pass); due; due = this.#nextMarket(symbol, pass)) {
      this.#fill(due, price, false, time, volume, 'close', false);
    }
  }

  /** The oldest market order that this pass has not met. */
  #nextMarket(symbol: number, pass: number): SimOrder | null {
    for (const order of this.#symbols[symbol].orders) {
      if (order.pass === pass || order.intent.type !== 'market') continue;
      order.pass = pass;
      return order;
    }
    return null;
  }

  /** The open bar of `symbol` closes: what its range reached trades, labelled with its last millisecond. */
  range(symbol: number, bar: MarketBar): void {
    const resting = this.#symbols[symbol];
    if (bar.low > resting.below && bar.high < resting.above) return;
    this.#rangeOrders(symbol, bar);
  }

  #rangeOrders(symbol: number, { open, high, low, volume, closeTime }: MarketBar): void {
    const time = closeTime - 1;
    this.#insideBar = true;
    const pass = ++this.#pass;
    for (;;) {
      const order = this.#nextReached(symbol, open, high, low, pass);
      if (!order) break;
      order.pass = pass;
      const ambiguous = order.ambiguous || this.#ambiguousInBar(order, high, low);
      this.#parentType = order.intent.role === 'entry' ? order.intent.type : null;
      if (order.isLimit) {
        this.#fill(order, limitPrice(order.intent.side, order.limit, open), true, time, volume, 'range', ambiguous);
      } else {
        const trigger = stopPrice(order.intent.side, order.price, open);
        order.triggered = true;
        order.triggeredInBar = this.#symbols[symbol].bars;
        if (order.intent.type === 'stop') this.#fill(order, trigger, false, time, volume, 'range', ambiguous);
        else this.#triggerLimit(order, trigger, time, volume);
      }
      this.#parentType = null;
    }
    this.#insideBar = false;
    this.#symbols[symbol].updateBand();
  }

  /** The oldest order that the open lets trade and that this pass has not met. */
  #nextDue(symbol: number, price: number, pass: number): SimOrder | null {
    for (const order of this.#symbols[symbol].orders) {
      if (order.pass === pass || !this.#dueAtOpen(order, price)) continue;
      order.pass = pass;
      return order;
    }
    return null;
  }

  #dueAtOpen(order: SimOrder, price: number): boolean {
    const { type } = order.intent;
    if (type === 'market' || (type === 'stop' && order.triggered)) return true;
    if (!order.reachedBy(price, price, this.#spec.fills)) return false;
    if (order.awaitsTrigger && type === 'stop_limit') {
      order.triggered = true;
      order.triggeredInBar = this.#symbols[order.intent.symbol].bars;
      return order.intent.side * (price - order.limit) <= 0;
    }
    return true;
  }

  /** A stop-limit was hit inside the bar: it trades at the trigger where its limit allows that, else it rests. */
  #triggerLimit(order: SimOrder, trigger: number, time: number, volume: number): void {
    if (order.intent.side * (trigger - order.limit) <= 0) {
      this.#fill(order, trigger, false, time, volume, 'range', order.ambiguous);
    }
  }

  /** The order that acts next in the bar, along the path that is worst for its slot's position. */
  #nextReached(symbol: number, open: number, high: number, low: number, pass: number): SimOrder | undefined {
    let next: SimOrder | undefined;
    let nextRank = 0;
    for (const order of this.#symbols[symbol].orders) {
      if (order.pass === pass || !order.reachedBy(high, low, this.#spec.fills)) continue;
      if (order.bornInBar === this.#symbols[symbol].bars && !this.#mayActAtBirth(order, high, low)) {
        order.ambiguous = true;
        continue;
      }
      const held = this.#spec.account.held(order.intent.slot);
      const secondLeg = held > 0 ? !order.actsBelow : held < 0 && order.actsBelow;
      const rank = Math.abs(order.level - open) + (secondLeg ? Number.MAX_SAFE_INTEGER / 2 : 0);
      if (next === undefined || rank < nextRank) {
        next = order;
        nextRank = rank;
      }
    }
    return next;
  }

  /**
   * Whether an order placed by an intrabar entry may act in that same bar. Its stop: unless deferred, because the price
   * has passed or may have passed it after the entry. Its target: only after a stop entry, whose move goes on towards
   * it, and only where the stop was out of the bar's range.
   */
  #mayActAtBirth(order: SimOrder, high: number, low: number): boolean {
    const { role, slot } = order.intent;
    if (role === 'stop_loss') return this.#spec.fills.entryBarStops === 'strict';
    if (role !== 'take_profit' || order.parentType !== 'stop') return false;
    return !this.#siblingReached(order, 'stop_loss', slot, high, low);
  }

  #ambiguousInBar(order: SimOrder, high: number, low: number): boolean {
    if (order.intent.role !== 'stop_loss') return false;
    const bornNow = order.bornInBar === this.#symbols[order.intent.symbol].bars;
    if (bornNow && (order.parentType === 'stop' || order.parentType === 'stop_limit')) return true;
    return this.#siblingReached(order, 'take_profit', order.intent.slot, high, low);
  }

  #siblingReached(order: SimOrder, role: string, slot: number, high: number, low: number): boolean {
    for (const other of this.#symbols[order.intent.symbol].orders) {
      const { intent } = other;
      if (intent.slot === slot && intent.role === role && other.reachedBy(high, low, this.#spec.fills)) return true;
    }
    return false;
  }

  #fill(
    order: SimOrder,
    basePrice: number,
    maker: boolean,
    time: number,
    volume: number,
    at: FillFact['at'],
    ambiguous: boolean,
  ): void {
    const { costs, markets } = this.#spec;
    const { intent } = order;
    const market = markets[intent.symbol];
    const allowed = this.#allowedByVolume(order, market, volume);
    let bps = maker ? 0 : costs.takerBps;
    if (!maker && costs.impactBps > 0) {
      const estimate = Math.min(this.#wanted(order, market, basePrice, maker), allowed);
      const barVolume = volume * market.instrument.quantityScale;
      bps += costs.impactBps * (barVolume > 0 ? Math.min(1, estimate / barVolume) : 1);
    }
    const worse = worsened(basePrice, intent.side, bps, market.instrument.tick);
    // What took a stop-limit's price away from it still cannot push it past its limit.
    const price = order.isLimit && intent.side * (worse - order.limit) > 0 ? order.limit : worse;
    const wanted = this.#wanted(order, market, price, maker);
    const quantity = Math.min(wanted, allowed);
    if (quantity <= 0) {
      const ended = intent.reduceOnly || order.filled > 0 ? 'canceled' : 'rejected';
      if (allowed > 0) this.#end(order, ended, 'nothing to fill', time);
      this.#spec.deliver();
      return;
    }
    const notional = intent.side === 1 ? market.notionalUp(price, quantity) : market.notionalDown(price, quantity);
    const fee = costs.fee(notional, maker);
    if (!intent.reduceOnly && notional + fee > this.#spec.account.free()) {
      this.#end(order, 'rejected', 'costs more than the free capital', time);
      this.#spec.deliver();
      return;
    }
    order.filled += quantity;
    order.spent += notional + fee;
    order.volumeTaken += quantity;
    if (intent.type === 'stop') order.triggered = true;
    const complete = quantity === wanted;
    const fill = this.outbox.addFill();
    fill.tradeId = ++this.#tradeId;
    fill.orderId = intent.id;
    fill.quantity = quantity;
    fill.price = price;
    fill.fee = fee;
    fill.time = time;
    fill.at = at;
    fill.ambiguous = ambiguous;
    fill.complete = complete;
    if (complete) this.#remove(order);
    this.#spec.deliver();
  }

  /** What the order still wants at this price: its open quantity, within its budget and the position it reduces. */
  #wanted(order: SimOrder, market: Market, price: number, maker: boolean): number {
    const { intent } = order;
    const open = order.quantity > 0 ? order.quantity - order.filled : Number.POSITIVE_INFINITY;
    if (intent.reduceOnly) return Math.min(open, Math.abs(this.#spec.account.held(intent.slot)));
    if (intent.budget === 0) return open;
    const budget = Math.min(intent.budget - order.spent, this.#spec.account.free());
    return Math.min(open, market.affordable(price, this.#spec.costs.afterFee(budget, maker)));
  }

  #allowedByVolume(order: SimOrder, market: Market, volume: number): number {
    const { volumeCap } = this.#spec.fills;
    if (volumeCap === null || volume === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const bar = this.#symbols[order.intent.symbol].bars;
    if (order.volumeBar !== bar) {
      order.volumeBar = bar;
      order.volumeTaken = 0;
    }
    const cap = market.instrument.floorLot(Math.floor(volume * volumeCap * market.instrument.quantityScale));
    return Math.max(0, cap - order.volumeTaken);
  }

  #end(order: SimOrder, status: EndFact['status'], reason: string, time: number): void {
    this.outbox.addEnd(order.intent.id, status, reason, time);
    this.#remove(order);
  }

  #remove(order: SimOrder): void {
    this.#symbols[order.intent.symbol].remove(order);
    this.#spare.push(order);
  }
}
