import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BarWindow } from './bar-window.ts';
import { type Bar, Bars, BAR_FIELDS } from './bars.ts';

const bar = (i: number): Bar => ({
  time: i * 60_000,
  open: i,
  high: i + 0.5,
  low: i - 0.5,
  close: i + 0.25,
  volume: i,
});
const rows = (bars: Bars): (Bar | undefined)[] => Array.from({ length: bars.length }, (_, i) => bars.at(i));

test('shows the last bars that came, whatever the capacity and however often the room was used up', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 500 }),
      fc.nat({ max: 50 }),
      (capacity, n, k) => {
        const window = new BarWindow('BTCUSDT', '1m', capacity);
        const all = Array.from({ length: n }, (_, i) => bar(i));
        for (const one of all) window.append(one);
        expect(rows(window.last())).toEqual(all.slice(-capacity));
        expect(rows(window.last(k))).toEqual(all.slice(Math.max(0, n - Math.min(k, capacity))));
        expect(window.length).toBe(Math.min(n, capacity));
        expect(window.lastTime).toBe(n === 0 ? Number.NEGATIVE_INFINITY : (n - 1) * 60_000);
      },
    ),
  );
});

test('a view stays as it is while `capacity`, and at least 64, further bars come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 700 }), (capacity, n) => {
      const window = new BarWindow('BTCUSDT', '1m', capacity);
      for (let i = 0; i < n; i++) window.append(bar(i));
      const view = window.last();
      const before = rows(view);
      for (let i = 0; i < Math.max(capacity, 64); i++) window.append(bar(n + i));
      expect(rows(view)).toEqual(before);
    }),
  );
});

test('a view is no copy, on memory that threads share', () => {
  const window = new BarWindow('BTCUSDT', '1m', 10);
  window.appendAll(
    Bars.fromRows(
      'BTCUSDT',
      '1m',
      Array.from({ length: 30 }, (_, i) => bar(i)),
    ),
  );
  const [one, other] = [window.last(), window.last(3)];
  for (const field of BAR_FIELDS) {
    expect(one[field].buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(other[field].buffer).toBe(one[field].buffer);
  }
  expect(rows(one)).toEqual(Array.from({ length: 10 }, (_, i) => bar(20 + i)));
});

test('refuses a bar that is not later than the last, and a capacity of nothing', () => {
  const window = new BarWindow('BTCUSDT', '1m', 5);
  window.append(bar(3));
  for (const i of [3, 2]) expect(() => window.append(bar(i))).toThrow(/Expected a bar after "180000"/);
  expect(() => window.append({ ...bar(4), time: Number.NaN })).toThrow();
  expect(window.length).toBe(1);
  for (const capacity of [0, -1, 1.5, Number.NaN]) expect(() => new BarWindow('X', '1m', capacity)).toThrow(RangeError);
});
