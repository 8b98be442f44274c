import type { Market } from '../../core/instrument.ts';
import type { Command, OrderRole, OrderType, Side } from '../../core/order.ts';

/** An order that the engine wants to be there, with what it has filled so far. Prices and quantities are units. */
export interface DesiredOrder {
  readonly id: number;
  readonly role: OrderRole;
  readonly type: OrderType;
  readonly side: Side;
  readonly budget: number;
  readonly limit: number;
  quantity: number;
  price: number;
  filled: number;
}

/** One protective order at the exchange: a stop, a target, or both as a pair that cancels itself. */
export interface ProtectionGroup {
  /** Engine numbers of the legs; 0 is none. */
  readonly stop: number;
  readonly target: number;
  readonly quantity: number;
  readonly stopPrice: number;
  readonly targetPrice: number;
}

/** What should stand at the exchange to leave or protect a position. */
export type ExitPlan =
  | { readonly kind: 'leave'; readonly order: number; readonly quantity: number }
  | { readonly kind: 'protect'; readonly groups: readonly ProtectionGroup[] };

/**
 * The orders of one slot as the engine wants them. Commands change only this; the slot's desk brings the exchange to
 * it step by step, whatever answers get lost on the way.
 */
export class DesiredOrders {
  readonly entries = new Map<number, DesiredOrder>();
  readonly exits = new Map<number, DesiredOrder>();

  /** Exits that the engine took back: their end is still to be told. */
  readonly canceled = new Set<number>();

  apply(command: Command): void {
    if (command.kind === 'submit') {
      const { id, role, type, side, budget, limit, quantity, price } = command.order;
      const orders = role === 'entry' ? this.entries : this.exits;
      orders.set(id, { id, role, type, side, budget, limit, quantity, price, filled: 0 });
      return;
    }
    if (command.kind === 'cancel') {
      this.entries.delete(command.orderId);
      if (this.exits.delete(command.orderId)) this.canceled.add(command.orderId);
      return;
    }
    const order = this.exits.get(command.orderId);
    if (!order) return;
    order.price = command.price;
    order.quantity = command.quantity;
  }

  /** The engine was told that an order is over. */
  ended(id: number): void {
    this.entries.delete(id);
    this.exits.delete(id);
    this.canceled.delete(id);
  }

  /** Counts a fill; true where an exit has nothing left to fill. */
  fill(id: number, quantity: number): boolean {
    const order = this.entries.get(id) ?? this.exits.get(id);
    if (!order) return false;
    order.filled += quantity;
    if (order.role === 'entry' || order.filled < order.quantity) return false;
    this.exits.delete(id);
    return true;
  }

  /** How much of a position of `held` units a stop or a market exit is to take care of, down to a lot. */
  guarded(held: number, market: Market): number {
    const guards = [...this.exits.values()].filter(
      ({ type, role }) => type === 'stop' || (type === 'market' && role === 'exit'),
    );
    const open = guards.reduce((most, { quantity, filled }) => Math.max(most, quantity - filled), 0);
    return market.instrument.floorLot(Math.min(held, open));
  }

  /**
   * What should stand at the exchange for a position of `held` units (positive). A market exit sends everything else
   * away, since its quantity cannot be locked twice. Otherwise each target is paired with as much of the stop; what no
   * target covers gets the stop alone. Parts below a lot or the least order value are left out: no exchange takes them.
   */
  plan(held: number, market: Market, pairs: boolean): ExitPlan {
    // What earlier positions left as dust is held too, but none of this position's business.
    const sellable = (wanted: number): number => market.instrument.floorLot(Math.min(held, wanted));
    const leaving = [...this.exits.values()].find(({ role, type }) => role === 'exit' && type === 'market');
    if (leaving) {
      return { kind: 'leave', order: leaving.id, quantity: sellable(leaving.quantity - leaving.filled) };
    }
    const stop = [...this.exits.values()].find(({ type }) => type === 'stop');
    const groups: ProtectionGroup[] = [];
    let left = sellable(stop ? stop.quantity - stop.filled : held);
    for (const target of this.exits.values()) {
      if (target.type !== 'limit' || (stop && !pairs)) continue;
      const quantity = market.instrument.floorLot(Math.min(left, target.quantity - target.filled));
      const stopPrice = stop?.price ?? 0;
      if (!worthAnOrder(market, quantity, stopPrice > 0 ? Math.min(stopPrice, target.price) : target.price)) continue;
      groups.push({ stop: stop?.id ?? 0, target: target.id, quantity, stopPrice, targetPrice: target.price });
      left -= quantity;
    }
    if (stop && worthAnOrder(market, left, stop.price)) {
      groups.push({ stop: stop.id, target: 0, quantity: left, stopPrice: stop.price, targetPrice: 0 });
    } else if (stop && left > 0 && groups.length > 0) {
      const last = groups[groups.length - 1];
      groups[groups.length - 1] = { ...last, quantity: last.quantity + left };
    }
    return { kind: 'protect', groups };
  }
}

/** What tells two protective orders apart. */
export function groupKey({ stop, target, quantity, stopPrice, targetPrice }: ProtectionGroup): string {
  return `${stop}@${stopPrice}/${target}@${targetPrice}x${quantity}`;
}

function worthAnOrder(market: Market, quantity: number, price: number): boolean {
  return quantity >= market.instrument.lot && market.notionalDown(price, quantity) >= market.minNotional;
}
