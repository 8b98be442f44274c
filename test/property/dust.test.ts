import { expect, test } from 'vitest';
import { Instrument, Market } from '../../src/core/instrument.ts';
import { Ledger } from '../../src/core/ledger.ts';

const rules = {
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  priceTick: 0.01,
  lotStep: 0.001,
  minNotional: 5,
  source: 'given',
} as const;
/** Quantities to 1e-8, as fees taken in BTC need them; a lot is 100,000 of those. */
const market = new Market(new Instrument(rules, 0, 8), 8);

test('what a fee in the base asset leaves below a lot goes with the last sale, and is counted', () => {
  const ledger = new Ledger(1_000 * 1e8, [market]);
  const common = { slot: 0, price: 50_000_00, fee: 0, time: 0, bar: 0, stop: 0, target: 0, tag: null } as const;
  ledger.book({ ...common, side: 1, quantity: 1_000_000, feeQuantity: 1_000 });
  const position = ledger.positions[0];
  expect(position.quantity).toBe(999_000);
  const closed = ledger.book({ ...common, side: -1, quantity: 900_000, feeQuantity: 0 });
  expect(position.quantity).toBe(0);
  expect(position.dust).toBe(99_000);
  expect(closed.map(({ quantity, cost, proceeds }) => ({ quantity, cost, proceeds }))).toEqual([
    { quantity: 999_000, cost: 500 * 1e8, proceeds: 450 * 1e8 },
  ]);
  expect(ledger.cash).toBe(950 * 1e8);
});
