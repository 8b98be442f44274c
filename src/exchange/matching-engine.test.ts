import { describe, expect, it } from 'vitest';
import { ALICE, bar, BTC, exchangeForTest } from '../../test/servers/spot-client.ts';
import type { UserEvent } from './types.ts';

/** A market so wide that the accounts meet each other first. */
const WIDE = { ...BTC, liquidity: { halfSpreadBps: 1_000 } };
const limit = (side: 'BUY' | 'SELL', price: string, quantity = '1', more = {}) => ({
  side,
  type: 'LIMIT',
  timeInForce: 'GTC',
  price,
  quantity,
  ...more,
});

describe('price and time', () => {
  it('fills the best price first, then the oldest, at the price of the order that rested', async () => {
    const { exchange, alice, bob } = exchangeForTest({ symbols: [WIDE] });
    await alice.order(limit('SELL', '102', '1', { newClientOrderId: 'late-price' }));
    await alice.order(limit('SELL', '101', '1', { newClientOrderId: 'first' }));
    await alice.order(limit('SELL', '101', '1', { newClientOrderId: 'second' }));
    const { body } = await bob.order(limit('BUY', '103', '2.5'));
    expect(body.fills.map(({ price, qty }: { price: string; qty: string }) => [price, qty])).toEqual([
      ['101.00000000', '1.00000000'],
      ['101.00000000', '1.00000000'],
      ['102.00000000', '0.50000000'],
    ]);
    expect(exchange.orders('alice').map(({ clientOrderId, status }) => [clientOrderId, status])).toEqual([
      ['late-price', 'PARTIALLY_FILLED'],
      ['first', 'FILLED'],
      ['second', 'FILLED'],
    ]);
    expect(exchange.allTrades('alice').map(({ isMaker, id }) => [isMaker, id])).toEqual([
      [true, 1],
      [true, 2],
      [true, 3],
    ]);
  });

  it('prints trades between accounts, and moves the last price', async () => {
    const { exchange, alice, bob, clock } = exchangeForTest({ symbols: [WIDE] });
    const prices: string[] = [];
    exchange.onMarket((event) => {
      if (event.kind === 'trade') prices.push(event.trade.price);
    });
    await alice.order(limit('SELL', '101'));
    await bob.order(limit('BUY', '101'));
    expect(prices).toEqual(['101.00000000']);
    expect((await alice.open('/api/v3/ticker/price', { symbol: 'BTCUSDT' })).body.price).toBe('101.00000000');
    expect(exchange.kline('BTCUSDT', '1h', clock.now())).toMatchObject({ close: '101.00000000', trades: 1 });
  });

  it('lets a stop of one account be triggered by a trade of others', async () => {
    const { exchange, alice, bob } = exchangeForTest({ symbols: [WIDE] });
    await alice.order({ side: 'SELL', type: 'STOP_LOSS', quantity: '1', stopPrice: '99' });
    await bob.order(limit('SELL', '98', '1'));
    await alice.order(limit('BUY', '98', '1'));
    expect(exchange.orders('alice')[0].status).toBe('FILLED');
  });
});

describe('a limit order that arrives at the quote', () => {
  it.each([
    [{ halfSpreadBps: 10 }, 'through', 'FILLED'],
    [{}, 'touch', 'FILLED'],
    [{}, 'through', 'NEW'],
  ] as const)('of %j, filled by %s, is %s', async (liquidity, limitFill, status) => {
    const { exchange, alice } = exchangeForTest({ symbols: [{ ...BTC, liquidity }], limitFill });
    const [[ask]] = exchange.book('BTCUSDT', 1).asks;
    expect((await alice.order(limit('BUY', Number(ask).toFixed(2)))).body.status).toBe(status);
  });
});

describe('self-trade prevention', () => {
  it.each([
    ['NONE', ['FILLED', 'FILLED'], 2],
    ['EXPIRE_TAKER', ['NEW', 'EXPIRED_IN_MATCH'], 0],
    ['EXPIRE_MAKER', ['EXPIRED_IN_MATCH', 'NEW'], 0],
    ['EXPIRE_BOTH', ['EXPIRED_IN_MATCH', 'EXPIRED_IN_MATCH'], 0],
    ['DECREMENT', ['EXPIRED_IN_MATCH', 'EXPIRED_IN_MATCH'], 0],
    ['TRANSFER', ['EXPIRED_IN_MATCH', 'EXPIRED_IN_MATCH'], 0],
  ])('%s leaves %j', async (selfTradePreventionMode, statuses, trades) => {
    const { exchange, alice } = exchangeForTest({ symbols: [WIDE] });
    await alice.order(limit('SELL', '101'));
    await alice.order(limit('BUY', '101', '1', { selfTradePreventionMode }));
    expect(exchange.orders('alice').map(({ status }) => status)).toEqual(statuses);
    expect(exchange.allTrades('alice')).toHaveLength(trades);
  });

  it('DECREMENT takes the same from both and lets the larger live on', async () => {
    const { exchange, alice } = exchangeForTest({ symbols: [WIDE] });
    await alice.order(limit('SELL', '101', '3'));
    await alice.order(limit('BUY', '101', '1', { selfTradePreventionMode: 'DECREMENT' }));
    const [sell, buy] = exchange.orders('alice');
    expect([sell.status, sell.preventedQuantity]).toEqual(['NEW', '1.00000000']);
    expect([buy.status, buy.preventedQuantity]).toEqual(['EXPIRED_IN_MATCH', '1.00000000']);
    expect(exchange.balances('alice').get('BTC')?.locked).toBe(200_000_000n);
  });
});

describe('stops', () => {
  const stop = (type: string, side: string, stopPrice: string, more = {}) => ({
    side,
    type,
    quantity: '1',
    stopPrice,
    ...more,
  });

  it.each([
    ['STOP_LOSS', 'SELL', '95', '95', '94'],
    ['TAKE_PROFIT', 'SELL', '105', '105', '106'],
    ['STOP_LOSS', 'BUY', '105', '105', '106'],
    ['TAKE_PROFIT', 'BUY', '95', '95', '94'],
  ])('%s %s at %s trades there when the price passes through', async (type, side, stopPrice, price, print) => {
    const { exchange, alice } = exchangeForTest();
    await alice.order(stop(type, side, stopPrice));
    expect(exchange.allTrades('alice')).toEqual([]);
    exchange.trade('BTCUSDT', print, '1');
    expect(exchange.allTrades('alice').map((trade) => Number(trade.price))).toEqual([Number(price) * 1e8]);
  });

  it('trades at the print where the price jumps over it', async () => {
    const { exchange, alice } = exchangeForTest();
    await alice.order(stop('STOP_LOSS', 'SELL', '95'));
    exchange.trade('BTCUSDT', '92', '1', { jump: true });
    expect(exchange.allTrades('alice').map(({ price }) => price)).toEqual([9_200_000_000n]);
  });

  it('with a limit rests where the market has gone past it', async () => {
    const { exchange, alice } = exchangeForTest();
    await alice.order(stop('STOP_LOSS_LIMIT', 'SELL', '95', { price: '94', timeInForce: 'GTC' }));
    exchange.trade('BTCUSDT', '92', '1', { jump: true });
    expect(exchange.orders('alice')[0]).toMatchObject({ status: 'NEW', isWorking: true });
    exchange.trade('BTCUSDT', '94.01', '1');
    expect(exchange.orders('alice')[0].status).toBe('FILLED');
    expect(exchange.allTrades('alice')[0]).toMatchObject({ price: 9_400_000_000n, isMaker: true });
  });

  it('that trails follows the price and fires on the way back', async () => {
    const { exchange, alice } = exchangeForTest();
    await alice.order({ side: 'SELL', type: 'STOP_LOSS', quantity: '1', trailingDelta: 500 });
    exchange.trade('BTCUSDT', '120', '1');
    exchange.trade('BTCUSDT', '114.01', '1');
    expect(exchange.allTrades('alice')).toEqual([]);
    exchange.trade('BTCUSDT', '113', '1');
    expect(exchange.allTrades('alice').map(({ price }) => price)).toEqual([11_400_000_000n]);
  });

  it('that trails waits for its stop price before it follows', async () => {
    const { exchange, alice } = exchangeForTest();
    await alice.order({ side: 'SELL', type: 'TAKE_PROFIT', quantity: '1', stopPrice: '110', trailingDelta: 100 });
    exchange.trade('BTCUSDT', '105', '1');
    exchange.trade('BTCUSDT', '90', '1');
    expect(exchange.allTrades('alice')).toEqual([]);
    exchange.trade('BTCUSDT', '112', '1');
    exchange.trade('BTCUSDT', '100', '1');
    expect(exchange.allTrades('alice').map(({ price }) => price)).toEqual([11_088_000_000n]);
  });

  it('that trails and buys sets aside what it would cost now', async () => {
    const { exchange, alice } = exchangeForTest();
    const trailing = { side: 'BUY', type: 'STOP_LOSS', trailingDelta: 500 };
    await alice.order({ ...trailing, quantity: '1' });
    expect(exchange.balances('alice').get('USDT')?.locked).toBe(10_500_000_000n);
    expect((await alice.order({ ...trailing, quantity: '100' })).body.code).toBe(-2010);
    exchange.trade('BTCUSDT', '80', '1');
    exchange.trade('BTCUSDT', '90', '1');
    expect(exchange.allTrades('alice').map(({ price }) => price)).toEqual([8_400_000_000n]);
    expect(exchange.balances('alice').get('USDT')).toEqual({ free: 991_600_000_000n, locked: 0n });
  });

  it('that buys at the market takes what its money allows, and expires with the rest', async () => {
    const accounts = [{ ...ALICE, balances: { USDT: '110' } }];
    const { exchange, alice } = exchangeForTest({ accounts });
    await alice.order(stop('STOP_LOSS', 'BUY', '105'));
    exchange.trade('BTCUSDT', '200', '1', { jump: true });
    expect(exchange.orders('alice')[0]).toMatchObject({ status: 'EXPIRED', executedQty: '0.55000000' });
    expect(exchange.balances('alice').get('USDT')).toEqual({ free: 0n, locked: 0n });
  });
});

describe('fees', () => {
  const withFees = (fees: 'received' | 'quote' | 'bnb', balances: Record<string, string>) => {
    const bnb = { ...BTC, name: 'BNBUSDT', base: 'BNB', price: '600' };
    return exchangeForTest({ symbols: [BTC, bnb], accounts: [{ ...ALICE, fees, balances }] });
  };

  it('come off what is received, rounded up', async () => {
    const { exchange, alice } = withFees('received', { USDT: '1000' });
    await alice.order({ side: 'BUY', type: 'MARKET', quantity: '0.333' });
    await alice.order({ side: 'SELL', type: 'MARKET', quantity: '0.332' });
    expect(exchange.allTrades('alice').map(({ fee, feeAsset }) => [fee, feeAsset])).toEqual([
      [33_300n, 'BTC'],
      [3_320_000n, 'USDT'],
    ]);
  });

  it('come off the quote asset where the account is set so, and off the base where none is left', async () => {
    const { exchange, alice } = withFees('quote', { USDT: '200' });
    await alice.order({ side: 'BUY', type: 'MARKET', quantity: '1' });
    await alice.order({ side: 'BUY', type: 'MARKET', quantity: '0.999' });
    expect(exchange.allTrades('alice').map(({ fee, feeAsset }) => [fee, feeAsset])).toEqual([
      [10_000_000n, 'USDT'],
      [99_900n, 'BTC'],
    ]);
    expect(exchange.balances('alice').get('USDT')).toEqual({ free: 0n, locked: 0n });
  });

  it('come off BNB with a quarter off until it runs out', async () => {
    const { exchange, alice } = withFees('bnb', { USDT: '1000', BNB: '0.0002' });
    await alice.order({ side: 'BUY', type: 'MARKET', quantity: '1' });
    await alice.order({ side: 'BUY', type: 'MARKET', quantity: '1' });
    expect(exchange.allTrades('alice').map(({ fee, feeAsset }) => [fee, feeAsset])).toEqual([
      [12_500n, 'BNB'],
      [100_000n, 'BTC'],
    ]);
  });
});

describe('a bar', () => {
  it('takes the stop before the target, and gaps fill at the open', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    await alice.order({ side: 'SELL', type: 'STOP_LOSS', quantity: '1', stopPrice: '95' });
    await alice.order(limit('SELL', '105', '1'));
    await alice.order(limit('SELL', '103', '1'));
    exchange.bar('BTCUSDT', bar(clock.now(), 104, 106, 94, 100));
    const rows = exchange.allTrades('alice').map(({ price, isMaker }) => [Number(price) / 1e8, isMaker]);
    expect(rows).toEqual([
      [104, true],
      [95, false],
      [105, true],
    ]);
    expect((await alice.open('/api/v3/ticker/price', { symbol: 'BTCUSDT' })).body.price).toBe('100.00000000');
  });

  it('only touches a limit: it fills by touch alone', async () => {
    for (const [limitFill, trades] of [
      ['through', 0],
      ['touch', 1],
    ] as const) {
      const { exchange, clock, alice } = exchangeForTest({ limitFill });
      await alice.order(limit('BUY', '99'));
      exchange.bar('BTCUSDT', bar(clock.now(), 100, 101, 99, 100));
      expect(exchange.allTrades('alice')).toHaveLength(trades);
    }
  });

  it('of a halted symbol trades nothing and leaves no kline', async () => {
    const { exchange, clock, alice } = exchangeForTest();
    await alice.order(limit('BUY', '99'));
    exchange.inject({ verb: 'eng.symbolStatus', symbol: 'BTCUSDT', status: 'HALT' });
    exchange.bar('BTCUSDT', bar(clock.now(), 100, 101, 90, 100));
    expect(exchange.allTrades('alice')).toEqual([]);
    expect(exchange.kline('BTCUSDT', '1m', clock.now())).toBeNull();
    expect((await alice.order(limit('BUY', '98'))).body).toEqual({ code: -2010, msg: 'Market is closed.' });
    expect((await alice.delete('/api/v3/openOrders', { symbol: 'BTCUSDT' })).status).toBe(200);
  });
});

describe('user events', () => {
  it('tell each step of an order once, then the balances that changed', async () => {
    const { exchange, alice } = exchangeForTest({ printLimits: true });
    const events: UserEvent[] = [];
    const stop = exchange.onUser('alice', (event) => events.push(event));
    await alice.order(limit('BUY', '99', '1', { newClientOrderId: 'a' }));
    exchange.trade('BTCUSDT', '98', '0.4');
    await alice.delete('/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'a', newClientOrderId: 'c' });
    const reports = events.filter(({ e }) => e === 'executionReport');
    expect(reports.map(({ x, X, l, z, c, C, I, w }) => [x, X, l, z, c, C, I, w])).toEqual([
      ['NEW', 'NEW', '0.00000000', '0.00000000', 'a', '', 1, true],
      ['TRADE', 'PARTIALLY_FILLED', '0.40000000', '0.40000000', 'a', '', 2, true],
      ['CANCELED', 'CANCELED', '0.00000000', '0.40000000', 'c', 'a', 3, false],
    ]);
    expect(reports[1]).toMatchObject({ n: '0.00040000', N: 'BTC', L: '99.00000000', m: true, Y: '39.60000000' });
    const positions = events.filter(({ e }) => e === 'outboundAccountPosition');
    expect(positions.map(({ B }) => B)).toEqual([
      [{ a: 'USDT', f: '9901.00000000', l: '99.00000000' }],
      [
        { a: 'USDT', f: '9901.00000000', l: '59.40000000' },
        { a: 'BTC', f: '10.39960000', l: '0.00000000' },
      ],
      [{ a: 'USDT', f: '9960.40000000', l: '0.00000000' }],
    ]);
    stop();
    await alice.order(limit('BUY', '99'));
    expect(events).toHaveLength(6);
  });
});
