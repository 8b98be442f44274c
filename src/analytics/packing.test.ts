import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PackedColumn, pack, priceDecimals, significantDecimals } from './packing.ts';
import { pageScript } from './page-assets.ts';

/** The page's own reader, run here: what it reads is what the page shows. */
const script = pageScript('unpack.js').replace(/\}\)\(\);$/, 'return unpack; })()');
const unpack = runInNewContext(script, { atob, Float64Array, Number }) as (column: PackedColumn) => Float64Array;

describe('pack', () => {
  test('comes back as it went in, to the last kept digit', () => {
    const values = fc.array(fc.oneof(fc.constant(Number.NaN), fc.double({ min: -1e9, max: 1e9, noNaN: true })));
    fc.assert(
      fc.property(values, fc.constantFrom(1, 100, 1e4), (column, scale) => {
        const back = unpack(pack(column, scale));
        expect(back.length).toBe(column.length);
        column.forEach((value, i) => {
          if (Number.isNaN(value)) expect(back[i]).toBeNaN();
          else expect(Math.abs((back[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(0.5 / scale + 1e-6);
        });
      }),
    );
  });

  test('prices are exact at their own decimals', () => {
    const prices = [42_123.45, 42_123.46, 41_000, 0.01, 99_999.99];
    expect([...unpack(pack(prices, 100))]).toEqual(prices);
  });

  test('small steps take one byte each', () => {
    const { data } = pack(
      Float64Array.from({ length: 3000 }, (_, i) => i),
      1,
    );
    expect(data.length).toBe(4000);
  });
});

test('decimals of prices', () => {
  expect(priceDecimals([1, 2, 3])).toBe(0);
  expect(priceDecimals([1.5, 2.25])).toBe(2);
  expect(priceDecimals([0.00001234])).toBe(8);
  // No decimals are exact: as many as seven significant digits need.
  expect(priceDecimals([30_000 / 7])).toBe(3);
  expect(priceDecimals([])).toBe(0);
  expect(significantDecimals(0, 7)).toBe(2);
  expect(significantDecimals(60_000, 7)).toBe(2);
});
