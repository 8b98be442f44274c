import { indicator, runBatch } from './indicator.ts';
import { type LengthParams, requireWhole } from './params.ts';
import type { Series } from './series.ts';

/** The last length + 1 highs and lows, and how many bars ago the extreme ones were. */
class AroonState {
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  sinceHigh = 0;
  sinceLow = 0;
  position = 0;
  count = 0;

  constructor(length: number) {
    requireWhole('aroon', 'length', length);
    this.highs = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
    this.lows = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
  }
}

/** Bars since the highest value of a ring whose newest is at `newest`; the later one of equals. */
function sinceHighest(ring: Float64Array, newest: number): number {
  const size = ring.length;
  let since = 0;
  let best = ring[newest];
  for (let back = 1; back < size; back++) {
    const value = ring[newest >= back ? newest - back : newest - back + size];
    if (value > best) {
      best = value;
      since = back;
    }
  }
  return since;
}

export const aroonIndicator = indicator({
  name: 'aroon',
  inputs: ['high', 'low'],
  outputs: ['up', 'down', 'oscillator'],
  defaults: { length: 25 } as LengthParams,
  about: {
    title: 'Aroon',
    formula:
      'up = 100 (n - bars since the highest high of n + 1 bars) / n; down likewise of lows; oscillator = up - down',
    source: 'Chande (1995); TA-Lib AROON and AROONOSC, Tulip aroon',
    seeding: 'none (window); of equal extremes the latest counts',
    flat: { up: 100, down: 100, oscillator: 0 },
  },
  warmup: ({ length }) => ({ up: length, down: length, oscillator: length }),
  createState: ({ length }) => new AroonState(length),
  step: ([high, low], from, to, state, { length }, [up, down, oscillator]) => {
    const { highs, lows } = state;
    const size = highs.length;
    const unit = 100 / length;
    let { sinceHigh, sinceLow, position, count } = state;
    for (let i = from; i < to; i++) {
      const top = high[i];
      const floor = -low[i];
      const highAt = position > sinceHigh ? position - 1 - sinceHigh : position - 1 - sinceHigh + size;
      const lowAt = position > sinceLow ? position - 1 - sinceLow : position - 1 - sinceLow + size;
      const formerHigh = highs[highAt];
      const formerLow = lows[lowAt];
      highs[position] = top;
      lows[position] = floor;
      if (top >= formerHigh) sinceHigh = 0;
      else if (++sinceHigh === size) sinceHigh = sinceHighest(highs, position);
      if (floor >= formerLow) sinceLow = 0;
      else if (++sinceLow === size) sinceLow = sinceHighest(lows, position);
      if (++position === size) position = 0;
      if (count < size) count++;
      const ready = count === size;
      up[i] = ready ? (length - sinceHigh) * unit : Number.NaN;
      down[i] = ready ? (length - sinceLow) * unit : Number.NaN;
      oscillator[i] = ready ? (sinceLow - sinceHigh) * unit : Number.NaN;
    }
    state.sinceHigh = sinceHigh;
    state.sinceLow = sinceLow;
    state.position = position;
    state.count = count;
  },
});

/** Aroon: `up` and `down` 0 to 100, `oscillator` -100 to 100. First value at bar `length`. @throws RangeError */
export function aroon(
  bars: { readonly high: Series; readonly low: Series },
  length = 25,
): { readonly up: Float64Array; readonly down: Float64Array; readonly oscillator: Float64Array } {
  return runBatch(aroonIndicator, bars, { length });
}
