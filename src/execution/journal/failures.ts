import Database from 'better-sqlite3';
import { ValvulinError } from '../../core/errors.ts';

/** Another engine took the account over. */
export function leaseLost(holder = 'another engine'): ValvulinError {
  return new ValvulinError('VLV_INSTANCE', `Expected to hold the account, but "${holder}" has taken it over`, {
    hint: 'This engine must not send anything any more, and stops. Only one engine may run on an account.',
  });
}

/** A write that may not have reached the disk. */
export function writeFailed(what: string, where?: string, cause?: unknown): ValvulinError {
  return new ValvulinError('VLV_JOURNAL', `Expected a journal that can be written, but ${what}`, {
    ...(where === undefined ? {} : { where }),
    hint: 'Nothing may be sent that is not in the journal, so the engine stops. Look at the free space and the health of the disk, then start it again: it finds out by itself what became of its orders.',
    cause,
  });
}

/** What SQLite complained about, as an error of ours. */
export function storeError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB') {
    return damaged(error.message, path, error);
  }
  return writeFailed(`"${error.message}" (${error.code})`, path, error);
}

/** SQLite itself cannot read the file. */
export function damaged(what: string, where: string, cause?: unknown): ValvulinError {
  return new ValvulinError('VLV_JOURNAL_BROKEN', `Expected a sound journal file, got "${what}"`, {
    where,
    hint: 'Restore the file from a copy, or move it away and start a new one after looking at the account by hand.',
    cause,
  });
}
