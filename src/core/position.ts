import type { Market } from './instrument.ts';
import { mulDivFloor } from './money.ts';
import type { Side } from './order.ts';

/** Units that stand for one entry fill until they are matched by exits, first in first out. */
export class Lot {
  // Numbers that are no small integers start as fractions, so that they are stored unboxed.
  quantity = 0.5;
  price = 0.5;
  time = 0.5;
  bar = 0;
  /** Cash units paid (long) or received (short) for what is left of the lot. */
  cost = 0.5;
  /** Entry fee of what is left. */
  fee = 0.5;
  /** Initial stop and target in price units; 0 is none. */
  stop = 0.5;
  target = 0.5;
  tag: string | null = null;
  /** Highest and lowest price since entry, price units. */
  high = 0.5;
  low = 0.5;
}

/**
 * One matched part of a position, in units; what a trade record is made from. The object is used again for the next
 * fill, and its lot lives on where it was matched only in part: whoever keeps one copies it.
 */
export class MatchedPart {
  side: Side = 1;
  quantity = 0.5;
  lot: Lot;
  cost = 0.5;
  proceeds = 0.5;
  fees = 0.5;

  constructor(lot: Lot) {
    this.lot = lot;
  }
}

/**
 * The virtual position of one `symbol:timeframe:strategy`: lots in the order they were bought or sold.
 * Costs and fees are divided so that the parts add up to the whole, to the last unit.
 */
export class Position {
  /** Signed quantity units; negative is short. */
  quantity = 0.5;
  /** Last known price of its symbol, price units. */
  lastPrice = 0.5;
  readonly lots: Lot[] = [];
  /** What closed positions left behind because it was less than a lot, quantity units. */
  dust = 0.5;
  /** What the latest fill matched. */
  readonly #matched: MatchedPart[] = [];
  readonly #spare: MatchedPart[] = [];

  constructor() {
    this.quantity = 0;
    this.lastPrice = 0;
    this.dust = 0;
  }

  get side(): Side | 0 {
    return this.quantity > 0 ? 1 : this.quantity < 0 ? -1 : 0;
  }

  /** Quantity-weighted entry price in price units; NaN where flat. */
  get entryPrice(): number {
    let value = 0;
    let quantity = 0;
    for (const lot of this.lots) {
      value += lot.price * lot.quantity;
      quantity += lot.quantity;
    }
    return value / quantity;
  }

  /** The exchange kept a part of the newest lot as its fee: less is held for the same cost. */
  takeFee(quantity: number): void {
    const lot = this.lots[this.lots.length - 1];
    lot.quantity -= quantity;
    this.quantity -= this.quantity > 0 ? quantity : -quantity;
  }

  open(side: Side, lot: Lot): void {
    this.lots.push(lot);
    this.quantity += side * lot.quantity;
  }

  /**
   * Takes `quantity` off, oldest lots first. `proceeds` and `fee` are those of the whole closing fill. The parts are
   * valid until the next fill.
   */
  close(quantity: number, proceeds: number, fee: number): readonly MatchedPart[] {
    const side: Side = this.quantity > 0 ? 1 : -1;
    this.#forgetMatched();
    let left = quantity;
    let proceedsLeft = proceeds;
    let feeLeft = fee;
    while (left > 0 && this.lots.length > 0) {
      const lot = this.lots[0];
      const taken = Math.min(left, lot.quantity);
      const cost = taken === lot.quantity ? lot.cost : mulDivFloor(lot.cost, taken, lot.quantity);
      const entryFee = taken === lot.quantity ? lot.fee : mulDivFloor(lot.fee, taken, lot.quantity);
      const partProceeds = taken === left ? proceedsLeft : mulDivFloor(proceeds, taken, quantity);
      const exitFee = taken === left ? feeLeft : mulDivFloor(fee, taken, quantity);
      const part = this.#spare.pop() ?? new MatchedPart(lot);
      part.side = side;
      part.quantity = taken;
      part.lot = lot;
      part.cost = cost;
      part.proceeds = partProceeds;
      part.fees = entryFee + exitFee;
      this.#matched.push(part);
      lot.quantity -= taken;
      lot.cost -= cost;
      lot.fee -= entryFee;
      proceedsLeft -= partProceeds;
      feeLeft -= exitFee;
      left -= taken;
      if (lot.quantity === 0) this.#dropOldest();
    }
    this.quantity -= side * (quantity - left);
    return this.#matched;
  }

  #forgetMatched(): void {
    for (let part = this.#matched.pop(); part; part = this.#matched.pop()) this.#spare.push(part);
  }

  /** In place: `shift` is a call out of compiled code, and nearly every position has one lot. */
  #dropOldest(): void {
    const { lots } = this;
    for (let i = 1; i < lots.length; i++) lots[i - 1] = lots[i];
    lots.pop();
  }

  /** Lets the lots' extremes see a bar: its range, or its close alone where the lot came inside it. */
  seeBar(bar: {
    readonly openTime: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
  }): void {
    for (let l = 0; l < this.lots.length; l++) {
      const lot = this.lots[l];
      const whole = lot.time <= bar.openTime;
      const high = whole ? bar.high : bar.close;
      const low = whole ? bar.low : bar.close;
      if (high > lot.high) lot.high = high;
      if (low < lot.low) lot.low = low;
    }
  }

  /** Lets the lots' extremes see one price. */
  see(price: number): void {
    for (const lot of this.lots) {
      if (price > lot.high) lot.high = price;
      if (price < lot.low) lot.low = price;
    }
  }

  /** Takes the close of a bar as the last price of its symbol. */
  mark(bar: { readonly close: number }): void {
    this.lastPrice = bar.close;
  }

  /** Value at the last price, cash units, signed. */
  value(market: Market): number {
    return this.quantity === 0 ? 0 : market.mark(this.lastPrice, this.quantity);
  }
}
