import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ValvulinError } from '../core/errors.ts';

/**
 * Writes a file so that it is whole or not there: to a neighbour, to the disk, and renamed. Makes the folder.
 * @throws ValvulinError `VLV_DATA_FILE`
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new ValvulinError('VLV_DATA_FILE', `Could not write "${path}": ${(cause as Error).message}`, { cause });
  }
}
