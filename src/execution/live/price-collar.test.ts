import { expect, test } from 'vitest';
import { Instrument, Market } from '../../core/instrument.ts';
import { PriceCollar } from './price-collar.ts';

const rules = {
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  priceTick: 0.01,
  lotStep: 0.001,
  minNotional: 5,
} as const;
const market = new Market(new Instrument({ ...rules, source: 'given' }), 8);
const entry = { id: 1, role: 'entry', budget: 0, limit: 0, quantity: 1, price: 0, filled: 0 } as const;
const buy = { ...entry, type: 'market', side: 1 } as const;

test('a market entry is held against the side of the book it would trade with', () => {
  const collar = new PriceCollar(1);
  collar.see('BTCUSDT', market, 100, 99.5, 101.5);
  expect(collar.refusal('BTCUSDT', buy, 10_000)).toMatch('1.50%');
  expect(collar.refusal('BTCUSDT', { ...buy, side: -1 }, 10_000)).toBeNull();
  expect(collar.refusal('BTCUSDT', buy, 10_100)).toBeNull();
});

test('a limit entry is held against the last trade', () => {
  const collar = new PriceCollar(2);
  collar.see('BTCUSDT', market, 100);
  const limit = { ...buy, type: 'limit' } as const;
  expect(collar.refusal('BTCUSDT', { ...limit, price: 9_700 }, 10_000)).toMatch('3.00%');
  expect(collar.refusal('BTCUSDT', { ...limit, price: 9_900 }, 5_000)).toBeNull();
});

test('without a limit or a price everything passes', () => {
  const none = new PriceCollar(null);
  none.see('BTCUSDT', market, 1);
  expect(none.refusal('BTCUSDT', buy, 10_000)).toBeNull();
  expect(new PriceCollar(1).refusal('BTCUSDT', buy, 10_000)).toBeNull();
});
