import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { ValvulinError } from '../../core/errors.ts';
import { removeLeftovers, temporaryPrefix } from '../writers/atomic-file.ts';
import { isProcessAlive, PROCESS_IDENTITY } from '../writers/process-identity.ts';

let count = 0;

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/**
 * Holds one lock file while `work` runs, so that no second process writes to the same history file. The lock of a
 * process that has died is taken over; `work` is given a check to call just before it commits.
 * @throws ValvulinError `VLV_LAKE_LOCKED` at once where a living process holds it, `VLV_DATA_FILE`
 */
export async function withLock<T>(
  path: string,
  what: string,
  work: (assertOwned: () => void) => T | Promise<T>,
): Promise<T> {
  const owner: Owner = { pid: process.pid, host: hostname(), token: `${PROCESS_IDENTITY}-${count++}` };
  const own = join(dirname(path), `${temporaryPrefix(path)}${owner.token}`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(own, JSON.stringify(owner));
  } catch (cause) {
    throw new ValvulinError('VLV_DATA_FILE', `Expected a writable folder for "${what}"`, {
      where: dirname(path),
      cause,
    });
  }
  try {
    acquire(path, own, what);
  } finally {
    rmSync(own, { force: true });
  }
  const assertOwned = () => {
    const now = readOwner(path);
    if (now?.token !== owner.token || now.host !== owner.host) throw locked(path, what, now);
  };
  try {
    removeLeftovers(path);
    return await work(assertOwned);
  } finally {
    if (readOwner(path)?.token === owner.token) rmSync(path, { force: true });
  }
}

/** A link to a file that is already whole appears in one step, so a lock never stands without its owner's name in it. */
function acquire(path: string, own: string, what: string): void {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      linkSync(own, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readOwner(path);
    if (holder === undefined) continue;
    if (isAlive(holder)) throw locked(path, what, holder);
    takeAway(path, own);
  }
  throw locked(path, what, readOwner(path));
}

/** Moves a dead lock out of the way. Between two who try this at once, one may have moved the other's new lock: it goes back. */
function takeAway(path: string, own: string): void {
  const moved = `${own}.stale`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const holder = readOwner(moved);
  if (holder && isAlive(holder)) linkSync(moved, path);
  rmSync(moved, { force: true });
}

function readOwner(path: string): Owner | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Owner;
  } catch {
    // Whoever wrote this was no run of this program: it is not ours to take away.
    return { pid: 0, host: 'an unknown machine', token: '' };
  }
}

/** A process of another machine cannot be asked, and counts as living. */
function isAlive({ token, host }: Owner): boolean {
  return host !== hostname() || isProcessAlive(token);
}

function locked(path: string, what: string, holder: Owner | undefined): ValvulinError {
  return new ValvulinError(
    'VLV_LAKE_LOCKED',
    `Expected to be the only writer of "${what}", got process "${holder?.pid}" on "${holder?.host}"`,
    {
      where: path,
      hint: 'Wait until it has finished. If no such process writes history, delete the lock file.',
    },
  );
}
