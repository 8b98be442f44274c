import { describe, expect, test } from 'vitest';
import { Bars } from '../../src/core/bars.ts';
import { codes, flat, HOUR, makeBars, makeInstrument, play, playSlots, type Row, rounds } from './scenario.ts';

const BUY = { side: 'BUY' } as const;
const BUY10 = { side: 'BUY', quantity: 10 } as const;

describe('costs', () => {
  test('percent fees on both sides, a fixed fee and a minimum', () => {
    const rows = [flat(100), flat(100), flat(100)];
    const paid = (costs: object) => play(rows, { 0: BUY10 }, { costs }).fills.map((f) => f.fee);
    expect(paid({ takerPct: 0.1 })).toEqual([1, 1]);
    expect(paid({ takerPct: 0.1, fixedFee: 0.5 })).toEqual([1.5, 1.5]);
    expect(paid({ takerPct: 0.1, minFee: 2 })).toEqual([2, 2]);
    expect(paid({ fixedFee: 0.5 })).toEqual([0.5, 0.5]);
  });

  test('half the spread and the slippage, to the next tick against the taker', () => {
    const result = play([flat(100), flat(100), flat(100)], { 0: BUY10 }, { costs: { slippageBps: 2, spreadBps: 3 } });
    // 3.5 basis points of 100 are 0.035.
    expect(rounds(result)).toEqual([[1, 2, 100.04, 99.96, 10, 'end_of_data']]);
  });

  test('impact grows with the share of the volume', () => {
    const rows: Row[] = [flat(100), [100, 100, 100, 100, 40], flat(100)];
    const result = play(rows, { 0: BUY10 }, { costs: { impactBps: 100 }, fills: { atEnd: 'keep' } });
    expect(result.trades[0]?.entryPrice).toBe(100.25);
  });

  test('all-in solves for the fee, to the last lot', () => {
    const instrument = makeInstrument('XYZ', 0.001);
    const result = play([flat(100), flat(100), flat(100)], { 0: BUY }, { costs: { takerPct: 1 }, instrument });
    // 10,000 / 101 is 99.0099.
    expect(result.trades[0]?.quantity).toBe(99.009);
    const minimum = play([flat(100), flat(100), flat(100)], { 0: BUY }, { costs: { minFee: 150 } });
    expect(minimum.trades[0]?.quantity).toBe(98);
  });

  test('all-in buys at the price it gets, not the one it saw', () => {
    expect(play([flat(100), flat(110), flat(110)], { 0: BUY }).trades[0]?.quantity).toBe(90);
  });
});

describe('sizing', () => {
  const size = (orders: object, risk = {}): number | undefined =>
    play([flat(100), flat(100), flat(100)], { 0: BUY }, { orders, risk }).trades[0]?.quantity;

  test('fixed, percent, risk', () => {
    expect(size({ sizing: { kind: 'fixed', quantity: 7.9 } })).toBe(7);
    expect(size({ sizing: { kind: 'percent', percent: 25 } })).toBe(25);
    // One percent of 10,000 over a distance of 4.
    expect(size({ sizing: { kind: 'risk', percent: 1 }, stop: { percent: 4 } })).toBe(25);
    expect(size({ sizing: { kind: 'risk', percent: 1 }, stop: { percent: 4 }, stopRatio: 2 })).toBe(12);
    // Ten percent over a distance of one would be 1,000 units: the cash buys 100.
    expect(size({ sizing: { kind: 'risk', percent: 10 }, stop: { percent: 1 } })).toBe(100);
    expect(size({ sizing: { kind: 'percent', percent: 100 } }, { maxPosition: 0.3 })).toBe(30);
  });
});

describe('volume', () => {
  const fills = { volumeCap: 0.5 };

  test('an order fills over several bars, and its stop grows with it', () => {
    const rows: Row[] = [flat(100), [100, 100, 100, 100, 8], [101, 101, 101, 101, 8], [102, 102, 80, 90, 8], flat(90)];
    const result = play(rows, { 0: { ...BUY10, stopLoss: 95 } }, { fills });
    // Two of ten are missing at bar 3 and come at its open; the stop then sells four there and the rest at the next open.
    expect(rounds(result)).toEqual([
      [1, 3, 100, 95, 4, 'stop_loss'],
      [2, 4, 101, 90, 4, 'stop_loss'],
      [3, 4, 102, 90, 2, 'stop_loss'],
    ]);
    expect(result.orders.find(({ role }) => role === 'stop_loss')).toMatchObject({ quantity: 10, filled: 10 });
    expect(result.finalEquity).toBe(10_000 - 4 * 5 - 4 * 11 - 2 * 12);
  });

  test('each bar of a symbol counts once, whatever the others do', () => {
    const bars = (symbol: string) => makeBars([flat(100), [95, 100, 90, 95, 8], [95, 95, 95, 95, 0], flat(95)], symbol);
    const limit = { ...BUY10, type: 'limit', price: 98 } as const;
    const slots = ['AAA', 'BBB'].map((symbol) => ({ bars: bars(symbol), plan: { 0: limit } }));
    const { portfolio } = playSlots(slots, { fills });
    expect(
      portfolio.fills.filter(({ side }) => side === 'BUY').map((f) => [f.symbol, f.time / HOUR, f.quantity]),
    ).toEqual([
      ['AAA', 1, 4],
      ['BBB', 1, 4],
      ['AAA', 3, 6],
      ['BBB', 3, 6],
    ]);
  });

  test('an entry whose budget no longer buys a lot ends without a refusal', () => {
    const rows: Row[] = [flat(100), [100, 100, 100, 100, 198], [150, 150, 150, 150, 1_000], flat(150)];
    const result = play(rows, { 0: BUY }, { fills });
    expect(rounds(result)).toEqual([[1, 3, 100, 150, 99, 'end_of_data']]);
    expect([codes(result), result.orders[0]?.status]).toEqual([[], 'canceled']);
  });

  test('what an entry has spent already is no longer set aside for it', () => {
    const a = makeBars([flat(100), [100, 100, 100, 100, 100], [100, 100, 100, 100, 0], flat(100)], 'AAA');
    const b = makeBars([flat(10), flat(10), flat(10), flat(10)], 'BBB');
    const { portfolio } = playSlots(
      [
        { bars: a, plan: { 0: { side: 'BUY', quantity: 60 } } },
        { bars: b, plan: { 1: { side: 'BUY', quantity: 400 } } },
      ],
      { fills },
    );
    // 5,000 of 6,000 are spent after bar 1; the other 4,000 are free.
    expect(codes(portfolio)).toEqual([]);
    expect(portfolio.fills.map((f) => [f.symbol, f.quantity]).slice(0, 3)).toEqual([
      ['AAA', 50],
      ['BBB', 400],
      ['AAA', 10],
    ]);
  });

  test('the end of the data closes everything', () => {
    const rows: Row[] = [flat(100), flat(100), [100, 100, 100, 100, 2]];
    expect(rounds(play(rows, { 0: BUY10 }, { fills }))).toEqual([[1, 2, 100, 100, 10, 'end_of_data']]);
  });
});

describe('shorts', () => {
  const orders = { allowShort: true };

  test('owe their cover: what they brought in cannot be spent', () => {
    const a = makeBars([flat(100), flat(100), flat(100), flat(100)], 'AAA');
    const b = makeBars([flat(50), flat(50), flat(50), flat(50)], 'BBB');
    const { portfolio } = playSlots([
      { bars: a, plan: { 0: { side: 'SELL', quantity: 60 } }, orders },
      { bars: b, plan: { 1: BUY, 2: { side: 'SELL' } } },
    ]);
    expect(portfolio.trades.map((t) => [t.symbol, t.side, t.quantity])).toEqual([
      ['BBB', 'LONG', 80],
      ['AAA', 'SHORT', 60],
    ]);
  });

  test('an account at zero is closed and stays so', () => {
    const rows: Row[] = [flat(100), flat(100), flat(210), flat(150), flat(150), flat(150)];
    const plan = { 0: { side: 'SELL', quantity: 100 }, 3: BUY10, 4: BUY10 } as const;
    const result = play(rows, plan, { orders });
    expect(rounds(result)).toEqual([[1, 3, 100, 150, -100, 'stop_loss']]);
    expect(result.finalEquity).toBe(5_000);
    expect(codes(result)).toEqual(['INSUFFICIENT_CASH', 'INSUFFICIENT_CASH']);
  });
});

describe('several slots on one clock', () => {
  test('ties for cash go in config order, also across timeframes', () => {
    const hours = makeBars([flat(100), flat(100), flat(100)], 'AAA');
    const others = makeBars([flat(10), flat(10), flat(10)], 'BBB');
    const slot = (bars: typeof hours, strategy: string) => ({ bars, plan: { 0: BUY }, strategy });
    const winners = (slots: Parameters<typeof playSlots>[0]) =>
      playSlots(slots).portfolio.trades.map((t) => `${t.symbol} ${t.strategy}`);
    expect(winners([slot(hours, 'x'), slot(others, 'y'), slot(hours, 'z')])).toEqual(['AAA x']);
    expect(winners([slot(others, 'y'), slot(hours, 'x')])).toEqual(['BBB y']);
    const share = { sizing: { kind: 'percent', percent: 60 } } as const;
    const three = [slot(hours, 'x'), slot(others, 'y'), slot(hours, 'z')].map((s) => ({ ...s, orders: share }));
    expect(playSlots(three).portfolio.trades.map((t) => [t.strategy, t.quantity])).toEqual([
      ['x', 60],
      ['y', 400],
    ]);
  });

  test('a stop frees its cash only once it has happened', () => {
    const slow = makeBars([flat(100), [100, 100, 80, 90], flat(90), flat(90)], 'AAA', '1h');
    const fast = makeBars(
      Array.from({ length: 8 }, () => flat(10)),
      'BBB',
      '30m',
      0,
      HOUR / 2,
    );
    const { portfolio } = playSlots([
      { bars: slow, plan: { 0: { ...BUY, stopLoss: 95 } } },
      { bars: fast, plan: { 2: BUY, 3: BUY } },
    ]);
    // Half-hour bar 2 closes while the stop may have been hit for all one knows; bar 3 closes with the hour.
    expect(codes(portfolio)).toEqual(['INSUFFICIENT_CASH']);
    expect(portfolio.trades.map((t) => [t.symbol, t.entryBar, t.quantity])).toEqual([
      ['AAA', 1, 100],
      ['BBB', 4, 950],
    ]);
  });

  test('two strategies on one symbol hold positions of their own', () => {
    const bars = makeBars([flat(100), flat(100), flat(104), flat(106), flat(108)]);
    const { portfolio, slots } = playSlots([
      { bars, strategy: 'a', plan: { 0: BUY10, 2: { side: 'SELL' } } },
      { bars, strategy: 'b', plan: { 1: { side: 'BUY', quantity: 5 }, 2: { side: 'SELL', quantity: 3 } } },
    ]);
    expect(portfolio.trades.map((t) => [t.strategy, t.quantity, t.profit])).toEqual([
      ['a', 10, 60],
      ['b', 3, 6],
      ['b', 2, 8],
    ]);
    expect(slots.map((slot) => slot.finalEquity)).toEqual([10_060, 10_014]);
    expect(portfolio.finalEquity).toBe(10_074);
  });

  test('gaps, weeks and months', () => {
    const day = 24 * HOUR;
    const gap = makeBars([flat(100), flat(100)], 'XYZ', '1h', 0, 9 * HOUR);
    expect(play(gap, { 0: BUY10 }).fills[0]?.time).toBe(9 * HOUR);
    const weeks = makeBars([flat(100), flat(101), flat(102)], 'XYZ', '1w', 4 * day, 7 * day);
    expect([...play(weeks, { 0: BUY10 }).time]).toEqual([11, 18, 25].map((d) => d * day));
    const months = [0, 31, 59].map((d) => makeBars([flat(100 + d)], 'XYZ', '1M', d * day).at(0));
    const rows = months.filter((bar) => bar !== undefined);
    const calendar = play(makeBarsOfMonths(rows), { 0: BUY10 });
    expect([...calendar.time]).toEqual([31, 59, 90].map((d) => d * day));
    expect(rounds(calendar)).toEqual([[1, 2, 131, 159, 10, 'end_of_data']]);
  });
});

function makeBarsOfMonths(rows: Parameters<typeof Bars.fromRows>[2]): Bars {
  return Bars.fromRows('XYZ', '1M', rows);
}
