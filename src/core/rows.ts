/** Records of a run as rows of one growing array of numbers: no object per record, and nothing to collect. */
export class Rows {
  data: Float64Array;
  length = 0;
  readonly #fields: number;

  /** @param fields numbers in one row */
  constructor(fields: number) {
    this.#fields = fields;
    this.data = new Float64Array(64 * fields);
  }

  /** Adds a row of zeros and tells the place of its first field in `data`, which may be a new array from now on. */
  add(): number {
    const at = this.length++ * this.#fields;
    if (at === this.data.length) {
      const larger = new Float64Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    return at;
  }
}

/** Place of a word in its list: rows hold numbers only. A loop, because it is faster than `indexOf` on short lists. */
export function codeOf(words: readonly string[], word: string): number {
  for (let code = 0; code < words.length; code++) if (words[code] === word) return code;
  return -1;
}
