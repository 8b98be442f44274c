import { indicator, runBatch } from './indicator.ts';
import type { LengthParams } from './params.ts';
import type { HighLowClose } from './true-range.ts';
import { MeanState, meanStep } from './window-mean.ts';

interface CciState {
  readonly mean: MeanState;
  readonly typical: Float64Array;
}

/** Mean distance of a full ring from `centre`, summed from the oldest value on so that the ring's turn does not matter. */
function meanDistance({ ring, position }: MeanState, centre: number): number {
  let sum = 0;
  for (let j = position; j < ring.length; j++) sum += Math.abs(ring[j] - centre);
  for (let j = 0; j < position; j++) sum += Math.abs(ring[j] - centre);
  return sum / ring.length;
}

export const cciIndicator = indicator({
  name: 'cci',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Commodity channel index',
    formula: '(typical - sma(typical)) / (0.015 mean |typical - sma|)',
    source: 'Lambert (1980); TA-Lib CCI, Tulip cci',
    seeding: 'none (window)',
    flat: { value: 0 },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }, capacity): CciState => ({
    mean: new MeanState('cci', length),
    typical: new Float64Array(capacity),
  }),
  step: ([high, low, close], from, to, { mean, typical }, _params, [value]) => {
    for (let i = from; i < to; i++) {
      typical[i] = (high[i] + low[i] + close[i]) / 3;
      meanStep(typical, i, i + 1, mean, value);
      const centre = value[i];
      if (centre - centre !== 0) continue;
      const distance = meanDistance(mean, centre);
      value[i] = distance === 0 ? 0 : (typical[i] - centre) / (0.015 * distance);
    }
  },
});

/** Commodity channel index, 0 on a flat market. First value at bar `length - 1`. @throws RangeError */
export function cci(bars: HighLowClose, length = 20): Float64Array {
  return runBatch(cciIndicator, bars, { length }).value;
}
