import type { SeedOption } from './averages.ts';
import { type ExponentialState, emaState, exponentialStep, type Seed } from './exponential.ts';
import { indicator, runBatch } from './indicator.ts';
import { requireWhole } from './params.ts';
import type { Series } from './series.ts';

export interface MacdParams {
  readonly short: number;
  readonly long: number;
  readonly signal: number;
  /** Default `first`. */
  readonly seed?: Seed;
}

interface MacdState {
  readonly short: ExponentialState;
  readonly long: ExponentialState;
  readonly signal: ExponentialState;
  /** Good bars the short average still waits for before it starts. */
  delay: number;
}

export const macdIndicator = indicator({
  name: 'macd',
  inputs: ['value'],
  outputs: ['macd', 'signal', 'histogram'],
  defaults: { short: 12, long: 26, signal: 9, seed: 'first' } as MacdParams,
  about: {
    title: 'Moving average convergence divergence',
    formula: 'macd = ema(short) - ema(long); signal = ema(macd); histogram = macd - signal',
    source: 'Appel; TA-Lib MACD with `seed: "sma"`',
    seeding: 'first value; `sma`: both averages start with means that end at bar long - 1, as TA-Lib',
    flat: { macd: 0, signal: 0, histogram: 0 },
  },
  warmup: ({ long, signal }) => ({ macd: long - 1, signal: long + signal - 2, histogram: long + signal - 2 }),
  createState: ({ short, long, signal, seed }): MacdState => {
    requireWhole('macd', 'short', short);
    requireWhole('macd', 'signal', signal);
    requireWhole('macd', 'long', long, short + 1);
    return {
      short: emaState('macd', short, seed),
      long: emaState('macd', long, seed),
      signal: emaState('macd', signal, seed),
      delay: seed === 'sma' ? long - short : 0,
    };
  },
  step: (inputs, from, to, state, _params, out) => {
    const [macdOut, signalOut, histogram] = out;
    exponentialStep(inputs[0], from, to, state.long, signalOut);
    const start = Math.min(to, from + state.delay);
    state.delay -= start - from;
    exponentialStep(inputs[0], start, to, state.short, macdOut);
    for (let i = from; i < start; i++) macdOut[i] = Number.NaN;
    for (let i = start; i < to; i++) macdOut[i] -= signalOut[i];
    exponentialStep(macdOut, from, to, state.signal, signalOut);
    for (let i = from; i < to; i++) histogram[i] = macdOut[i] - signalOut[i];
  },
});

/**
 * Moving average convergence divergence. `macd` from bar `long - 1`, `signal` and `histogram` from `long + signal - 2`.
 * @throws RangeError where a length is impossible or `short` is not below `long`
 */
export function macd(
  series: Series,
  short: number,
  long: number,
  signal: number,
  options: SeedOption = {},
): { readonly macd: Float64Array; readonly signal: Float64Array; readonly histogram: Float64Array } {
  return runBatch(macdIndicator, { value: series }, { short, long, signal, ...options });
}
