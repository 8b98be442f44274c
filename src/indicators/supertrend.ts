import { indicator, runBatch } from './indicator.ts';
import { requirePositive } from './params.ts';
import { type AtrState, atrState, atrStep, type HighLowClose } from './true-range.ts';

export interface SupertrendParams {
  readonly length: number;
  readonly multiplier: number;
}

/** The bands only tighten while the trend lasts; the line is the one on the far side of the price. */
class SupertrendState {
  readonly range: AtrState;
  upper = 0.5;
  lower = 0.5;
  previous = 0.5;
  direction = 0;

  constructor(length: number) {
    this.range = atrState('supertrend', length);
  }
}

export const supertrendIndicator = indicator({
  name: 'supertrend',
  inputs: ['high', 'low', 'close'],
  outputs: ['line', 'direction'],
  defaults: { length: 10, multiplier: 3 } as SupertrendParams,
  about: {
    title: 'Supertrend',
    formula: '(high + low) / 2 +- m atr, each band only tightening until the close passes it; direction 1 up, -1 down',
    source: 'Seban; TradingView ta.supertrend with the sign of direction turned',
    seeding: 'as atr; the trend starts down',
    flat: { line: 'price', direction: -1 },
  },
  warmup: ({ length }) => ({ line: length, direction: length }),
  createState: ({ length, multiplier }) => {
    requirePositive('supertrend', 'multiplier', multiplier);
    return new SupertrendState(length);
  },
  step: ([high, low, close], from, to, state, { multiplier }, [line, trend]) => {
    atrStep(high, low, close, from, to, state.range, line);
    let { upper, lower, previous, direction } = state;
    for (let i = from; i < to; i++) {
      const range = line[i];
      if (range - range !== 0) {
        trend[i] = Number.NaN;
        continue;
      }
      const middle = (high[i] + low[i]) / 2;
      const top = middle + multiplier * range;
      const bottom = middle - multiplier * range;
      const value = close[i];
      if (direction === 0) {
        direction = -1;
        upper = top;
        lower = bottom;
      } else {
        if (top < upper || previous > upper) upper = top;
        if (bottom > lower || previous < lower) lower = bottom;
        if (direction < 0 && value > upper) direction = 1;
        else if (direction > 0 && value < lower) direction = -1;
      }
      line[i] = direction > 0 ? lower : upper;
      trend[i] = direction;
      previous = value;
    }
    state.upper = upper;
    state.lower = lower;
    state.previous = previous;
    state.direction = direction;
  },
});

/**
 * Supertrend: `line` in price units, below the price in an up trend and above it in a down trend; `direction` 1 up,
 * -1 down. First value at bar `length`. @throws RangeError
 */
export function supertrend(
  bars: HighLowClose,
  length = 10,
  multiplier = 3,
): { readonly line: Float64Array; readonly direction: Float64Array } {
  return runBatch(supertrendIndicator, bars, { length, multiplier });
}
