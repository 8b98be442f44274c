import { describe, expect, test } from 'vitest';
import { events, ohlc } from '../../test/fixtures/strategy-bars.ts';
import { CandlestickPatternStrategy } from './candlestick-patterns.ts';

type Row = readonly [number, number, number, number];

const strategy = new CandlestickPatternStrategy({ trendLength: 3, bodyLength: 3 });
/** Bodies of 4, closes 96, 92, 88: falling, so the close is under the mean of three closes from bar 2 on. */
const decline: Row[] = [
  [100, 101, 95, 96],
  [96, 97, 91, 92],
  [92, 93, 87, 88],
];
/** The same upside down around 100: closes 104, 108, 112. */
const mirrored = (rows: readonly Row[]): Row[] =>
  rows.map(([open, high, low, close]) => [200 - open, 200 - low, 200 - high, 200 - close]);

const down: Row = [88, 88.5, 85.5, 86];
const engulfing: Row = [85.5, 90.5, 85, 90];
const hammer: Row = [86, 87.2, 82, 87];
const starStart: Row = [88, 89, 79, 80];
/** A small body upwards, so that the last bar completes a star and engulfs nothing. */
const star: Row = [79, 80.5, 76, 80];
const starEnd: Row = [80, 86, 78, 85];

const seen = (rows: readonly Row[], params = {}) => {
  const { signal, columns } = new CandlestickPatternStrategy({ ...strategy.params, ...params }).run(ohlc(rows));
  return { events: events(signal), columns };
};

describe('CandlestickPatternStrategy', () => {
  test.each([
    ['engulfing', [down, engulfing], 4, 85],
    ['hammer', [hammer], 3, 82],
    ['morning_star', [starStart, star, starEnd], 5, 76],
  ] as const)('buys a bullish %s after a decline, with the stop at its low', (pattern, rows, bar, stop) => {
    const answer = seen([...decline, ...rows]);
    expect(answer.events).toEqual([[bar, 1]]);
    expect(answer.columns[pattern][bar]).toBe(1);
    expect(answer.columns['stop_loss'][bar]).toBe(stop);
  });

  test.each([
    ['engulfing', [down, engulfing], 4, 115],
    ['shooting_star', [hammer], 3, 118],
    ['evening_star', [starStart, star, starEnd], 5, 124],
  ] as const)('sells its mirror image, %s, after a rise, with the stop at its high', (pattern, rows, bar, stop) => {
    const answer = seen(mirrored([...decline, ...rows]));
    expect(answer.events).toEqual([[bar, -1]]);
    expect(answer.columns[pattern][bar]).toBe(-1);
    expect(answer.columns['stop_loss'][bar]).toBe(stop);
  });

  test.each([
    ['engulfing', [down, engulfing]],
    ['hammer', [hammer]],
    ['morning star', [starStart, star, starEnd]],
  ])('a bullish %s after a rise says nothing', (_pattern, rows) => {
    const rise = mirrored(decline).map(([o, h, l, c]): Row => [o - 24, h - 24, l - 24, c - 24]);
    expect(seen([...rise, ...rows]).events.filter(([, side]) => side === 1)).toEqual([]);
  });

  test.each([
    ['the body opens inside the one before', [down, [86.5, 90.5, 85, 90]]],
    ['the body closes inside the one before', [down, [83, 87.2, 82.8, 87]]],
    [
      'the body is only as large as the one before',
      [
        [88, 88.5, 81.5, 82],
        [82, 88.5, 81, 88],
      ],
    ],
    ['the body is long only if it is itself counted among the bodies', [down, [85.8, 89.3, 85.5, 89]]],
    [
      'the first body of a star is not long',
      [
        [88, 89, 83.5, 84],
        [83.5, 84.2, 83, 84],
        [84, 87.5, 83, 87],
      ],
    ],
    [
      'the body is not long beside the bodies before',
      [
        [88, 88.5, 86.5, 87],
        [86.9, 88.6, 86.5, 88.2],
      ],
    ],
    ['the bar before is a doji', [[88, 91, 85, 87.5], engulfing]],
    ['the lower shadow is shorter than two bodies', [[86, 87.2, 84.1, 87]]],
    ['the upper shadow is too long', [[86, 87.6, 82, 87]]],
    ['the star sits above the middle of the first body', [starStart, [84.5, 85.5, 84, 85], starEnd]],
    ['the star has a large body', [starStart, [80, 80.5, 74, 75], starEnd]],
    ['the last body does not pass the middle of the first', [starStart, star, [80, 86, 78, 84]]],
  ] as [string, Row[]][])('says nothing where %s', (_why, rows) => {
    expect(seen([...decline, ...rows]).events).toEqual([]);
  });

  test('a doji has no direction: no hammer, but good enough for a star', () => {
    const dragonfly: Row = [87, 87.2, 82, 86.9];
    const alone = seen([...decline, dragonfly]);
    expect(alone.events).toEqual([]);
    expect(alone.columns['doji'][3]).toBe(1);
    const inStar = seen([...decline, starStart, [79, 83, 75, 79], starEnd]);
    expect(inStar.events).toEqual([[5, 1]]);
    expect(inStar.columns['doji'][4]).toBe(1);
  });

  test('a doji with a long range is a star, though its body is large beside the one before', () => {
    expect(seen([...decline, starStart, [77, 84, 58, 79.5], starEnd]).events).toEqual([[5, 1]]);
  });

  test('a shadow of exactly two bodies is long, and the trend is judged before the pattern', () => {
    expect(seen([...decline, [86, 87.2, 84, 87]]).events).toEqual([[3, 1]]);
    // Closing at 97, above the mean of the last three closes; before it, 88 was below.
    expect(seen([...decline, [96, 97.2, 92, 97]]).events).toEqual([[3, 1]]);
  });

  test.each([
    ['first', ['evening_star', 'hammer']],
    ['last', ['hammer', 'evening_star']],
  ])('where both directions appear at one bar the sale wins, named %s', (_order, patterns) => {
    const rows: Row[] = [
      [96, 101, 95, 100],
      [100, 105, 99, 104],
      [104, 109, 103, 108],
      [100, 113, 99, 112],
      [107, 108.5, 106.5, 108],
      [107, 107.2, 100, 105],
    ];
    const answer = seen(rows, { patterns });
    expect(answer.columns['hammer'][5]).toBe(1);
    expect(answer.events).toEqual([[5, -1]]);
    expect(answer.columns['stop_loss'][5]).toBe(113);
  });

  test('a bar without a range is no doji', () => {
    expect(seen([...decline, [88, 88, 88, 88]]).columns['doji'][3]).toBe(0);
  });

  test('trades only the patterns asked for, and still shows the others', () => {
    const answer = seen([...decline, hammer], { patterns: ['engulfing'] });
    expect(answer.events).toEqual([]);
    expect(answer.columns['hammer'][3]).toBe(1);
  });

  test('refuses an unknown pattern and an empty list', () => {
    expect(() => new CandlestickPatternStrategy({ patterns: [] })).toThrow(/patterns/);
    expect(() => seen([], { patterns: ['harami'] })).toThrow(expect.objectContaining({ code: 'VLV_STRATEGY_PARAMS' }));
  });
});
