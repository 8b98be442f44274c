import type { MatchedPart } from './position.ts';
import type { FillFact } from './order.ts';
import { codeOf, Rows } from './rows.ts';
import type { ExitReason } from './trade.ts';

const REASONS = [
  'signal',
  'stop_loss',
  'take_profit',
  'trailing_stop',
  'break_even',
  'time_stop',
  'partial',
  'end_of_data',
] as const satisfies readonly ExitReason[];

const FIELDS = 17;
const SLOT = 0;
const SIDE = 1;
const QUANTITY = 2;
const ENTRY_TIME = 3;
const ENTRY_PRICE = 4;
const ENTRY_BAR = 5;
const STOP = 6;
const TARGET = 7;
const HIGH = 8;
const LOW = 9;
const EXIT_TIME = 10;
const EXIT_PRICE = 11;
const EXIT_BAR = 12;
const REASON = 13;
const PROFIT = 14;
const FEES = 15;
const AMBIGUOUS = 16;

/** A matched part of a position with the exit that closed it, units. */
export interface ClosedPart {
  readonly slot: number;
  readonly side: number;
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly entryBar: number;
  /** Initial stop and target; 0 is none. */
  readonly stop: number;
  readonly target: number;
  /** Highest and lowest price between entry and exit. */
  readonly high: number;
  readonly low: number;
  readonly exitTime: number;
  readonly exitPrice: number;
  readonly exitBar: number;
  readonly exitReason: ExitReason;
  /** Net of fees, cash units. */
  readonly profit: number;
  readonly fees: number;
  readonly ambiguous: boolean;
  readonly tag: string | null;
}

/** All matched parts of a run in the order they closed. */
export class ClosedParts {
  readonly #rows = new Rows(FIELDS);
  /** Tag of the part with this place, where it has one. */
  readonly #tags = new Map<number, string>();

  get length(): number {
    return this.#rows.length;
  }

  add(slot: number, part: MatchedPart, profit: number, fill: FillFact, bar: number, reason: ExitReason): void {
    const { lot } = part;
    if (lot.tag !== null) this.#tags.set(this.#rows.length, lot.tag);
    const n = this.#rows.add();
    const row = this.#rows.block(n);
    const at = this.#rows.start(n);
    row[at + SLOT] = slot;
    row[at + SIDE] = part.side;
    row[at + QUANTITY] = part.quantity;
    row[at + ENTRY_TIME] = lot.time;
    row[at + ENTRY_PRICE] = lot.price;
    row[at + ENTRY_BAR] = lot.bar;
    row[at + STOP] = lot.stop;
    row[at + TARGET] = lot.target;
    row[at + HIGH] = lot.high;
    row[at + LOW] = lot.low;
    row[at + EXIT_TIME] = fill.time;
    row[at + EXIT_PRICE] = fill.price;
    row[at + EXIT_BAR] = bar;
    row[at + REASON] = codeOf(REASONS, reason);
    row[at + PROFIT] = profit;
    row[at + FEES] = part.fees;
    row[at + AMBIGUOUS] = fill.ambiguous ? 1 : 0;
  }

  at(n: number): ClosedPart {
    const row = this.#rows.block(n);
    const at = this.#rows.start(n);
    return {
      slot: row[at + SLOT],
      side: row[at + SIDE],
      quantity: row[at + QUANTITY],
      entryTime: row[at + ENTRY_TIME],
      entryPrice: row[at + ENTRY_PRICE],
      entryBar: row[at + ENTRY_BAR],
      stop: row[at + STOP],
      target: row[at + TARGET],
      high: row[at + HIGH],
      low: row[at + LOW],
      exitTime: row[at + EXIT_TIME],
      exitPrice: row[at + EXIT_PRICE],
      exitBar: row[at + EXIT_BAR],
      exitReason: REASONS[row[at + REASON]],
      profit: row[at + PROFIT],
      fees: row[at + FEES],
      ambiguous: row[at + AMBIGUOUS] === 1,
      tag: this.#tags.get(n) ?? null,
    };
  }
}
