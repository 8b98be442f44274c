import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closes, ohlc } from '../../test/fixtures/strategy-bars.ts';
import { allocateColumns, BAR_FIELDS, Bars } from '../core/bars.ts';
import type { Signals } from '../core/signal.ts';
import type { BaseStrategy } from './base.ts';
import {
  BreakoutVolumeStrategy,
  builtInStrategies,
  CandlestickPatternStrategy,
  EMAMACDStrategy,
  InsideBarStrategy,
  MomentumBurstStrategy,
  PairsRotationStrategy,
  PullbackEMAStrategy,
  RSIDivergenceStrategy,
} from './index.ts';

/** Short lengths, so that a few hundred bars hold many signals and a live window is shorter than the series. */
const short: readonly BaseStrategy<object>[] = [
  new EMAMACDStrategy({ emaShort: 2, emaLong: 4, macdSignal: 2 }),
  new RSIDivergenceStrategy({ rsiLength: 3, swing: 1, maxDistance: 12, oversold: 45, overbought: 55 }),
  new InsideBarStrategy(),
  new PullbackEMAStrategy({ emaShort: 2, emaLong: 4, swing: 2 }),
  new BreakoutVolumeStrategy({ length: 4, exitLength: 3, volumeLength: 4, volumeFactor: 1.1 }),
  new CandlestickPatternStrategy({ trendLength: 3, bodyLength: 3 }),
  new MomentumBurstStrategy({
    atrLength: 3,
    burst: 1,
    closePart: 0.6,
    volumeLength: 3,
    volumeFactor: 1,
    exitLength: 3,
  }),
];
const usual = Object.values(builtInStrategies)
  .map((Strategy) => new Strategy())
  .filter((strategy) => strategy.generateSignals !== undefined);
const named = (strategies: readonly BaseStrategy<object>[]) =>
  strategies.map((strategy) => [strategy.constructor.name, strategy] as const);

/** A market that walks on a coarse grid, so that ties, equal highs and bars without a range all happen. */
const bar = fc.record({
  gap: fc.integer({ min: -1, max: 1 }),
  move: fc.integer({ min: -5, max: 5 }),
  up: fc.nat({ max: 3 }),
  down: fc.nat({ max: 3 }),
  volume: fc.nat({ max: 20 }),
});
const market = (length: number): fc.Arbitrary<Bars> =>
  fc.array(bar, { minLength: length, maxLength: length }).map((moves) => {
    let last = 1000;
    return ohlc(
      moves.map(({ gap, move, up, down, volume }) => {
        const open = last + gap;
        last = Math.max(10, open + move);
        return [open, Math.max(open, last) + up, Math.min(open, last) - down, last, volume];
      }),
    );
  });

/** `run` of a strategy cut to bars `from` to `to`, as plain values that compare bit for bit. */
function cut({ signal, columns }: Signals, from: number, to: number): Record<string, number[]> {
  const all = { signal, ...columns };
  return Object.fromEntries(Object.entries(all).map(([name, column]) => [name, Array.from(column.slice(from, to))]));
}

function mapped(bars: Bars, change: (value: number, i: number) => number): Bars {
  const columns = allocateColumns(bars.length);
  for (const field of BAR_FIELDS) {
    for (let i = 0; i < bars.length; i++) columns[field][i] = bars[field][i];
    if (field === 'time' || field === 'volume') continue;
    for (let i = 0; i < bars.length; i++) columns[field][i] = change(bars[field][i], i);
  }
  return new Bars(bars.symbol, bars.timeframe, columns);
}

describe.each(named(short))('%s', (_name, strategy) => {
  test('a truncated history gives the same signals and columns, cut anywhere', () => {
    fc.assert(
      fc.property(market(80), fc.nat({ max: 80 }), (bars, length) => {
        expect(cut(strategy.run(bars.slice(0, length)), 0, length)).toEqual(cut(strategy.run(bars), 0, length));
      }),
      { numRuns: 60 },
    );
  });

  test('the last `history` bars give the last signal bit for bit', () => {
    const window = strategy.history;
    fc.assert(
      fc.property(market(window + 40), fc.nat({ max: 40 }), (bars, start) => {
        const end = start + window;
        const live = cut(strategy.run(bars.slice(start, end)), window - 1, window);
        expect(live).toEqual(cut(strategy.run(bars), end - 1, end));
      }),
      { numRuns: 8 },
    );
  });

  test('the scale of prices changes no signal, down to micro prices', () => {
    fc.assert(
      fc.property(market(120), (bars) => {
        // A power of two scales every double exactly, so even ties stay ties: prices around 1e-5.
        const micro = mapped(bars, (price) => price * 2 ** -27);
        expect(cut({ signal: strategy.run(micro).signal, columns: {} }, 0, 120)).toEqual(
          cut({ signal: strategy.run(bars).signal, columns: {} }, 0, 120),
        );
      }),
      { numRuns: 20 },
    );
  });

  test('broken bars give no signal and poison nothing for long', () => {
    fc.assert(
      fc.property(market(strategy.history + 60), fc.integer({ min: 20, max: 50 }), (bars, hole) => {
        const broken = mapped(bars, (price, i) => (i === hole ? Number.NaN : price));
        const answer = strategy.run(broken);
        expect(answer.signal[hole]).toBe(0);
        for (const column of ['ema_long', 'rsi', 'breakout_level', 'ema_exit']) {
          expect(Number.isNaN(answer.columns[column]?.at(-1) ?? 0)).toBe(false);
        }
        expect(answer.signal.at(-1)).toBe(strategy.run(bars).signal.at(-1));
      }),
      { numRuns: 8 },
    );
  });

  test('both signals appear on a market of a few hundred bars', () => {
    const [bars] = fc.sample(market(1500), { seed: 11, numRuns: 1 });
    const { signal, columns } = strategy.run(bars);
    const count = (side: number): number => signal.filter((value) => value === side).length;
    expect(count(1)).toBeGreaterThan(3);
    expect(count(-1)).toBeGreaterThan(3);
    expect(count(0)).toBeGreaterThan(bars.length / 2);
    const stops = columns['stop_loss'];
    if (stops === undefined) return;
    signal.forEach((side, i) => {
      if (side === 0) expect(stops[i]).toBeNaN();
      else if (!Number.isNaN(stops[i])) expect((bars.close[i] - stops[i]) * side).toBeGreaterThanOrEqual(0);
    });
  });
});

describe.each(named(usual))('%s with its defaults', (_name, strategy) => {
  test.each([0, 1, 2, 3, 5, 20, 40])('answers %d bars', (length) => {
    const [bars] = fc.sample(market(length), { seed: 5, numRuns: 1 });
    const { signal, columns } = strategy.run(bars);
    expect(signal.length).toBe(length);
    for (const column of Object.values(columns)) expect(column.length).toBe(length);
  });

  test('says nothing on a market that stands still, with and without volume', () => {
    for (const volume of [0, 5]) {
      const still = ohlc(Array.from({ length: 300 }, () => [3, 3, 3, 3, volume] as const));
      expect(strategy.run(still).signal.every((value) => value === 0)).toBe(true);
    }
  });

  test('says nothing where all prices are broken', () => {
    const nothing = closes(Array.from({ length: 100 }, () => Number.NaN));
    expect(strategy.run(nothing).signal.every((value) => value === 0)).toBe(true);
  });
});

describe('builtInStrategies', () => {
  test('has every class under its own name, with one line about it', () => {
    for (const [name, Strategy] of Object.entries(builtInStrategies)) {
      expect(Strategy.name).toBe(name);
      expect(Strategy.summary).toMatch(/^[A-Z].{20,75}[^.]$/);
    }
  });

  test('no strategy is left out of the properties above', () => {
    const checked = [...short.map((strategy) => strategy.constructor.name), PairsRotationStrategy.name];
    expect(checked.toSorted()).toEqual(Object.keys(builtInStrategies).toSorted());
  });
});
