import { describe, expect, test } from 'vitest';
import { signals } from '../../src/core/signal.ts';
import { DEFAULT_FILLS, DEFAULT_ORDERS, NO_LIMITS, type Sizing } from '../../src/core/settings.ts';
import { runPortfolio } from '../../src/execution/portfolio.ts';
import {
  codes,
  flat,
  FREE,
  HOUR,
  makeBars,
  makeInstrument,
  play,
  playSlots,
  type Row,
  rounds,
  type Wish,
} from './scenario.ts';

const BUY = { side: 'BUY' } as const;
const BUY10 = { side: 'BUY', quantity: 10 } as const;
const buy = (quantity: number) => ({ side: 'BUY', quantity }) as const;
const quiet = Array.from({ length: 6 }, () => flat(100));

describe('each refusal', () => {
  test.each([
    ['INSUFFICIENT_CASH', { 0: buy(101) }, {}],
    ['INSUFFICIENT_CASH', { 0: buy(1e12) }, {}],
    ['BELOW_MIN_LOT', { 0: BUY }, { orders: { sizing: { kind: 'percent', percent: 0.5 } } }],
    ['BELOW_MIN_NOTIONAL', { 0: buy(1) }, { instrument: makeInstrument('XYZ', 1, 0.01, 101) }],
    ['MAX_POSITION', { 0: buy(31) }, { risk: { maxPosition: 0.3 } }],
    ['MAX_EXPOSURE', { 0: buy(31) }, { risk: { maxGrossExposure: 0.3 } }],
    ['MAX_EXPOSURE', { 0: buy(31) }, { risk: { maxNetExposure: 0.3 } }],
    [
      'CORRELATED_GROUP',
      { 0: buy(31) },
      { risk: { groups: [{ name: 'g', symbols: ['XYZ'], maxOpenTrades: null, maxExposure: 0.3 }] } },
    ],
    ['PRICE_COLLAR', { 0: { ...BUY10, type: 'stop', price: 106 } }, { risk: { priceCollarPct: 5 } }],
    ['NO_STOP', { 0: BUY }, { orders: { sizing: { kind: 'risk', percent: 1 } } }],
    ['STOP_SIDE', { 0: { ...BUY10, stopLoss: 100 } }, {}],
    ['STOP_SIDE', { 0: { ...BUY10, takeProfit: 99 } }, {}],
    ['SHORT_NOT_ALLOWED', { 0: { side: 'SELL', quantity: 10 } }, {}],
    ['PYRAMIDING', { 0: BUY10, 1: BUY10 }, {}],
  ] as const)('%s, once', (code, plan, scenario) => {
    const result = play(quiet, plan, scenario);
    expect(codes(result)).toEqual([code]);
    expect(result.trades.length).toBe(code === 'PYRAMIDING' ? 1 : 0);
  });

  test('open trades, of the account and of a group', () => {
    const slots = ['AAA', 'BBB'].map((symbol) => ({ bars: makeBars(quiet, symbol), plan: { 0: BUY10 } }));
    const group = { name: 'g', symbols: ['AAA', 'BBB'], maxOpenTrades: 1, maxExposure: null };
    const of = (risk: object) => playSlots(slots, { risk }).portfolio;
    expect(codes(of({ maxOpenTrades: 1 }))).toEqual(['MAX_OPEN_TRADES']);
    expect(codes(of({ groups: [group] }))).toEqual(['CORRELATED_GROUP']);
    expect(of({ maxOpenTrades: 1 }).trades.map((t) => t.symbol)).toEqual(['AAA']);
  });

  test('a group shares its exposure, and a short counts against a long in the net', () => {
    const long = { bars: makeBars(quiet, 'AAA'), plan: { 0: buy(30) } };
    const other = { bars: makeBars(quiet, 'BBB'), plan: { 2: buy(30) } };
    const group = { name: 'g', symbols: ['AAA', 'BBB'], maxOpenTrades: null, maxExposure: 0.5 };
    expect(codes(playSlots([long, other], { risk: { groups: [group] } }).portfolio)).toEqual(['CORRELATED_GROUP']);
    expect(codes(playSlots([long, other], { risk: { maxNetExposure: 0.5 } }).portfolio)).toEqual(['MAX_EXPOSURE']);
    const short = { bars: makeBars(quiet, 'BBB'), plan: { 2: { side: 'SELL', quantity: 30 } as const } };
    const hedge = { ...short, orders: { allowShort: true } };
    expect(codes(playSlots([long, hedge], { risk: { maxNetExposure: 0.5 } }).portfolio)).toEqual([]);
  });

  test('a share of the capital', () => {
    const slot = { bars: makeBars(quiet), plan: { 0: buy(51) }, allocation: 0.5 };
    const { portfolio } = playSlots([slot, { bars: makeBars(quiet, 'BBB'), plan: {} }]);
    expect(codes(portfolio)).toEqual(['ALLOCATION']);
    const { portfolio: fits } = playSlots([{ ...slot, plan: { 0: BUY } }]);
    expect(fits.trades[0]?.quantity).toBe(50);
  });
});

describe('losses', () => {
  /** Hours of a price that falls from 100 to 90 at hour 20 of the first day. */
  const fall = (hours: number) => makeBars(Array.from({ length: hours }, (_, i) => flat(i < 20 ? 100 : 90)));

  test('of a day refuse until midnight', () => {
    const plan = { 0: buy(50), 20: { side: 'SELL' }, 21: BUY10, 22: BUY10, 23: BUY10 } as const;
    const result = play(fall(30), plan, { risk: { maxDailyLossPct: 5 } });
    // The bar that opens at 23:00 closes at midnight, when the new day begins.
    expect(result.refusals.map(({ code, time }) => [code, time / HOUR])).toEqual([
      ['DAILY_LOSS', 22],
      ['DAILY_LOSS', 23],
    ]);
    expect(result.trades.map((t) => t.entryBar)).toEqual([1, 24]);
  });

  test('of a week refuse until Monday', () => {
    const plan = { 0: buy(50), 20: { side: 'SELL' }, 24: BUY10, 94: BUY10, 95: BUY10 } as const;
    const result = play(fall(100), plan, { risk: { maxWeeklyLossPct: 5 } });
    // 1970-01-01 was a Thursday: Monday begins after 96 hours.
    expect(result.refusals.map(({ code, time }) => [code, time / HOUR])).toEqual([
      ['WEEKLY_LOSS', 25],
      ['WEEKLY_LOSS', 95],
    ]);
    expect(result.trades.map((t) => t.entryBar)).toEqual([1, 96]);
  });

  test('a drawdown halts entries for good', () => {
    const rows = [...Array.from({ length: 3 }, () => flat(100)), flat(90), flat(120), flat(120), flat(120)];
    const result = play(rows, { 0: buy(100), 3: { side: 'SELL' }, 5: BUY10 }, { risk: { maxDrawdownPct: 10 } });
    expect([codes(result), result.trades.length]).toEqual([['MAX_DRAWDOWN'], 1]);
  });

  test('a drawdown slows every kind of sizing down by its factor', () => {
    const rows = Array.from({ length: 7 }, () => flat(100));
    const second = (sizing: Sizing, more: object = {}) =>
      play(
        rows,
        { 0: buy(99), 2: { side: 'SELL' }, 4: BUY },
        { orders: { sizing, ...more }, risk: { slowdownDrawdownPct: 0.1 }, costs: { fixedFee: 20 } },
      ).trades[1]?.quantity;
    // 9,960 are left after two fees.
    expect(second({ kind: 'percent', percent: 100 })).toBe(49);
    expect(second({ kind: 'fixed', quantity: 30 })).toBe(15);
    expect(second({ kind: 'risk', percent: 1 }, { stop: { percent: 4 } })).toBe(12);
    expect(second({ kind: 'risk', percent: 50 }, { stop: { percent: 4 } })).toBe(49);
  });

  test('cooldown: positions that lose in a row, not their fills', () => {
    const rows: Row[] = Array.from({ length: 14 }, (_, i) => flat(100 - i));
    const sell = (quantity: number | null = null): Wish => ({ side: 'SELL', quantity });
    const risk = { cooldownLosses: 2, cooldownBars: 3 } as const;
    // One losing position in three parts is one loss.
    const parts = play(rows, { 0: BUY10, 1: sell(3), 2: sell(3), 3: sell(), 4: BUY10, 5: sell() }, { risk });
    expect(codes(parts)).toEqual([]);
    const plan = { 0: BUY10, 1: sell(), 2: BUY10, 3: sell(), 4: BUY10, 5: BUY10, 6: BUY10, 7: BUY10 };
    const result = play(rows, plan, { risk });
    // The second loss was closed in bar 4: no entry in the bars 5 to 7.
    expect(result.refusals.map(({ code, time }) => [code, time / HOUR])).toEqual([
      ['COOLDOWN', 5],
      ['COOLDOWN', 6],
      ['COOLDOWN', 7],
    ]);
    expect(rounds(result).map(([entry]) => entry)).toEqual([1, 3, 8]);
  });
});

test('one wish that is repeated bar by bar is one refusal; a new wish is a new one', () => {
  const bars = makeBars(Array.from({ length: 20 }, () => flat(100)));
  const wants = (i: number) => (i < 8 || i > 11 ? 1 : 0);
  const { portfolio } = runPortfolio({
    capital: 10_000,
    slots: [
      {
        strategy: 'level',
        bars,
        decisions: { kind: 'signals', signals: signals(bars, wants) },
        orders: { ...DEFAULT_ORDERS, sizing: { kind: 'risk', percent: 1 } },
        allocation: null,
      },
    ],
    costs: FREE,
    fills: DEFAULT_FILLS,
    risk: NO_LIMITS,
    instruments: new Map([['XYZ', makeInstrument()]]),
  });
  expect(portfolio.refusals.map(({ code, time }) => [code, time / HOUR])).toEqual([
    ['NO_STOP', 1],
    ['NO_STOP', 13],
  ]);
});
