import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBigUnits } from '../core/decimal.ts';
import { barPrints } from './bar-prints.ts';

const MINUTE = 60_000;
/** Prices in cents and volumes in 1e-5, so that every number is the double nearest to its decimals. */
const cents = fc.integer({ min: 1, max: 9_000_000 });
const bar = fc
  .record({
    prices: fc.tuple(cents, cents, cents, cents),
    lots: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 9_000_000_000 })),
    minute: fc.integer({ min: 0, max: 40_000_000 }),
  })
  .map(({ prices, lots, minute }) => ({
    time: minute * MINUTE,
    open: prices[0] / 100,
    close: prices[1] / 100,
    high: Math.max(...prices) / 100,
    low: Math.min(...prices) / 100,
    volume: lots / 100_000,
  }));

describe('the trades of a bar', () => {
  it('make exactly that bar, inside its time and in order', () => {
    fc.assert(
      fc.property(
        bar,
        fc.integer({ min: 4, max: 40 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (b, count, draws) => {
          const random = (): number => draws.next().value as number;
          const prints = barPrints(b, b.time + MINUTE, count, random);
          const volume = prints.reduce((sum, { quantity }) => sum + parseBigUnits(quantity, 8), 0n);
          expect(volume).toBe(BigInt(Math.round(b.volume * 100_000)) * 1_000n);
          for (let n = 1; n < prints.length; n++) expect(prints[n].time).toBeGreaterThanOrEqual(prints[n - 1].time);
          for (const { time, price } of prints) {
            expect(time).toBeGreaterThanOrEqual(b.time);
            expect(time).toBeLessThan(b.time + MINUTE);
            expect(Number(price)).toBeGreaterThanOrEqual(b.low);
            expect(Number(price)).toBeLessThanOrEqual(b.high);
          }
          if (b.volume === 0) return;
          const prices = prints.map(({ price }) => Number(price));
          expect(prices.at(0)).toBe(b.open);
          expect(prices.at(-1)).toBe(b.close);
          expect(Math.max(...prices)).toBe(b.high);
          expect(Math.min(...prices)).toBe(b.low);
        },
      ),
    );
  });

  it('go to the low first where the bar rises, to the high first where it falls', () => {
    const rising = { time: 0, open: 10, high: 14, low: 9, close: 12, volume: 4 };
    const path = (b: typeof rising): number[] => barPrints(b, MINUTE, 4, () => 0).map(({ price }) => Number(price));
    expect(path(rising)).toEqual([10, 9, 14, 12]);
    expect(path({ ...rising, close: 9.5 })).toEqual([10, 14, 9, 9.5]);
  });
});
