import { readFileSync } from 'node:fs';
import { runBatch } from '../../src/indicators/index.ts';
import { type Columns, definitionOf, type OracleCase, type Params, TALIB, TULIP } from './indicator-oracles.ts';

/** One call of a library's function with what it answered: `values[k][j]` is output k at bar `first + j`. */
export interface OracleCall {
  readonly library: 'TA-Lib' | 'Tulip';
  readonly label: string;
  readonly oracle: OracleCase;
  readonly params: Params;
  readonly columns: Columns;
  readonly first: number;
  readonly values: readonly (readonly number[])[];
  /** Last value and sum over all bars, where `values` holds only the first ones. */
  readonly whole?: { readonly last: readonly number[]; readonly sum: readonly number[] };
}

interface TalibFile {
  readonly indicators: readonly {
    readonly fn: string;
    readonly inputs: string;
    readonly options: readonly number[];
    readonly begIdx: number;
    readonly values: readonly (readonly number[])[];
    readonly full: { readonly last: readonly number[]; readonly sum: readonly number[] };
  }[];
}

interface TulipFile {
  readonly vectors: readonly {
    readonly src: string;
    readonly name: string;
    readonly options: Readonly<Record<string, number>>;
    readonly inputs: Readonly<Record<string, readonly number[]>>;
    readonly outputs: Readonly<Record<string, readonly number[]>>;
    readonly lookback: number;
  }[];
}

/** Calls in the stored TA-Lib file, on the bars of the stored CSV; functions we do not have are named in `unknown`. */
export function talibCalls(file: string, csv: string): { readonly calls: OracleCall[]; readonly unknown: string[] } {
  const rows = readFileSync(csv, 'utf8').trim().split('\n').slice(1);
  const fields = rows.map((row) => row.split(',').slice(1).map(Number));
  const column = (k: number): Float64Array => Float64Array.from(fields, (row) => row[k] ?? Number.NaN);
  const close = column(3);
  const columns = { open: column(0), high: column(1), low: column(2), close, value: close, volume: column(4) };
  const { indicators } = JSON.parse(readFileSync(file, 'utf8')) as TalibFile;
  const calls = indicators.flatMap(({ fn, options, begIdx, values, full }): OracleCall[] => {
    const oracle = TALIB[fn];
    if (!oracle) return [];
    const label = `TA-Lib ${fn}(${options.join(', ')})`;
    return [
      {
        library: 'TA-Lib',
        label,
        oracle,
        params: paramsOf(oracle, options),
        columns,
        first: begIdx,
        values,
        whole: full,
      },
    ];
  });
  return { calls, unknown: indicators.map(({ fn }) => fn).filter((fn) => !(fn in TALIB)) };
}

const TULIP_INPUTS: Readonly<Record<string, string>> = { real: 'value', real0: 'a', real1: 'b' };

/** Calls in the stored Tulip file of the functions we have. */
export function tulipCalls(file: string): OracleCall[] {
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as TulipFile;
  return vectors.flatMap(({ src, name, options, inputs, outputs, lookback }): OracleCall[] => {
    const oracle = TULIP[name];
    if (!oracle) return [];
    const columns: Record<string, Float64Array> = {};
    for (const [input, values] of Object.entries(inputs)) {
      columns[TULIP_INPUTS[input] ?? input] = Float64Array.from(values);
    }
    // The directional indicators of Tulip read no close; their ratios do not depend on it.
    if (columns.high) columns.close ??= columns.high;
    const given = Object.values(options);
    const label = `Tulip ${name}(${given.join(', ')}) of ${src}`;
    const values = Object.values(outputs);
    return [{ library: 'Tulip', label, oracle, params: paramsOf(oracle, given), columns, first: lookback, values }];
  });
}

/** Our parameters for the library's options, in the library's order. */
function paramsOf(oracle: OracleCase, options: readonly number[]): Params {
  const given = oracle.params.flatMap((names, k) =>
    names === null ? [] : [names].flat().map((name) => [name, options[k]] as const),
  );
  return { ...Object.fromEntries(given), ...oracle.fixed };
}

export interface Comparison {
  /** Values compared. */
  readonly count: number;
  /**
   * Largest difference: for TA-Lib relative to the value, or to 1 where it is smaller; for Tulip, which prints three
   * decimals, absolute, and relative to a thousandth of the value where that is above 1.
   */
  readonly largest: number;
  /** Bars by which our slowest output starts later than theirs. */
  readonly later: number;
  /** Ours minus theirs at each bar both have, for each output. */
  readonly differences: readonly (readonly number[])[];
}

/** Runs our indicator on a call's bars, undoes the intended deviation and compares. */
export function compare(call: OracleCall): Comparison {
  const { oracle, params, first, values, whole } = call;
  const { deviation } = oracle;
  const definition = definitionOf(oracle.indicator);
  const shift = deviation?.prepend ? 1 : 0;
  const columns = deviation?.prepend?.(call.columns) ?? call.columns;
  const answer = runBatch(definition, columns, params);
  const warmup = definition.warmup(params);
  let count = 0;
  let largest = 0;
  const note = (ours: number, theirs: number): void => {
    const unit = call.library === 'Tulip' ? 1e-3 : 1;
    const difference = Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs) * unit);
    count++;
    if (!(difference <= largest)) largest = difference;
  };
  const differences = oracle.outputs.map((name, k) => {
    const ours = Array.from((answer[name] ?? new Float64Array()).subarray(shift), (value) =>
      deviation?.theirs ? deviation.theirs(value, columns) : value,
    );
    const start = Math.max((warmup[name] ?? 0) - shift, first) + (deviation?.agreesAfter ?? 0);
    const theirs = values[k] ?? [];
    const both = theirs.slice(start - first).map((value, j) => (ours[start + j] ?? Number.NaN) - value);
    for (const [j, difference] of both.entries()) {
      const value = theirs[start - first + j] ?? Number.NaN;
      note(value + difference, value);
    }
    if (whole) {
      note(ours.at(-1) ?? Number.NaN, whole.last[k] ?? Number.NaN);
      note(exactSum(ours.slice(first)), whole.sum[k] ?? Number.NaN);
    }
    return both;
  });
  const slowest = Math.max(...oracle.outputs.map((name) => warmup[name] ?? 0)) - shift;
  return { count, largest, later: slowest - first, differences };
}

/** Neumaier's sum: the stored sums are exact, a plain loop is not. */
function exactSum(values: readonly number[]): number {
  let sum = 0;
  let rest = 0;
  for (const value of values) {
    const total = sum + value;
    rest += Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
    sum = total;
  }
  return sum + rest;
}
