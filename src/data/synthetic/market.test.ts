import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAR_FIELDS, type Bars } from '../../core/bars.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { symbolProfile } from './profile.ts';
import { syntheticBars, syntheticRules } from './market.ts';

const TWO_YEARS_OF_HOURS = 17_544;
const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];

function hash(sets: readonly Bars[]): string {
  const digest = createHash('sha256');
  for (const bars of sets) {
    for (const field of BAR_FIELDS) digest.update(new Uint8Array(bars[field].slice().buffer));
  }
  return digest.digest('hex');
}

function returns(bars: Bars): number[] {
  return Array.from({ length: bars.length - 1 }, (_, i) => bars.close[i + 1] / bars.close[i] - 1);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const meanA = mean(a);
  const meanB = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const lagged = (values: readonly number[], lag: number): number =>
  correlation(values.slice(lag), values.slice(0, -lag));

describe('the bits of the synthetic market', () => {
  it('are the same for the same seed, on every machine', () => {
    const bars = syntheticBars({ symbols, timeframe: '1h', bars: 5_000, seed: 7 });
    expect(hash(bars)).toBe('dc9e12d14a8a7aef0042540b81bf131e43a15c587d9f0b64e0735e478bcdb291');
  });

  it('differ for another seed', () => {
    const ends = [1, 2, 3].map(
      (seed) => syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', bars: 50, seed })[0].close[49],
    );
    expect(new Set(ends).size).toBe(3);
  });

  it('of one symbol do not depend on which others are asked for', () => {
    const range = { timeframe: '1h' as Timeframe, bars: 2_000, seed: 3 };
    const alone = syntheticBars({ ...range, symbols: ['ETHUSDT'] });
    const together = syntheticBars({ ...range, symbols: ['BTCUSDT', 'ETHUSDT'] });
    expect(hash(alone)).toBe(hash([together[1]]));
  });

  it('of a shorter range are the beginning of a longer one', () => {
    const [long] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '15m', bars: 3_000, seed: 3 });
    const [short] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '15m', bars: 1_100, seed: 3 });
    expect(hash([short])).toBe(hash([long.slice(0, 1_100)]));
  });
});

describe('every synthetic bar', () => {
  it('holds its open and close within high and low, on the tick and lot grid, for any symbol, timeframe and seed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Timeframe>('1m', '15m', '1h', '4h', '1d', '1w', '1M'),
        fc.constantFrom('BTCUSDT', 'DOGEUSDT', 'XRPUSDT', 'ABCUSDT', 'FOOBTC', ''),
        fc.integer(),
        (timeframe, symbol, seed) => {
          const [bars] = syntheticBars({ symbols: [symbol], timeframe, bars: 400, seed });
          bars.assertOrdered();
          const { ticksPerUnit, lotsPerUnit } = symbolProfile(symbol);
          for (let i = 0; i < bars.length; i++) {
            const { open, high, low, close, volume } = bars.at(i) ?? expect.fail('no bar');
            expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
            expect(low).toBeLessThanOrEqual(Math.min(open, close));
            expect(low).toBeGreaterThan(0);
            expect(volume).toBeGreaterThan(0);
            for (const price of [open, high, low, close]) {
              expect(Math.round(price * ticksPerUnit) / ticksPerUnit).toBe(price);
            }
            expect(Math.round(volume * lotsPerUnit) / lotsPerUnit).toBe(volume);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lies on the grid of its timeframe, without holes', () => {
    const [months] = syntheticBars({
      symbols: ['BTCUSDT'],
      timeframe: '1M',
      from: Date.UTC(2023, 10, 17),
      bars: 4,
      seed: 1,
    });
    expect([...months.time]).toEqual([Date.UTC(2023, 10), Date.UTC(2023, 11), Date.UTC(2024, 0), Date.UTC(2024, 1)]);
    const [hours] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', from: 0, to: 86_400_000, seed: 1 });
    expect([...hours.time]).toEqual(Array.from({ length: 24 }, (_, i) => i * 3_600_000));
  });

  it('has the rules that are published for its symbol', () => {
    expect(syntheticRules('BTCUSDT')).toEqual({
      symbol: 'BTCUSDT',
      base: 'BTC',
      quote: 'USDT',
      priceTick: 0.01,
      lotStep: 0.00001,
      minNotional: 5,
      source: 'given',
    });
    expect(syntheticRules('ABC')).toMatchObject({ base: 'ABC', quote: '' });
  });
});

describe('a request', () => {
  it.each([
    [{}, 'Expected either "to" or "bars"'],
    [{ bars: 3, to: 5 }, 'Expected either "to" or "bars"'],
    [{ bars: 0 }, 'Expected at least one synthetic bar, got "0"'],
    [{ bars: 1.5 }, 'Expected at least one synthetic bar, got "1.5"'],
    [{ from: 10_000_000, to: 10_000_000 - 3_600_000 }, 'Expected at least one synthetic bar'],
  ])('with %j is refused', (range, message) => {
    expect(() => syntheticBars({ symbols, timeframe: '1h', seed: 1, ...range })).toThrow(message);
  });
});

describe.each([1, 2, 7])('the market of seed %i over two years of hours', (seed) => {
  const [btc, eth, sol] = syntheticBars({ symbols, timeframe: '1h', bars: TWO_YEARS_OF_HOURS, seed });
  const change = returns(btc);

  it('has fat tails', () => {
    const centre = mean(change);
    const variance = mean(change.map((x) => (x - centre) ** 2));
    const kurtosis = mean(change.map((x) => (x - centre) ** 4)) / variance ** 2;
    expect(kurtosis).toBeGreaterThan(4);
    expect(kurtosis).toBeLessThan(80);
    const yearly = Math.sqrt(variance * 8_760);
    expect(yearly).toBeGreaterThan(0.3);
    expect(yearly).toBeLessThan(0.7);
  });

  it('has returns that cannot be told from the one before, in clusters of size', () => {
    expect(Math.abs(lagged(change, 1))).toBeLessThan(0.04);
    expect(
      lagged(
        change.map((x) => x * x),
        1,
      ),
    ).toBeGreaterThan(0.1);
    expect(lagged(change.map(Math.abs), 24)).toBeGreaterThan(0.05);
  });

  it('has symbols that move together, but not as one', () => {
    for (const [a, b] of [
      [btc, eth],
      [btc, sol],
      [eth, sol],
    ]) {
      const r = correlation(returns(a), returns(b));
      expect(r).toBeGreaterThan(0.5);
      expect(r).toBeLessThan(0.92);
    }
  });

  it('has busy and quiet hours', () => {
    const byHour = new Float64Array(24);
    for (let i = 0; i < btc.length; i++) byHour[i % 24] += btc.volume[i];
    const busiest = byHour.indexOf(Math.max(...byHour));
    const quietest = byHour.indexOf(Math.min(...byHour));
    expect(busiest).toBeGreaterThanOrEqual(13);
    expect(busiest).toBeLessThanOrEqual(16);
    expect(quietest).toBeGreaterThanOrEqual(3);
    expect(quietest).toBeLessThanOrEqual(6);
    expect(byHour[busiest] / byHour[quietest]).toBeGreaterThan(1.8);
  });

  it('has gaps between close and open, small ones often and large ones rarely', () => {
    const gaps = Array.from({ length: btc.length - 1 }, (_, i) => Math.abs(btc.open[i + 1] / btc.close[i] - 1));
    const share = gaps.filter((gap) => gap > 0).length / gaps.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.5);
    const large = gaps.filter((gap) => gap > 0.005).length;
    expect(large).toBeGreaterThan(3);
    expect(large).toBeLessThan(100);
  });

  it('has wicks as a random walk within the bar leaves them', () => {
    const range = mean(Array.from(btc.high, (high, i) => (high - btc.low[i]) / btc.open[i]));
    const ratio = range / mean(change.map(Math.abs));
    expect(ratio).toBeGreaterThan(1.5);
    expect(ratio).toBeLessThan(2.3);
  });
});

it('pays a plain trend rule neither a fortune nor certain ruin, over 30 markets', () => {
  const outcomes: number[] = [];
  for (let seed = 0; seed < 30; seed++) {
    const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '4h', bars: 4_386, seed });
    let fast = bars.close[0];
    let slow = bars.close[0];
    let held = 0;
    let wealth = 1;
    for (let i = 1; i < bars.length; i++) {
      wealth *= 1 + held * (bars.close[i] / bars.close[i - 1] - 1);
      fast += (2 / 13) * (bars.close[i] - fast);
      slow += (2 / 27) * (bars.close[i] - slow);
      const want = fast > slow ? 1 : 0;
      if (want !== held) wealth *= 0.999;
      held = want;
    }
    outcomes.push(wealth);
  }
  outcomes.sort((a, b) => a - b);
  expect(outcomes[15]).toBeGreaterThan(0.75);
  expect(outcomes[15]).toBeLessThan(1.8);
  expect(outcomes[29]).toBeLessThan(12);
});
