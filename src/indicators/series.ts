/**
 * A column of numbers that may be read but not written: what every indicator takes and every bar column is.
 * A `Float64Array` is one, whatever memory it sits on.
 */
export interface Series {
  readonly [index: number]: number;
  readonly length: number;
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  subarray(begin?: number, end?: number): Series;
  slice(begin?: number, end?: number): Float64Array;
  [Symbol.iterator](): IterableIterator<number>;
}
