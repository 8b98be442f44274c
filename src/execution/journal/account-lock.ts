import Database, { type Database as Db } from 'better-sqlite3';

/**
 * Holds a file for as long as the process lives. The lock is the operating system's (SQLite asks for it), not the
 * file's being there: it ends with the process however that dies, so that no stale one can stand in the way, and no
 * process id that was given again can be mistaken for its holder.
 */
export class AccountLock {
  readonly #db: Db;

  private constructor(db: Db) {
    this.#db = db;
  }

  /** `null` where another process, or another engine of this one, holds it. */
  static take(path: string): AccountLock | null {
    const db = new Database(path, { timeout: 0 });
    try {
      // Nothing is ever written, so no second file is needed beside it.
      db.pragma('journal_mode = MEMORY');
      db.exec('BEGIN IMMEDIATE');
      return new AccountLock(db);
    } catch (error) {
      db.close();
      if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
      throw error;
    }
  }

  release(): void {
    this.#db.close();
  }
}
