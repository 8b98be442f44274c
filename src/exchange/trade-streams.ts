import type { Clock, Timer } from '../core/ports.ts';
import type { Publish } from './kline-stream.ts';
import type { Book, Exchange } from './local-exchange.ts';
import type { Json, MarketEvent } from './types.ts';

/** What stands behind one stream name while someone subscribes to it. */
export interface MarketStream {
  event(event: MarketEvent): void;
  stop(): void;
}

interface StreamSpec {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly symbol: string;
  readonly publish: Publish;
}

const LEVELS = 20;
const TICKER_MS = 1_000;

/** Every trade: `trade`, or `aggTrade`, where each trade is an aggregate of its own. */
export function tradeStream({ exchange, symbol, publish }: StreamSpec, kind: 'trade' | 'aggTrade'): MarketStream {
  return {
    event(event) {
      if (event.kind !== 'trade') return;
      const { id, price, quantity, time, buyerIsMaker } = event.trade;
      const now = exchange.time();
      const ids = kind === 'trade' ? { t: id } : { a: id };
      const range = kind === 'trade' ? {} : { f: id, l: id };
      publish((scale) => ({
        e: kind,
        E: now * scale,
        s: symbol,
        ...ids,
        p: price,
        q: quantity,
        ...range,
        T: time * scale,
        m: buyerIsMaker,
        M: true,
      }));
    },
    stop: () => undefined,
  };
}

/** Best bid and ask, whenever one of them changes. */
export function bookTickerStream({ exchange, symbol, publish }: StreamSpec): MarketStream {
  let last = '';
  return {
    event(event) {
      if (event.kind !== 'book') return;
      const { updateId, bids, asks } = exchange.book(symbol, 1);
      const [bid = ['0.00000000', '0.00000000']] = bids;
      const [ask = ['0.00000000', '0.00000000']] = asks;
      const best = `${bid.join()} ${ask.join()}`;
      if (best === last) return;
      last = best;
      publish(() => ({ u: updateId, s: symbol, b: bid[0], B: bid[1], a: ask[0], A: ask[1] }));
    },
    stop: () => undefined,
  };
}

/** The first 5, 10 or 20 levels, as often as `everyMs` at most. */
export function depthSnapshotStream(spec: StreamSpec, levels: number, everyMs: number): MarketStream {
  const { exchange, symbol, publish } = spec;
  return throttled(spec.clock, everyMs, 'book', () => {
    const { updateId, bids, asks } = exchange.book(symbol, levels);
    publish(() => ({ lastUpdateId: updateId, bids, asks }));
  });
}

/** What changed in the levels, with the update ids by which a client joins it to a snapshot of REST. */
export function depthChangeStream(spec: StreamSpec, everyMs: number): MarketStream {
  const { exchange, symbol, publish } = spec;
  let before = exchange.book(symbol, LEVELS);
  return throttled(spec.clock, everyMs, 'book', () => {
    const book = exchange.book(symbol, LEVELS);
    const changes = { b: levelChanges(before, book, 'bids'), a: levelChanges(before, book, 'asks') };
    const first = before.updateId + 1;
    before = book;
    if (changes.b.length + changes.a.length === 0) return;
    const now = exchange.time();
    publish((scale) => ({ e: 'depthUpdate', E: now * scale, s: symbol, U: first, u: book.updateId, ...changes }));
  });
}

/** The last 24 hours, once a second while something trades: `24hrMiniTicker` or `24hrTicker`. */
export function tickerStream(spec: StreamSpec, kind: 'mini' | 'full', asArray: boolean): MarketStream {
  const { exchange, symbol, clock, publish } = spec;
  const parameters = new Map([['symbol', symbol]]);
  return throttled(clock, TICKER_MS, 'trade', () => {
    const answer = exchange.call({
      operation: 'ticker.24hr',
      parameters,
      caller: { kind: 'anonymous' },
      address: 'ticker streams',
    });
    void answer.then(({ status, body }) => {
      if (status >= 400 || body === null || typeof body !== 'object' || !('lastPrice' in body)) return;
      const now = exchange.time();
      publish((scale) => {
        const ticker = kind === 'mini' ? miniTicker(body, symbol, now * scale) : fullTicker(body, symbol, now, scale);
        return asArray ? [ticker] : ticker;
      });
    });
  });
}

type Fields = Readonly<Record<string, Json | undefined>>;

function miniTicker(body: Fields, symbol: string, eventTime: number): object {
  const { lastPrice: c, openPrice: o, highPrice: h, lowPrice: l, volume: v, quoteVolume: q } = body;
  return { e: '24hrMiniTicker', E: eventTime, s: symbol, c, o, h, l, v, q };
}

function fullTicker(body: Fields, symbol: string, now: number, scale: number): object {
  return {
    ...miniTicker(body, symbol, now * scale),
    e: '24hrTicker',
    p: body['priceChange'],
    P: body['priceChangePercent'],
    w: body['weightedAvgPrice'],
    x: body['prevClosePrice'],
    Q: body['lastQty'],
    b: body['bidPrice'],
    B: body['bidQty'],
    a: body['askPrice'],
    A: body['askQty'],
    O: Number(body['openTime']) * scale,
    C: Number(body['closeTime']) * scale,
    F: body['firstId'],
    L: body['lastId'],
    n: body['count'],
  };
}

/** Runs `push` behind the work that told of an event of the kind, as often as `everyMs` at most. */
function throttled(clock: Clock, everyMs: number, kind: MarketEvent['kind'], push: () => void): MarketStream {
  let timer: Timer | null = null;
  let pushedAt = Number.NEGATIVE_INFINITY;
  const run = (): void => {
    timer = null;
    pushedAt = clock.now();
    push();
  };
  return {
    event(event) {
      if (event.kind !== kind || timer !== null) return;
      timer = clock.after(Math.max(0, pushedAt + everyMs - clock.now()), run);
    },
    stop: () => timer?.cancel(),
  };
}

function levelChanges(before: Book, after: Book, side: 'bids' | 'asks'): (readonly [string, string])[] {
  const old = new Map(before[side]);
  const now = new Map(after[side]);
  const gone = [...old.keys()].filter((price) => !now.has(price)).map((price) => [price, '0.00000000'] as const);
  return [...gone, ...[...now].filter(([price, quantity]) => old.get(price) !== quantity)];
}
