import type { Ledger } from './ledger.ts';
import type { Side } from './order.ts';
import type { OrderBook } from './order-book.ts';
import type { RiskSettings } from './settings.ts';
import type { Slot } from './slot.ts';
import type { RefusalCode } from './trade.ts';

/**
 * How much an entry may cost under every limit on exposure, and which limit binds. Cash set aside for working entries
 * counts as used, so that slots are served in their order. One object is measured again for each entry.
 */
export class EntryRoom {
  /** The most an entry may cost now, fee included, cash units; negative where a limit is passed already. */
  amount = 0.5;
  /** The limit that is nearest: the code of a refusal for lack of room. */
  code: RefusalCode = 'INSUFFICIENT_CASH';
  /**
   * The account of the slot's own: its share of the starting capital and what it has earned or lost since. A slot
   * without an allocation has all of the equity.
   */
  slotCapital = 0.5;
  readonly #settings: RiskSettings;
  readonly #ledger: Ledger;
  readonly #book: OrderBook;
  readonly #slots: readonly Slot[];

  constructor(settings: RiskSettings, ledger: Ledger, book: OrderBook, slots: readonly Slot[]) {
    this.#settings = settings;
    this.#ledger = ledger;
    this.#book = book;
    this.#slots = slots;
  }

  /** Measures the room of `slot` on `side`. */
  measure(slot: Slot, side: Side): void {
    const settings = this.#settings;
    const ledger = this.#ledger;
    const equity = ledger.equity();
    let reserved = 0;
    for (const other of this.#slots) reserved += this.#reservedBy(other);
    const own = Math.abs(ledger.value(slot.index)) + this.#reservedBy(slot);
    const { allocation } = slot.spec;
    this.slotCapital =
      allocation === null ? equity : Math.floor(ledger.capital * allocation) + ledger.profit(slot.index);

    this.amount = ledger.free() - reserved;
    this.code = 'INSUFFICIENT_CASH';
    if (allocation !== null) this.#bound(this.slotCapital - own, 'ALLOCATION');
    if (settings.maxPosition !== null) this.#bound(equity * settings.maxPosition - own, 'MAX_POSITION');
    if (settings.maxGrossExposure !== null) {
      this.#bound(equity * settings.maxGrossExposure - ledger.gross() - reserved, 'MAX_EXPOSURE');
    }
    if (settings.maxNetExposure !== null) {
      let net = 0;
      for (const other of this.#slots) net += ledger.value(other.index);
      this.#bound(equity * settings.maxNetExposure - side * net - reserved, 'MAX_EXPOSURE');
    }
    for (const group of settings.groups) {
      if (group.maxExposure === null || !group.symbols.includes(slot.spec.symbol)) continue;
      let used = 0;
      for (const other of this.#slots) {
        if (!group.symbols.includes(other.spec.symbol)) continue;
        used += Math.abs(ledger.value(other.index)) + this.#reservedBy(other);
      }
      this.#bound(equity * group.maxExposure - used, 'CORRELATED_GROUP');
    }
  }

  #bound(room: number, by: RefusalCode): void {
    if (room >= this.amount) return;
    this.amount = room;
    this.code = by;
  }

  /** Cash units set aside for a slot's entries that have not filled yet. */
  #reservedBy(slot: Slot): number {
    let reserved = 0;
    for (let e = 0; e < slot.entries.length; e++) reserved += this.#book.reserved(slot.entries[e]);
    return reserved;
  }
}
