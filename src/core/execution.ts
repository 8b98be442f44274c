import type { ClosedParts } from './closed-parts.ts';
import type { CommandList } from './commands.ts';
import type { MarketBar } from './engine.ts';
import type { BookedFill, Ledger } from './ledger.ts';
import type { EndFact, FillFact, OrderDraft, OrderRole, OrderType, Side } from './order.ts';
import type { OrderBook } from './order-book.ts';
import { initialStop, initialTarget, seeBest, targetPrice, targetQuantity, tightenedStop } from './protection.ts';
import type { Risk } from './risk.ts';
import { type Answer, removeFrom, type Slot } from './slot.ts';
import type { ExitReason, RefusalCode } from './trade.ts';

/** Takes note of an entry that was not let through. */
export type RefusalLog = (slot: Slot, time: number, code: RefusalCode, detail: string) => void;

/** A fill as it is booked. One object is written again for each. */
class Booking implements BookedFill {
  slot = 0;
  side: Side = 1;
  quantity = 0.5;
  price = 0.5;
  fee = 0.5;
  feeQuantity = 0;
  time = 0.5;
  bar = 0;
  stop = 0.5;
  target = 0.5;
  tag: string | null = null;
}

/**
 * The facade between signals and venues: turns answers of strategies into orders, and fills into protective stops,
 * targets and closed trades. It only appends commands; whatever a venue does comes back as a fact.
 */
export class Execution {
  readonly #slots: readonly Slot[];
  readonly #ledger: Ledger;
  readonly #risk: Risk;
  readonly #book: OrderBook;
  readonly #commands: CommandList;
  readonly #closed: ClosedParts;
  readonly #refused: RefusalLog;
  readonly #booking = new Booking();

  constructor(
    slots: readonly Slot[],
    ledger: Ledger,
    risk: Risk,
    book: OrderBook,
    commands: CommandList,
    closed: ClosedParts,
    refused: RefusalLog,
  ) {
    this.#slots = slots;
    this.#ledger = ledger;
    this.#risk = risk;
    this.#book = book;
    this.#commands = commands;
    this.#closed = closed;
    this.#refused = refused;
  }

  /** A bar of the slot's timeframe closed: expiries, trailing and break-even stops, time stops. */
  onBarClosed(slot: Slot, bar: MarketBar): void {
    slot.bar++;
    if (slot.entries.length > 0) this.#expireEntries(slot);
    if (slot.position.quantity !== 0) this.#onHeldBar(slot, bar);
  }

  #onHeldBar(slot: Slot, bar: MarketBar): void {
    slot.position.seeBar(bar);
    if (slot.followsPrice) this.#followPrice(slot, bar);
    if (slot.bar + 1 - slot.heldFromBar >= slot.timeStopBars) {
      this.closePosition(slot, bar.closeTime, 'time_stop');
    }
  }

  #followPrice(slot: Slot, bar: MarketBar): void {
    seeBest(slot, bar);
    const tightened = tightenedStop(slot, slot.position, this.#stopPrice(slot));
    if (tightened) this.#placeStop(slot, tightened.price, bar.closeTime, tightened.reason);
  }

  /** A strategy's answer for the bar that just closed. */
  onAnswer(slot: Slot, answer: Answer, time: number): void {
    if (answer.signal === 0) return;
    const side: Side = answer.signal > 0 ? 1 : -1;
    const held = slot.position.side;
    if (held === -side) this.#reduce(slot, answer, side, time);
    else this.#enter(slot, answer, side, time);
  }

  /** Leaves the whole position at the market; its protective orders stay until that is filled. */
  closePosition(slot: Slot, time: number, reason: ExitReason): void {
    this.cancelEntries(slot);
    slot.reversal = null;
    const quantity = Math.abs(slot.position.quantity);
    if (quantity === 0) return;
    slot.exitReason = reason;
    if (this.#leavesAtMarket(slot)) {
      const asked = quantity + this.#book.filled(slot.exit);
      if (this.#book.quantity(slot.exit) < asked) this.#amend(slot.exit, 0, asked);
      return;
    }
    this.#cancel(slot.exit);
    slot.exit = this.#reduceOrder(slot, 'market', 'exit', quantity, 0, 0, time, null);
  }

  onFill(fill: FillFact): void {
    const book = this.#book;
    if (!book.addFill(fill)) return;
    const slot = this.#slots[book.slot(fill.orderId)];
    const bar = fill.at === 'close' ? slot.bar : slot.bar + 1;
    if (book.role(fill.orderId) === 'entry') this.#onEntryFill(slot, fill, bar);
    else this.#onExitFill(slot, fill, bar);
  }

  onEnd(end: EndFact): void {
    this.#book.addEnd(end);
    const slot = this.#slots[this.#book.slot(end.orderId)];
    this.#forget(slot, end.orderId);
    if (end.status === 'rejected' && this.#book.role(end.orderId) === 'entry') {
      this.#refused(slot, end.time, 'INSUFFICIENT_CASH', end.reason);
    }
  }

  #enter(slot: Slot, answer: Answer, side: Side, time: number): void {
    for (let e = 0; e < slot.entries.length; ) {
      if (this.#book.side(slot.entries[e]) === side) e++;
      else this.#cancelEntry(slot, slot.entries[e]);
    }
    if (answer.reduceOnly) return;
    const explicit = !Number.isNaN(answer.quantity);
    if (side === -1 && !slot.spec.orders.allowShort && !explicit) return;
    if (this.#leavesAtMarket(slot)) {
      slot.reversal = answer.copy();
      return;
    }
    const occupied = slot.position.quantity !== 0 || slot.entries.length > 0;
    if (occupied && !explicit && slot.spec.orders.maxEntries === 1) return;
    const draft = this.#draft(time);
    const approved = this.#risk.approveEntry(slot, side, answer, draft);
    if ('code' in approved) {
      if (explicit || !slot.repeatsRefusal(side, approved.code)) {
        this.#refused(slot, time, approved.code, approved.detail);
      }
      return;
    }
    const order = this.#book.add(approved);
    this.#book.plan(order, this.#risk.plan);
    slot.entries.push(order);
    this.#commands.submit(approved);
  }

  #reduce(slot: Slot, answer: Answer, side: Side, time: number): void {
    this.cancelEntries(slot);
    const held = Math.abs(slot.position.quantity);
    const explicit = !Number.isNaN(answer.quantity);
    const wanted = explicit ? slot.spec.market.instrument.quantityUnits(answer.quantity) : held;
    if (wanted === 0) return;
    if (answer.type === 'market') {
      const leaving = this.#leavesAtMarket(slot);
      const free = leaving ? held - this.#open(slot.exit) : held;
      if (leaving) this.#amend(slot.exit, 0, this.#book.quantity(slot.exit) + Math.min(wanted, free));
      else {
        this.#cancel(slot.exit);
        slot.exitReason = 'signal';
        slot.exit = this.#reduceOrder(slot, 'market', 'exit', Math.min(wanted, held), 0, 0, time, answer.tag);
      }
      if (!answer.reduceOnly && (side === 1 || slot.spec.orders.allowShort) && (!explicit || wanted > free)) {
        slot.reversal = answer.copy();
        if (explicit) slot.reversal.quantity = slot.spec.market.instrument.quantity(wanted - free);
      }
      return;
    }
    const { instrument } = slot.spec.market;
    const price = instrument.levelUnits(answer.price, answer.type === 'limit' ? -side : side);
    const limit = instrument.levelUnits(answer.limitPrice, -side);
    this.#cancel(slot.exit);
    slot.exitReason = 'signal';
    slot.exit = this.#reduceOrder(slot, answer.type, 'exit', Math.min(wanted, held), price, limit, time, answer.tag);
  }

  #onEntryFill(slot: Slot, fill: FillFact, bar: number): void {
    const book = this.#book;
    const order = fill.orderId;
    const side = book.side(order);
    const given = book.plannedStop(order);
    const stop = initialStop(side, fill.price, given, book.plannedStopDistance(order));
    const target = initialTarget(slot, side, fill.price, stop, book.plannedTarget(order));
    const first = slot.position.quantity === 0;
    this.#ledger.book(this.#booked(fill, slot, bar, stop, target));
    book.spend(order, slot.spec.market.notionalUp(fill.price, fill.quantity) + fill.fee);
    if (book.hasOneFill(order)) slot.entryCount++;
    if (first) slot.heldFromBar = fill.at === 'open' ? bar : bar + 1;
    if (book.isComplete(order)) this.#forget(slot, order);
    if (first || (fill.price - slot.best) * side > 0) slot.best = fill.price;
    slot.trailDistance = book.plannedTrailDistance(order);
    const trail = slot.trailDistance > 0 ? fill.price - side * slot.trailDistance : 0;
    const trailIsTighter = trail > 0 && (stop === 0 || (trail - stop) * side > 0);
    const protective = trailIsTighter ? trail : stop;
    // An addition without a stop of its own never loosens the one that the position has earned.
    const keepsStop = given === 0 && slot.stop > 0 && (book.price(slot.stop) - protective) * side >= 0;
    if (protective > 0 && !keepsStop)
      this.#placeStop(slot, protective, fill.time, trailIsTighter ? 'trailing_stop' : 'stop_loss');
    else if (slot.stop > 0) this.#placeStop(slot, book.price(slot.stop), fill.time, slot.stopReason);
    this.#placeTargets(slot, fill.time);
  }

  #onExitFill(slot: Slot, fill: FillFact, bar: number): void {
    const closed = this.#ledger.book(this.#booked(fill, slot, bar, 0, 0));
    const flat = slot.position.quantity === 0;
    const reason = this.#exitReason(slot, fill.orderId);
    for (let c = 0; c < closed.length; c++) {
      const part = closed[c];
      const profit = part.side * (part.proceeds - part.cost) - part.fees;
      slot.profit += profit;
      this.#closed.add(slot.index, part, profit, fill, bar, reason);
    }
    if (flat) this.#risk.observeTrade(slot, bar);
    if (this.#book.isComplete(fill.orderId)) this.#forget(slot, fill.orderId);
    if (flat) this.#onFlat(slot, fill.time);
    else this.#fitProtection(slot);
  }

  #exitReason(slot: Slot, order: number): ExitReason {
    const role = this.#book.role(order);
    if (role === 'stop_loss') return slot.stopReason;
    if (role === 'exit') return slot.exitReason;
    const left = Math.abs(slot.position.quantity);
    return left > this.#open(order) ? 'partial' : 'take_profit';
  }

  #onFlat(slot: Slot, time: number): void {
    this.#cancel(slot.stop);
    this.#cancel(slot.exit);
    this.#cancelTargets(slot);
    this.cancelEntries(slot);
    slot.stop = 0;
    slot.exit = 0;
    slot.entryCount = 0;
    slot.trailDistance = 0;
    slot.profit = 0;
    const { reversal } = slot;
    slot.reversal = null;
    if (reversal) this.onAnswer(slot, reversal, time);
  }

  /** After a part of the position is gone: no protective order may be larger than what is left. */
  #fitProtection(slot: Slot): void {
    let left = Math.abs(slot.position.quantity);
    if (slot.stop > 0 && this.#open(slot.stop) > left) {
      this.#amend(slot.stop, this.#book.price(slot.stop), left + this.#book.filled(slot.stop));
    }
    for (let t = 0; t < slot.targets.length; ) {
      const target = slot.targets[t];
      const open = this.#open(target);
      if (left === 0) {
        this.#cancel(target);
        this.#forget(slot, target);
        continue;
      }
      if (open > left) this.#amend(target, this.#book.price(target), left + this.#book.filled(target));
      left -= Math.min(open, left);
      t++;
    }
  }

  #placeStop(slot: Slot, price: number, time: number, reason: ExitReason): void {
    const quantity = Math.abs(slot.position.quantity);
    const { stop } = slot;
    slot.stopReason = reason;
    if (stop === 0) {
      slot.stop = this.#reduceOrder(slot, 'stop', 'stop_loss', quantity, price, 0, time, null);
      return;
    }
    const asked = quantity + this.#book.filled(stop);
    if (this.#book.price(stop) !== price || this.#book.quantity(stop) !== asked) this.#amend(stop, price, asked);
  }

  #placeTargets(slot: Slot, time: number): void {
    this.#cancelTargets(slot);
    const { lots, quantity: held } = slot.position;
    const total = Math.abs(held);
    let left = total;
    for (let k = 0; k <= slot.spec.orders.partialExits.length; k++) {
      const lot = lots[lots.length - 1];
      const quantity = targetQuantity(slot, lot, k, total, left);
      if (quantity === 0) continue;
      const price = targetPrice(slot, lot, k, held > 0 ? 1 : -1);
      slot.targets.push(this.#reduceOrder(slot, 'limit', 'take_profit', quantity, price, 0, time, null));
      left -= quantity;
    }
  }

  #reduceOrder(
    slot: Slot,
    type: OrderType,
    role: OrderRole,
    quantity: number,
    price: number,
    limit: number,
    time: number,
    tag: string | null,
  ): number {
    const draft = this.#draft(time);
    draft.slot = slot.index;
    draft.symbol = slot.spec.symbolIndex;
    draft.side = slot.position.quantity > 0 ? -1 : 1;
    draft.type = type;
    draft.role = role;
    draft.quantity = quantity;
    draft.price = price;
    draft.limit = limit;
    draft.tag = tag;
    const approved = this.#risk.approveReduction(draft);
    const order = this.#book.add(approved);
    this.#commands.submit(approved);
    return order;
  }

  /** The order to be sent next, with its number. */
  #draft(time: number): OrderDraft {
    const draft = this.#commands.draft();
    draft.id = this.#book.nextId();
    draft.time = time;
    return draft;
  }

  #amend(order: number, price: number, quantity: number): void {
    this.#book.amend(order, price, quantity);
    this.#commands.amend(order, this.#book.symbol(order), price, quantity);
  }

  /** Asks for an order to be taken back, if there is one and it is open. */
  #cancel(order: number): void {
    if (order > 0 && this.#book.isOpen(order)) this.#commands.cancel(order, this.#book.symbol(order));
  }

  #cancelEntry(slot: Slot, order: number): void {
    this.#cancel(order);
    removeFrom(slot.entries, order);
  }

  cancelEntries(slot: Slot): void {
    while (slot.entries.length > 0) this.#cancelEntry(slot, slot.entries[0]);
  }

  #cancelTargets(slot: Slot): void {
    for (let t = 0; t < slot.targets.length; t++) this.#cancel(slot.targets[t]);
    while (slot.targets.length > 0) slot.targets.pop();
  }

  #expireEntries(slot: Slot): void {
    for (let e = 0; e < slot.entries.length; ) {
      const last = this.#book.expiresAfterBar(slot.entries[e]);
      if (last > 0 && slot.bar >= last) this.#cancelEntry(slot, slot.entries[e]);
      else e++;
    }
  }

  /** A market order out of the position is working. */
  #leavesAtMarket(slot: Slot): boolean {
    return slot.exit > 0 && this.#book.type(slot.exit) === 'market';
  }

  /** Price of the slot's stop; 0 where it has none. */
  #stopPrice(slot: Slot): number {
    return slot.stop > 0 ? this.#book.price(slot.stop) : 0;
  }

  /** Quantity an order has still to fill. */
  #open(order: number): number {
    return this.#book.quantity(order) - this.#book.filled(order);
  }

  /** Takes an order that is over off the slot's lists. */
  #forget(slot: Slot, order: number): void {
    if (slot.exit === order) slot.exit = 0;
    if (slot.stop === order) slot.stop = 0;
    removeFrom(slot.entries, order);
    removeFrom(slot.targets, order);
  }

  #booked(fill: FillFact, slot: Slot, bar: number, stop: number, target: number): BookedFill {
    const booking = this.#booking;
    booking.slot = slot.index;
    booking.side = this.#book.side(fill.orderId);
    booking.quantity = fill.quantity;
    booking.price = fill.price;
    booking.fee = fill.fee;
    booking.feeQuantity = fill.feeQuantity;
    booking.time = fill.time;
    booking.bar = bar;
    booking.stop = stop;
    booking.target = target;
    booking.tag = this.#book.tag(fill.orderId);
    return booking;
  }
}
