import type { Costs } from '../core/costs.ts';
import { parseUnits } from '../core/decimal.ts';
import type { Input } from '../core/engine.ts';
import type { Market } from '../core/instrument.ts';
import type { Command } from '../core/order.ts';
import type { Clock } from '../core/ports.ts';
import type { Journal } from './journal/journal.ts';
import { AssetBook } from './live/asset-book.ts';
import { type ClientId, type Leg, parseClientId } from './live/client-id.ts';
import type { DesiredOrder, DesiredOrders } from './live/desired-orders.ts';
import type { Alert, ExchangeOrder, OrderGate, OrderPlan } from './live/desk-types.ts';
import type { TopInput } from './live/input-codec.ts';
import { TradeCursor } from './live/trade-cursor.ts';
import { TradeOwners } from './live/trade-owners.ts';
import { hidesSell } from './live/hidden-sell.ts';
import { DoubtResolver } from './live/doubt.ts';
import { SlotDesk } from './live/slot-desk.ts';
import type { Outcome, SpotVenue, VenueReport, VenueTrade } from './venues/venue.ts';

/** The stream usually brings a trade by then. */
const FETCH_SOON_MS = 300;
const FETCH_AGAIN_MS = 2_000;

export interface ExecutorSlot {
  readonly symbol: string;
  readonly market: Market;
}

export interface LiveExecutorSpec {
  readonly venue: SpotVenue;
  readonly journal: Pick<Journal, 'attempt' | 'fact'>;
  readonly clock: Clock;
  readonly costs: Costs;
  readonly cashDecimals: number;
  /** Tells this account's orders from those of others; 1 to 8 small letters and digits. */
  readonly owner: string;
  readonly run: number;
  readonly slots: readonly ExecutorSlot[];
  /** Why an entry of a slot must not be sent at this moment; null where it may. */
  readonly holdBack: (slot: number, entry: DesiredOrder) => string | null;
  /** Price that a slot's last decision was made at, units. */
  readonly decided: (slot: number) => number;
  readonly emit: (input: Input) => void;
  readonly alert: (alert: Alert) => void;
}

/**
 * Turns the engine's commands into exchange orders, and what the exchange says into inputs of the engine. Commands only
 * change what is wanted; the desk of each slot brings the exchange to it. Every order is in the journal before it is
 * sent, none is sent twice, and a trade counts once, by its id.
 */
export class LiveExecutor {
  readonly books = new AssetBook();
  readonly desks: readonly SlotDesk[];
  /** Slot of each engine order, and its symbol's number. */
  readonly #slotOf = new Map<number, number>();
  readonly #spec: LiveExecutorSpec;
  readonly #attempts = new Map<string, number>();
  readonly #owners = new TradeOwners();
  readonly #doubts: DoubtResolver;
  readonly #cursors: ReadonlyMap<string, TradeCursor>;
  readonly #fetching = new Set<string>();
  #started = false;

  constructor(spec: LiveExecutorSpec) {
    this.#spec = spec;
    this.#cursors = new Map(spec.slots.map(({ symbol }) => [symbol, new TradeCursor()]));
    const gate: OrderGate = {
      venue: spec.venue,
      send: (plan, send) => this.#send(plan, send),
      nextId: (order, leg) => this.#nextId(order, leg),
    };
    this.#doubts = new DoubtResolver({
      venue: spec.venue,
      clock: spec.clock,
      symbolOf: (order) => spec.slots[order.slot].symbol,
      found: (order, report) => {
        this.#unblock(order);
        if (order.state === 'in_doubt') order.state = 'working';
        this.#desk(order).report(report);
        this.#desk(order).converge();
      },
      cleared: (order) => this.#unblock(order),
      absent: (order, proof) => this.#absent(order, proof),
      hasTraded: async (order) => {
        const { symbol, market } = spec.slots[order.slot];
        await this.fetchTrades(symbol);
        return order.booked > 0 || (order.leg !== 'entry' && (await hidesSell(spec.venue, market)));
      },
    });
    this.desks = spec.slots.map(
      ({ symbol, market }, slot) =>
        new SlotDesk({
          gate,
          clock: spec.clock,
          costs: spec.costs,
          market,
          symbol,
          slot,
          cashDecimals: spec.cashDecimals,
          active: () => this.#started,
          emit: spec.emit,
          alert: (alert) => spec.alert({ ...alert, detail: `${symbol}: ${alert.detail}` }),
          holdBack: (entry) => spec.holdBack(slot, entry),
          decided: () => spec.decided(slot),
          fetchTrades: () => this.#fetchSoon(symbol),
          resolve: (order) => this.resolve(order),
          identified: (report) => this.#identify(report),
          settled: (order) => this.#settled(order),
        }),
    );
  }

  /** Takes commands of the engine. Nothing is sent before `start`, so that a replay can rebuild what is wanted. */
  apply(commands: readonly Command[]): void {
    const touched = new Set<SlotDesk>();
    for (const command of commands) {
      const id = command.kind === 'submit' ? command.order.id : command.orderId;
      if (command.kind === 'submit') this.#slotOf.set(id, command.order.slot);
      const desk = this.desks[this.#slotOf.get(id) ?? -1];
      desk?.apply(command);
      if (desk) touched.add(desk);
    }
    for (const desk of touched) desk.converge();
  }

  /** Begins to act on what is wanted. Entries that were decided but never sent have missed their moment. */
  start(): void {
    this.#started = true;
    for (const desk of this.desks) {
      desk.dropUnsentEntries();
      desk.converge();
    }
  }

  /** Sends nothing more; what is under way is still listened to. */
  stop(): void {
    this.#started = false;
  }

  /** True while a request is unanswered or in doubt, or an entry that nobody wants still stands. */
  get unsettled(): boolean {
    return this.desks.some((desk) => desk.unsettled);
  }

  /** Books an own trade, once, whoever tells of it. Trades of orders that are not ours are none of our business. */
  onTrade(trade: VenueTrade): void {
    const { journal, run } = this.#spec;
    this.#cursors.get(trade.symbol)?.see(trade.tradeId, trade.time);
    const order = this.#orderOf(trade);
    if (!order) return;
    const { tradeId, symbol, side, price, quantity, quoteQuantity, fee, feeAsset, maker, time } = trade;
    const fact = { symbol, tradeId, side, price, quantity, quoteQuantity, fee, feeAsset, maker, time };
    const fresh = journal.fact(run, { kind: 'fill', clientId: order.clientId, exchangeId: trade.orderId, ...fact });
    if (fresh) this.book(order, trade);
  }

  /** Books a trade that the journal has as new: into the assets, the desk and, as a fill, into the engine. */
  book(order: ExchangeOrder, trade: VenueTrade): void {
    this.#take(order, trade);
    const { market } = this.#spec.slots[order.slot];
    const { instrument } = market;
    const desk = this.#desk(order);
    const quantity = parseUnits(trade.quantity, instrument.quantityDecimals);
    const price = parseUnits(trade.price, instrument.priceDecimals);
    const done = desk.desired.fill(order.order, quantity);
    const notional = trade.side === 'BUY' ? market.notionalUp(price, quantity) : market.notionalDown(price, quantity);
    // Without a fee, exchanges name no asset for it.
    const inQuote = trade.feeAsset === instrument.rules.quote || trade.feeAsset === '';
    const inBase = isOffQuantity(trade, instrument.rules.base);
    this.#spec.emit({
      kind: 'fill',
      fill: {
        tradeId: trade.tradeId,
        orderId: order.order,
        quantity,
        price,
        // A fee in another asset costs what the settings say such a fill costs: its own price is not known here.
        fee: inQuote
          ? parseUnits(trade.fee, this.#spec.cashDecimals)
          : inBase
            ? 0
            : this.#spec.costs.fee(notional, trade.maker),
        feeQuantity: inBase ? parseUnits(trade.fee, instrument.quantityDecimals) : 0,
        time: trade.time,
        at: 'open',
        ambiguous: false,
        complete: done || (order.leg === 'entry' && order.ended === 'filled' && order.settled),
      },
    });
    desk.settle(order);
    desk.converge();
  }

  /** Counts a trade of an earlier process. The engine has its fill from the journal. */
  restoreTrade(trade: VenueTrade): void {
    this.#cursors.get(trade.symbol)?.see(trade.tradeId, trade.time);
    if (trade.clientId !== null) this.#owners.learn(trade.symbol, trade.orderId, trade.clientId);
    const order = this.#orderOf(trade);
    if (order) this.#take(order, trade);
  }

  /** An order of an earlier process that is known to be over. */
  restoreEnd(clientId: string, status: Exclude<VenueReport['status'], 'working' | 'unknown'>): void {
    const order = this.#find(clientId);
    if (order) {
      order.ended = status;
      order.state = 'done';
    }
  }

  /** An order of an earlier process, with the exchange's number of it. */
  restoreNumber(clientId: string, orderId: number): void {
    const order = this.#find(clientId);
    if (order) this.#owners.learn(this.#spec.slots[order.slot].symbol, orderId, clientId);
  }

  /** A fill or an end that the engine is given again from the journal. */
  replay(input: TopInput): void {
    if (input.kind === 'fill') this.#desired(input.fill.orderId)?.fill(input.fill.orderId, input.fill.quantity);
    if (input.kind === 'end') this.#desired(input.end.orderId)?.ended(input.end.orderId);
  }

  /** Takes an order back into the books that an earlier process had sent. */
  restoreOrder(plan: OrderPlan, sentAt: number): readonly ExchangeOrder[] {
    for (const { clientId } of plan.legs) this.#used(clientId);
    this.#used(plan.clientId);
    for (const { order } of plan.legs) this.#slotOf.set(order, plan.slot);
    const orders = this.desks[plan.slot].register(plan, sentAt);
    for (const order of orders) order.state = 'in_doubt';
    return orders;
  }

  onReport(report: VenueReport): void {
    const order = this.#find(report.clientId);
    if (!order) return;
    this.#desk(order).report(report);
    this.#desk(order).converge();
  }

  /** Every order that may still do something. */
  openOrders(): readonly ExchangeOrder[] {
    return this.desks.flatMap((desk) => desk.open());
  }

  /** Starts to find out what became of an order. */
  resolve(order: ExchangeOrder): void {
    order.state = 'in_doubt';
    this.#block(order);
    this.#doubts.resolve(order);
  }

  /** Reads the own trades of a symbol from the last one before which none can be missing, and books what is new. */
  async fetchTrades(symbol: string): Promise<void> {
    const { venue } = this.#spec;
    const sent = this.openOrders().map(({ slot, sentAt }) =>
      this.#spec.slots[slot].symbol === symbol ? sentAt : Number.POSITIVE_INFINITY,
    );
    const from = this.#cursors.get(symbol)?.from(venue.time(), Math.min(...sent)) ?? 0;
    for (const trade of await venue.trades(symbol, from)) this.onTrade(trade);
  }

  isOwn(clientId: string): boolean {
    return parseClientId(clientId)?.owner === this.#spec.owner;
  }

  knows(clientId: string): boolean {
    return this.#find(clientId) !== undefined;
  }

  #take(order: ExchangeOrder, trade: VenueTrade): void {
    const { instrument } = this.#spec.slots[order.slot].market;
    const { base, quote } = instrument.rules;
    this.books.take(trade, base, quote);
    const quantity = parseUnits(trade.quantity, instrument.quantityDecimals);
    const fee = isOffQuantity(trade, base) ? parseUnits(trade.fee, instrument.quantityDecimals) : 0;
    order.booked += quantity;
    this.#desk(order).held += (trade.side === 'BUY' ? quantity : -quantity) - fee;
  }

  #orderOf(trade: VenueTrade): ExchangeOrder | undefined {
    const clientId = this.#owners.clientId(trade);
    return clientId === null ? undefined : this.#find(clientId);
  }

  #desired(order: number): DesiredOrders | undefined {
    return this.desks[this.#slotOf.get(order) ?? -1]?.desired;
  }

  #find(clientId: string): ExchangeOrder | undefined {
    const id = parseClientId(clientId);
    if (id === null || id.owner !== this.#spec.owner) return undefined;
    for (const desk of this.desks) {
      const order = desk.orders.get(clientId);
      if (order) return order;
    }
    return undefined;
  }

  #desk(order: ExchangeOrder): SlotDesk {
    return this.desks[order.slot];
  }

  #nextId(order: number, leg: Leg): ClientId {
    const { owner, run } = this.#spec;
    const key = `${order}${leg}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return { owner, run, order, leg, attempt };
  }

  #used(clientId: string): void {
    const id = parseClientId(clientId);
    if (!id || id.run !== this.#spec.run) return;
    const key = `${id.order}${id.leg}`;
    this.#attempts.set(key, Math.max(this.#attempts.get(key) ?? 0, id.attempt));
  }

  async #send<T>(plan: OrderPlan, send: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { journal, run, venue } = this.#spec;
    journal.attempt(run, [
      {
        kind: plan.legs.length > 1 ? 'place_list' : 'place',
        orderId: plan.legs[0].order,
        clientId: plan.clientId,
        symbol: plan.symbol,
        time: venue.time(),
        payload: JSON.stringify(plan),
      },
    ]);
    const outcome = await send();
    const time = venue.time();
    for (const { clientId } of plan.legs) {
      if (outcome.kind === 'in_doubt') {
        journal.fact(run, { kind: 'in_doubt', clientId, time, request: 'place', reason: outcome.reason });
      }
    }
    return outcome;
  }

  /** Remembers the exchange's number of an order, and books trades that came before it was known. */
  #identify({ symbol, orderId, clientId, time }: VenueReport): void {
    const { journal, run } = this.#spec;
    const early = this.#owners.learn(symbol, orderId, clientId);
    journal.fact(run, { kind: 'ack', clientId, time, exchangeId: orderId });
    for (const trade of early) this.onTrade(trade);
  }

  /** Writes down that an order is over, and with its last leg the pair. */
  #settled({ clientId, list, ended, reason, slot }: ExchangeOrder): void {
    const { journal, run, venue } = this.#spec;
    if (ended === null) return;
    const end = { kind: 'end', time: venue.time(), status: ended, reason } as const;
    journal.fact(run, { ...end, clientId });
    const left = this.desks[slot].open().some((order) => order.list === list);
    if (list !== null && !left) journal.fact(run, { ...end, clientId: list });
  }

  #absent(order: ExchangeOrder, proof: string): void {
    const { alert } = this.#spec;
    this.#unblock(order);
    alert({ level: 'warning', code: 'ORDER_ABSENT', detail: `${order.clientId} never reached the exchange: ${proof}` });
    order.ended = 'rejected';
    order.reason = proof;
    this.#desk(order).settle(order);
    this.#desk(order).converge();
  }

  #block(order: ExchangeOrder): void {
    this.#blocking(order, true);
  }

  #unblock(order: ExchangeOrder): void {
    this.#blocking(order, false);
  }

  #blocking(order: ExchangeOrder, on: boolean): void {
    const { symbol } = this.#spec.slots[order.slot];
    const reason = `order ${order.clientId} in doubt`;
    this.#spec.emit({ kind: 'block', time: this.#spec.venue.time(), symbol, reason, on });
  }

  #fetchSoon(symbol: string): void {
    if (this.#fetching.has(symbol)) return;
    this.#fetching.add(symbol);
    const again = (): void => {
      this.fetchTrades(symbol).then(
        () => this.#fetching.delete(symbol),
        () => this.#spec.clock.after(FETCH_AGAIN_MS, again),
      );
    };
    this.#spec.clock.after(FETCH_SOON_MS, again);
  }
}

/** A fee is taken off what was bought. One that a sale pays in its own base comes from what else the wallet holds. */
function isOffQuantity({ side, feeAsset }: VenueTrade, base: string): boolean {
  return side === 'BUY' && feeAsset === base;
}
