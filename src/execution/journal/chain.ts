import { hash } from 'node:crypto';
import { ValvulinError } from '../../core/errors.ts';
import { COLUMNS, type JournalStore, type Row, type Table, type Value } from './store.ts';

/** Tables whose rows are chained, and whether their keys count up without a gap. */
export const CHAINED = {
  runs: { dense: true },
  run_ends: { dense: false },
  inputs: { dense: true },
  commands: { dense: false },
  intents: { dense: true },
  facts: { dense: true },
  trades: { dense: true },
  equity: { dense: true },
  states: { dense: true },
} as const satisfies Partial<Record<Table, { readonly dense: boolean }>>;
export type ChainedTable = keyof typeof CHAINED;
export const CHAINED_TABLES = Object.keys(CHAINED) as ChainedTable[];

/** What the first row of a chain follows. */
const START = '';

/** SHA-256, hex, over the hash before and the row's canonical bytes: each value with its type, texts with their length. */
export function rowHash(previous: string, values: readonly Value[]): string {
  let bytes = previous;
  for (const value of values) {
    if (value === null) bytes += ';n';
    else if (typeof value === 'number') bytes += `;d${value}`;
    else bytes += `;s${value.length}:${value}`;
  }
  return hash('sha256', bytes);
}

/** The end of one table's chain: the next row follows it. */
export class ChainEnd {
  readonly table: ChainedTable;
  key: number;
  #hash: string;

  constructor(table: ChainedTable, key: number, last: string) {
    this.table = table;
    this.key = key;
    this.#hash = last;
  }

  /** Completes a row with its hash and goes on from it. */
  append(values: readonly Value[]): Row {
    this.key = values[0] as number;
    this.#hash = rowHash(this.#hash, values);
    return [...values, this.#hash];
  }

  /** Its row in the table of chains. */
  row(): Row {
    return [this.table, this.key, this.#hash];
  }
}

/** Where every chain ends, as the store says. */
export function chainEnds(store: JournalStore): Map<ChainedTable, ChainEnd> {
  const ends = new Map(CHAINED_TABLES.map((table) => [table, new ChainEnd(table, 0, START)]));
  for (const [name, key, last] of store.rows('chains')) {
    const table = name as ChainedTable;
    if (!ends.has(table)) throw broken('chains', String(name), 'names no chained table');
    ends.set(table, new ChainEnd(table, key as number, last as string));
  }
  return ends;
}

/**
 * Recomputes every chain.
 * @throws ValvulinError `VLV_JOURNAL_BROKEN` naming the first bad row
 */
export function verifyChains(store: JournalStore): void {
  const ends = chainEnds(store);
  for (const [table, end] of ends) verifyChain(store, table, end);
  for (const table of ['orders', 'positions'] as const) {
    for (const row of store.rows(table)) {
      if (rowHash(START, row.slice(0, -1)) !== row.at(-1)) throw broken(table, String(row[0]), 'was altered');
    }
  }
}

function verifyChain(store: JournalStore, table: ChainedTable, end: ChainEnd): void {
  const { dense } = CHAINED[table];
  const width = COLUMNS[table].length - 1;
  let key = 0;
  let last = START;
  for (const row of store.rows(table)) {
    const next = row[0] as number;
    if (dense && next !== key + 1) throw broken(table, key + 1, 'is missing');
    last = rowHash(last, row.slice(0, width));
    if (last !== row[width]) throw broken(table, next, 'was altered, or a row before it is missing');
    key = next;
  }
  const [, endKey, endHash] = end.row();
  if (key !== endKey) throw broken(table, endKey as number, 'is missing: it was the last one');
  if (last !== endHash) throw broken(table, key, 'is not the one that was written last');
}

/** A row that is replaced by a later one, and follows none. */
export function singleRow(values: readonly Value[]): Row {
  return [...values, rowHash(START, values)];
}

function broken(table: Table, key: number | string, what: string): ValvulinError {
  return new ValvulinError(
    'VLV_JOURNAL_BROKEN',
    `Expected an unbroken journal, but row "${key}" of "${table}" ${what}`,
    {
      hint: 'Trading on a damaged book would lose or double orders. Restore the file from a copy, or move it away and start a new one after looking at the account by hand.',
    },
  );
}
