import { barOpen } from '../core/timeframe.ts';
import { print, units } from './amount.ts';
import { refusal } from './api-error.ts';
import { bookOf } from './depth.ts';
import type { ExchangeState, SymbolDesk } from './exchange-state.ts';
import type { Operation, PublicContext } from './operation.ts';
import type { JsonObject } from './order-views.ts';
import type { Parameters } from './parameters.ts';
import type { Json } from './types.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const WINDOW_UNITS = { m: MINUTE, h: 60 * MINUTE, d: DAY } as const;
const WINDOW = /^([1-9]|[1-5][0-9])m$|^([1-9]|1[0-9]|2[0-3])h$|^[1-7]d$/;

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
  const mini = isMini(context.parameters);
  return perSymbol(context, (desk) => {
    const row = spanRow(context.state, desk, context.time - DAY, mini);
    if (mini) return row;
    const { bids, asks } = bookOf(desk.book, 1);
    return {
      ...row,
      prevClosePrice: row.openPrice,
      lastQty: desk.prints.at(-1)?.quantity ?? print(0n),
      bidPrice: bids.at(0)?.[0] ?? print(0n),
      bidQty: bids.at(0)?.[1] ?? print(0n),
      askPrice: asks.at(0)?.[0] ?? print(0n),
      askQty: asks.at(0)?.[1] ?? print(0n),
    };
  });
}

function tickerWindow(context: PublicContext): Json {
  const size = context.parameters.optional('windowSize') ?? '1d';
  if (!WINDOW.test(size)) throw refusal(-1130, "Data sent for parameter 'windowSize' is not valid.");
  const length = Number(size.slice(0, -1)) * WINDOW_UNITS[size.slice(-1) as keyof typeof WINDOW_UNITS];
  const from = Math.floor(context.time / MINUTE) * MINUTE - length;
  return named(context, from);
}

function tickerDay(context: PublicContext): Json {
  return named(context, Math.floor(context.time / DAY) * DAY);
}

/** Rows of symbols that must be named. */
function named(context: PublicContext, from: number): Json {
  const { parameters, state } = context;
  if (!parameters.has('symbol') && !parameters.has('symbols')) parameters.text('symbol');
  const mini = isMini(parameters);
  return perSymbol(context, (desk) => spanRow(state, desk, from, mini));
}

function isMini(parameters: Parameters): boolean {
  return parameters.optionalChoice('type', ['FULL', 'MINI'], -1139, 'Invalid ticker type.') === 'MINI';
}

/** What a symbol did since `openTime`. */
function spanRow(state: ExchangeState, { book, candles }: SymbolDesk, openTime: number, mini: boolean): JsonObject {
  const closeTime = state.time();
  const first = barOpen(openTime, candles.base);
  const rows = candles.range(candles.base, first, closeTime, Number.MAX_SAFE_INTEGER, false);
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
  const changes = {
    priceChange: print(last - open),
    priceChangePercent: ((Number(last - open) / Number(open)) * 100).toFixed(3),
    weightedAvgPrice: print(volume === 0n ? last : (value * 100_000_000n) / volume),
  };
  return {
    symbol: book.rules.name,
    ...(mini ? {} : changes),
    openPrice: print(open),
    highPrice: print(high),
    lowPrice: print(low),
    lastPrice: print(last),
    volume: print(volume),
    quoteVolume: print(value),
    openTime,
    closeTime,
    firstId: rows.at(0)?.firstTradeId ?? -1,
    lastId: rows.at(-1)?.lastTradeId ?? -1,
    count,
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

const MOST_WEIGHT = 200;

function namedWeight(parameters: ReadonlyMap<string, string>): number {
  return Math.min(MOST_WEIGHT, 4 * (parameters.get('symbols')?.split(',').length ?? 1));
}

export const TICKER_OPERATIONS: Readonly<Record<string, Operation>> = {
  'ticker.price': { security: 'none', weight: tickerWeight(2, 4), run: tickerPrice },
  'ticker.book': { security: 'none', weight: tickerWeight(2, 4), run: tickerBook },
  'ticker.24hr': { security: 'none', weight: dayWeight, run: ticker24 },
  'ticker.tradingDay': { security: 'none', weight: namedWeight, run: tickerDay },
  ticker: { security: 'none', weight: namedWeight, run: tickerWindow },
};
