import { describe, expect, test } from 'vitest';
import { codes, flat, play, type Row, rounds } from './scenario.ts';

const BUY10 = { side: 'BUY', quantity: 10 } as const;

describe('partial exits', () => {
  const orders = {
    stop: { percent: 10 },
    targetRatio: 3,
    partialExits: [
      { atR: 1, fraction: 0.3 },
      { atR: 2, fraction: 0.3 },
    ],
  };

  test('each takes its part at its multiple of R; the rest reaches the target', () => {
    const rows: Row[] = [flat(100), [100, 111, 95, 110], [110, 121, 110, 120], [120, 131, 120, 130], flat(130)];
    const result = play(rows, { 0: BUY10 }, { orders });
    expect(rounds(result)).toEqual([
      [1, 1, 100, 110, 3, 'partial'],
      [1, 2, 100, 120, 3, 'partial'],
      [1, 3, 100, 130, 4, 'take_profit'],
    ]);
    expect(result.finalEquity).toBe(10_000 + 30 + 60 + 120);
  });

  test('the stop shrinks to the rest', () => {
    const rows: Row[] = [flat(100), [100, 111, 95, 110], [110, 110, 89, 90], flat(90)];
    const result = play(rows, { 0: BUY10 }, { orders });
    expect(rounds(result)).toEqual([
      [1, 1, 100, 110, 3, 'partial'],
      [1, 2, 100, 90, 7, 'stop_loss'],
    ]);
    expect(result.orders.find(({ role }) => role === 'stop_loss')).toMatchObject({ quantity: 7, filled: 7 });
  });

  test('a share that a double cannot hold is still whole lots', () => {
    const one = { stop: { percent: 10 }, partialExits: [{ atR: 1, fraction: 0.29 }] };
    const rows: Row[] = [flat(10), [10, 12, 10, 11], flat(11)];
    expect(play(rows, { 0: { side: 'BUY', quantity: 100 } }, { orders: one }).trades[0]?.quantity).toBe(29);
  });
});

describe('several entries', () => {
  test('fill first in, first out, under one stop for all', () => {
    const rows: Row[] = [flat(100), flat(100), flat(110), flat(120), [120, 120, 105, 106], flat(106)];
    const orders = { maxEntries: 3, stop: { percent: 10 } };
    const plan = { 0: BUY10, 1: { side: 'BUY', quantity: 5 }, 2: { side: 'BUY', quantity: 2 }, 3: BUY10 } as const;
    const result = play(rows, plan, { orders });
    // The last entry is decided at 110: its stop is 120 - 11.
    expect(rounds(result)).toEqual([
      [1, 4, 100, 109, 10, 'stop_loss'],
      [2, 4, 110, 109, 5, 'stop_loss'],
      [3, 4, 120, 109, 2, 'stop_loss'],
    ]);
    expect(codes(result)).toEqual(['PYRAMIDING']);
    expect(result.fills.length).toBe(4);
  });

  test('a smaller sale takes the oldest, and the rest stays protected', () => {
    const rows: Row[] = [flat(100), flat(100), flat(102), flat(104), [104, 104, 80, 90], flat(90)];
    const plan = { 0: { ...BUY10, stopLoss: 85 }, 2: { side: 'SELL', quantity: 4 } } as const;
    expect(rounds(play(rows, plan))).toEqual([
      [1, 3, 100, 104, 4, 'signal'],
      [1, 4, 100, 85, 6, 'stop_loss'],
    ]);
  });

  test('two sales at one close add up, and never sell more than there is', () => {
    const rows = [flat(100), flat(100), flat(102), flat(104)];
    const sell = (quantity: number) => ({ side: 'SELL', quantity }) as const;
    expect(rounds(play(rows, { 0: BUY10, 1: [sell(3), sell(4)] }))).toEqual([
      [1, 2, 100, 102, 7, 'signal'],
      [1, 3, 100, 104, 3, 'end_of_data'],
    ]);
    expect(rounds(play(rows, { 0: BUY10, 1: [sell(8), sell(8)] }))).toEqual([[1, 2, 100, 102, 10, 'signal']]);
    expect(rounds(play(rows, { 0: BUY10, 1: [sell(8), sell(8)] }, { orders: { allowShort: true } }))).toEqual([
      [1, 2, 100, 102, 10, 'signal'],
      [2, 3, 102, 104, -6, 'end_of_data'],
    ]);
  });
});

describe('resting orders', () => {
  test('a limit fills only where the price trades through it', () => {
    const rows: Row[] = [flat(100), [100, 100, 98, 99], [99, 99, 97.99, 98], flat(98)];
    const plan = { 0: { ...BUY10, type: 'limit', price: 98 } } as const;
    expect(rounds(play(rows, plan))).toEqual([[2, 3, 98, 98, 10, 'end_of_data']]);
    expect(rounds(play(rows, plan, { fills: { limitFill: 'touch' } }))).toEqual([[1, 3, 98, 98, 10, 'end_of_data']]);
  });

  test('a limit that the open is beyond fills at the open', () => {
    const rows: Row[] = [flat(100), [95, 97, 94, 96], flat(96)];
    const plan = { 0: { ...BUY10, type: 'limit', price: 98 } } as const;
    expect(rounds(play(rows, plan))).toEqual([[1, 2, 95, 96, 10, 'end_of_data']]);
  });

  test('live for so many bars and no longer', () => {
    const rows: Row[] = [flat(100), flat(100), [100, 100, 97, 99], flat(99)];
    const limit = (validBars: number) => ({ 0: { ...BUY10, type: 'limit', price: 98, validBars } }) as const;
    expect(rounds(play(rows, limit(1)))).toEqual([]);
    expect(play(rows, limit(1)).orders[0]).toMatchObject({ status: 'canceled', filled: 0 });
    expect(rounds(play(rows, limit(2)))).toEqual([[2, 3, 98, 99, 10, 'end_of_data']]);
  });

  test('an opposite signal takes an entry back', () => {
    const rows: Row[] = [flat(100), flat(100), [100, 100, 97, 99], flat(99)];
    const result = play(rows, { 0: { ...BUY10, type: 'limit', price: 98 }, 1: { side: 'SELL' } });
    expect(rounds(result)).toEqual([]);
  });

  test('a stop entry pays slippage, a limit entry does not', () => {
    const rows: Row[] = [flat(100), [100, 103, 97, 100], flat(100)];
    const costs = { slippageBps: 100 };
    const stop = play(rows, { 0: { ...BUY10, type: 'stop', price: 102 } }, { costs });
    expect(stop.trades[0]?.entryPrice).toBe(103.02);
    const limit = play(rows, { 0: { ...BUY10, type: 'limit', price: 98 } }, { costs });
    expect(limit.trades[0]?.entryPrice).toBe(98);
  });

  test('a stop-limit never pays more than its limit', () => {
    const entry = { ...BUY10, type: 'stop_limit', price: 102, limitPrice: 102.5 } as const;
    const costs = { slippageBps: 100 };
    const inside = play([flat(100), [100, 103, 100, 102], flat(102)], { 0: entry }, { costs });
    expect(inside.trades[0]).toMatchObject({ entryBar: 1, entryPrice: 102.5 });
    const gapInside = play([flat(100), [102.3, 103, 102, 102], flat(102)], { 0: entry }, { costs });
    expect(gapInside.trades[0]).toMatchObject({ entryBar: 1, entryPrice: 102.5 });
    // Gapped past the limit it rests; the open of bar 2 is better than the limit, and a resting order pays no slippage.
    const beyond = play([flat(100), [105, 106, 104, 105], [101, 102, 101, 102], flat(102)], { 0: entry }, { costs });
    expect(beyond.trades[0]).toMatchObject({ entryBar: 2, entryPrice: 101 });
  });

  test('exits by limit and by stop, and what is rounded to a tick never breaks the limit', () => {
    const rows: Row[] = [flat(100), flat(100), [100, 106, 100, 105], [105, 105, 94, 95], flat(95)];
    const limit = play(rows, { 0: BUY10, 1: { side: 'SELL', type: 'limit', price: 105.001 } });
    expect(rounds(limit)).toEqual([[1, 2, 100, 105.01, 10, 'signal']]);
    const stop = play(rows, { 0: BUY10, 1: { side: 'SELL', quantity: 4, type: 'stop', price: 96 } });
    expect(rounds(stop)).toEqual([
      [1, 3, 100, 96, 4, 'signal'],
      [1, 4, 100, 95, 6, 'end_of_data'],
    ]);
  });

  test('reduce-only orders never open or turn round', () => {
    const rows = [flat(100), flat(100), flat(101), flat(102)];
    const leave = { side: 'SELL', quantity: 25, reduceOnly: true } as const;
    const scenario = { orders: { allowShort: true } };
    expect(rounds(play(rows, { 0: leave }, scenario))).toEqual([]);
    expect(rounds(play(rows, { 0: BUY10, 1: leave }, scenario))).toEqual([[1, 2, 100, 101, 10, 'signal']]);
  });
});

describe('the ends of the data', () => {
  const rows: Row[] = [flat(100), [100, 100, 100, 100], [104, 108, 104, 106]];

  test('close, keep and open', () => {
    const at = (atEnd: 'close' | 'keep' | 'open') => play(rows, { 0: BUY10 }, { fills: { atEnd } });
    expect(rounds(at('close'))).toEqual([[1, 2, 100, 106, 10, 'end_of_data']]);
    expect(rounds(at('keep'))).toEqual([[1, 2, 100, 106, 10, 'open']]);
    expect(rounds(at('open'))).toEqual([[1, 2, 100, 104, 10, 'end_of_data']]);
    expect([at('close').finalEquity, at('keep').finalEquity, at('open').finalEquity]).toEqual([10_060, 10_060, 10_040]);
    expect(at('keep').trades[0]?.exitTime).toBe(3 * 3_600_000 - 1);
  });

  test('a signal of the last bar finds no open', () => {
    const result = play(rows, { 2: BUY10 });
    expect([result.trades.length, result.orders[0]?.status, result.finalEquity]).toEqual([0, 'canceled', 10_000]);
  });

  test('a partial sale decided at the last close does not keep the rest open', () => {
    expect(rounds(play(rows, { 0: BUY10, 2: { side: 'SELL', quantity: 4 } }))).toEqual([
      [1, 2, 100, 106, 10, 'end_of_data'],
    ]);
  });

  test('no bars, one bar', () => {
    for (const atEnd of ['close', 'keep', 'open'] as const) {
      const none = play([], {}, { fills: { atEnd } });
      expect([none.trades, none.equityCurve.length, none.finalEquity]).toEqual([[], 0, 10_000]);
      const one = play([flat(100)], { 0: BUY10 }, { fills: { atEnd } });
      expect([one.trades, [...one.equityCurve]]).toEqual([[], [10_000]]);
    }
  });

  test('decisions at the close trade at it', () => {
    const falling: Row[] = [flat(100), flat(102), [102, 102, 95, 99], flat(103)];
    const result = play(falling, { 0: { ...BUY10, stopLoss: 96 } }, { fills: { fillAt: 'close' } });
    expect(rounds(result)).toEqual([[0, 2, 100, 96, 10, 'stop_loss']]);
    const turn = play(falling, { 0: BUY10, 1: { side: 'SELL' } }, { fills: { fillAt: 'close' } });
    expect(rounds(turn)).toEqual([[0, 1, 100, 102, 10, 'signal']]);
    expect([...turn.equityCurve]).toEqual([10_000, 10_020, 10_020, 10_020]);
    const last = play(falling, { 0: BUY10 }, { fills: { fillAt: 'close' }, orders: { timeStopBars: 2 } });
    expect(rounds(last)).toEqual([[0, 2, 100, 99, 10, 'time_stop']]);
  });
});
