import { indicator, runBatch } from './indicator.ts';
import { requireWhole } from './params.ts';
import type { Series } from './series.ts';

export interface PivotsParams {
  /** Bars before the pivot that must be lower (for a low: higher). */
  readonly left: number;
  /** Bars after it that must not be higher (for a low: lower): how late it is confirmed. */
  readonly right: number;
}

class PivotsState {
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  position = 0;
  count = 0;

  constructor({ left, right }: PivotsParams) {
    requireWhole('pivots', 'left', left);
    requireWhole('pivots', 'right', right);
    this.highs = new Float64Array(left + right + 1);
    this.lows = new Float64Array(left + right + 1);
  }
}

/** The value `right` places before the newest where it is a pivot of the ring, else NaN. `sign` -1 looks for lows. */
function pivotOf(ring: Float64Array, newest: number, { left, right }: PivotsParams, sign: 1 | -1): number {
  const size = ring.length;
  const centre = (newest - right + size) % size;
  const value = sign * ring[centre];
  for (let k = 1; k <= left; k++) if (sign * ring[(centre - k + size) % size] >= value) return Number.NaN;
  for (let k = 1; k <= right; k++) if (sign * ring[(centre + k) % size] > value) return Number.NaN;
  return ring[centre];
}

export const pivotsIndicator = indicator({
  name: 'pivots',
  inputs: ['high', 'low'],
  outputs: ['high', 'low'],
  defaults: { left: 2, right: 2 } as PivotsParams,
  about: {
    title: 'Pivots (fractals with 2 and 2)',
    formula:
      'at bar i the high (low) of bar i - right, where no high before it is as high and none after it is higher; else NaN',
    source: 'Williams; TradingView ta.pivothigh, ta.pivotlow',
    seeding: 'none (window)',
    flat: { high: 'none', low: 'none' },
    sparse: true,
  },
  warmup: ({ left, right }) => ({ high: left + right, low: left + right }),
  createState: (params) => new PivotsState(params),
  step: ([high, low], from, to, state, params, [highOut, lowOut]) => {
    const { highs, lows } = state;
    const size = highs.length;
    for (let i = from; i < to; i++) {
      const newest = state.position;
      highs[newest] = high[i];
      lows[newest] = low[i];
      state.position = (newest + 1) % size;
      if (state.count < size) state.count++;
      const ready = state.count === size;
      highOut[i] = ready ? pivotOf(highs, newest, params, 1) : Number.NaN;
      lowOut[i] = ready ? pivotOf(lows, newest, params, -1) : Number.NaN;
    }
  },
});

/**
 * Swing highs and lows, given at the bar that confirms them, `right` bars after they were made: never earlier than they
 * could be known. NaN at all other bars. Of equal extremes the first is the pivot. @throws RangeError
 */
export function pivots(
  bars: { readonly high: Series; readonly low: Series },
  left = 2,
  right = 2,
): { readonly high: Float64Array; readonly low: Float64Array } {
  return runBatch(pivotsIndicator, bars, { left, right });
}

/** Bill Williams' fractals: pivots over two bars on each side, confirmed two bars late. */
export function fractals(bars: { readonly high: Series; readonly low: Series }): {
  readonly high: Float64Array;
  readonly low: Float64Array;
} {
  return pivots(bars, 2, 2);
}
