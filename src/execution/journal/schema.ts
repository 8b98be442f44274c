import { rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { ValvulinError } from '../../core/errors.ts';

/** Marks the file as a journal of this program ("VLVJ"). */
const APPLICATION_ID = 0x564c564a;

/** What brings a file from version i to version i + 1. Never changed once released: a change is a further one. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
     run INTEGER PRIMARY KEY, started INTEGER NOT NULL, mode TEXT NOT NULL, venue TEXT NOT NULL,
     config_hash TEXT NOT NULL, package_version TEXT NOT NULL, node_version TEXT NOT NULL, details TEXT NOT NULL,
     first_input INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE run_ends (run INTEGER PRIMARY KEY, time INTEGER NOT NULL, how TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE inputs (
     seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, time INTEGER NOT NULL, class INTEGER NOT NULL, kind TEXT NOT NULL,
     payload TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE commands (
     seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, commands TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE intents (
     seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, input_seq INTEGER NOT NULL, kind TEXT NOT NULL,
     order_id INTEGER NOT NULL, client_id TEXT NOT NULL, placed TEXT UNIQUE, symbol TEXT NOT NULL,
     time INTEGER NOT NULL, payload TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE facts (
     seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, client_id TEXT,
     payload TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE trades (seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, payload TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE equity (
     seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, time INTEGER NOT NULL, equity REAL NOT NULL,
     hash TEXT NOT NULL) STRICT;
   CREATE TABLE states (
     seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, state TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL,
     time INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE orders (id TEXT PRIMARY KEY, run INTEGER NOT NULL, payload TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE positions (
     slot TEXT PRIMARY KEY, run INTEGER NOT NULL, time INTEGER NOT NULL, payload TEXT, hash TEXT NOT NULL) STRICT;
   CREATE TABLE chains (name TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TABLE fence (
     id INTEGER PRIMARY KEY CHECK (id = 1), token INTEGER NOT NULL, instance TEXT NOT NULL, pid INTEGER NOT NULL,
     host TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
   INSERT INTO fence VALUES (1, 0, '', 0, '', 0);`,
];

/**
 * Brings a file to the newest version, in one transaction, after copying what is there to `<path>.v<version>`. A new
 * file starts at version 0.
 * @throws ValvulinError `VLV_JOURNAL` where the file is no journal, or one of a newer program
 */
export function migrate(db: Database, path: string, migrations: readonly string[] = MIGRATIONS): void {
  const version = schemaVersion(db, path, migrations.length);
  if (version === migrations.length) return;
  if (version > 0) {
    const copy = `${path}.v${version}`;
    rmSync(copy, { force: true });
    db.prepare('VACUUM INTO ?').run(copy);
  }
  db.transaction(() => {
    if (version === 0) {
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.exec('CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT');
    }
    for (const sql of migrations.slice(version)) db.exec(sql);
    db.prepare("INSERT OR REPLACE INTO meta VALUES ('version', ?)").run(migrations.length);
  }).immediate();
}

/**
 * Refuses what a reader of this version cannot read.
 * @throws ValvulinError `VLV_JOURNAL`
 */
export function assertReadable(db: Database, path: string): void {
  const version = schemaVersion(db, path, MIGRATIONS.length);
  if (version < MIGRATIONS.length) {
    throw new ValvulinError('VLV_JOURNAL', `Expected a journal of version "${MIGRATIONS.length}", got "${version}"`, {
      where: path,
      hint: 'The next "valvulin run" brings it to this version.',
    });
  }
}

function schemaVersion(db: Database, path: string, newest: number): number {
  const id = db.pragma('application_id', { simple: true });
  const tables = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
  if (tables === 0) return 0;
  if (id !== APPLICATION_ID) {
    throw new ValvulinError('VLV_JOURNAL', `Expected a journal, got another database, "${path}"`, { where: path });
  }
  const version = db.prepare("SELECT value FROM meta WHERE name = 'version'").pluck().get() as number;
  if (version > newest) {
    throw new ValvulinError(
      'VLV_JOURNAL',
      `Expected a journal of version "${newest}" or below, got one of version "${version}"`,
      { where: path, hint: 'A newer Valvulin wrote it: use that one. Nothing was changed.' },
    );
  }
  return version;
}
