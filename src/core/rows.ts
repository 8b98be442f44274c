/** Rows in one block: a power of two. */
const BLOCK = 256;
const BLOCK_BITS = 8;

/**
 * Records of a run as rows of numbers: no object per record, and nothing to collect. They stand in blocks, so that a long
 * run copies none of them to grow.
 */
export class Rows {
  length = 0;
  readonly #fields: number;
  readonly #blocks: Float64Array[] = [];

  /** @param fields numbers in one row */
  constructor(fields: number) {
    this.#fields = fields;
  }

  /** Adds a row of zeros and hands back its place among the rows. */
  add(): number {
    const row = this.length++;
    if (row % BLOCK === 0) this.#blocks.push(new Float64Array(BLOCK * this.#fields));
    return row;
  }

  get(row: number, field: number): number {
    return this.#blocks[row >> BLOCK_BITS][(row & (BLOCK - 1)) * this.#fields + field];
  }

  set(row: number, field: number, value: number): void {
    this.#blocks[row >> BLOCK_BITS][(row & (BLOCK - 1)) * this.#fields + field] = value;
  }

  /** The block that holds a row, for code that reads or writes many of its fields; the row begins at `start`. */
  block(row: number): Float64Array {
    return this.#blocks[row >> BLOCK_BITS];
  }

  /** Place of a row's first field in its block. */
  start(row: number): number {
    return (row & (BLOCK - 1)) * this.#fields;
  }
}

/** Place of a word in its list: rows hold numbers only. A loop, because it is faster than `indexOf` on short lists. */
export function codeOf(words: readonly string[], word: string): number {
  for (let code = 0; code < words.length; code++) if (words[code] === word) return code;
  return -1;
}
