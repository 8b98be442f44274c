import { ValvulinError } from '../../core/errors.ts';
import type { Journal } from './journal.ts';
import { StoredJournal } from './stored-journal.ts';
import { leaseLost, writeFailed } from './failures.ts';
import {
  type Change,
  type IndexedTable,
  type JournalStore,
  type LeaseOwner,
  REPLACED,
  type Row,
  type Table,
  UNIQUE_COLUMNS,
  COLUMNS,
} from './store.ts';

/** Moments of a write at which a process can die. */
export type WritePoint = 'before' | 'written' | 'synced';

type Fault = 'full' | 'fsync';

/**
 * The disk of a simulated machine, which outlives the processes that use it. It behaves as SQLite with a write-ahead
 * log does on a real one: a transaction is on the disk as a whole or not at all, and one whose fsync had not ended at a
 * crash may be either.
 */
export class MemoryDisk {
  #tables = new Map<Table, Map<string | number, Row>>();
  #index = new Map<IndexedTable, Map<string, Row>>();
  /** Written, and not known to be on the disk. */
  #unsynced: readonly Change[] | null = null;
  #fault: Fault | null = null;
  #lease = { token: 0, instance: '' };
  #open: MemoryStore | null = null;
  readonly #onWrite: (point: WritePoint) => void;

  /** @param onWrite is called at each point of each write; what it throws is the death of the process there. */
  constructor(onWrite: (point: WritePoint) => void = () => undefined) {
    this.#onWrite = onWrite;
  }

  /**
   * The store of a process that starts now.
   * @throws ValvulinError `VLV_INSTANCE` where another one is open, unless `takeOver`
   */
  open(takeOver = false): JournalStore {
    if (this.#open !== null && !takeOver) {
      throw new ValvulinError('VLV_INSTANCE', 'Expected a free account, but another engine holds it');
    }
    this.#open = new MemoryStore(this);
    return this.#open;
  }

  /** The next write fails: at once with nothing written, or at its fsync, which may have lost what it wrote. */
  failNext(fault: Fault): void {
    this.#fault = fault;
  }

  /**
   * The machine or the process dies; whoever used the disk must not go on. What was written and not synced survives
   * or not.
   */
  crash(keepUnsynced: boolean): void {
    const unsynced = this.#unsynced;
    this.#unsynced = null;
    this.#open = null;
    if (keepUnsynced && unsynced !== null) this.#apply(unsynced);
  }

  /** Whether a crash now may lose something that was written. */
  get unsynced(): boolean {
    return this.#unsynced !== null;
  }

  /** Replaces a row behind the journal's back: damage, as tests need it. `null` removes it. */
  damage(table: Table, key: string | number, row: Row | null): void {
    if (row === null) this.#tables.get(table)?.delete(key);
    else this.#table(table).set(key, row);
  }

  /** For `MemoryStore`. */
  write(changes: readonly Change[], token: number): void {
    this.#onWrite('before');
    if (token !== this.#lease.token) throw leaseLost(this.#lease.instance);
    if (this.#takeFault('full')) throw writeFailed('the disk is full');
    this.#unsynced = changes;
    this.#onWrite('written');
    if (this.#takeFault('fsync')) throw writeFailed('fsync failed, and what was written may be lost');
    this.#unsynced = null;
    this.#apply(changes);
    this.#onWrite('synced');
  }

  takeLease(instance: string): number {
    this.#lease = { token: this.#lease.token + 1, instance };
    return this.#lease.token;
  }

  get token(): number {
    return this.#lease.token;
  }

  close(store: MemoryStore): void {
    if (this.#open === store) this.#open = null;
  }

  sorted(table: Table): Row[] {
    const rows = [...this.#table(table).values()];
    return REPLACED.has(table) ? rows.sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1)) : rows;
  }

  find(table: IndexedTable, value: string): Row | undefined {
    return this.#index.get(table)?.get(value);
  }

  #apply(changes: readonly Change[]): void {
    for (const { table, row } of changes) {
      const rows = this.#table(table);
      const key = row[0] as string | number;
      if (rows.has(key) && !REPLACED.has(table)) throw new TypeError(`Row "${key}" of "${table}" exists`);
      rows.set(key, row);
      if (table === 'facts' || table === 'intents') this.#addToIndex(table, row);
    }
  }

  #addToIndex(table: IndexedTable, row: Row): void {
    const column: string = UNIQUE_COLUMNS[table];
    const value = row[(COLUMNS[table] as readonly string[]).indexOf(column)];
    if (value === null) return;
    const index = this.#index.get(table) ?? new Map<string, Row>();
    index.set(value as string, row);
    this.#index.set(table, index);
  }

  #table(table: Table): Map<string | number, Row> {
    const rows = this.#tables.get(table) ?? new Map<string | number, Row>();
    this.#tables.set(table, rows);
    return rows;
  }

  #takeFault(fault: Fault): boolean {
    if (this.#fault !== fault) return false;
    this.#fault = null;
    return true;
  }
}

/** Opens the journal on a simulated disk for a process that starts now, and checks all of it. */
export function openMemoryJournal(disk: MemoryDisk, instance: string, takeOver = false): Journal {
  const journal = new StoredJournal(disk.open(takeOver), { instance, pid: 0, host: 'memory', since: 0 });
  journal.verify();
  return journal;
}

/** What one simulated process sees of the disk. */
class MemoryStore implements JournalStore {
  readonly #disk: MemoryDisk;
  #token = 0;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  write(changes: readonly Change[]): void {
    this.#disk.write([...changes], this.#token);
  }

  *rows(table: Table, from?: number): IterableIterator<Row> {
    for (const row of this.#disk.sorted(table)) {
      if (from === undefined || (row[0] as number) >= from) yield row;
    }
  }

  snapshot<T>(work: () => T): T {
    return work();
  }

  find(table: IndexedTable, value: string): Row | undefined {
    return this.#disk.find(table, value);
  }

  takeLease({ instance }: LeaseOwner): void {
    this.#token = this.#disk.takeLease(instance);
  }

  holdsLease(): boolean {
    return this.#token === this.#disk.token;
  }

  lowSpace(): boolean {
    return false;
  }

  close(): void {
    this.#disk.close(this);
  }
}
