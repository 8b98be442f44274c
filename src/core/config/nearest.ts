/** Edits (insert, delete, replace, swap of neighbours) between two words: the optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const table = new Int32Array((a.length + 1) * width);
  for (let j = 0; j < width; j++) table[j] = j;
  for (let i = 1; i <= a.length; i++) {
    table[i * width] = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(
        table[(i - 1) * width + j] + 1,
        table[i * width + j - 1] + 1,
        table[(i - 1) * width + j - 1] + same,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, table[(i - 2) * width + j - 2] + 1);
      }
      table[i * width + j] = best;
    }
  }
  return table[a.length * width + b.length];
}

/**
 * The candidate somebody most likely meant, or undefined where none is near: at most a third of the longer word may
 * differ, counted without case and separators, so that `emaShort` finds `ema_short`.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const plain = normalise(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const other = normalise(candidate);
    const distance = editDistance(plain, other);
    if (distance > Math.max(1, Math.floor(Math.max(plain.length, other.length) / 3))) continue;
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function normalise(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}
