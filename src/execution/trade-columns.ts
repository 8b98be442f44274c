/** Reasons of the fast path's exits, by number. */
export const EXIT_REASONS = ['signal', 'stop_loss', 'take_profit', 'end_of_data'] as const;
export const EXIT_SIGNAL = 0;
export const EXIT_STOP = 1;
export const EXIT_TARGET = 2;
export const EXIT_END = 3;

const FIELDS = 17;
/** Columns of one trade; prices, quantities and cash are units. */
export const SIDE = 0;
export const QUANTITY = 1;
export const ENTRY_BAR = 2;
export const ENTRY_PRICE = 3;
export const ENTRY_COST = 4;
export const ENTRY_FEE = 5;
/** Stop and target as placed; 0 is none. */
export const STOP = 6;
export const TARGET = 7;
/** Bar whose close decided the entry. */
export const DECIDED_BAR = 8;
export const EXIT_BAR = 9;
export const EXIT_PRICE = 10;
export const EXIT_PROCEEDS = 11;
export const EXIT_FEE = 12;
export const REASON = 13;
/** Sum of what holds of the trade. */
export const FLAGS = 14;
/** Quantity the entry asked for; 0 where its budget decided. */
export const ORDER_QUANTITY = 15;
/** Bar whose close sent a market exit. */
export const EXIT_DECIDED_BAR = 16;
/** It left inside a bar's range, not at its open. */
export const IN_RANGE = 1;
/** Stop and target lay in one bar. */
export const AMBIGUOUS = 2;
/** It entered at the open at which its opposite left. */
export const REVERSAL = 4;
/** A market exit was waiting when it left. */
export const MARKET_EXIT = 8;

/** Trades of a run as rows of one growing array: no object per trade. */
export class TradeColumns {
  rows = new Float64Array(64 * FIELDS);
  length = 0;

  /** Index of a new row's first field. */
  add(): number {
    const at = this.length++ * FIELDS;
    if (at + FIELDS > this.rows.length) {
      const larger = new Float64Array(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    return at;
  }

  at(trade: number, field: number): number {
    return this.rows[trade * FIELDS + field];
  }
}
