import type { MarketBar } from './engine.ts';
import type { BookedFill, Ledger } from './ledger.ts';
import type { Command, EndFact, FillFact, Order, OrderBook, OrderIntent, OrderType, Side } from './order.ts';
import type { MatchedPart } from './position.ts';
import { initialStop, initialTarget, targetPlans, tightenedStop } from './protection.ts';
import type { Risk } from './risk.ts';
import { type Answer, removeFrom, type Slot } from './slot.ts';
import type { ExitReason, RefusalCode } from './trade.ts';

/** What the facade tells the engine besides its commands. */
export interface ExecutionLog {
  closed(slot: Slot, part: MatchedPart, fill: FillFact, bar: number, reason: ExitReason): void;
  refused(slot: Slot, time: number, code: RefusalCode, detail: string): void;
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
  readonly #commands: Command[];
  readonly #log: ExecutionLog;

  constructor(
    slots: readonly Slot[],
    ledger: Ledger,
    risk: Risk,
    book: OrderBook,
    commands: Command[],
    log: ExecutionLog,
  ) {
    this.#slots = slots;
    this.#ledger = ledger;
    this.#risk = risk;
    this.#book = book;
    this.#commands = commands;
    this.#log = log;
  }

  /** A bar of the slot's timeframe closed: expiries, trailing and break-even stops, time stops. */
  onBarClosed(slot: Slot, bar: MarketBar): void {
    slot.bar++;
    if (slot.entries.length > 0) this.#expireEntries(slot);
    const position = this.#ledger.positions[slot.index];
    if (position.quantity === 0) return;
    position.seeBar(bar);
    // What a bar traded before an entry inside it is unknown; only its close came later for certain.
    const heldThrough = position.lots[0].time <= bar.openTime;
    const reached = heldThrough ? (position.quantity > 0 ? bar.high : bar.low) : bar.close;
    if (position.quantity > 0 ? reached > slot.best : reached < slot.best) slot.best = reached;
    const { timeStopBars, breakEvenAtR } = slot.spec.orders;
    if (slot.trailDistance > 0 || breakEvenAtR !== null) {
      const tightened = tightenedStop(slot, position, slot.stop?.price ?? 0);
      if (tightened) this.#placeStop(slot, tightened.price, bar.closeTime, tightened.reason);
    }
    if (timeStopBars !== null && slot.bar + 1 - slot.heldFromBar >= timeStopBars) {
      this.closePosition(slot, bar.closeTime, 'time_stop');
    }
  }

  /** A strategy's answer for the bar that just closed. */
  onAnswer(slot: Slot, answer: Answer, time: number): void {
    if (answer.signal === 0) return;
    const side: Side = answer.signal > 0 ? 1 : -1;
    const held = this.#ledger.positions[slot.index].side;
    if (held === -side) this.#reduce(slot, answer, side, time);
    else this.#enter(slot, answer, side, time);
  }

  /** Leaves the whole position at the market; its protective orders stay until that is filled. */
  closePosition(slot: Slot, time: number, reason: ExitReason): void {
    this.#cancelEntries(slot);
    slot.reversal = null;
    const quantity = Math.abs(this.#ledger.positions[slot.index].quantity);
    if (quantity === 0) return;
    slot.exitReason = reason;
    if (slot.exit?.intent.type === 'market') {
      const asked = quantity + slot.exit.filled;
      if (slot.exit.quantity < asked) this.#amend(slot.exit, 0, asked);
      return;
    }
    if (slot.exit) this.#cancel(slot.exit);
    slot.exit = this.#reduceOrder(slot, 'market', 'exit', quantity, 0, 0, time, null);
  }

  onFill(fill: FillFact): void {
    const order = this.#book.get(fill.orderId);
    if (!order.addFill(fill)) return;
    const slot = this.#slots[order.intent.slot];
    const bar = fill.at === 'close' ? slot.bar : slot.bar + 1;
    if (order.intent.role === 'entry') this.#onEntryFill(slot, order, fill, bar);
    else this.#onExitFill(slot, order, fill, bar);
  }

  onEnd(end: EndFact): void {
    const order = this.#book.get(end.orderId);
    order.addEnd(end);
    const slot = this.#slots[order.intent.slot];
    this.#forget(slot, order);
    if (end.status === 'rejected' && order.intent.role === 'entry') {
      this.#log.refused(slot, end.time, 'INSUFFICIENT_CASH', end.reason);
    }
  }

  #enter(slot: Slot, answer: Answer, side: Side, time: number): void {
    for (const order of [...slot.entries]) if (order.intent.side !== side) this.#cancelEntry(slot, order);
    if (answer.reduceOnly) return;
    const explicit = !Number.isNaN(answer.quantity);
    if (side === -1 && !slot.spec.orders.allowShort && !explicit) return;
    if (slot.exit?.intent.type === 'market') {
      slot.reversal = answer.copy();
      return;
    }
    const occupied = this.#ledger.positions[slot.index].quantity !== 0 || slot.entries.length > 0;
    if (occupied && !explicit && slot.spec.orders.maxEntries === 1) return;
    const approval = this.#risk.approveEntry(slot, side, answer, this.#book.nextId(), time);
    if (!approval.approved) {
      if (explicit || !slot.repeatsRefusal(side, approval.code)) {
        this.#log.refused(slot, time, approval.code, approval.detail);
      }
      return;
    }
    slot.plans.set(approval.order.id, approval.plan);
    slot.entries.push(this.#book.add(approval.order));
    this.#commands.push({ kind: 'submit', order: approval.order });
  }

  #reduce(slot: Slot, answer: Answer, side: Side, time: number): void {
    this.#cancelEntries(slot);
    const held = Math.abs(this.#ledger.positions[slot.index].quantity);
    const explicit = !Number.isNaN(answer.quantity);
    const wanted = explicit ? slot.spec.market.instrument.quantityUnits(answer.quantity) : held;
    if (wanted === 0) return;
    if (answer.type === 'market') {
      const leaving = slot.exit?.intent.type === 'market' ? slot.exit : null;
      const free = held - (leaving ? leaving.quantity - leaving.filled : 0);
      if (leaving) this.#amend(leaving, 0, leaving.quantity + Math.min(wanted, free));
      else {
        if (slot.exit) this.#cancel(slot.exit);
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
    if (slot.exit) this.#cancel(slot.exit);
    slot.exitReason = 'signal';
    slot.exit = this.#reduceOrder(slot, answer.type, 'exit', Math.min(wanted, held), price, limit, time, answer.tag);
  }

  #onEntryFill(slot: Slot, order: Order, fill: FillFact, bar: number): void {
    const plan = slot.plans.get(order.intent.id);
    const { side } = order.intent;
    const stop = initialStop(side, fill.price, plan?.stop ?? 0, plan?.stopDistance ?? 0);
    const target = initialTarget(slot, side, fill.price, stop, plan?.target ?? 0, plan?.targetRatio ?? 0);
    const first = this.#ledger.positions[slot.index].quantity === 0;
    this.#ledger.book(booked(fill, slot, order.intent, bar, stop, target));
    if (order.fills.length === 1) {
      slot.entryCount++;
    }
    if (first) slot.heldFromBar = fill.at === 'open' ? bar : bar + 1;
    if (order.complete) this.#forget(slot, order);
    if (first || (fill.price - slot.best) * side > 0) slot.best = fill.price;
    slot.trailDistance = plan?.trailDistance ?? 0;
    const trail = slot.trailDistance > 0 ? fill.price - side * slot.trailDistance : 0;
    const trailIsTighter = trail > 0 && (stop === 0 || (trail - stop) * side > 0);
    const protective = trailIsTighter ? trail : stop;
    const given = (plan?.stop ?? 0) > 0;
    // An addition without a stop of its own never loosens the one that the position has earned.
    const keepsStop = !given && slot.stop !== null && (slot.stop.price - protective) * side >= 0;
    if (protective > 0 && !keepsStop)
      this.#placeStop(slot, protective, fill.time, trailIsTighter ? 'trailing_stop' : 'stop_loss');
    else if (slot.stop) this.#placeStop(slot, slot.stop.price, fill.time, slot.stopReason);
    this.#placeTargets(slot, fill.time);
  }

  #onExitFill(slot: Slot, order: Order, fill: FillFact, bar: number): void {
    const booking = this.#ledger.book(booked(fill, slot, order.intent, bar, 0, 0));
    const flat = this.#ledger.positions[slot.index].quantity === 0;
    const reason = this.#exitReason(slot, order);
    for (const part of booking.closed) {
      slot.profit += part.side * (part.proceeds - part.cost) - part.fees;
      this.#log.closed(slot, part, fill, bar, reason);
    }
    if (flat) this.#risk.observeTrade(slot, bar);
    if (order.complete) this.#forget(slot, order);
    if (flat) this.#onFlat(slot, fill.time);
    else this.#fitProtection(slot);
  }

  #exitReason(slot: Slot, order: Order): ExitReason {
    const { role } = order.intent;
    if (role === 'stop_loss') return slot.stopReason;
    if (role === 'exit') return slot.exitReason;
    const left = Math.abs(this.#ledger.positions[slot.index].quantity);
    return left > order.quantity - order.filled ? 'partial' : 'take_profit';
  }

  #onFlat(slot: Slot, time: number): void {
    if (slot.stop) this.#cancel(slot.stop);
    if (slot.exit) this.#cancel(slot.exit);
    for (const target of slot.targets) this.#cancel(target);
    this.#cancelEntries(slot);
    slot.stop = null;
    slot.exit = null;
    slot.targets.length = 0;
    slot.entryCount = 0;
    slot.trailDistance = 0;
    slot.profit = 0;
    const { reversal } = slot;
    slot.reversal = null;
    if (reversal) this.onAnswer(slot, reversal, time);
  }

  /** After a part of the position is gone: no protective order may be larger than what is left. */
  #fitProtection(slot: Slot): void {
    let left = Math.abs(this.#ledger.positions[slot.index].quantity);
    if (slot.stop && slot.stop.quantity - slot.stop.filled > left) {
      this.#amend(slot.stop, slot.stop.price, left + slot.stop.filled);
    }
    for (const target of [...slot.targets]) {
      const open = target.quantity - target.filled;
      if (left === 0) {
        this.#cancel(target);
        this.#forget(slot, target);
      } else if (open > left) this.#amend(target, target.price, left + target.filled);
      left -= Math.min(open, left);
    }
  }

  #placeStop(slot: Slot, price: number, time: number, reason: ExitReason): void {
    const quantity = Math.abs(this.#ledger.positions[slot.index].quantity);
    slot.stopReason = reason;
    if (!slot.stop) {
      slot.stop = this.#reduceOrder(slot, 'stop', 'stop_loss', quantity, price, 0, time, null);
      return;
    }
    const asked = quantity + slot.stop.filled;
    if (slot.stop.price !== price || slot.stop.quantity !== asked) this.#amend(slot.stop, price, asked);
  }

  #placeTargets(slot: Slot, time: number): void {
    const plans = targetPlans(slot, this.#ledger.positions[slot.index]);
    for (const target of slot.targets) this.#cancel(target);
    slot.targets.length = 0;
    for (const plan of plans) {
      slot.targets.push(this.#reduceOrder(slot, 'limit', 'take_profit', plan.quantity, plan.price, 0, time, null));
    }
  }

  #reduceOrder(
    slot: Slot,
    type: OrderType,
    role: OrderIntent['role'],
    quantity: number,
    price: number,
    limit: number,
    time: number,
    tag: string | null,
  ): Order {
    const approved = this.#risk.approveReduction({
      id: this.#book.nextId(),
      slot: slot.index,
      symbol: slot.spec.symbolIndex,
      side: this.#ledger.positions[slot.index].quantity > 0 ? -1 : 1,
      type,
      role,
      quantity,
      budget: 0,
      price,
      limit,
      reduceOnly: true,
      time,
      tag,
    });
    const order = this.#book.add(approved);
    this.#commands.push({ kind: 'submit', order: approved });
    return order;
  }

  #amend(order: Order, price: number, quantity: number): void {
    order.price = price;
    order.quantity = quantity;
    this.#commands.push({ kind: 'amend', orderId: order.intent.id, symbol: order.intent.symbol, price, quantity });
  }

  #cancel(order: Order): void {
    if (!order.isOpen) return;
    this.#commands.push({ kind: 'cancel', orderId: order.intent.id, symbol: order.intent.symbol });
  }

  #cancelEntry(slot: Slot, order: Order): void {
    this.#cancel(order);
    removeFrom(slot.entries, order);
  }

  #cancelEntries(slot: Slot): void {
    for (const order of [...slot.entries]) this.#cancelEntry(slot, order);
  }

  #expireEntries(slot: Slot): void {
    for (const order of [...slot.entries]) {
      const last = slot.plans.get(order.intent.id)?.expiresAfterBar ?? 0;
      if (last > 0 && slot.bar >= last) this.#cancelEntry(slot, order);
    }
  }

  /** Takes an order that is over off the slot's lists. */
  #forget(slot: Slot, order: Order): void {
    if (slot.exit === order) slot.exit = null;
    if (slot.stop === order) slot.stop = null;
    removeFrom(slot.entries, order);
    removeFrom(slot.targets, order);
    // A fill may still come after "canceled", and needs its stop.
    if (order.complete) slot.plans.delete(order.intent.id);
  }
}

function booked(
  fill: FillFact,
  slot: Slot,
  intent: OrderIntent,
  bar: number,
  stop: number,
  target: number,
): BookedFill {
  const { quantity, price, fee, time } = fill;
  return { slot: slot.index, side: intent.side, quantity, price, fee, time, bar, stop, target, tag: intent.tag };
}
