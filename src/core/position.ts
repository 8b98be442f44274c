import type { Market } from './instrument.ts';
import { mulDivFloor } from './money.ts';
import type { Side } from './order.ts';

/** Units that stand for one entry fill until they are matched by exits, first in first out. */
export interface Lot {
  quantity: number;
  readonly price: number;
  readonly time: number;
  readonly bar: number;
  /** Cash units paid (long) or received (short) for what is left of the lot. */
  cost: number;
  /** Entry fee of what is left. */
  fee: number;
  /** Initial stop and target in price units; 0 is none. */
  readonly stop: number;
  readonly target: number;
  readonly tag: string | null;
  /** Highest and lowest price since entry, price units. */
  high: number;
  low: number;
}

/** One matched part of a position, in units; what a trade record is made from. */
export interface MatchedPart {
  readonly side: Side;
  readonly quantity: number;
  readonly lot: Lot;
  readonly cost: number;
  readonly proceeds: number;
  readonly fees: number;
}

/**
 * The virtual position of one `symbol:timeframe:strategy`: lots in the order they were bought or sold.
 * Costs and fees are divided so that the parts add up to the whole, to the last unit.
 */
export class Position {
  /** Signed quantity units; negative is short. */
  quantity = 0;
  readonly lots: Lot[] = [];

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

  open(side: Side, lot: Lot): void {
    this.lots.push(lot);
    this.quantity += side * lot.quantity;
  }

  /** Takes `quantity` off, oldest lots first. `proceeds` and `fee` are those of the whole closing fill. */
  close(quantity: number, proceeds: number, fee: number): MatchedPart[] {
    const side: Side = this.quantity > 0 ? 1 : -1;
    const parts: MatchedPart[] = [];
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
      parts.push({ side, quantity: taken, lot: copyOf(lot), cost, proceeds: partProceeds, fees: entryFee + exitFee });
      lot.quantity -= taken;
      lot.cost -= cost;
      lot.fee -= entryFee;
      proceedsLeft -= partProceeds;
      feeLeft -= exitFee;
      left -= taken;
      if (lot.quantity === 0) this.lots.shift();
    }
    this.quantity -= side * (quantity - left);
    return parts;
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

  /** Value at a price, cash units, signed. */
  value(market: Market, price: number): number {
    return this.quantity === 0 ? 0 : market.mark(price, this.quantity);
  }
}

/** Field by field, which takes a fraction of the time of a spread. */
function copyOf(lot: Lot): Lot {
  const { quantity, price, time, bar, cost, fee, stop, target, tag, high, low } = lot;
  return { quantity, price, time, bar, cost, fee, stop, target, tag, high, low };
}
