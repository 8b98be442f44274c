import { describe, expect, it } from 'vitest';
import { BTC, exchangeForTest, type Loose } from '../../test/servers/spot-client.ts';
import type { ExchangeSymbol } from './types.ts';

const LIMIT = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '99' };
const MARKET = { side: 'BUY', type: 'MARKET', quantity: '1' };
const STOP = { side: 'SELL', type: 'STOP_LOSS', quantity: '1', stopPrice: '95' };

/** What the first order that fails says, or how many were accepted where none does. */
async function send(symbol: Partial<ExchangeSymbol>, orders: readonly object[]): Promise<string | number> {
  const { alice } = exchangeForTest({ symbols: [{ ...BTC, ...symbol }] });
  for (const order of orders) {
    const { status, body } = await alice.order({ ...order });
    if (status !== 200) {
      expect([status, body.code]).toEqual([400, -1013]);
      return String(body.msg);
    }
  }
  return orders.length;
}

describe('filters', () => {
  it.each<[string, Partial<ExchangeSymbol>, object[], object[]]>([
    ['PRICE_FILTER', {}, [LIMIT], [{ ...LIMIT, price: '99.005' }]],
    ['PRICE_FILTER', { minPrice: '90' }, [{ ...LIMIT, price: '90' }], [{ ...LIMIT, price: '89.99' }]],
    ['PRICE_FILTER', { maxPrice: '110' }, [{ ...LIMIT, price: '110' }], [{ ...LIMIT, price: '110.01' }]],
    ['PRICE_FILTER', {}, [STOP], [{ ...STOP, stopPrice: '95.001' }]],
    ['LOT_SIZE', {}, [{ ...LIMIT, quantity: '0.999' }], [{ ...LIMIT, quantity: '0.9995' }]],
    ['LOT_SIZE', { minQty: '0.5' }, [{ ...LIMIT, quantity: '0.5' }], [{ ...LIMIT, quantity: '0.499' }]],
    ['LOT_SIZE', { maxQty: '2' }, [{ ...MARKET, quantity: '2' }], [{ ...MARKET, quantity: '2.001' }]],
    ['LOT_SIZE', {}, [{ ...LIMIT, icebergQty: '0.5' }], [{ ...LIMIT, icebergQty: '0.0005' }]],
    ['NOTIONAL', {}, [{ ...LIMIT, price: '50', quantity: '0.1' }], [{ ...LIMIT, price: '49.99', quantity: '0.1' }]],
    ['NOTIONAL', {}, [{ ...MARKET, quantity: '0.05' }], [{ ...MARKET, quantity: '0.049' }]],
    ['NOTIONAL', {}, [{ ...STOP, quantity: '0.053' }], [{ ...STOP, quantity: '0.052' }]],
    ['NOTIONAL', { maxNotional: '100' }, [{ ...MARKET, quantity: '2' }], [{ ...LIMIT, quantity: '2' }]],
    [
      'PERCENT_PRICE_BY_SIDE',
      { percentPrice: { bidUp: '1.1', bidDown: '0.9', askUp: '1.2', askDown: '0.8' } },
      [
        { ...LIMIT, price: '90' },
        { ...LIMIT, side: 'SELL', price: '120' },
      ],
      [{ ...LIMIT, price: '89.99' }],
    ],
    [
      'MARKET_LOT_SIZE',
      { marketLot: { minQty: '0.1', maxQty: '3', stepSize: '0.1' } },
      [{ ...LIMIT, quantity: '0.25' }, MARKET],
      [{ ...MARKET, quantity: '0.25' }],
    ],
    ['ICEBERG_PARTS', {}, [{ ...LIMIT, icebergQty: '0.01' }], [{ ...LIMIT, icebergQty: '0.009' }]],
    [
      'TRAILING_DELTA',
      { trailingDelta: { min: 50, max: 200 } },
      [{ side: 'SELL', type: 'STOP_LOSS', quantity: '1', stopPrice: '95', trailingDelta: 50 }],
      [{ side: 'SELL', type: 'STOP_LOSS', quantity: '1', stopPrice: '95', trailingDelta: 49 }],
    ],
    ['MAX_NUM_ORDERS', { maxOrders: 2 }, [LIMIT, STOP, MARKET], [LIMIT, STOP, LIMIT]],
    ['MAX_NUM_ALGO_ORDERS', { maxAlgoOrders: 1 }, [LIMIT, STOP, LIMIT], [STOP, STOP]],
    [
      'MAX_NUM_ICEBERG_ORDERS',
      { maxIcebergOrders: 1 },
      [{ ...LIMIT, icebergQty: '0.5' }, LIMIT],
      [
        { ...LIMIT, icebergQty: '0.5' },
        { ...LIMIT, icebergQty: '0.5' },
      ],
    ],
    ['MAX_POSITION', { maxPosition: '12' }, [LIMIT, LIMIT, STOP], [LIMIT, LIMIT, LIMIT]],
  ])('%s lets the last allowed value pass and names itself behind it (%#)', async (name, symbol, good, bad) => {
    expect(await send(symbol, good)).toBe(good.length);
    expect(await send(symbol, bad)).toBe(`Filter failure: ${name}`);
  });

  it('judge a market order by the average of the last five minutes', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    exchange.trade('BTCUSDT', '50', '100');
    clock.moveTo(clock.now() + 60_000);
    exchange.trade('BTCUSDT', '100', '100');
    expect((await alice.open('/api/v3/avgPrice', { symbol: 'BTCUSDT' })).body.price).toBe('75.00000000');
    expect((await alice.order({ ...MARKET, quantity: '0.066' })).body.msg).toBe('Filter failure: NOTIONAL');
    expect((await alice.order({ ...MARKET, quantity: '0.067' })).status).toBe(200);
  });

  it('may change while orders are open, and are shown as they are', async () => {
    const { exchange, alice } = exchangeForTest();
    const change = { tickSize: '0.1', stepSize: '0.01', minNotional: '20', maxOrders: 7 };
    exchange.inject({ verb: 'eng.filterChange', symbol: 'BTCUSDT', change });
    expect((await alice.order({ ...LIMIT, price: '99.01' })).body.msg).toBe('Filter failure: PRICE_FILTER');
    expect((await alice.order({ ...LIMIT, quantity: '0.999' })).body.msg).toBe('Filter failure: LOT_SIZE');
    const [{ filters }] = (await alice.open('/api/v3/exchangeInfo', { symbol: 'BTCUSDT' })).body.symbols;
    const shown = (type: string): Loose =>
      filters.find(({ filterType }: { filterType: string }) => filterType === type);
    expect(shown('PRICE_FILTER').tickSize).toBe('0.10000000');
    expect(shown('NOTIONAL').minNotional).toBe('20.00000000');
    expect(shown('MAX_NUM_ORDERS').maxNumOrders).toBe(7);
  });
});
