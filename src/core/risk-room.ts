import type { Ledger } from './ledger.ts';
import type { Side } from './order.ts';
import type { RiskSettings } from './settings.ts';
import type { Slot } from './slot.ts';
import type { RefusalCode } from './trade.ts';

export interface EntryRoom {
  /** The most an entry may cost now, fee included, cash units; negative where a limit is passed already. */
  readonly amount: number;
  /** The limit that is nearest: the code of a refusal for lack of room. */
  readonly code: RefusalCode;
  /**
   * The account of the slot's own: its share of the starting capital and what it has earned or lost since. A slot
   * without an allocation has all of the equity.
   */
  readonly slotCapital: number;
}

/**
 * How much an entry of `slot` may cost under every limit on exposure, and which limit binds. Cash set aside for working
 * entries counts as used, so that slots are served in their order.
 */
export function entryRoom(
  settings: RiskSettings,
  ledger: Ledger,
  slots: readonly Slot[],
  slot: Slot,
  side: Side,
): EntryRoom {
  const equity = ledger.equity();
  const reservedBy = (other: Slot): number => (other.entries.length === 0 ? 0 : other.reserved);
  let reserved = 0;
  for (const other of slots) reserved += reservedBy(other);
  const own = Math.abs(ledger.value(slot.index)) + reservedBy(slot);
  const { allocation } = slot.spec;
  const slotCapital =
    allocation === null ? equity : Math.floor(ledger.capital * allocation) + ledger.profit(slot.index);

  let amount = ledger.free() - reserved;
  let code: RefusalCode = 'INSUFFICIENT_CASH';
  const bound = (room: number, by: RefusalCode): void => {
    if (room < amount) {
      amount = room;
      code = by;
    }
  };
  if (allocation !== null) bound(slotCapital - own, 'ALLOCATION');
  if (settings.maxPosition !== null) bound(equity * settings.maxPosition - own, 'MAX_POSITION');
  if (settings.maxGrossExposure !== null) {
    bound(equity * settings.maxGrossExposure - ledger.gross() - reserved, 'MAX_EXPOSURE');
  }
  if (settings.maxNetExposure !== null) {
    let net = 0;
    for (const other of slots) net += ledger.value(other.index);
    bound(equity * settings.maxNetExposure - side * net - reserved, 'MAX_EXPOSURE');
  }
  for (const group of settings.groups) {
    if (group.maxExposure === null || !group.symbols.includes(slot.spec.symbol)) continue;
    let used = 0;
    for (const other of slots) {
      if (group.symbols.includes(other.spec.symbol)) used += Math.abs(ledger.value(other.index)) + reservedBy(other);
    }
    bound(equity * group.maxExposure - used, 'CORRELATED_GROUP');
  }
  return { amount, code, slotCapital };
}
