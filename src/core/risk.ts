import type { Costs } from './costs.ts';
import { EntryGate } from './entry-gate.ts';
import { EntryRate } from './entry-rate.ts';
import { MAX_UNITS, pow10 } from './money.ts';
import type { Ledger } from './ledger.ts';
import type { ApprovedOrder, OrderDraft, OrderIntent, OrderType, Side } from './order.ts';
import type { EntryPlan, OrderBook } from './order-book.ts';
import { EntryRoom } from './risk-room.ts';
import type { Distance, RiskSettings, Sizing } from './settings.ts';
import { Size, sizeEntry, SizeRequest } from './sizing.ts';
import type { Answer, Slot } from './slot.ts';
import type { RefusalCode } from './trade.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const FIRST_MONDAY = 4 * DAY_MS;

/** Why an entry was not let through. */
export interface Refused {
  readonly code: RefusalCode;
  readonly detail: string;
}

/**
 * The only place that makes orders. Every entry passes the account's limits here; a refusal is a value with a stable
 * code. Orders that only reduce a position always pass.
 */
export class Risk {
  readonly settings: RiskSettings;
  readonly gate = new EntryGate();
  readonly #rate: EntryRate;
  readonly #cashScale: number;
  readonly #ledger: Ledger;
  readonly #slots: readonly Slot[];
  readonly #costs: Costs;
  readonly #prices = new EntryPrices();
  readonly #room: EntryRoom;
  readonly #request: SizeRequest;
  readonly #size = new Size();
  /** What the fills of the entry approved last turn into; valid until the next one. */
  readonly plan = new PlanDraft();
  // Numbers written at every bar start as fractions: a field that was once undefined or small boxes every later write.
  #peak = 0.5;
  #halted = false;
  #lost = false;
  #equity = 0.5;
  /** When the current UTC day ends, epoch ms. */
  #dayEnd = 0.5;
  #dayStart = 0.5;
  #week = Number.NaN;
  #weekStart = 0.5;

  constructor(settings: RiskSettings, ledger: Ledger, book: OrderBook, slots: readonly Slot[], costs: Costs) {
    this.settings = settings;
    this.#rate = new EntryRate(settings.maxOrdersPerMinute, settings.maxEntriesPerDay);
    this.#cashScale = pow10(costs.cashDecimals);
    this.#ledger = ledger;
    this.#slots = slots;
    this.#costs = costs;
    this.#room = new EntryRoom(settings, ledger, book, slots);
    this.#request = new SizeRequest(costs);
    this.#dayEnd = Number.NEGATIVE_INFINITY;
    this.#equity = ledger.cash;
    this.#peak = ledger.cash;
    this.#dayStart = ledger.cash;
    this.#weekStart = ledger.cash;
  }

  /** Follows the account value: day and week starts (UTC, weeks from Monday), peak and drawdown. */
  observe({ time }: { readonly time: number }): void {
    const equity = this.#ledger.equityNow;
    if (time >= this.#dayEnd) this.#startDay(time, equity);
    if (equity === this.#equity) return;
    this.#equity = equity;
    if (equity <= 0) this.#lost = true;
    if (equity > this.#peak) this.#peak = equity;
    const limit = this.settings.maxDrawdownPct;
    if (limit !== null && this.#drawdownPct() >= limit) this.#halted = true;
  }

  #startDay(time: number, equity: number): void {
    const midnight = Math.floor(time / DAY_MS) * DAY_MS;
    this.#dayEnd = midnight + DAY_MS;
    // At midnight sharp the new day starts with what the old one ended with: the value of this close.
    const start = time === midnight ? equity : this.#equity;
    this.#dayStart = start;
    const week = Math.floor((time - FIRST_MONDAY) / WEEK_MS);
    if (week === this.#week) return;
    this.#week = week;
    this.#weekStart = start;
  }

  /** Counts a position of a slot that is closed whole, in `bar`; a series of losses makes the slot rest. */
  observeTrade(slot: Slot, bar: number): void {
    const { cooldownLosses, cooldownBars } = this.settings;
    slot.lossesInARow = slot.profit < 0 ? slot.lossesInARow + 1 : 0;
    if (cooldownLosses !== null && slot.lossesInARow >= cooldownLosses) {
      slot.restsUntilBar = bar + cooldownBars;
      slot.lossesInARow = 0;
    }
  }

  /** An order that can only shrink a position: always let through. */
  approveReduction(draft: OrderDraft): ApprovedOrder {
    draft.budget = 0;
    draft.reduceOnly = true;
    return draft as OrderIntent as ApprovedOrder;
  }

  /**
   * Checks and sizes an entry of `slot` on `side`, and writes it into `draft`, which carries its number and time. An
   * approved entry's plan stands in `plan`.
   */
  approveEntry(slot: Slot, side: Side, answer: Answer, draft: OrderDraft): ApprovedOrder | Refused {
    const limited = this.#accountLimit(slot, side);
    if (limited) return limited;
    const excess = this.#rate.excess(slot.index, draft.time);
    if (excess !== null) return refuse('ORDER_RATE', excess);
    const { market, orders } = slot.spec;
    const last = slot.position.lastPrice;
    const prices = this.#prices;
    prices.decide(slot, side, answer, last);
    const expected = answer.type === 'market' ? last : prices.price;
    const misplaced = this.#misplaced(side, expected, last, prices);
    if (misplaced) return misplaced;
    const unprotected = prices.stop === 0 && (orders.stop !== null || orders.trailingStop !== null);
    if (unprotected && prices.stopDistance === 0 && prices.trailDistance === 0) {
      return refuse('NO_STOP', 'too few bars for the stop distance that the settings ask for');
    }

    const room = this.#room;
    room.measure(slot, side);
    const size = this.#size;
    const { quantity } = answer;
    const sizing: Sizing = Number.isNaN(quantity) ? orders.sizing : { kind: 'fixed', quantity };
    if (!sizeEntry(sizing, market, this.#sizeRequest(answer, expected), size)) {
      return refuse('NO_STOP', `sizing by ${orders.sizing.kind} lacks a stop or a volatility`);
    }
    if (market.mark(expected, size.expected) >= MAX_UNITS) return refuse(room.code, 'worth more than money can count');
    const value = market.notionalUp(expected, size.expected);
    const cost = value + this.#costs.fee(value, answer.type === 'limit');
    const tooSmall = this.#tooSmall(slot, size.expected, value);
    if (tooSmall) return tooSmall;
    if (size.budget === 0 && cost > room.amount) {
      return refuse(room.code, `needs ${this.#money(cost)}, has ${this.#money(room.amount)} cash units of room`);
    }
    const { maxOrderValue } = this.settings;
    if (maxOrderValue !== null && value > maxOrderValue * this.#cashScale) {
      return refuse('MAX_ORDER_VALUE', `worth ${(value / this.#cashScale).toFixed(2)}, more than ${maxOrderValue}`);
    }
    this.#rate.note(slot.index, draft.time);
    const { plan } = this;
    plan.stop = prices.stop;
    plan.stopDistance = prices.stopDistance;
    plan.target = prices.target;
    plan.trailDistance = prices.trailDistance;
    plan.expiresAfterBar = answer.validBars > 0 ? slot.bar + answer.validBars : 0;
    plan.reserved = size.quantity === 0 ? size.budget : cost;
    draft.slot = slot.index;
    draft.symbol = slot.spec.symbolIndex;
    draft.side = side;
    draft.type = answer.type satisfies OrderType;
    draft.role = 'entry';
    draft.quantity = size.quantity;
    draft.budget = size.budget;
    draft.price = prices.price;
    draft.limit = prices.limit;
    draft.reduceOnly = false;
    draft.tag = answer.tag;
    return draft as OrderIntent as ApprovedOrder;
  }

  #sizeRequest(answer: Answer, expected: number): SizeRequest {
    const request = this.#request;
    const { stop, stopDistance } = this.#prices;
    request.price = expected;
    request.stopDistance = stop > 0 ? Math.abs(expected - stop) : stopDistance;
    request.volatility = answer.volatility;
    request.slotCapital = this.#room.slotCapital;
    request.room = this.#room.amount;
    request.scale = this.#scale();
    request.maker = answer.type === 'limit';
    request.byBudget = answer.type === 'market';
    return request;
  }

  #accountLimit(slot: Slot, side: Side): Refused | null {
    const { settings } = this;
    const barred = this.gate.refusal(slot.spec.symbol);
    if (barred) return barred;
    if (side === -1 && !slot.spec.orders.allowShort) return refuse('SHORT_NOT_ALLOWED', 'allow_short is off');
    if (this.#lost) return refuse('INSUFFICIENT_CASH', 'the account fell to zero');
    if (this.#halted) return refuse('MAX_DRAWDOWN', `drawdown reached ${settings.maxDrawdownPct}%`);
    if (slot.bar < slot.restsUntilBar) return refuse('COOLDOWN', `rests until bar ${slot.restsUntilBar}`);
    const daily = settings.maxDailyLossPct;
    if (daily !== null && lossPct(this.#dayStart, this.#equity) >= daily) return refuse('DAILY_LOSS', `${daily}%`);
    const weekly = settings.maxWeeklyLossPct;
    if (weekly !== null && lossPct(this.#weekStart, this.#equity) >= weekly) return refuse('WEEKLY_LOSS', `${weekly}%`);
    const adding = this.#isOpen(slot);
    if (adding && slot.entryCount + slot.entries.length >= slot.spec.orders.maxEntries) {
      return refuse('PYRAMIDING', `${slot.spec.orders.maxEntries} entries are out`);
    }
    if (adding) return null;
    const open = settings.maxOpenTrades === null ? 0 : this.#openTrades(null);
    if (settings.maxOpenTrades !== null && open >= settings.maxOpenTrades) {
      return refuse('MAX_OPEN_TRADES', `${open} are open`);
    }
    for (const group of settings.groups) {
      if (group.maxOpenTrades === null || !group.symbols.includes(slot.spec.symbol)) continue;
      const inGroup = this.#openTrades(group.symbols);
      if (inGroup >= group.maxOpenTrades) return refuse('CORRELATED_GROUP', `${inGroup} open in "${group.name}"`);
    }
    return null;
  }

  #misplaced(side: Side, expected: number, last: number, prices: EntryPrices): Refused | null {
    const collar = this.settings.priceCollarPct;
    if (collar !== null && Math.abs(expected - last) * 100 > collar * last) {
      return refuse('PRICE_COLLAR', `price is more than ${collar}% from the last close`);
    }
    if (prices.stop > 0 && side * (expected - prices.stop) <= 0) return refuse('STOP_SIDE', 'stop beyond the entry');
    if (prices.target > 0 && side * (prices.target - expected) <= 0)
      return refuse('STOP_SIDE', 'target before the entry');
    return null;
  }

  /** Slots with a position or a working entry, of all symbols or of those given. */
  #openTrades(symbols: readonly string[] | null): number {
    let open = 0;
    for (const slot of this.#slots) {
      if (this.#isOpen(slot) && (symbols === null || symbols.includes(slot.spec.symbol))) open++;
    }
    return open;
  }

  #tooSmall(slot: Slot, quantity: number, value: number): Refused | null {
    const { market } = slot.spec;
    const room = this.#room;
    if (quantity >= market.instrument.lot && value >= market.minNotional) return null;
    if (room.amount < market.minNotional || room.amount <= 0) return refuse(room.code, 'no room is left');
    if (quantity < market.instrument.lot)
      return refuse('BELOW_MIN_LOT', `less than ${market.instrument.rules.lotStep}`);
    return refuse('BELOW_MIN_NOTIONAL', `worth less than ${market.instrument.rules.minNotional}`);
  }

  #isOpen(slot: Slot): boolean {
    return slot.position.quantity !== 0 || slot.entries.length > 0;
  }

  #scale(): number {
    const from = this.settings.slowdownDrawdownPct;
    return from !== null && this.#drawdownPct() >= from ? this.settings.slowdownFactor : 1;
  }

  #drawdownPct(): number {
    return ((this.#peak - this.#equity) / this.#peak) * 100;
  }

  #money(units: number): string {
    return String(Math.floor(units));
  }
}

/** What the fills of an entry turn into, as risk writes it. */
class PlanDraft implements EntryPlan {
  stop = 0.5;
  stopDistance = 0.5;
  target = 0.5;
  trailDistance = 0.5;
  expiresAfterBar = 0;
  reserved = 0.5;
}

/** All prices of an entry in units, each rounded to a tick to the side that costs its owner. */
class EntryPrices {
  price = 0.5;
  limit = 0.5;
  stop = 0.5;
  stopDistance = 0.5;
  target = 0.5;
  trailDistance = 0.5;

  decide(slot: Slot, side: Side, answer: Answer, last: number): void {
    const { instrument } = slot.spec.market;
    const { stop, stopRatio, trailingStop } = slot.spec.orders;
    const reference = answer.type === 'market' ? instrument.price(last) : answer.price;
    const trail = trailingStop?.percent === undefined ? answer.trailDistance : (reference * trailingStop.percent) / 100;
    this.price = instrument.levelUnits(answer.price, answer.type === 'limit' ? -side : side);
    this.limit = instrument.levelUnits(answer.limitPrice, -side);
    this.stop = instrument.levelUnits(answer.stopLoss, -side);
    this.stopDistance = instrument.distanceUnits(stopDistance(stop, stopRatio, reference, answer.stopDistance));
    this.target = instrument.levelUnits(answer.takeProfit, side);
    this.trailDistance = instrument.distanceUnits(trail);
  }
}

/** Distance of the default stop as a price difference: a percentage of the reference price, or what the bar says. */
export function stopDistance(stop: Distance | null, ratio: number, reference: number, atBar: number): number {
  return stop?.percent === undefined ? atBar * ratio : (reference * stop.percent * ratio) / 100;
}

function lossPct(start: number, now: number): number {
  return start > 0 ? ((start - now) / start) * 100 : 0;
}

function refuse(code: RefusalCode, detail: string): Refused {
  return { code, detail };
}
