import type { Engine } from '../../core/engine.ts';
import type { DesiredOrder } from './desired-orders.ts';

/**
 * Why the account does not cover an entry at the moment it is to be sent; null where it does. When risk approved it,
 * another entry was to be cancelled for it; that one may have filled instead, and its money is gone.
 */
export function coverRefusal({ slots, ledger, book, costs }: Engine, slot: number, entry: DesiredOrder): string | null {
  const { market } = slots[slot].spec;
  const value = entry.budget > 0 ? 0 : market.notionalUp(entry.price, entry.quantity);
  const cost = entry.budget > 0 ? entry.budget : value + costs.fee(value, entry.type === 'limit');
  let promised = 0;
  for (const { entries } of slots) for (const id of entries) if (id !== entry.id) promised += book.reserved(id);
  const free = ledger.free() - promised;
  return cost <= free ? null : `needs ${cost}, has ${free} cash units: another entry filled instead of being cancelled`;
}
