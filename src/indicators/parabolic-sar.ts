import { indicator, runBatch } from './indicator.ts';
import { requirePositive } from './params.ts';
import type { Series } from './series.ts';

export interface ParabolicSarParams {
  /** Acceleration at the start of a trend, and what each new extreme adds. */
  readonly step: number;
  /** Largest acceleration. */
  readonly maximum: number;
}

class SarState {
  sar = 0.5;
  extreme = 0.5;
  acceleration = 0.5;
  previousHigh = 0.5;
  previousLow = 0.5;
  /** 1 in an up trend, -1 in a down trend. */
  direction = 0;
  count = 0;
}

export const parabolicSarIndicator = indicator({
  name: 'parabolicSar',
  inputs: ['high', 'low'],
  outputs: ['value'],
  defaults: { step: 0.02, maximum: 0.2 } as ParabolicSarParams,
  about: {
    title: 'Parabolic SAR',
    formula: 'sar += a (extreme - sar), kept outside the last two bars; turns where the bar reaches it',
    source: 'Wilder (1978); TA-Lib SAR',
    seeding: 'trend from the larger directional move of bar 1; sar at the far extreme of bar 0',
    flat: { value: 'price' },
  },
  warmup: () => ({ value: 1 }),
  createState: ({ step, maximum }) => {
    requirePositive('parabolicSar', 'step', step);
    requirePositive('parabolicSar', 'maximum', maximum);
    return new SarState();
  },
  step: ([high, low], from, to, state, { step, maximum }, [value]) => {
    const first = Math.min(step, maximum);
    let { sar, extreme, acceleration, previousHigh, previousLow, direction, count } = state;
    for (let i = from; i < to; i++) {
      const top = high[i];
      const bottom = low[i];
      if (count < 2) count++;
      if (count === 1) {
        value[i] = Number.NaN;
        previousHigh = top;
        previousLow = bottom;
        continue;
      }
      if (direction === 0) {
        const up = top - previousHigh;
        const down = previousLow - bottom;
        direction = down > 0 && down > up ? -1 : 1;
        extreme = direction > 0 ? top : bottom;
        sar = direction > 0 ? previousLow : previousHigh;
        acceleration = first;
        // The first bar of the trend counts as its own predecessor, so that the first sar cannot be inside it.
        previousHigh = top;
        previousLow = bottom;
      }
      if (direction > 0 ? bottom <= sar : top >= sar) {
        direction = direction > 0 ? -1 : 1;
        sar = direction > 0 ? Math.min(extreme, previousLow, bottom) : Math.max(extreme, previousHigh, top);
        value[i] = sar;
        acceleration = first;
        extreme = direction > 0 ? top : bottom;
      } else {
        value[i] = sar;
        if (direction > 0 ? top > extreme : bottom < extreme) {
          extreme = direction > 0 ? top : bottom;
          acceleration = Math.min(acceleration + step, maximum);
        }
      }
      sar += acceleration * (extreme - sar);
      sar = direction > 0 ? Math.min(sar, previousLow, bottom) : Math.max(sar, previousHigh, top);
      previousHigh = top;
      previousLow = bottom;
    }
    state.sar = sar;
    state.extreme = extreme;
    state.acceleration = acceleration;
    state.previousHigh = previousHigh;
    state.previousLow = previousLow;
    state.direction = direction;
    state.count = count;
  },
});

/** Wilder's parabolic stop and reverse, in price units. First value at bar 1. @throws RangeError */
export function parabolicSar(
  bars: { readonly high: Series; readonly low: Series },
  step = 0.02,
  maximum = 0.2,
): Float64Array {
  return runBatch(parabolicSarIndicator, bars, { step, maximum }).value;
}
