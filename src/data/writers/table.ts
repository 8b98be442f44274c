/** One column of a table to be written. Times are epoch ms; null and NaN are empty cells. */
export type TableColumn =
  | { readonly name: string; readonly type: 'time' | 'number'; readonly values: ArrayLike<number | null> }
  | { readonly name: string; readonly type: 'text'; readonly values: ArrayLike<string | null> };

/** Columns of equal length. */
export type Table = readonly TableColumn[];
