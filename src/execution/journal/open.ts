import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ValvulinError } from '../../core/errors.ts';
import { PROCESS_IDENTITY } from '../../data/writers/process-identity.ts';
import { AccountLock } from './account-lock.ts';
import { storeError } from './failures.ts';
import type { Journal, JournalReader } from './journal.ts';
import { SpaceReserve } from './space-reserve.ts';
import { SqliteStore } from './sqlite-store.ts';
import { StoredJournal } from './stored-journal.ts';
import { StoredReader } from './stored-reader.ts';
import type { LeaseOwner } from './store.ts';

export interface JournalPlace {
  /** Folder of everything an account must remember. */
  readonly stateDir: string;
  /** Lower-case letters, digits, `-` and `_`. */
  readonly account: string;
}

let opened = 0;

/** The account that a mode trades on: `paper`, or the venue's name, such as `binance-testnet` or `ccxt-kraken`. */
export function accountName(mode: 'paper' | 'live', venue: string): string {
  return mode === 'paper' ? 'paper' : venue.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-');
}

/**
 * Opens the journal of an account for its one engine, and checks all of it. Creates it where there is none.
 * @param now epoch ms
 * @throws ValvulinError `VLV_INSTANCE` where another engine holds the account, `VLV_JOURNAL_BROKEN`, `VLV_JOURNAL`
 */
export function openJournal(place: JournalPlace, now: number): Journal {
  const path = journalPath(place);
  const lock = inFolder(place, () => AccountLock.take(accountFile(place, 'lock')));
  if (lock === null) throw alreadyHeld(path);
  try {
    const store = inFolder(place, () =>
      SqliteStore.open(path, new SpaceReserve(accountFile(place, 'reserve')), () => lock.release()),
    );
    try {
      const journal = new StoredJournal(store, ownerNow(now));
      store.check();
      journal.verify();
      return journal;
    } catch (error) {
      store.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Takes an account away from the engine that holds it, running, hanging or dead: it cannot send orders any more. For
 * emergencies, so nothing is checked that takes time.
 * @param now epoch ms
 * @throws ValvulinError `VLV_JOURNAL`, `VLV_JOURNAL_BROKEN`
 */
export function seizeJournal(place: JournalPlace, now: number): Journal {
  const store = inFolder(place, () => SqliteStore.open(journalPath(place), null, () => undefined));
  return new StoredJournal(store, ownerNow(now));
}

/** A journal that was put away, and what is in it. */
export interface ArchivedJournal {
  /** The name under which every command still reads it: `--account`. */
  readonly account: string;
  readonly path: string;
  readonly runs: number;
  readonly trades: number;
  readonly positions: number;
}

/**
 * Puts an account's journal away beside itself, under a name with the date, so that the next run begins anew.
 * @param now epoch ms
 * @throws ValvulinError `VLV_INSTANCE` where an engine holds the account, `VLV_JOURNAL` where it has no journal or
 *   somebody still reads it
 */
export function archiveJournal(place: JournalPlace, now: number): ArchivedJournal {
  const path = journalPath(place);
  if (!existsSync(path)) throw noJournal(place, path);
  const lock = inFolder(place, () => AccountLock.take(accountFile(place, 'lock')));
  if (lock === null) throw alreadyHeld(path);
  try {
    // Whoever opens it to write merges what a killed process left in the log beside it.
    const journal = seizeJournal(place, now);
    const [runs, positions] = [journal.runs().length, journal.positions().length];
    const trades = [...journal.trades()].length;
    journal.close();
    if (existsSync(`${path}-wal`)) {
      throw new ValvulinError('VLV_JOURNAL', 'Expected nobody to read the journal while it is put away', {
        where: path,
        hint: 'Wait until "valvulin trades" and the like have ended, then try again.',
      });
    }
    const date = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
    const archived = { stateDir: place.stateDir, account: `${place.account}-${date}` };
    if (existsSync(journalPath(archived))) {
      throw new ValvulinError('VLV_JOURNAL', `Expected no journal "${archived.account}" yet`, { where: path });
    }
    renameSync(path, journalPath(archived));
    return { account: archived.account, path: journalPath(archived), runs, trades, positions };
  } finally {
    lock.release();
  }
}

/**
 * Opens a journal to read, while its engine runs or not.
 * @throws ValvulinError `VLV_JOURNAL` where there is none
 */
export function openJournalReader(place: JournalPlace): JournalReader {
  const path = journalPath(place);
  if (!existsSync(path)) throw noJournal(place, path);
  return new StoredReader(SqliteStore.openReadOnly(path));
}

/** Accounts that have a journal in the folder, sorted. */
export function journaledAccounts(stateDir: string): readonly string[] {
  if (!existsSync(stateDir)) return [];
  const names = readdirSync(stateDir).map((file) => /^([a-z0-9][a-z0-9_-]*)\.db$/.exec(file)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

/** The file of the account's journal. */
export function journalPath(place: JournalPlace): string {
  return accountFile(place, 'db');
}

function accountFile({ stateDir, account }: JournalPlace, ending: string): string {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(account)) {
    throw new ValvulinError('VLV_JOURNAL', `Expected an account name of a-z, 0-9, "-" and "_", got "${account}"`);
  }
  return join(stateDir, `${account}.${ending}`);
}

function ownerNow(now: number): LeaseOwner {
  return { instance: `${PROCESS_IDENTITY}-${opened++}`, pid: process.pid, host: hostname(), since: now };
}

function noJournal({ account }: JournalPlace, where: string): ValvulinError {
  return new ValvulinError('VLV_JOURNAL', `Expected a journal of account "${account}", found none`, {
    where,
    hint: 'The first "valvulin run" writes it. Another folder is named by --state-dir.',
  });
}

function alreadyHeld(path: string): ValvulinError {
  let holder = 'another process';
  if (existsSync(path)) {
    const store = SqliteStore.openReadOnly(path);
    const { pid, host, since } = store.owner();
    store.close();
    if (pid > 0) holder = `process "${pid}" on "${host}" since ${new Date(since).toISOString()}`;
  }
  return new ValvulinError('VLV_INSTANCE', `Expected to be the only engine of the account, but ${holder} runs it`, {
    where: path,
    hint: 'Two engines on one account would sell each other\'s coins. "valvulin status" shows the running one.',
  });
}

function inFolder<T>({ stateDir }: JournalPlace, work: () => T): T {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    return work();
  } catch (error) {
    const shown = storeError(error, stateDir);
    if (shown instanceof ValvulinError) throw shown;
    throw new ValvulinError('VLV_JOURNAL', `Expected a writable folder for the journal, got "${stateDir}"`, {
      where: stateDir,
      hint: 'Look at the rights of the folder and the free space on the disk.',
      cause: error,
    });
  }
}
