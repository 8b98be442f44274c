import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocateColumns, BAR_FIELDS, Bars } from '../../src/core/bars.ts';
import { distanceColumns } from '../../src/core/distances.ts';
import { MarketBar, MarketSlice } from '../../src/core/engine.ts';
import { Market } from '../../src/core/instrument.ts';
import {
  DEFAULT_COSTS,
  DEFAULT_FILLS,
  DEFAULT_ORDERS,
  NO_LIMITS,
  type OrderSettings,
} from '../../src/core/settings.ts';
import type { Answer } from '../../src/core/slot.ts';
import { syntheticBars } from '../../src/data/synthetic/index.ts';
import { HistoricalRun } from '../../src/execution/historical-run.ts';
import { type LiveAnswer, type StrategyQuestion, toAnswer } from '../../src/execution/live-host.ts';
import { LiveStrategy } from '../../src/execution/live-strategy.ts';
import { instrumentFor } from '../../src/execution/portfolio.ts';
import { SignalTape, SliceDecider, type SliceSlot } from '../../src/execution/strategy-host.ts';
import {
  BaseStrategy,
  builtInStrategies,
  type Signals,
  type StrategyClass,
  signals,
} from '../../src/strategies/index.ts';
import { ema, highest, stdev } from '../../src/indicators/index.ts';

const HOUR = 3_600_000;

/** Short lengths, so that live windows are much shorter than the series and hold many signals. */
const SHORT: Readonly<Record<string, Record<string, unknown>>> = {
  EMAMACDStrategy: { emaShort: 2, emaLong: 4, macdSignal: 2 },
  RSIDivergenceStrategy: { rsiLength: 3, swing: 1, maxDistance: 12, oversold: 45, overbought: 55 },
  InsideBarStrategy: { maxWait: 5 },
  PullbackEMAStrategy: { emaShort: 2, emaLong: 4, swing: 2 },
  BreakoutVolumeStrategy: { length: 4, exitLength: 3, volumeLength: 4, volumeFactor: 1.1 },
  CandlestickPatternStrategy: { trendLength: 3, bodyLength: 3 },
  MomentumBurstStrategy: { atrLength: 3, burst: 1, closePart: 0.6, volumeLength: 3, volumeFactor: 1, exitLength: 3 },
};

const ORDERS: OrderSettings = {
  ...DEFAULT_ORDERS,
  stop: { atr: 2, atrLength: 5 },
  trailingStop: { atr: 3, atrLength: 3 },
  sizing: { kind: 'volatility', percent: 20, length: 10 },
};

/** A walk on a coarse grid with holes in time: ties, equal highs, bars without a range. */
function coarseBars(moves: readonly (readonly [number, number, number, number, boolean])[]): Bars {
  const columns = allocateColumns(moves.length);
  let last = 1000;
  let time = 0;
  moves.forEach(([move, up, down, volume, hole], i) => {
    const open = last;
    last = Math.max(10, open + move);
    const row = [time, open, Math.max(open, last) + up, Math.min(open, last) - down, last, volume];
    BAR_FIELDS.forEach((field, k) => {
      columns[field][i] = row[k];
    });
    time += hole ? 4 * HOUR : HOUR;
  });
  return new Bars('BTCUSDT', '1h', columns);
}

const move = fc.tuple(
  fc.integer({ min: -5, max: 5 }),
  fc.nat({ max: 3 }),
  fc.nat({ max: 3 }),
  fc.nat({ max: 20 }),
  fc.integer({ min: 0, max: 30 }).map((n) => n === 0),
);
const coarse = fc.array(move, { minLength: 600, maxLength: 600 }).map(coarseBars);

/** Prices of one 150-millionth, so that nothing rests on an epsilon. */
function micro(bars: Bars): Bars {
  const columns = allocateColumns(bars.length);
  for (const field of BAR_FIELDS) {
    const factor = field === 'time' ? 1 : field === 'volume' ? 1.37 : 6.54321e-9;
    for (let i = 0; i < bars.length; i++) columns[field][i] = bars[field][i] * factor;
  }
  return new Bars(bars.symbol, bars.timeframe, columns);
}

function liveOf(Strategy: StrategyClass, params: Record<string, unknown>, bars: Bars): LiveStrategy {
  const { symbol, timeframe } = bars;
  const slots = [{ slot: 0, symbol, timeframe, orders: ORDERS }];
  return new LiveStrategy(Strategy, { key: 'one', handler: `strategies:${Strategy.name}`, params, slots });
}

function question(bars: Bars): StrategyQuestion {
  const view = { slot: 0, bars, position: 0, entryPrice: Number.NaN };
  return { strategy: 'one', time: bars.closeTime(bars.length - 1), slots: [view], equity: 1, free: 1 };
}

/** What the backtest's tape says at bar `i`. */
function tapeAt(tape: SignalTape, i: number): Answer | null {
  const bar = Object.assign(new MarketBar(0), { index: i });
  const slice = Object.assign(new MarketSlice([bar]), { count: 1 });
  let said: Answer | null = null;
  tape.decide(slice, (_, answer) => {
    said = answer.copy();
  });
  return said;
}

/** Over JSON, as a journal keeps it. */
const stored = (answers: readonly LiveAnswer[]): (Answer | null)[] =>
  (JSON.parse(JSON.stringify(answers)) as LiveAnswer[]).map(toAnswer);

/** Compares live windows with the batch over everything, at every bar where the batch speaks and at every `step`th. */
function compare(Strategy: StrategyClass, params: Record<string, unknown>, bars: Bars, step: number): number {
  const live = liveOf(Strategy, params, bars);
  const batch = new Strategy(params).run(bars);
  const tape = new SignalTape(0, 0, batch, distanceColumns(bars, ORDERS));
  let spoken = 0;
  for (let i = 0; i < bars.length; i++) {
    if (i % step !== 0 && batch.signal[i] === 0) continue;
    const window = bars.slice(Math.max(0, i + 1 - live.info.history), i + 1);
    const [answer = null] = stored(live.decide(question(window)));
    const expected = tapeAt(tape, i);
    if (answer && expected) spoken++;
    expect(answer, `bar ${i}`).toEqual(expected);
  }
  return spoken;
}

const signalStrategies = Object.values(builtInStrategies).filter(({ prototype }) => 'generateSignals' in prototype);

describe.each(signalStrategies.map((Strategy) => [Strategy.name, Strategy] as const))('%s', (name, Strategy) => {
  test('says in live windows what a backtest says at that bar, to the bit, on random bars', () => {
    fc.assert(
      fc.property(coarse, (bars) => {
        expect(compare(Strategy, SHORT[name], bars, 7)).toBeGreaterThan(0);
      }),
      { numRuns: 4 },
    );
  });

  test.each([
    ['1h', 'BTCUSDT', 1],
    ['1m', 'PEPEUSDT', 4],
  ] as const)('the same on synthetic %s bars of %s, also at micro prices', (timeframe, symbol, seed) => {
    const [bars] = syntheticBars({ symbols: [symbol], timeframe, seed, bars: 900 });
    expect(compare(Strategy, SHORT[name], bars, 11)).toBeGreaterThan(10);
    expect(compare(Strategy, SHORT[name], micro(bars), 11)).toBeGreaterThan(10);
  });

  test('the same with its defaults', () => {
    const history = new Strategy().history;
    const [bars] = syntheticBars({ symbols: ['ETHUSDT'], timeframe: '1h', seed: 9, bars: history + 2_500 });
    expect(compare(Strategy, {}, bars, 61)).toBeGreaterThan(10);
  });
});

test('a strategy whose history is too short for its averages is told apart', () => {
  class Forgetful extends builtInStrategies.EMAMACDStrategy {
    override get history(): number {
      return 40;
    }
  }
  const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 1, bars: 2_000 });
  expect(() => compare(Forgetful, {}, bars, 1)).toThrow();
});

test('an order of a strategy with an entry price is a limit order for one bar', () => {
  class Dip extends BaseStrategy {
    override generateSignals(bars: Bars): Signals {
      const { length, close, low } = bars;
      const column = (value: (i: number) => number): Float64Array => Float64Array.from({ length }, (_, i) => value(i));
      const signal = Int8Array.from({ length }, (_, i) => (close[i] > close[i - 1] ? 1 : -1));
      const some = (i: number): number => (signal[i] === 1 && close[i] % 2 === 0 ? low[i] : Number.NaN);
      return { signal, columns: { entry_price: column(some), quantity: column((i) => 1 + (close[i] % 3)) } };
    }
  }
  fc.assert(
    fc.property(coarse, (bars) => {
      expect(compare(Dip, {}, bars, 1)).toBe(600);
    }),
    { numRuns: 2 },
  );
});

test('higher timeframes are seen in live windows as in a backtest, wherever the window begins', () => {
  class TwoFrames extends BaseStrategy {
    override get history(): number {
      return 40 * 3 * 4 + 8;
    }
    override generateSignals(bars: Bars): Signals {
      const four = this.higher('4h');
      const mean = four.align(ema(four.bars.close, 3));
      const top = four.align(highest(four.bars.high, 2));
      return signals(bars, (i) => (bars.close[i] > mean[i] ? 1 : bars.close[i] < mean[i] ? -1 : 0), { stop_loss: top });
    }
  }
  const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 8, bars: 1_500 });
  expect(compare(TwoFrames, {}, bars, 3)).toBeGreaterThan(1_400);
});

test('a moving deviation of prices does not depend on where the bars began', () => {
  const [{ close }] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 2, bars: 3_000 });
  const all = stdev(close, 20);
  for (let i = 200; i < close.length; i++) {
    expect(stdev(close.subarray(i - 60 - (i % 17), i + 1), 20).at(-1)).toBe(all[i]);
  }
});

describe('PairsRotationStrategy', () => {
  const Strategy = builtInStrategies.PairsRotationStrategy;
  const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];

  test('is shown live what a backtest shows it, and wants the same', () => {
    const all = syntheticBars({ symbols, timeframe: '1h', seed: 5, bars: 1_500 });
    // A symbol that misses bars: it is shown as it stood, and takes no part.
    const series = all.map((bars, s) => (s === 1 ? without(bars, (i) => i % 40 < 3) : bars));
    const params = { length: 12, entryScore: 0.3, exitScore: -0.3, hysteresis: 0.4 };
    const { asked, wishes } = rotate(series, params);
    expect(asked).toBe(1_500);
    expect(wishes).toBeGreaterThan(50);
  });

  function rotate(series: readonly Bars[], params: Record<string, unknown>): { asked: number; wishes: number } {
    const instruments = series.map((bars) => instrumentFor(bars, undefined));
    const markets = instruments.map((instrument) => new Market(instrument, 8));
    const shared = { strategy: 'rotation', orders: ORDERS, allocation: null, timeframe: '1h' as const };
    const run = new HistoricalRun({
      capital: 10_000,
      cashDecimals: 8,
      slots: series.map(({ symbol }, s) => ({ ...shared, symbol, symbolIndex: s, market: markets[s] })),
      streams: series.map((bars, s) => ({ bars, symbolIndex: s, finer: [], slots: [s] })),
      markets,
      costs: DEFAULT_COSTS,
      fills: DEFAULT_FILLS,
      risk: NO_LIMITS,
    });
    const slots = new Map<string, SliceSlot>();
    series.forEach((bars, s) => {
      const distances = distanceColumns(bars, ORDERS);
      slots.set(bars.symbol, { slot: s, stream: s, bars, instrument: instruments[s], distances });
    });
    const tape = new SliceDecider(new Strategy(params), slots, run.engine, 1e8);
    const live = new LiveStrategy(Strategy, {
      key: 'one',
      handler: 'strategies:PairsRotationStrategy',
      params,
      slots: series.map(({ symbol }, slot) => ({ slot, symbol, timeframe: '1h', orders: ORDERS })),
    });
    const closed = series.map(() => 0);
    let asked = 0;
    let wishes = 0;
    run.run({
      decide: (slice, deliver) => {
        for (let b = 0; b < slice.count; b++) closed[slice.bars[b].stream] = slice.bars[b].index + 1;
        const { ledger } = run.engine;
        const answers = live.decide({
          strategy: 'one',
          time: slice.time,
          slots: series.map((bars, s) => ({
            slot: s,
            bars: bars.slice(Math.max(0, closed[s] - live.info.history), closed[s]),
            position: instruments[s].quantity(ledger.positions[s].quantity),
            entryPrice: ledger.positions[s].entryPrice / instruments[s].priceScale,
          })),
          equity: ledger.equity() / 1e8,
          free: ledger.free() / 1e8,
        });
        const expected: [number, Answer][] = [];
        tape.decide(slice, (slot, answer) => expected.push([slot, answer.copy()]));
        const given = stored(answers).map((answer, k): [number, Answer | null] => [answers[k].slot, answer]);
        given.forEach(([, answer], k) => {
          if (answer && expected[k]) answer.volatility = expected[k][1].volatility;
        });
        expect(given).toEqual(expected);
        asked++;
        wishes += expected.length;
        for (const [slot, answer] of expected) deliver(slot, answer);
      },
    });
    return { asked, wishes };
  }
});

function without(bars: Bars, missing: (i: number) => boolean): Bars {
  const kept = Array.from({ length: bars.length }, (_, i) => i).filter((i) => !missing(i));
  return Bars.fromRows(
    bars.symbol,
    bars.timeframe,
    kept.flatMap((i) => bars.at(i) ?? []),
  );
}
