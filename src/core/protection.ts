import type { MarketBar } from './engine.ts';
import type { Lot, Position } from './position.ts';
import type { Slot } from './slot.ts';
import type { ExitReason } from './trade.ts';

/** Where the stop of a new lot lies: as given, else at its distance from the fill; 0 is none. */
export function initialStop(side: number, entry: number, given: number, distance: number): number {
  if (given > 0) return given;
  return distance > 0 ? Math.max(1, entry - side * distance) : 0;
}

/** Where the target of a new lot lies: as given, else at the settings' multiple of the distance of its stop; 0 is none. */
export function initialTarget(slot: Slot, side: number, entry: number, stop: number, given: number): number {
  if (given > 0) return given;
  const ratio = slot.spec.orders.targetRatio ?? 0;
  return ratio > 0 && stop > 0 ? atMultiple(slot, side, entry, stop, ratio) : 0;
}

/**
 * Quantity of the resting target numbered `k` of a position of `total` units, of which `left` have none yet: its partial
 * exits come first, and the rest leaves at the target of its newest lot. 0 where there is no such target.
 */
export function targetQuantity(slot: Slot, lot: Lot, k: number, total: number, left: number): number {
  const { market, orders } = slot.spec;
  if (k === orders.partialExits.length) return lot.target > 0 ? left : 0;
  if (lot.stop === 0) return 0;
  return Math.min(left, market.instrument.floorLot(Math.floor(total * orders.partialExits[k].fraction + 1e-6)));
}

/** Price of the resting target numbered `k`. */
export function targetPrice(slot: Slot, lot: Lot, k: number, side: number): number {
  const { partialExits } = slot.spec.orders;
  return k === partialExits.length ? lot.target : atMultiple(slot, side, lot.price, lot.stop, partialExits[k].atR);
}

/** Lets the best price since entry see a bar that closed. */
export function seeBest(slot: Slot, bar: MarketBar): void {
  const { position } = slot;
  // What a bar traded before an entry inside it is unknown; only its close came later for certain.
  const heldThrough = position.lots[0].time <= bar.openTime;
  const reached = heldThrough ? (position.quantity > 0 ? bar.high : bar.low) : bar.close;
  if (position.quantity > 0 ? reached > slot.best : reached < slot.best) slot.best = reached;
}

/**
 * Where the stop belongs after a bar has closed, and why: trailing and break-even only ever tighten it, and only with
 * what the closed bar showed. Null leaves it where it is.
 */
export function tightenedStop(
  slot: Slot,
  position: Position,
  current: number,
): { price: number; reason: ExitReason } | null {
  const { side } = position;
  const { instrument } = slot.spec.market;
  const lot = position.lots[0];
  let price = current;
  let reason: ExitReason | null = null;
  if (slot.trailDistance > 0) {
    const trail = slot.best - side * slot.trailDistance;
    if (isTighter(side, trail, price)) {
      price = trail;
      reason = 'trailing_stop';
    }
  }
  const { breakEvenAtR } = slot.spec.orders;
  if (breakEvenAtR !== null && lot.stop > 0) {
    const gained = side * (slot.best - lot.price);
    const entry = Math.round(position.entryPrice / instrument.tick) * instrument.tick;
    if (gained >= breakEvenAtR * Math.abs(lot.price - lot.stop) && isTighter(side, entry, price)) {
      price = entry;
      reason = 'break_even';
    }
  }
  return reason === null ? null : { price: Math.max(1, price), reason };
}

function isTighter(side: number, candidate: number, stop: number): boolean {
  return stop === 0 || side * (candidate - stop) > 0;
}

function atMultiple(slot: Slot, side: number, entry: number, stop: number, multiple: number): number {
  const { instrument } = slot.spec.market;
  const price = instrument.price(entry) + side * multiple * instrument.price(Math.abs(entry - stop));
  return Math.max(instrument.tick, side === 1 ? instrument.priceUp(price) : instrument.priceDown(price));
}
