import type { Market } from './instrument.ts';
import { exact } from './money.ts';
import type { Side } from './order.ts';
import { Lot, type MatchedPart, Position } from './position.ts';

const NOTHING: readonly MatchedPart[] = [];

export interface BookedFill {
  readonly slot: number;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  /** Fee that was taken off the bought quantity itself, quantity units. */
  readonly feeQuantity: number;
  readonly time: number;
  readonly bar: number;
  readonly stop: number;
  readonly target: number;
  readonly tag: string | null;
}

/**
 * The books of one account: cash, and one virtual position for each slot. Every amount is a whole number of units, and
 * for every fill the change of cash equals what its lots and trade parts record.
 */
export class Ledger {
  cash = 0.5;
  /** What the account started with, cash units. */
  readonly capital: number;
  /** Equity and gross exposure at the last `revalue`, cash units. */
  equityNow = 0.5;
  grossNow = 0.5;
  readonly positions: readonly Position[];
  readonly #markets: readonly Market[];
  /** What each slot has paid (negative) and received so far, cash units. */
  readonly #flows: Float64Array;
  /** How many positions are open. */
  #held = 0;

  /** @param markets the market of each slot; slots of one symbol share theirs */
  constructor(cash: number, markets: readonly Market[]) {
    this.cash = exact(cash, 'capital');
    this.capital = cash;
    this.equityNow = cash;
    this.#markets = markets;
    this.positions = markets.map(() => new Position());
    this.#flows = new Float64Array(markets.length);
  }

  /** Values all positions at their last prices. */
  revalue(): void {
    if (this.#held > 0) this.#valueHeld();
    else {
      this.equityNow = this.cash;
      this.grossNow = 0;
    }
  }

  #valueHeld(): void {
    let equity = this.cash;
    let gross = 0;
    for (let slot = 0; slot < this.positions.length; slot++) {
      const { quantity, lastPrice } = this.positions[slot];
      if (quantity === 0) continue;
      const value = this.#markets[slot].mark(lastPrice, quantity);
      equity += value;
      gross += value < 0 ? -value : value;
    }
    this.equityNow = equity;
    this.grossNow = gross;
  }

  lastPrice(slot: number): number {
    return this.positions[slot].lastPrice;
  }

  /** Signed value of a slot's position at its last price, cash units. */
  value(slot: number): number {
    return this.positions[slot].value(this.#markets[slot]);
  }

  /** What a slot has earned so far, open positions at their last prices, cash units. */
  profit(slot: number): number {
    return this.#flows[slot] + this.value(slot);
  }

  /** Cash plus the value of all positions at their last prices, cash units. */
  equity(): number {
    this.revalue();
    return this.equityNow;
  }

  /** What may be spent: cash, less what short positions owe twice over (their proceeds and their cover). */
  free(): number {
    let free = this.cash;
    for (let slot = 0; slot < this.positions.length; slot++) {
      if (this.positions[slot].quantity < 0) free += 2 * this.value(slot);
    }
    return free;
  }

  /** Sum of absolute position values, cash units. */
  gross(): number {
    this.revalue();
    return this.grossNow;
  }

  /**
   * Books one fill: the closing part against the oldest lots, what is left as a new lot. Hands back what it closed, valid
   * until the next fill.
   */
  book(fill: BookedFill): readonly MatchedPart[] {
    const position = this.positions[fill.slot];
    const market = this.#markets[fill.slot];
    const wasHeld = position.quantity !== 0;
    const against = wasHeld && position.side !== fill.side;
    const held = Math.abs(position.quantity);
    const closing = against ? Math.min(fill.quantity, held) : 0;
    // Less than a lot cannot be sold: it goes with what was, for nothing.
    const dust = closing > 0 && held - closing < market.instrument.lot ? held - closing : 0;
    const opening = fill.quantity - closing;
    const closeFee = opening === 0 ? fill.fee : Math.floor((fill.fee * closing) / fill.quantity);
    let closed = NOTHING;
    if (closing > 0) {
      const proceeds = this.#amount(market, fill.side, fill.price, closing);
      this.#pay(fill, proceeds, closeFee);
      position.see(fill.price);
      closed = position.close(closing + dust, proceeds, closeFee);
      position.dust += dust;
    }
    if (opening > 0) {
      const cost = this.#amount(market, fill.side, fill.price, opening);
      this.#pay(fill, cost, fill.fee - closeFee);
      position.open(fill.side, newLot(fill, opening, cost, fill.fee - closeFee));
    }
    if (opening > 0 && fill.feeQuantity > 0) position.takeFee(fill.feeQuantity);
    position.lastPrice = fill.price;
    this.#held += (position.quantity === 0 ? 0 : 1) - (wasHeld ? 1 : 0);
    return closed;
  }

  #amount(market: Market, side: Side, price: number, quantity: number): number {
    return side === 1 ? market.notionalUp(price, quantity) : market.notionalDown(price, quantity);
  }

  #pay({ slot, side }: BookedFill, amount: number, fee: number): void {
    const change = -side * amount - fee;
    this.cash = exact(this.cash + change, 'cash');
    this.#flows[slot] += change;
  }
}

function newLot(fill: BookedFill, quantity: number, cost: number, fee: number): Lot {
  const lot = new Lot();
  lot.quantity = quantity;
  lot.cost = cost;
  lot.fee = fee;
  lot.price = fill.price;
  lot.time = fill.time;
  lot.bar = fill.bar;
  lot.stop = fill.stop;
  lot.target = fill.target;
  lot.tag = fill.tag;
  lot.high = fill.price;
  lot.low = fill.price;
  return lot;
}
