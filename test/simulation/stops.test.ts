import { describe, expect, test } from 'vitest';
import { codes, flat, makeBars, play, type Row, rounds } from './scenario.ts';

const BUY10 = { side: 'BUY', quantity: 10 } as const;

describe('trailing stops', () => {
  const rise: Row[] = [flat(100), [100, 104, 99, 103], [103, 110, 102, 109], [109, 112, 104.5, 105], flat(105)];

  test('a percent trails the extreme of closed bars and acts from the next bar', () => {
    // Distance 5 from the deciding close of 100. After bar 2 (high 110) the stop is 105; bar 3 reaches it at 104.5,
    // although its own high of 112 would have meant 107.
    const result = play(rise, { 0: BUY10 }, { orders: { trailingStop: { percent: 5 } } });
    expect(rounds(result)).toEqual([[1, 3, 100, 105, 10, 'trailing_stop']]);
    expect(result.finalEquity).toBe(10_050);
  });

  test('an average true range trails by the distance of the bar that decided', () => {
    // True ranges of two in the bars before the decision: ATR(2) is 2, twice that is 4.
    const rows: Row[] = [
      [100, 101, 99, 100],
      [100, 101, 99, 100],
      [100, 101, 99, 100],
      [100, 103, 99.5, 103],
      [103, 103, 98, 100],
    ];
    const result = play(rows, { 2: BUY10 }, { orders: { trailingStop: { atr: 2, atrLength: 2 } } });
    expect(rounds(result)).toEqual([[3, 4, 100, 99, 10, 'trailing_stop']]);
    // One bar earlier there is no average yet, and an entry that asks for a stop is not made without one.
    const early = play(rows, { 1: BUY10 }, { orders: { trailingStop: { atr: 2, atrLength: 2 } } });
    expect([early.trades.length, codes(early)]).toEqual([0, ['NO_STOP']]);
  });

  test('mirrors for shorts', () => {
    const rows = rise.map(([o, h, l, c]): Row => [200 - o, 200 - l, 200 - h, 200 - c]);
    const orders = { trailingStop: { percent: 5 }, allowShort: true };
    const result = play(rows, { 0: { side: 'SELL', quantity: 10 } }, { orders });
    expect(rounds(result)).toEqual([[1, 3, 100, 95, -10, 'trailing_stop']]);
    expect(result.finalEquity).toBe(10_050);
  });

  test('is never loosened by an addition', () => {
    const rows: Row[] = [flat(100), [100, 120, 100, 118], flat(118), [118, 118, 113, 114], flat(114)];
    const orders = { trailingStop: { percent: 5 }, maxEntries: 2 };
    // The peak of 120 puts the stop at 115; the addition at 118 would have put it at 112.1.
    const result = play(rows, { 0: BUY10, 1: { side: 'BUY', quantity: 5 } }, { orders });
    expect(rounds(result)).toEqual([
      [1, 3, 100, 115, 10, 'trailing_stop'],
      [2, 3, 118, 115, 5, 'trailing_stop'],
    ]);
  });

  test('a bar that an order entered inside counts by its close alone', () => {
    const rows: Row[] = [flat(100), [100, 120, 94, 100], [100, 100, 93.5, 99], flat(99)];
    const buy = { ...BUY10, type: 'limit', price: 95 } as const;
    const result = play(rows, { 0: buy }, { orders: { trailingStop: { percent: 10 } } });
    // Distance 9.5; the high of 120 came before the entry for all one knows, the close of 100 did not: 90.5 stands.
    expect(rounds(result)).toEqual([[1, 3, 95, 99, 10, 'end_of_data']]);
    expect(result.trades[0]?.mfe).toBe(50);
  });
});

describe('break-even stops', () => {
  test('go to the entry once the profit was one R, from the next bar on', () => {
    const rows: Row[] = [flat(100), [100, 105, 96, 104], [104, 104, 99, 99], flat(99)];
    const orders = { stop: { percent: 5 }, breakEvenAtR: 1 };
    expect(rounds(play(rows, { 0: BUY10 }, { orders }))).toEqual([[1, 2, 100, 100, 10, 'break_even']]);
  });

  test('stay where a tick was missing', () => {
    const rows: Row[] = [flat(100), [100, 104.99, 96, 104], [104, 104, 99, 99], [99, 99, 94, 94]];
    const orders = { stop: { percent: 5 }, breakEvenAtR: 1 };
    expect(rounds(play(rows, { 0: BUY10 }, { orders }))).toEqual([[1, 3, 100, 95, 10, 'stop_loss']]);
  });
});

describe('time stops', () => {
  const quiet = Array.from({ length: 8 }, (_, i) => flat(100 + i));

  test('leave at the open after that many whole bars', () => {
    for (const timeStopBars of [1, 2, 3]) {
      const result = play(quiet, { 0: BUY10 }, { orders: { timeStopBars } });
      expect(rounds(result)).toEqual([[1, 1 + timeStopBars, 101, 101 + timeStopBars, 10, 'time_stop']]);
    }
  });

  test('count the bars after one that was entered inside', () => {
    const rows: Row[] = [flat(100), [100, 100, 98, 100], flat(100), flat(101), flat(102)];
    const buy = { ...BUY10, type: 'limit', price: 99 } as const;
    expect(rounds(play(rows, { 0: buy }, { orders: { timeStopBars: 1 } }))).toEqual([[1, 3, 99, 101, 10, 'time_stop']]);
  });

  test('are not put off by additions', () => {
    const orders = { timeStopBars: 3, maxEntries: 3 };
    expect(rounds(play(quiet, { 0: BUY10, 1: BUY10 }, { orders }))).toEqual([
      [1, 4, 101, 104, 10, 'time_stop'],
      [2, 4, 102, 104, 10, 'time_stop'],
    ]);
  });

  test('and an opposite signal at the same close are one exit', () => {
    const plan = { 0: BUY10, 2: { side: 'SELL' } } as const;
    const long = play(quiet, plan, { orders: { timeStopBars: 2 } });
    expect(rounds(long)).toEqual([[1, 3, 101, 103, 10, 'time_stop']]);
    expect(long.fills.length).toBe(2);
    const both = play(
      quiet,
      { 0: BUY10, 2: { side: 'SELL', quantity: 14 } },
      { orders: { timeStopBars: 2, allowShort: true } },
    );
    expect(rounds(both)).toEqual([
      [1, 3, 101, 103, 10, 'time_stop'],
      [3, 5, 103, 105, -14, 'time_stop'],
    ]);
  });
});

describe('stops in the bar of the entry', () => {
  const strict = {};
  const defer = { fills: { entryBarStops: 'defer' } } as const;

  test('after a limit entry the stop lies further on the same way', () => {
    const rows: Row[] = [flat(100), [100, 101, 89, 95], [95, 96, 89.5, 95], flat(95)];
    const plan = { 0: { ...BUY10, type: 'limit', price: 98, stopLoss: 90 } } as const;
    const now = play(rows, plan, strict);
    expect(rounds(now)).toEqual([[1, 1, 98, 90, 10, 'stop_loss']]);
    expect(now.trades[0]?.ambiguous).toBe(false);
    expect(rounds(play(rows, plan, defer))).toEqual([[1, 2, 98, 90, 10, 'stop_loss']]);
  });

  test('after a stop entry the low may have come before: taken, and marked', () => {
    const rows: Row[] = [flat(100), [100, 106, 98, 105], flat(105), flat(106)];
    const plan = { 0: { ...BUY10, type: 'stop', price: 104, stopLoss: 99 } } as const;
    const now = play(rows, plan, strict);
    expect(rounds(now)).toEqual([[1, 1, 104, 99, 10, 'stop_loss']]);
    expect(now.trades[0]?.ambiguous).toBe(true);
    expect(rounds(play(rows, plan, defer))).toEqual([[1, 3, 104, 106, 10, 'end_of_data']]);
  });

  test('the target after a stop entry is on the way, unless the stop was in reach', () => {
    const plan = { 0: { ...BUY10, type: 'stop', price: 104, stopLoss: 99, takeProfit: 108 } } as const;
    const clear: Row[] = [flat(100), [100, 109, 99.5, 105], flat(105)];
    expect(rounds(play(clear, plan))).toEqual([[1, 1, 104, 108, 10, 'take_profit']]);
    const both: Row[] = [flat(100), [100, 109, 98, 105], flat(105)];
    expect(rounds(play(both, plan))).toEqual([[1, 1, 104, 99, 10, 'stop_loss']]);
  });

  test('the target after a limit entry waits, for the high may have come before', () => {
    const rows: Row[] = [flat(100), [100, 109, 97, 105], [105, 108.5, 105, 106], flat(106)];
    const plan = { 0: { ...BUY10, type: 'limit', price: 98, stopLoss: 90, takeProfit: 108 } } as const;
    const result = play(rows, plan);
    expect(rounds(result)).toEqual([[1, 2, 98, 108, 10, 'take_profit']]);
    expect(result.trades[0]?.ambiguous).toBe(true);
  });

  test('stop and target in one later bar: the stop, marked', () => {
    const rows: Row[] = [flat(100), flat(100), [100, 112, 88, 100], flat(100)];
    const result = play(rows, { 0: { ...BUY10, stopLoss: 90, takeProfit: 110 } });
    expect(rounds(result)).toEqual([[1, 2, 100, 90, 10, 'stop_loss']]);
    expect(result.trades[0]?.ambiguous).toBe(true);
  });

  test('a gap past the stop fills at the open', () => {
    const rows: Row[] = [flat(100), flat(100), [80, 95, 78, 90], flat(90)];
    expect(rounds(play(rows, { 0: { ...BUY10, stopLoss: 90 } }))).toEqual([[1, 2, 100, 80, 10, 'stop_loss']]);
  });
});

test('finer bars decide which of stop and target was first', () => {
  const rows: Row[] = [flat(100), [100, 112, 88, 100], flat(100)];
  const plan = { 0: { ...BUY10, stopLoss: 90, takeProfit: 110 } } as const;
  expect(rounds(play(rows, plan))).toEqual([[1, 1, 100, 90, 10, 'stop_loss']]);
  const up: Row[] = [flat(100), flat(100), [100, 112, 100, 111], [111, 111, 88, 100], flat(100), flat(100)];
  const detail = makeBars(up, 'XYZ', '30m', 0, 1_800_000);
  const result = play(rows, plan, { detail });
  expect(rounds(result)).toEqual([[1, 1, 100, 110, 10, 'take_profit']]);
  expect(result.trades[0]?.exitTime).toBe(2 * 3_600_000 - 1_800_000 - 1);
  expect(result.trades[0]?.ambiguous).toBe(false);
});

test('finer bars that begin late leave the time before them to the coarse ones', () => {
  const rows: Row[] = [flat(100), [100, 112, 88, 100], flat(100), flat(100), [100, 112, 88, 100], flat(100)];
  const plan = {
    0: { ...BUY10, stopLoss: 90, takeProfit: 110 },
    3: { ...BUY10, stopLoss: 90, takeProfit: 110 },
  } as const;
  const detail = makeBars(
    [
      [100, 112, 100, 111],
      [111, 111, 88, 100],
    ],
    'XYZ',
    '30m',
    4 * 3_600_000,
    1_800_000,
  );
  expect(rounds(play(rows, plan, { detail }))).toEqual([
    [1, 1, 100, 90, 10, 'stop_loss'],
    [4, 4, 100, 110, 10, 'take_profit'],
  ]);
});
