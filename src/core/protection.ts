import type { Position } from './position.ts';
import type { Slot } from './slot.ts';
import type { ExitReason } from './trade.ts';

/** Quantity and price of one resting target, units. */
export interface TargetPlan {
  readonly quantity: number;
  readonly price: number;
}

/** Where the stop of a new lot lies: as given, else at its distance from the fill; 0 is none. */
export function initialStop(side: number, entry: number, given: number, distance: number): number {
  if (given > 0) return given;
  return distance > 0 ? Math.max(1, entry - side * distance) : 0;
}

/** Where the target of a new lot lies: as given, else at `ratio` times the distance of its stop; 0 is none. */
export function initialTarget(
  slot: Slot,
  side: number,
  entry: number,
  stop: number,
  given: number,
  ratio: number,
): number {
  if (given > 0) return given;
  return ratio > 0 && stop > 0 ? atMultiple(slot, side, entry, stop, ratio) : 0;
}

/** The resting targets of a whole position: its partial exits, and the rest at the target of its newest lot. */
export function targetPlans(slot: Slot, position: Position): TargetPlan[] {
  const lot = position.lots.at(-1);
  if (!lot) return [];
  const { market, orders } = slot.spec;
  const total = Math.abs(position.quantity);
  const plans: TargetPlan[] = [];
  let left = total;
  if (lot.stop > 0) {
    for (const { atR, fraction } of orders.partialExits) {
      const quantity = Math.min(left, market.instrument.floorLot(Math.floor(total * fraction + 1e-6)));
      if (quantity === 0) continue;
      plans.push({ quantity, price: atMultiple(slot, position.side, lot.price, lot.stop, atR) });
      left -= quantity;
    }
  }
  if (left > 0 && lot.target > 0) plans.push({ quantity: left, price: lot.target });
  return plans;
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
  const consider = (candidate: number, why: ExitReason): void => {
    const tighter = price === 0 || side * (candidate - price) > 0;
    if (!tighter) return;
    price = candidate;
    reason = why;
  };
  if (slot.trailDistance > 0) consider(slot.best - side * slot.trailDistance, 'trailing_stop');
  const { breakEvenAtR } = slot.spec.orders;
  if (breakEvenAtR !== null && lot.stop > 0) {
    const gained = side * (slot.best - lot.price);
    const entry = Math.round(position.entryPrice / instrument.tick) * instrument.tick;
    if (gained >= breakEvenAtR * Math.abs(lot.price - lot.stop)) consider(entry, 'break_even');
  }
  return reason === null ? null : { price: Math.max(1, price), reason };
}

function atMultiple(slot: Slot, side: number, entry: number, stop: number, multiple: number): number {
  const { instrument } = slot.spec.market;
  const price = instrument.price(entry) + side * multiple * instrument.price(Math.abs(entry - stop));
  return Math.max(instrument.tick, side === 1 ? instrument.priceUp(price) : instrument.priceDown(price));
}
