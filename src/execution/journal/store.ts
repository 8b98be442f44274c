/** What a column holds. */
export type Value = string | number | null;
/** The columns of a row in the order of `COLUMNS`. The first one is its key. */
export type Row = readonly Value[];

/**
 * The tables and their columns. All but `orders`, `positions` and `chains` only ever grow, and each of their rows carries a hash
 * over itself and the row before it.
 */
export const COLUMNS = {
  runs: [
    'run',
    'started',
    'mode',
    'venue',
    'config_hash',
    'package_version',
    'node_version',
    'details',
    'first_input',
    'hash',
  ],
  run_ends: ['run', 'time', 'how', 'hash'],
  inputs: ['seq', 'run', 'time', 'class', 'kind', 'payload', 'hash'],
  commands: ['seq', 'run', 'commands', 'hash'],
  intents: ['seq', 'run', 'input_seq', 'kind', 'order_id', 'client_id', 'placed', 'symbol', 'time', 'payload', 'hash'],
  facts: ['seq', 'run', 'key', 'kind', 'client_id', 'payload', 'hash'],
  trades: ['seq', 'run', 'payload', 'hash'],
  equity: ['seq', 'run', 'time', 'equity', 'hash'],
  states: ['seq', 'scope', 'state', 'who', 'why', 'time', 'hash'],
  orders: ['id', 'run', 'payload', 'hash'],
  positions: ['slot', 'run', 'time', 'payload', 'hash'],
  chains: ['name', 'seq', 'hash'],
} as const satisfies Record<string, readonly string[]>;

export type Table = keyof typeof COLUMNS;
/** Tables whose rows are replaced by key; rows of the others are only ever added. */
export const REPLACED: ReadonlySet<Table> = new Set<Table>(['orders', 'positions', 'chains']);

/** Columns besides the key by which a row is looked up; their values differ from row to row, or are null. */
export const UNIQUE_COLUMNS = { facts: 'key', intents: 'placed' } as const;
export type IndexedTable = keyof typeof UNIQUE_COLUMNS;

export interface Change {
  readonly table: Table;
  readonly row: Row;
}

/** Who holds an account. */
export interface LeaseOwner {
  /** Differs from process to process, restarts included. */
  readonly instance: string;
  readonly pid: number;
  readonly host: string;
  /** Epoch ms. */
  readonly since: number;
}

/** Where a journal keeps its rows: a file, or the memory of a simulation. */
export interface JournalStore {
  /**
   * Writes all of them, or none, and returns when they are on the disk.
   * @throws ValvulinError `VLV_INSTANCE` where the lease is not held (any more), `VLV_JOURNAL` where it failed
   */
  write(changes: readonly Change[]): void;
  /** Rows with a key of at least `from`, rising. Writing in between is allowed. */
  rows(table: Table, from?: number): IterableIterator<Row>;
  /** Runs `work` on the rows as they are now, whatever is written meanwhile. */
  snapshot<T>(work: () => T): T;
  find(table: IndexedTable, value: string): Row | undefined;
  /** Takes the account over from whoever holds it: what that one writes from now on fails. */
  takeLease(owner: LeaseOwner): void;
  holdsLease(): boolean;
  /** The disk was full once, and what was kept back for that is used up. */
  lowSpace(): boolean;
  close(): void;
}
