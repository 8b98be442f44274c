import { indicator, runBatch } from './indicator.ts';
import { type LengthParams, requirePositive } from './params.ts';
import type { Series } from './series.ts';
import type { HighLowCloseVolume } from './volume-flow.ts';
import { MeanState, meanStep } from './window-mean.ts';

export interface VwapParams {
  /** Length of a session in milliseconds. */
  readonly session: number;
  /** Start of the first session after the epoch, ms: 0 is midnight UTC. */
  readonly offset: number;
}

class VwapState {
  session = Number.NaN;
  anchor = 0.5;
  money = 0.5;
  volume = 0.5;
}

export const vwapIndicator = indicator({
  name: 'vwap',
  inputs: ['time', 'high', 'low', 'close', 'volume'],
  outputs: ['value'],
  defaults: { session: 86_400_000, offset: 0 } as VwapParams,
  about: {
    title: 'Volume-weighted average price of the session',
    formula: 'sum of typical price times volume / sum of volume since the session began',
    source: 'Standard; TradingView ta.vwap(hlc3) anchored to the session',
    seeding: 'starts anew with each session (UTC day); the typical price until something is traded',
    flat: { value: 'price' },
  },
  warmup: () => ({ value: 0 }),
  createState: ({ session, offset }) => {
    requirePositive('vwap', 'session', session);
    if (!Number.isFinite(offset)) throw new RangeError(`vwap: expected offset to be a finite number, got "${offset}"`);
    return new VwapState();
  },
  step: ([time, high, low, close, volume], from, to, state, params, [value]) => {
    let { session, anchor, money, volume: traded } = state;
    for (let i = from; i < to; i++) {
      const typical = (high[i] + low[i] + close[i]) / 3;
      const current = Math.floor((time[i] - params.offset) / params.session);
      if (current !== session) {
        session = current;
        anchor = typical;
        money = 0;
        traded = 0;
      }
      money += (typical - anchor) * volume[i];
      traded += volume[i];
      value[i] = traded > 0 ? anchor + money / traded : typical;
    }
    state.session = session;
    state.anchor = anchor;
    state.money = money;
    state.volume = traded;
  },
});

/**
 * Volume-weighted average price since the session began; `bars.time` is the open time in epoch ms. Sessions are UTC
 * days unless `session` (ms) and `offset` (ms after the epoch) say otherwise. Has a value at every bar. @throws RangeError
 */
export function vwap(
  bars: HighLowCloseVolume & { readonly time: Series },
  options: Partial<VwapParams> = {},
): Float64Array {
  return runBatch(vwapIndicator, bars, { ...vwapIndicator.defaults, ...options }).value;
}

interface RollingVwapState {
  readonly money: MeanState;
  readonly volume: MeanState;
  readonly column: Float64Array;
}

export const rollingVwapIndicator = indicator({
  name: 'rollingVwap',
  inputs: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  defaults: { length: 20 } as LengthParams,
  about: {
    title: 'Rolling volume-weighted average price',
    formula: 'sum of typical price times volume / sum of volume over n',
    source: 'Standard; Tulip vwma of the typical price',
    seeding: 'none (window); the typical price where nothing was traded',
    flat: { value: 'price' },
  },
  warmup: ({ length }) => ({ value: length - 1 }),
  createState: ({ length }, capacity): RollingVwapState => ({
    money: new MeanState('rollingVwap', length),
    volume: new MeanState('rollingVwap', length),
    column: new Float64Array(capacity),
  }),
  step: ([high, low, close, volume], from, to, state, _params, [value]) => {
    const { column } = state;
    for (let i = from; i < to; i++) column[i] = ((high[i] + low[i] + close[i]) / 3) * volume[i];
    meanStep(column, from, to, state.money, column);
    meanStep(volume, from, to, state.volume, value);
    for (let i = from; i < to; i++) {
      value[i] = value[i] === 0 ? (high[i] + low[i] + close[i]) / 3 : column[i] / value[i];
    }
  },
});

/** Volume-weighted average price of the last `length` bars. First value at bar `length - 1`. @throws RangeError */
export function rollingVwap(bars: HighLowCloseVolume, length = 20): Float64Array {
  return runBatch(rollingVwapIndicator, bars, { length }).value;
}
