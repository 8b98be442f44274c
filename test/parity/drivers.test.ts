import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coarseCases } from './coarse-market.ts';
import { byColumns, byEngine, visible } from './drivers.ts';

test('the column loop and the engine agree on every trade, order, fill and valuation', () => {
  let served = 0;
  let trades = 0;
  fc.assert(
    fc.property(coarseCases, (c) => {
      const fast = byColumns(c);
      if (!fast) return;
      served++;
      trades += fast.trades.length;
      expect(visible(fast)).toEqual(visible(byEngine(c)));
    }),
    { numRuns: 5_000, seed: 20_260_101 },
  );
  expect(served).toBeGreaterThan(800);
  expect(trades).toBeGreaterThan(3_000);
});
