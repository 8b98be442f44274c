import type { Series } from './series.ts';

/** What one bar gives a streaming indicator: a number, or a bar-like object where it reads several columns. */
export type Input<I extends string> = [I] extends ['value'] ? number : { readonly [name in I]: number };
/** What one bar gets from it: a number, or a record where it has several outputs. */
export type Output<O extends string> = [O] extends ['value'] ? number : { readonly [name in O]: number };

/**
 * The definition of an indicator, from which both its batch and its streaming form are made.
 *
 * The NaN rule of every indicator stands here, because `runBatch` and `stream` enforce it: a bar of which any input is
 * not finite gives NaN and is otherwise as though it did not exist. Nothing of it is remembered; the next good bar
 * continues from the last good one.
 */
export interface Indicator<P extends object, I extends string = 'value', O extends string = 'value', S = unknown> {
  readonly name: string;
  /** Columns it reads; a single column is called `value`. */
  readonly inputs: readonly I[];
  /** Columns it gives; a single one is called `value`. */
  readonly outputs: readonly O[];
  readonly defaults: P;
  readonly about: About<O>;
  /** Index of the first bar that can have a value, for each output. */
  warmup(params: P): { readonly [name in O]: number };
  /** A fresh state. @throws RangeError where a parameter is impossible */
  createState(params: P, capacity: number): S;
  /**
   * Processes bars `from` to `to` (exclusive) of `inputs` into the same places of `out`. Columns are at most
   * `capacity` bars long. Kernels keep their numbers in locals and store them back at the end: a field written at
   * every bar costs three times as much.
   */
  step(inputs: readonly Series[], from: number, to: number, state: S, params: P, out: readonly Float64Array[]): void;
}

/** What the documentation says of an indicator, and what the contract test holds it to. */
export interface About<O extends string> {
  readonly title: string;
  readonly formula: string;
  readonly source: string;
  readonly seeding: string;
  /** Value on a market that does not move (open = high = low = close, steady volume), once warm. */
  readonly flat: { readonly [name in O]: number | 'price' | 'volume' | 'none' };
  /** True where a warm output may still be NaN, because most bars have nothing to say (pivots). */
  readonly sparse?: boolean;
}

/** Fixes the type parameters of a definition by inference. */
export function indicator<P extends object, I extends string, O extends string, S>(
  definition: Indicator<P, I, O, S>,
): Indicator<P, I, O, S> {
  return definition;
}

/** Bars per kernel call: long enough to amortise it, short enough that the engine compiles the loop's normal form. */
export const CHUNK = 4096;

/**
 * Runs an indicator over whole columns: one output column for each output, as long as the inputs, NaN at warm-up.
 * @throws RangeError where a parameter is impossible or the columns differ in length
 */
export function runBatch<P extends object, I extends string, O extends string>(
  definition: Indicator<P, I, O>,
  columns: { readonly [name in I]: Series },
  params: P,
): { readonly [name in O]: Float64Array } {
  const inputs = definition.inputs.map((name) => columns[name]);
  const length = inputs[0]?.length ?? 0;
  for (const [k, input] of inputs.entries()) {
    if (input.length === length) continue;
    throw new RangeError(
      `${definition.name}: expected ${length} values in column "${definition.inputs[k]}", got "${input.length}"`,
    );
  }
  const state = definition.createState(params, Math.min(CHUNK, length));
  const out = definition.outputs.map(() => new Float64Array(length));
  for (let start = 0; start < length; start += CHUNK) {
    const end = Math.min(start + CHUNK, length);
    runChunk(
      definition,
      inputs.map((column) => column.subarray(start, end)),
      end - start,
      state,
      params,
      out.map((column) => column.subarray(start, end)),
    );
  }
  return Object.fromEntries(definition.outputs.map((name, k) => [name, out[k]])) as { [name in O]: Float64Array };
}

/** One chunk, in runs of good bars; what lies between the runs is NaN. */
function runChunk<P extends object, I extends string, O extends string>(
  definition: Indicator<P, I, O>,
  inputs: readonly Series[],
  length: number,
  state: unknown,
  params: P,
  out: readonly Float64Array[],
): void {
  if (inputs.every((column) => allFinite(column, length))) {
    definition.step(inputs, 0, length, state, params, out);
    return;
  }
  const good = (i: number): boolean => inputs.every((column) => Number.isFinite(column[i]));
  let from = 0;
  while (from < length) {
    while (from < length && !good(from)) {
      for (const column of out) column[from] = Number.NaN;
      from++;
    }
    let to = from;
    while (to < length && good(to)) to++;
    if (to > from) definition.step(inputs, from, to, state, params, out);
    from = to;
  }
}

/** `x - x` is 0 for a finite number and NaN for all others, so one sum tells of the whole column. */
function allFinite(column: Series, length: number): boolean {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    even += column[i] - column[i];
    odd += column[i + 1] - column[i + 1];
  }
  if (i < length) even += column[i] - column[i];
  return even + odd === 0;
}
