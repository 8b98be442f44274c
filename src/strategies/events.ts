import type { Bars } from '../core/bars.ts';
import { type Signals, signals } from '../core/signal.ts';

/** What an event strategy asks of a bar. `enter` and `exit` are asked only where `ready` holds. */
export interface Conditions {
  /** False at warm-up and at broken bars, which are passed over as though they did not exist. */
  ready(i: number): boolean;
  enter(i: number): boolean;
  exit(i: number): boolean;
}

/**
 * Turns conditions into events: 1 at the bar where `enter` begins to hold, -1 where `exit` begins to hold, 0 at all
 * others. Where both begin at one bar, leaving wins. The first ready bar never fires: nobody knows whether its condition
 * has just begun.
 */
export function eventSignals(
  bars: Bars,
  conditions: Conditions,
  columns: Readonly<Record<string, Float64Array>>,
): Signals {
  let known = false;
  let entered = false;
  let left = false;
  return signals(
    bars,
    (i) => {
      if (!conditions.ready(i)) return 0;
      const enters = conditions.enter(i);
      const exits = conditions.exit(i);
      const value = !known ? 0 : exits && !left ? -1 : enters && !entered ? 1 : 0;
      known = true;
      entered = enters;
      left = exits;
      return value;
    },
    columns,
  );
}

/** A column of `length` NaNs: a price column that says nothing until a signal's bar is filled in. */
export function emptyColumn(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}
