import { indicator, runBatch } from './indicator.ts';
import { type LengthParams, requireWhole } from './params.ts';
import type { Series } from './series.ts';

/** State of Wilder's averages of gains and losses. */
export class RsiState {
  gain = 0.5;
  loss = 0.5;
  previous = 0.5;
  count = 0;
  readonly length: number;

  constructor(indicatorName: string, length: number) {
    requireWhole(indicatorName, 'length', length);
    this.gain = 0;
    this.loss = 0;
    this.previous = 0;
    this.length = length;
  }
}

/** Relative strength index in 0 to 100; 50 where neither gains nor losses are left. Skips NaN. */
export function rsiStep(x: Series, from: number, to: number, state: RsiState, out: Float64Array): void {
  const length = state.length;
  const factor = 1 / length;
  let { gain, loss, previous, count } = state;
  for (let i = from; i < to; i++) {
    const value = x[i];
    out[i] = Number.NaN;
    if (value - value !== 0) continue;
    const change = value - previous;
    previous = value;
    const up = change > 0 ? change : 0;
    const down = change < 0 ? -change : 0;
    if (count > length) {
      gain += factor * (up - gain);
      loss += factor * (down - loss);
    } else {
      count++;
      if (count === 1) continue;
      gain += up;
      loss += down;
      if (count <= length) continue;
      gain *= factor;
      loss *= factor;
    }
    const total = gain + loss;
    out[i] = total > 0 ? (100 * gain) / total : 50;
  }
  state.gain = gain;
  state.loss = loss;
  state.previous = previous;
  state.count = count;
}

export const rsiIndicator = indicator({
  name: 'rsi',
  inputs: ['value'],
  outputs: ['value'],
  defaults: { length: 14 } as LengthParams,
  about: {
    title: 'Relative strength index',
    formula: '100 rma(gains) / (rma(gains) + rma(losses))',
    source: 'Wilder (1978); TA-Lib RSI',
    seeding: 'mean of the first n changes',
    flat: { value: 50 },
  },
  warmup: ({ length }) => ({ value: length }),
  createState: ({ length }) => new RsiState('rsi', length),
  step: (inputs, from, to, state, _params, out) => rsiStep(inputs[0], from, to, state, out[0]),
});

/** Wilder's relative strength index, 0 to 100, 50 on a flat market. First value at bar `length`. @throws RangeError */
export function rsi(series: Series, length: number): Float64Array {
  return runBatch(rsiIndicator, { value: series }, { length }).value;
}
