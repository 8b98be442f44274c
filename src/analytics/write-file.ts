import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ValvulinError } from '../core/errors.ts';

/**
 * Writes a whole file by way of a temporary one beside it, so that a reader sees the old or the new one. Makes the
 * folder. Returns the absolute path.
 * @throws ValvulinError `VLV_DATA_FILE`
 */
export async function writeWhole(path: string, text: string): Promise<string> {
  const target = resolve(path);
  const temporary = join(dirname(target), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(dirname(target), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new ValvulinError('VLV_DATA_FILE', `Could not write "${target}": ${String(cause)}`, { cause });
  }
  return target;
}

/** A file name out of any text: letters, digits, dots, dashes and underscores. */
export function safeFileName(text: string): string {
  return (
    text
      .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
      .replaceAll(/^[-.]+|[-.]+$/g, '')
      .slice(0, 120) || 'untitled'
  );
}
