import { indicator, runBatch } from './indicator.ts';
import type { Series } from './series.ts';

/** State of a crossing: the side `a` was last seen on, 1 above, -1 below, 0 not known yet. */
export class SideState {
  side = 0;
}

function crossStep(
  a: Series,
  b: Series,
  from: number,
  to: number,
  state: SideState,
  wanted: 1 | -1,
  out: Float64Array,
): void {
  let side = state.side;
  for (let i = from; i < to; i++) {
    const now = a[i] > b[i] ? 1 : a[i] < b[i] ? -1 : side;
    out[i] = now === wanted && side === -wanted ? 1 : 0;
    side = now;
  }
  state.side = side;
}

const seeding = 'no cross before both have been on a side; an exact tie keeps the earlier side';

export const crossoverIndicator = indicator({
  name: 'crossover',
  inputs: ['a', 'b'],
  outputs: ['value'],
  defaults: {},
  about: {
    title: 'Cross over',
    formula: '1 where a is above b and was below before, else 0',
    source: 'vectorbt crossed_above',
    seeding,
    flat: { value: 0 },
  },
  warmup: () => ({ value: 0 }),
  createState: () => new SideState(),
  step: (inputs, from, to, state, _params, out) => crossStep(inputs[0], inputs[1], from, to, state, 1, out[0]),
});

export const crossunderIndicator = indicator({
  name: 'crossunder',
  inputs: ['a', 'b'],
  outputs: ['value'],
  defaults: {},
  about: {
    title: 'Cross under',
    formula: '1 where a is below b and was above before, else 0',
    source: 'vectorbt crossed_below',
    seeding,
    flat: { value: 0 },
  },
  warmup: () => ({ value: 0 }),
  createState: () => new SideState(),
  step: (inputs, from, to, state, _params, out) => crossStep(inputs[0], inputs[1], from, to, state, -1, out[0]),
});

function asColumn(b: Series | number, length: number): Series {
  return typeof b === 'number' ? new Float64Array(length).fill(b) : b;
}

/**
 * 1 at bars where `a` is above `b` after having been below it; `b` may be a level. On an exact tie the earlier side
 * stands, so below, tie, above crosses once. Bars where either is NaN (warm-up) never cross and are passed over.
 * @throws RangeError where the columns differ in length
 */
export function crossover(a: Series, b: Series | number): Uint8Array {
  return Uint8Array.from(runBatch(crossoverIndicator, { a, b: asColumn(b, a.length) }, {}).value);
}

/** 1 at bars where `a` is below `b` after having been above it; otherwise as `crossover`. @throws RangeError */
export function crossunder(a: Series, b: Series | number): Uint8Array {
  return Uint8Array.from(runBatch(crossunderIndicator, { a, b: asColumn(b, a.length) }, {}).value);
}
