import type { Bars } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import type { BaseStrategy } from '../strategies/base.ts';
import type { CausalityReport } from './types.ts';

/** Bars that the re-runs of one check may compute together, and those of all checks of a run; keeps them in proportion. */
const CHECK_BUDGET = 2_500_000;
const RUN_BUDGET = 10_000_000;
const FEWEST_CUTS = 8;
const MOST_CUTS = 200;

export interface CausalityOptions {
  /** Tries every possible cut instead of a sample. */
  readonly complete?: boolean;
  /** How many checks the run makes, which share its time; default 1. */
  readonly checks?: number;
  readonly signal?: AbortSignal;
}

/**
 * Checks that a strategy only uses closed bars: runs it again on histories that end at bar k and compares everything it
 * said up to k with what it said when it saw the whole series. Half of the cuts are at bars with a signal, where a peek
 * shows first, half anywhere; the sample is the same for the same bars. A strategy that decides bar by bar is shown
 * closed bars only and has nothing to cut.
 *
 * @param strategy gives a fresh strategy for each re-run
 * @param signals what it answered on all bars
 */
export function checkCausality(
  strategy: () => BaseStrategy<object>,
  bars: Bars,
  signals: Signals,
  options: CausalityOptions = {},
): CausalityReport {
  const possibleCuts = Math.max(0, bars.length - 1);
  const cuts = options.complete
    ? Array.from({ length: possibleCuts }, (_, k) => k)
    : sampleCuts(signals.signal, options.checks ?? 1);
  let tried = 0;
  for (const cut of cuts) {
    options.signal?.throwIfAborted();
    const answer = strategy().run(bars.slice(0, cut + 1));
    tried++;
    const violation = firstDifference(signals, answer, cut, bars);
    if (violation) return { passed: false, cuts: tried, possibleCuts, violation };
  }
  return { passed: true, cuts: tried, possibleCuts, violation: null };
}

/** Bars after which the history is cut, rising. */
function sampleCuts(signal: Int8Array, checks: number): number[] {
  const last = signal.length - 2;
  if (last < 0) return [];
  const budget = Math.min(CHECK_BUDGET, RUN_BUDGET / checks);
  // A cut anywhere computes half of the bars on average.
  const count = Math.max(FEWEST_CUTS, Math.min(MOST_CUTS, Math.floor((2 * budget) / signal.length)));
  const events: number[] = [];
  for (let i = 0; i <= last; i++) if (signal[i] !== 0 && signal[i] !== signal[i - 1]) events.push(i);
  const chosen = new Set<number>();
  const random = generator(signal.length);
  const half = Math.min(events.length, count >> 1);
  for (let k = 0; k < half; k++) {
    const from = Math.floor((k * events.length) / half);
    const to = Math.floor(((k + 1) * events.length) / half);
    chosen.add(events[from + Math.floor(random() * (to - from))]);
  }
  const tries = Math.min(last + 1, count);
  for (let k = 0; k < 4 * tries && chosen.size < tries; k++) chosen.add(Math.floor(random() * (last + 1)));
  return [...chosen].sort((a, b) => a - b);
}

function firstDifference(whole: Signals, part: Signals, cut: number, bars: Bars): CausalityReport['violation'] {
  const differs = (column: string, a: ArrayLike<number>, b: ArrayLike<number>): CausalityReport['violation'] => {
    for (let i = 0; i <= cut; i++) {
      if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) {
        return { bar: i, time: bars.time[i], column, withFuture: a[i], withoutFuture: b[i] };
      }
    }
    return null;
  };
  const found = differs('signal', whole.signal, part.signal);
  if (found) return found;
  for (const [column, values] of Object.entries(whole.columns)) {
    const other = part.columns[column];
    const difference = other ? differs(column, values, other) : null;
    if (difference) return difference;
  }
  return null;
}

/** A seeded uniform generator (mulberry32, Tommy Ettinger, public domain): the sample must not depend on chance. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
