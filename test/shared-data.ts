import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = process.env.VALVULIN_SHARED ?? join(import.meta.dirname, '..', '..', 'shared');

/**
 * Path of a file of the shared reference data (market data, other engines' results), or undefined where this checkout
 * has none beside it; tests that need it are then skipped. `VALVULIN_SHARED` names another folder.
 */
export function sharedPath(...parts: string[]): string | undefined {
  const path = join(ROOT, ...parts);
  return existsSync(path) ? path : undefined;
}
