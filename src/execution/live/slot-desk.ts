import type { Command, EndFact } from '../../core/order.ts';
import { entryRequest } from './entry-request.ts';
import { formatUnits, parseBigUnits, parseUnits } from '../../core/decimal.ts';
import type { Outcome, VenueReport } from '../venues/venue.ts';
import { type ClientId, clientIdText, type Leg } from './client-id.ts';
import { type DesiredOrder, DesiredOrders, type ExitPlan, groupKey, type ProtectionGroup } from './desired-orders.ts';
import { type DeskContext, ExchangeOrder, type OrderPlan } from './desk-types.ts';
import { ExitGuard } from './exit-guard.ts';

/** No exchange counts finer. */
const ASSET_DECIMALS = 16;

/**
 * Brings the exchange's orders of one slot to what the engine wants. It looks at both sides whenever something has
 * changed and takes one step at a time: what must go goes first, then what is missing comes. So a lost answer, a
 * restart or a fill in between need no case of their own.
 */
export class SlotDesk {
  readonly desired = new DesiredOrders();
  /** Every order of the slot that was ever sent, by client id: a fill may come late. */
  readonly orders = new Map<string, ExchangeOrder>();
  readonly #open = new Set<ExchangeOrder>();
  /** Engine orders whose entry was sent: an entry is tried once, whatever became of it. */
  readonly #sentEntries = new Set<number>();
  /** What the slot holds of the base asset, units; fees taken in it are off. */
  held = 0;
  /** What of it the exchange does not have, as a refused sale showed: somebody else sold it. Units. */
  #missing = 0;
  readonly #context: DeskContext;
  readonly #guard: ExitGuard;
  #busy = false;

  constructor(context: DeskContext) {
    this.#context = context;
    const { clock, alert } = context;
    const retry = (): void => this.converge();
    this.#guard = new ExitGuard({ clock, alert, retry, flatten: (reason) => this.#flatten(reason) });
  }

  get slot(): number {
    return this.#context.slot;
  }

  /** Orders that are, or may be, at the exchange. */
  open(): ExchangeOrder[] {
    for (const order of this.#open) if (order.state === 'done') this.#open.delete(order);
    return [...this.#open];
  }

  /** A request is unanswered or in doubt, or an entry that is no longer wanted still stands. */
  get unsettled(): boolean {
    const { entries } = this.desired;
    const moving = ({ state, leg, order }: ExchangeOrder): boolean =>
      state !== 'working' || (leg === 'entry' && !entries.has(order));
    return this.#busy || this.open().some(moving);
  }

  apply(command: Command): void {
    this.desired.apply(command);
  }

  /** Takes the next step, if one is due and no request is on its way. */
  converge(): void {
    if (!this.#context.active()) return;
    this.#watchNakedness();
    if (this.#busy || !this.#guard.ready) return;
    const open = this.open();
    for (const id of this.desired.canceled) {
      if (!open.some(({ order }) => order === id)) this.#end(id, 'canceled', 'canceled');
    }
    if (open.some(({ state }) => state !== 'working')) return;
    if (this.#stepEntries(open)) return;
    this.#stepExits(open.filter(({ leg }) => leg !== 'entry'));
  }

  /** What the exchange says of one of the slot's orders. */
  report(report: VenueReport): void {
    const order = this.orders.get(report.clientId);
    if (!order) return;
    this.#context.identified(report);
    if (order.state === 'done') return;
    const { instrument } = this.#context.market;
    order.reported = Math.max(order.reported, parseUnits(report.filled, instrument.quantityDecimals));
    if (report.status === 'working') {
      if (order.state === 'sending' || order.state === 'in_doubt') order.state = 'working';
    } else if (report.status !== 'unknown') {
      order.ended = report.status;
      order.reason = report.detail;
    } else {
      this.#context.alert({ level: 'warning', code: 'ORDER_STATUS', detail: `${report.clientId}: ${report.detail}` });
    }
    this.settle(order);
  }

  /** Closes an order that is over once all its trades are booked; asks for those that are missing. */
  settle(order: ExchangeOrder): void {
    if (order.state === 'done' || order.ended === null) return;
    if (!order.settled) {
      this.#context.fetchTrades();
      return;
    }
    order.state = 'done';
    this.#context.settled(order);
    if (order.leg === 'entry') this.#end(order.order, order.ended, order.reason);
    const unfilled = order.ended === 'expired' && order.leg === 'exit' && order.left > 0;
    if (unfilled || (order.ended === 'rejected' && order.leg !== 'entry')) this.#guard.refused(order.leg, order.reason);
  }

  /** Takes back entries that no order stands for, as after a restart: they were meant for a moment that has passed. */
  dropUnsentEntries(): void {
    for (const id of this.desired.entries.keys()) {
      if (!this.#sentEntries.has(id)) this.#end(id, 'canceled', 'not sent before the restart');
    }
  }

  #stepEntries(open: readonly ExchangeOrder[]): boolean {
    for (const order of open) {
      if (order.leg !== 'entry' || this.desired.entries.has(order.order)) continue;
      this.#cancel(order);
      return true;
    }
    for (const entry of this.desired.entries.values()) {
      if (this.#sentEntries.has(entry.id)) continue;
      this.#enter(entry);
      return true;
    }
    return false;
  }

  #stepExits(open: readonly ExchangeOrder[]): void {
    const { market, gate } = this.#context;
    const plan = this.desired.plan(this.#sellable, market, gate.venue.capabilities.oco);
    const surplus = open.find((order) => !this.#wanted(order, plan, open));
    if (surplus) {
      this.#cancel(surplus);
      return;
    }
    if (plan.kind === 'leave') {
      if (open.length === 0) this.#leave(plan.order, plan.quantity);
      return;
    }
    const missing = plan.groups.find((group) => !open.some((order) => order.group === groupKey(group)));
    if (missing) this.#protect(missing);
  }

  #wanted(order: ExchangeOrder, plan: ExitPlan, open: readonly ExchangeOrder[]): boolean {
    if (plan.kind === 'leave') return order.leg === 'exit' && order.order === plan.order;
    const group = plan.groups.find((candidate) => groupKey(candidate) === order.group);
    if (!group) return false;
    // A pair that lost one leg, as it does when the other begins to fill, protects only half.
    const legs = open.filter((other) => other.group === order.group).length;
    return legs === (group.stop > 0 && group.target > 0 ? 2 : 1);
  }

  #enter(entry: DesiredOrder): void {
    const { gate, holdBack, decided } = this.#context;
    const held = holdBack(entry);
    if (held !== null) {
      this.#end(entry.id, 'rejected', held);
      return;
    }
    const id = gate.nextId(entry.id, 'entry');
    const request = entryRequest(entry, { ...this.#context, clientId: clientIdText(id), decided: decided() });
    this.#send(this.#plan(id, '', request), () => gate.venue.place(request));
  }

  #leave(order: number, quantity: number): void {
    const { market, symbol, gate } = this.#context;
    const { instrument } = market;
    if (quantity < instrument.lot) {
      // What is missing may come back, and is sold then.
      if (this.#missing === 0) this.#end(order, 'canceled', 'less than a lot is left');
      return;
    }
    const id = gate.nextId(order, 'exit');
    const request = {
      symbol,
      clientId: clientIdText(id),
      side: 'SELL',
      type: 'market',
      quantity: formatUnits(quantity, instrument.quantityDecimals),
    } as const;
    this.#send(this.#plan(id, '', request), () => gate.venue.place(request));
  }

  #protect(group: ProtectionGroup): void {
    const { market, symbol, gate } = this.#context;
    const { instrument } = market;
    const key = groupKey(group);
    const quantity = formatUnits(group.quantity, instrument.quantityDecimals);
    const stopPrice = formatUnits(group.stopPrice, instrument.priceDecimals);
    const price = formatUnits(group.targetPrice, instrument.priceDecimals);
    if (group.stop > 0 && group.target > 0) {
      const clientId = clientIdText(gate.nextId(group.stop, 'list'));
      const stop = clientIdText(gate.nextId(group.stop, 'stop'));
      const target = clientIdText(gate.nextId(group.target, 'target'));
      const request = {
        symbol,
        clientId,
        side: 'SELL',
        quantity,
        stop: { clientId: stop, stopPrice },
        target: { clientId: target, price },
      } as const;
      const legs = [
        { clientId: stop, leg: 'stop', order: group.stop },
        { clientId: target, leg: 'target', order: group.target },
      ] as const;
      const plan = { clientId, slot: this.slot, symbol, group: key, legs, request };
      this.#send(plan, () => gate.venue.placeOco(request));
      return;
    }
    const leg: Leg = group.stop > 0 ? 'stop' : 'target';
    const id = gate.nextId(group.stop > 0 ? group.stop : group.target, leg);
    const common = { symbol, clientId: clientIdText(id), side: 'SELL', quantity } as const;
    const request =
      leg === 'stop'
        ? ({ ...common, type: 'stop', stopPrice } as const)
        : ({ ...common, type: 'limit', timeInForce: 'GTC', price } as const);
    this.#send(this.#plan(id, key, request), () => gate.venue.place(request));
  }

  #plan(id: ClientId, group: string, request: unknown): OrderPlan {
    const clientId = clientIdText(id);
    const legs = [{ clientId, leg: id.leg, order: id.order }];
    return { clientId, slot: this.slot, symbol: this.#context.symbol, group, legs, request };
  }

  #send<T extends VenueReport | readonly VenueReport[]>(plan: OrderPlan, send: () => Promise<Outcome<T>>): void {
    this.#busy = true;
    const orders = this.register(plan, this.#context.gate.venue.time());
    this.#context.gate.send(plan, send).then(
      (outcome) => this.#answered(orders, outcome),
      (error: unknown) => this.#failed(orders, error),
    );
  }

  /** Takes the orders of a request into the books of the slot: when it is sent, or when a restart finds its intent. */
  register({ clientId, legs, group, request }: OrderPlan, sentAt: number): ExchangeOrder[] {
    const { quantity = '0' } = request as { readonly quantity?: string };
    const units = parseUnits(quantity, this.#context.market.instrument.quantityDecimals);
    return legs.map(({ clientId: id, leg, order: number }) => {
      const order = new ExchangeOrder(
        id,
        leg,
        number,
        this.slot,
        id === clientId ? null : clientId,
        group,
        sentAt,
        units,
      );
      this.orders.set(id, order);
      this.#open.add(order);
      if (leg === 'entry') this.#sentEntries.add(number);
      return order;
    });
  }

  #answered(orders: readonly ExchangeOrder[], outcome: Outcome<VenueReport | readonly VenueReport[]>): void {
    this.#busy = false;
    if (outcome.kind === 'accepted') {
      for (const order of orders) if (order.state === 'sending') order.state = 'working';
      if (orders.some(({ leg }) => leg !== 'entry')) this.#guard.accepted();
      const reports = Array.isArray(outcome.value) ? outcome.value : [outcome.value];
      for (const report of reports as readonly VenueReport[]) this.report(report);
    } else if (outcome.kind === 'rejected') {
      for (const order of orders) {
        if (order.state !== 'sending') continue;
        order.ended = 'rejected';
        order.reason = outcome.reason;
        this.settle(order);
      }
      // Less than the exchange takes: protection comes back instead.
      if (outcome.cure === 'quantity' && orders[0].leg === 'exit')
        this.#end(orders[0].order, 'canceled', outcome.reason);
      if (outcome.cure === 'balance' && orders.some(({ leg }) => leg !== 'entry')) this.#count();
      if (outcome.cure === 'would_trigger' && orders.some(({ leg }) => leg === 'stop')) this.#flatten(outcome.reason);
    } else {
      for (const order of orders) {
        if (order.state !== 'sending') continue;
        order.state = 'in_doubt';
        order.reason = outcome.reason;
        this.#context.resolve(order);
      }
    }
    this.converge();
  }

  /** The intent could not be written, so nothing was sent. The journal's owner stops the engine; here it is only said. */
  #failed(orders: readonly ExchangeOrder[], error: unknown): void {
    this.#busy = false;
    for (const order of orders) {
      this.orders.delete(order.clientId);
      this.#open.delete(order);
    }
    this.#context.alert({ level: 'critical', code: 'INTENT_NOT_WRITTEN', detail: String(error) });
  }

  #cancel(order: ExchangeOrder): void {
    const { gate, symbol } = this.#context;
    this.#busy = true;
    const legs = order.list === null ? [order] : this.open().filter(({ list }) => list === order.list);
    for (const leg of legs) leg.state = 'canceling';
    gate.venue.cancel(symbol, order.list ?? order.clientId, order.list !== null).then(
      (outcome) => {
        this.#busy = false;
        for (const leg of legs) if (leg.state === 'canceling') leg.state = 'working';
        if (outcome.kind === 'accepted') for (const report of outcome.value) this.report(report);
        // Unknown to the exchange means filled before anything else; and an unanswered cancel may have worked.
        else for (const leg of legs) this.#doubt(leg, outcome.reason);
        this.converge();
      },
      (error: unknown) => {
        this.#busy = false;
        for (const leg of legs) this.#doubt(leg, String(error));
      },
    );
  }

  #doubt(order: ExchangeOrder, reason: string): void {
    if (order.state === 'done') return;
    order.state = 'in_doubt';
    order.reason = reason;
    this.#context.resolve(order);
  }

  #flatten(reason: string): void {
    const { alert, emit, gate } = this.#context;
    alert({ level: 'critical', code: 'UNPROTECTED', detail: `leaving the position: ${reason}` });
    emit({ kind: 'exit', time: gate.venue.time(), slot: this.slot, reason: 'stop_loss' });
  }

  #watchNakedness(): void {
    const { market, decided } = this.#context;
    const quantity = this.desired.guarded(this.#sellable, market);
    // By its price now, not by that of its stop: a stop too low to be taken leaves a position naked that is worth much.
    const wanted = market.notionalDown(decided(), quantity) >= market.minNotional ? quantity : 0;
    const covered = this.open()
      .filter(({ leg, state }) => (leg === 'stop' || leg === 'exit') && (state === 'working' || state === 'canceling'))
      .reduce((sum, order) => sum + order.left, 0);
    this.#guard.watch(wanted, covered);
  }

  /** What of the position there is to sell. */
  get #sellable(): number {
    return Math.max(0, this.held - this.#missing);
  }

  /** All in all so much of the base asset is missing at the exchange, units. */
  missingAtMost(units: number): void {
    if (this.#missing <= units) return;
    this.#missing = units;
    this.converge();
  }

  /** A sale was refused for want of the asset: finds out how much of it there is, and does nothing until then. */
  #count(): void {
    const { gate, market } = this.#context;
    const { base } = market.instrument.rules;
    const locked = new Map(this.open().map((order) => [order.list ?? order.clientId, order.left]));
    this.#busy = true;
    gate.venue.balances().then(
      (balances) => {
        this.#busy = false;
        const free = floorUnits(balances.get(base)?.free ?? '0', market.instrument.quantityDecimals);
        const there = [...locked.values()].reduce((sum, left) => sum + left, free);
        this.#missing = Math.max(0, this.held - there);
      },
      (error: unknown) => {
        // The next refusal asks again.
        this.#busy = false;
        this.#context.alert({ level: 'warning', code: 'BALANCE_UNKNOWN', detail: String(error) });
      },
    );
  }

  #end(order: number, status: EndFact['status'], reason: string): void {
    const { emit, gate } = this.#context;
    this.desired.ended(order);
    emit({ kind: 'end', end: { orderId: order, status, reason, time: gate.venue.time() } });
  }
}

/** A balance in units; exchanges may count it finer than a symbol's quantities. */
function floorUnits(text: string, decimals: number): number {
  return Number(parseBigUnits(text, ASSET_DECIMALS) / 10n ** BigInt(ASSET_DECIMALS - decimals));
}
