import { barOpen, type Timeframe } from '../core/timeframe.ts';
import { print, units } from './amount.ts';
import { refusal } from './api-error.ts';
import { bookOf } from './depth.ts';
import type { ExchangeState, SymbolDesk } from './exchange-state.ts';
import type { Operation, PublicContext } from './operation.ts';
import type { Parameters } from './parameters.ts';
import { symbolRow } from './symbol-rules.ts';
import type { Json, TradePrint } from './types.ts';

const INTERVALS = '1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M'.split(' ') as Timeframe[];
const DAY = 86_400_000;
const AVERAGE_MINUTES = 5;

function ping({ parameters }: PublicContext): Json {
  parameters.finish();
  return {};
}

function time({ time: serverTime }: PublicContext): Json {
  return { serverTime };
}

function exchangeInfo({ state, parameters, time: serverTime }: PublicContext): Json {
  const symbol = parameters.optional('symbol');
  const symbols = parameters.list('symbols') ?? (symbol === undefined ? undefined : [symbol]);
  const permissions = parameters.optional('permissions');
  const status = parameters.optional('symbolStatus');
  if (symbols !== undefined && (permissions !== undefined || status !== undefined)) {
    throw refusal(-1128, 'Combination of optional parameters invalid.');
  }
  const spot = permissions === undefined || permissions.includes('SPOT');
  const desks = symbols?.map((name) => state.desk(name)) ?? [...state.symbols.values()];
  const shown = desks.filter(({ book }) => spot && (status === undefined || book.rules.status === status));
  return {
    timezone: 'UTC',
    serverTime,
    rateLimits: state.limiter.rows(),
    exchangeFilters: [],
    symbols: shown.map(({ book }) => symbolRow(book.rules, print)),
  };
}

function klines({ state, parameters }: PublicContext): Json {
  const { candles } = state.desk(parameters.text('symbol'));
  const interval = parameters.choice('interval', INTERVALS, -1120, 'Invalid interval.');
  const from = parameters.integer('startTime');
  const to = parameters.integer('endTime') ?? Number.MAX_SAFE_INTEGER;
  const limit = parameters.limit(500, 1_000);
  const rows = candles.range(interval, from ?? 0, to, limit, from === undefined);
  return rows.map((row) => [
    row.openTime,
    row.open,
    row.high,
    row.low,
    row.close,
    row.volume,
    row.closeTime,
    row.quoteVolume,
    row.trades,
    row.takerBase,
    row.takerQuote,
    '0',
  ]);
}

function depth({ state, parameters }: PublicContext): Json {
  const desk = state.desk(parameters.text('symbol'));
  const { updateId, bids, asks } = bookOf(desk.book, parameters.limit(100, 5_000));
  return { lastUpdateId: updateId, bids, asks };
}

function trades({ state, parameters }: PublicContext): Json {
  const { prints } = state.desk(parameters.text('symbol'));
  const fromId = parameters.integer('fromId');
  const limit = parameters.limit(500, 1_000);
  const rows = fromId === undefined ? prints.slice(-limit) : prints.filter(({ id }) => id >= fromId).slice(0, limit);
  return rows.map((trade) => ({
    id: trade.id,
    price: trade.price,
    qty: trade.quantity,
    quoteQty: trade.quoteQuantity,
    time: trade.time,
    isBuyerMaker: trade.buyerIsMaker,
    isBestMatch: true,
  }));
}

/** Each trade is an aggregate of itself. */
function aggTrades({ state, parameters }: PublicContext): Json {
  const { prints } = state.desk(parameters.text('symbol'));
  const fromId = parameters.integer('fromId');
  const from = parameters.integer('startTime');
  const to = parameters.integer('endTime');
  const limit = parameters.limit(500, 1_000);
  const within = ({ id, time: at }: TradePrint): boolean =>
    (fromId === undefined || id >= fromId) && (from === undefined || at >= from) && (to === undefined || at <= to);
  const rows = prints.filter(within);
  const page = fromId === undefined && from === undefined ? rows.slice(-limit) : rows.slice(0, limit);
  return page.map(({ id, price, quantity, time: at, buyerIsMaker }) => ({
    a: id,
    p: price,
    q: quantity,
    f: id,
    l: id,
    T: at,
    m: buyerIsMaker,
    M: true,
  }));
}

function averagePrice({ state, parameters, time: now }: PublicContext): Json {
  const desk = state.desk(parameters.text('symbol'));
  return { mins: AVERAGE_MINUTES, price: print(state.average(desk)), closeTime: now };
}

/** One row where one symbol is asked for by name, an array otherwise. */
function perSymbol({ state, parameters }: PublicContext, row: (desk: SymbolDesk) => Json): Json {
  const symbol = parameters.optional('symbol');
  const status = parameters.optional('symbolStatus');
  const suits = (desk: SymbolDesk): boolean => status === undefined || desk.book.rules.status === status;
  if (symbol !== undefined) {
    const desk = state.desk(symbol);
    if (!suits(desk)) throw refusal(-1220, 'The symbol does not have the requested status.');
    return row(desk);
  }
  const names = parameters.list('symbols');
  const desks = names?.map((name) => state.desk(name)) ?? [...state.symbols.values()];
  return desks.filter(suits).map(row);
}

function tickerPrice(context: PublicContext): Json {
  return perSymbol(context, ({ book }) => ({ symbol: book.rules.name, price: print(book.quotes.last) }));
}

function tickerBook(context: PublicContext): Json {
  return perSymbol(context, ({ book }) => {
    const { bids, asks } = bookOf(book, 1);
    const [bidPrice, bidQty] = bids.at(0) ?? [print(0n), print(0n)];
    const [askPrice, askQty] = asks.at(0) ?? [print(0n), print(0n)];
    return { symbol: book.rules.name, bidPrice, bidQty, askPrice, askQty };
  });
}

function ticker24(context: PublicContext): Json {
  const type = readTickerType(context.parameters);
  return perSymbol(context, (desk) => dayRow(context.state, desk, type === 'MINI'));
}

function readTickerType(parameters: Parameters): 'FULL' | 'MINI' {
  return parameters.optionalChoice('type', ['FULL', 'MINI'], -1139, 'Invalid ticker type.') ?? 'FULL';
}

function dayRow(state: ExchangeState, { book, candles, prints }: SymbolDesk, mini: boolean): Json {
  const closeTime = state.time();
  const openTime = closeTime - DAY;
  const rows = candles.range(candles.base, barOpen(openTime, candles.base), closeTime, Number.MAX_SAFE_INTEGER, false);
  const last = book.quotes.last;
  let [high, low, volume, value, count] = [last, last, 0n, 0n, 0];
  for (const row of rows) {
    if (units(row.high) > high) high = units(row.high);
    if (units(row.low) < low) low = units(row.low);
    volume += units(row.volume);
    value += units(row.quoteVolume);
    count += row.trades;
  }
  const open = rows.length > 0 ? units(rows[0].open) : last;
  const ids = { firstId: rows.at(0)?.firstTradeId ?? -1, lastId: rows.at(-1)?.lastTradeId ?? -1, count };
  const prices = { openPrice: print(open), highPrice: print(high), lowPrice: print(low), lastPrice: print(last) };
  const volumes = { volume: print(volume), quoteVolume: print(value), openTime, closeTime, ...ids };
  if (mini) return { symbol: book.rules.name, ...prices, ...volumes };
  const { bids, asks } = bookOf(book, 1);
  return {
    symbol: book.rules.name,
    priceChange: print(last - open),
    priceChangePercent: ((Number(last - open) / Number(open)) * 100).toFixed(3),
    weightedAvgPrice: print(volume === 0n ? last : (value * 100_000_000n) / volume),
    prevClosePrice: print(open),
    ...prices,
    lastQty: prints.at(-1)?.quantity ?? print(0n),
    bidPrice: bids.at(0)?.[0] ?? print(0n),
    bidQty: bids.at(0)?.[1] ?? print(0n),
    askPrice: asks.at(0)?.[0] ?? print(0n),
    askQty: asks.at(0)?.[1] ?? print(0n),
    ...volumes,
  };
}

/** Weight of a ticker: `one` for a symbol, more for many. */
function tickerWeight(one: number, many: number): (parameters: ReadonlyMap<string, string>) => number {
  return (parameters) => (parameters.has('symbol') ? one : many);
}

function dayWeight(parameters: ReadonlyMap<string, string>): number {
  if (parameters.has('symbol')) return 2;
  const names = parameters.get('symbols')?.split(',').length ?? Number.POSITIVE_INFINITY;
  return names <= 20 ? 2 : names <= 100 ? 40 : 80;
}

function depthWeight(parameters: ReadonlyMap<string, string>): number {
  const limit = Number(parameters.get('limit') ?? 100);
  return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1_000 ? 50 : 250;
}

export const MARKET_OPERATIONS: Readonly<Record<string, Operation>> = {
  ping: { security: 'none', weight: 1, run: ping },
  time: { security: 'none', weight: 1, run: time },
  exchangeInfo: { security: 'none', weight: 20, run: exchangeInfo },
  klines: { security: 'none', weight: 2, run: klines },
  uiKlines: { security: 'none', weight: 2, run: klines },
  depth: { security: 'none', weight: depthWeight, run: depth },
  'trades.recent': { security: 'none', weight: 25, run: trades },
  'trades.historical': { security: 'none', weight: 25, run: trades },
  'trades.aggregate': { security: 'none', weight: 4, run: aggTrades },
  avgPrice: { security: 'none', weight: 2, run: averagePrice },
  'ticker.price': { security: 'none', weight: tickerWeight(2, 4), run: tickerPrice },
  'ticker.book': { security: 'none', weight: tickerWeight(2, 4), run: tickerBook },
  'ticker.24hr': { security: 'none', weight: dayWeight, run: ticker24 },
};
