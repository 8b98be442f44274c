import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ValvulinError } from '../../core/errors.ts';
import { isProcessAlive, PROCESS_IDENTITY } from './process-identity.ts';

let count = 0;

/** The temporary files of `path` begin so, and go on with the id of the process that writes. */
export function temporaryPrefix(path: string): string {
  return `.${basename(path)}.tmp-`;
}

/**
 * Replaces a file in one step: whoever looks, at any moment and after a power cut, finds the old content or the new one.
 * Written to a temporary file beside it, fsynced, renamed; then the folder is fsynced, so that the rename itself lasts.
 * @param produce yields the content piece by piece
 * @throws ValvulinError `VLV_DATA_FILE` where it cannot be written; the old file is then untouched
 */
export function writeAtomically(
  path: string,
  produce: () => Iterable<string | Uint8Array>,
  beforeCommit?: () => void,
): void {
  const folder = dirname(path);
  const temporary = join(folder, `${temporaryPrefix(path)}${PROCESS_IDENTITY}-${count++}`);
  let created = false;
  try {
    mkdirSync(folder, { recursive: true });
    const fd = openSync(temporary, 'wx');
    created = true;
    try {
      for (const piece of produce()) writeAll(fd, typeof piece === 'string' ? Buffer.from(piece) : piece);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    beforeCommit?.();
    renameSync(temporary, path);
  } catch (cause) {
    if (created) rmSync(temporary, { force: true });
    if (cause instanceof ValvulinError) throw cause;
    throw new ValvulinError('VLV_DATA_FILE', `Expected a writable file, got "${path}"`, {
      where: path,
      hint: 'Look at the rights of the folder and the free space on the disk. The old file, if any, is untouched.',
      cause,
    });
  }
  syncFolder(folder);
}

/** One write may take only a part, as on a disk that fills up. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

function syncFolder(folder: string): void {
  // Windows neither needs nor allows this.
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Removes the temporary files of `path` that writers which were killed left behind. */
export function removeLeftovers(path: string): void {
  const prefix = temporaryPrefix(path);
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    if (!isProcessAlive(name.slice(prefix.length))) rmSync(join(folder, name), { force: true });
  }
}
