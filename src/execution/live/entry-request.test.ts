import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Costs } from '../../core/costs.ts';
import { parseUnits } from '../../core/decimal.ts';
import { Instrument, Market } from '../../core/instrument.ts';
import { DEFAULT_COSTS } from '../../core/settings.ts';
import { entryRequest } from './entry-request.ts';

const rules = {
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  priceTick: 0.01,
  lotStep: 0.001,
  minNotional: 5,
} as const;
const market = new Market(new Instrument({ ...rules, source: 'given' }, 0, 8), 8);
const costs = new Costs(DEFAULT_COSTS, 8);
const context = { symbol: 'BTCUSDT', clientId: 'vva-1-1-e1', market, costs, cashDecimals: 8, decided: 50_000_00 };
const entry = { id: 1, role: 'entry', side: 1, limit: 0, price: 0, filled: 0 } as const;
const USDT = 1e8;
const BTC = 1e8;

test('a budget alone asks for quote money, less the fee', () => {
  const request = entryRequest({ ...entry, type: 'market', quantity: 0, budget: 1_001 * USDT }, context);
  expect(request).toMatchObject({ type: 'market', quoteQuantity: '1000' });
});

test('a quantity far below its budget goes to the market', () => {
  const request = entryRequest({ ...entry, type: 'market', quantity: 0.01 * BTC, budget: 700 * USDT }, context);
  expect(request).toMatchObject({ type: 'market', quantity: '0.01' });
});

test('a quantity near its budget never spends more than that', () => {
  const amounts = fc.record({
    lots: fc.integer({ min: 1, max: 50_000 }),
    room: fc.double({ min: 1, max: 1.15, noNaN: true }),
  });
  fc.assert(
    fc.property(amounts, ({ lots, room }) => {
      const quantity = lots * 1e5;
      const notional = market.notionalUp(context.decided, quantity);
      const budget = Math.floor((notional + costs.fee(notional, false)) * room);
      const request = entryRequest({ ...entry, type: 'market', quantity, budget }, context);
      expect(request).toMatchObject({ type: 'limit', timeInForce: 'IOC' });
      const worst = market.notionalUp(parseUnits(request.price ?? '', 2), parseUnits(request.quantity ?? '', 8));
      expect(worst + costs.fee(worst, false)).toBeLessThanOrEqual(budget);
      expect(worst).toBeGreaterThanOrEqual(notional);
    }),
    { seed: 3 },
  );
});

test('resting entries carry their own prices', () => {
  const limit = { ...entry, quantity: 0.02 * BTC, budget: 0, price: 49_000_00, limit: 49_010_00 } as const;
  expect(entryRequest({ ...limit, type: 'limit' }, context)).toMatchObject({ timeInForce: 'GTC', price: '49000' });
  expect(entryRequest({ ...limit, type: 'stop' }, context)).toMatchObject({ type: 'stop', stopPrice: '49000' });
  const both = entryRequest({ ...limit, type: 'stop_limit' }, context);
  expect(both).toMatchObject({ stopPrice: '49000', price: '49010', timeInForce: 'GTC' });
});
