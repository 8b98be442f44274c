import type { Timeframe } from '../core/timeframe.ts';
import { print } from './amount.ts';
import { refusal } from './api-error.ts';
import { bookOf } from './depth.ts';
import type { Operation, PublicContext } from './operation.ts';
import { symbolRow } from './symbol-rules.ts';
import type { Json, TradePrint } from './types.ts';

const INTERVALS = '1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M'.split(' ') as Timeframe[];
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
};
