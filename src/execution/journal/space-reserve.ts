import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

const PIECE = 1 << 20;
/** Enough for tens of thousands of orders and facts: the exits of every position, and the recovery after them. */
const PIECES = 16;

/** Room on the disk that is kept back, so that a full disk does not keep the engine from leaving its positions. */
export class SpaceReserve {
  readonly #path: string;
  #used: boolean;

  /** Sets the room aside where it is not yet. */
  constructor(path: string) {
    this.#path = path;
    this.#used = !isThere(path) && !setAside(path);
  }

  /** There is nothing kept back (any more): no new positions until there is room again and the engine was restarted. */
  get used(): boolean {
    return this.#used;
  }

  /** Gives the room to whoever writes next; `false` where it was given already. */
  release(): boolean {
    if (this.#used) return false;
    this.#used = true;
    rmSync(this.#path, { force: true });
    return true;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === PIECE * PIECES;
}

/** `false` where the disk has no room for it. */
function setAside(path: string): boolean {
  // Random bytes, because some file systems store zeros in no room at all.
  const bytes = randomBytes(PIECE);
  const fd = openSync(path, 'w', 0o600);
  try {
    for (let piece = 0; piece < PIECES; piece++) writeAll(fd, bytes);
    fsyncSync(fd);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    rmSync(path, { force: true });
    return false;
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
