import type { Series } from '../../core/bars.ts';

/** How the rows of a file lie in time. */
export interface FileOrder {
  /** Row numbers by rising time, equal times in the order they were written; null where the file is already so. */
  readonly order: Uint32Array | null;
  /** Rows earlier than the row before them. */
  readonly back: number;
  readonly newestFirst: boolean;
}

/**
 * Orders rows by time. A file in which most steps go back is newest first: it is turned round before anything else, so
 * that of rows with equal times the upper one counts as the later written, as it was in a file that grows at its head.
 */
export function fileOrder(time: Series, rows: number): FileOrder {
  let back = 0;
  let forward = 0;
  for (let i = 1; i < rows; i++) {
    if (time[i] < time[i - 1]) back++;
    else if (time[i] > time[i - 1]) forward++;
  }
  if (back === 0) return { order: null, back, newestFirst: false };
  const newestFirst = back > forward;
  const order = Uint32Array.from({ length: rows }, (_, i) => (newestFirst ? rows - 1 - i : i));
  // The sort is stable, and a turned file needs none unless it also has forward steps.
  if (!newestFirst || forward > 0) order.sort((a, b) => time[a] - time[b]);
  return { order, back, newestFirst };
}
