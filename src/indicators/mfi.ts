import { indicator, runBatch } from './indicator.ts';
import type { LengthParams } from './params.ts';
import type { HighLowCloseVolume } from './volume-flow.ts';
import { MeanState, meanStep } from './window-mean.ts';

class MfiState {
  readonly positive: MeanState;
  readonly negative: MeanState;
  readonly column: Float64Array;
  previous = Number.NaN;

  constructor(length: number, capacity: number) {
    this.positive = new MeanState('mfi', length);
    this.negative = new MeanState('mfi', length);
    this.column = new Float64Array(capacity);
  }
}

export const mfiIndicator = indicator({
  name: 'mfi',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: 'Money flow index',
    formula: '100 up / (up + down), sums over n of typical price times volume on rises and falls of the typical price',
    source: 'Quong and Soudack (1989); TA-Lib MFI, Tulip mfi',
    seeding: 'none (window)',
    flat: { value: 50 },
  },
  warmup: ({ length }) => ({ value: length }),
  createState: ({ length }, capacity) => new MfiState(length, capacity),
  step: ([high, low, close, volume], from, to, state, _params, [value]) => {
    const { column } = state;
    let previous = state.previous;
    for (let i = from; i < to; i++) {
      const typical = (high[i] + low[i] + close[i]) / 3;
      const flow = typical * volume[i];
      // A first bar has no direction at all; NaN makes the windows start after it.
      const unknown = previous - previous;
      value[i] = unknown + (typical > previous ? flow : 0);
      column[i] = unknown + (typical < previous ? flow : 0);
      previous = typical;
    }
    state.previous = previous;
    meanStep(value, from, to, state.positive, value);
    meanStep(column, from, to, state.negative, column);
    for (let i = from; i < to; i++) {
      const total = value[i] + column[i];
      value[i] = total === 0 ? 50 : (100 * value[i]) / total;
    }
  },
});

/** Money flow index, 0 to 100, 50 where nothing moved. First value at bar `length`. @throws RangeError */
export function mfi(bars: HighLowCloseVolume, length = 14): Float64Array {
  return runBatch(mfiIndicator, bars, { length }).value;
}
