import { chmodSync } from 'node:fs';
import Database, { type Database as Db, type Statement } from 'better-sqlite3';
import { damaged, leaseLost, storeError, writeFailed } from './failures.ts';
import { assertReadable, migrate } from './schema.ts';
import type { SpaceReserve } from './space-reserve.ts';
import {
  type Change,
  COLUMNS,
  type IndexedTable,
  type JournalStore,
  type LeaseOwner,
  REPLACED,
  type Row,
  type Table,
  UNIQUE_COLUMNS,
  type Value,
} from './store.ts';

/** Rows that are read at once: a statement that is being read from would block writing on the same connection. */
const PAGE = 1_000;
/** How long another writer (a kill, in the middle of taking over) may take, ms. */
const BUSY_MS = 2_000;

const INSERT = Object.fromEntries(
  (Object.keys(COLUMNS) as Table[]).map((table) => {
    const verb = REPLACED.has(table) ? 'INSERT OR REPLACE' : 'INSERT';
    const places = COLUMNS[table].map(() => '?').join(', ');
    return [table, `${verb} INTO ${table} (${COLUMNS[table].join(', ')}) VALUES (${places})`];
  }),
) as Readonly<Record<Table, string>>;

/** A journal file. WAL, so that readers and the writer never wait for each other; every transaction is fsynced. */
export class SqliteStore implements JournalStore {
  readonly #db: Db;
  readonly #path: string;
  readonly #reserve: SpaceReserve | null;
  readonly #onClose: () => void;
  readonly #statements = new Map<string, Statement>();
  readonly #transaction: (changes: readonly Change[]) => void;
  #token = -1;

  private constructor(db: Db, path: string, reserve: SpaceReserve | null, onClose: () => void) {
    this.#db = db;
    this.#path = path;
    this.#reserve = reserve;
    this.#onClose = onClose;
    const write = db.transaction((changes: readonly Change[]) => {
      this.#assertLease();
      for (const { table, row } of changes) this.#sql(INSERT[table]).run(...row);
    });
    this.#transaction = (changes) => write.immediate(changes);
  }

  /** For the one writer. Creates the file, or brings it to this version. */
  static open(path: string, reserve: SpaceReserve | null, onClose: () => void): SqliteStore {
    return connected(path, {}, (db) => {
      chmodSync(path, 0o600);
      const mode = db.pragma('journal_mode = WAL', { simple: true });
      if (mode !== 'wal') throw writeFailed(`its file system allows no write-ahead log (got "${String(mode)}")`, path);
      db.pragma('synchronous = FULL');
      // Only macOS knows it: there a plain fsync leaves the data in the drive's cache.
      db.pragma('fullfsync = ON');
      migrate(db, path);
      return new SqliteStore(db, path, reserve, onClose);
    });
  }

  /** For readers. */
  static openReadOnly(path: string): SqliteStore {
    return connected(path, { readonly: true, fileMustExist: true }, (db) => {
      assertReadable(db, path);
      return new SqliteStore(db, path, null, () => undefined);
    });
  }

  /**
   * Checks the whole file, its indexes too: a damaged one could hide a fill that is booked already.
   * @throws ValvulinError `VLV_JOURNAL_BROKEN`
   */
  check(): void {
    const found = this.#guard(() => this.#db.pragma('integrity_check(1)', { simple: true }));
    if (found !== 'ok') throw damaged(String(found), this.#path);
  }

  write(changes: readonly Change[]): void {
    try {
      this.#transaction(changes);
    } catch (error) {
      const full = error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
      if (!full || !this.#reserve?.release()) throw storeError(error, this.#path);
      this.#guard(() => this.#transaction(changes));
    }
  }

  snapshot<T>(work: () => T): T {
    return this.#guard(() => this.#db.transaction(work)());
  }

  *rows(table: Table, from?: number): IterableIterator<Row> {
    const [key] = COLUMNS[table];
    const page = (bound: string, ...values: readonly Value[]): readonly Row[] =>
      this.#guard(() =>
        this.#sql(`SELECT * FROM ${table} ${bound} ORDER BY ${key} LIMIT ${PAGE}`)
          .raw()
          .all(...values),
      ) as Row[];
    let rows = from === undefined ? page('') : page(`WHERE ${key} >= ?`, from);
    yield* rows;
    while (rows.length === PAGE) {
      rows = page(`WHERE ${key} > ?`, rows[PAGE - 1][0]);
      yield* rows;
    }
  }

  find(table: IndexedTable, value: string): Row | undefined {
    const sql = `SELECT * FROM ${table} WHERE ${UNIQUE_COLUMNS[table]} = ?`;
    return this.#guard(() => this.#sql(sql).raw().get(value)) as Row | undefined;
  }

  takeLease({ instance, pid, host, since }: LeaseOwner): void {
    const take = this.#db.transaction(() => {
      const token = (this.#db.prepare('SELECT token FROM fence').pluck().get() as number) + 1;
      this.#db
        .prepare('UPDATE fence SET token = ?, instance = ?, pid = ?, host = ?, since = ?')
        .run(token, instance, pid, host, since);
      return token;
    });
    this.#token = this.#guard(() => take.immediate());
  }

  holdsLease(): boolean {
    return this.#guard(() => this.#sql('SELECT token FROM fence').pluck().get()) === this.#token;
  }

  /** Who holds the account, or held it last. */
  owner(): LeaseOwner {
    return this.#guard(() => this.#db.prepare('SELECT instance, pid, host, since FROM fence').get()) as LeaseOwner;
  }

  lowSpace(): boolean {
    return this.#reserve?.used ?? false;
  }

  close(): void {
    this.#db.close();
    this.#onClose();
  }

  /** Inside the transaction, so that nobody can take over between the look and the write. */
  #assertLease(): void {
    if (!this.holdsLease()) throw leaseLost(this.owner().instance);
  }

  #sql(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}

function connected(path: string, options: Database.Options, use: (db: Db) => SqliteStore): SqliteStore {
  let db: Db | undefined;
  try {
    db = new Database(path, { ...options, timeout: BUSY_MS });
    return use(db);
  } catch (error) {
    db?.close();
    throw storeError(error, path);
  }
}
