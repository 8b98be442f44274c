import type { Bar } from '../../core/bars.ts';

/** A text frame of a market stream, as far as a feed needs it. */
export type MarketFrame =
  | KlineFrame
  | { readonly kind: 'book'; readonly symbol: string; readonly bid: number; readonly ask: number }
  /** The exchange closes the connection soon. */
  | { readonly kind: 'shutdown' }
  /** The answer to a control message; `error` where it was refused. */
  | { readonly kind: 'reply'; readonly id: number; readonly error: string | null }
  /** A kline whose values no market can have. */
  | { readonly kind: 'bad'; readonly symbol: string | null; readonly reason: string }
  | { readonly kind: 'other' };

export interface KlineFrame {
  readonly kind: 'kline';
  readonly symbol: string;
  readonly interval: string;
  /** When the exchange sent it, epoch ms. */
  readonly eventTime: number;
  readonly bar: Bar;
  readonly closed: boolean;
  /** Trades in the bar so far. */
  readonly trades: number;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads a frame, of a combined stream or a raw one. Never throws: what cannot be read is `bad` or `other`. */
export function parseFrame(text: string): MarketFrame {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'bad', symbol: null, reason: `Expected JSON, got "${text.slice(0, 60)}"` };
  }
  if (!isRecord(json)) return { kind: 'other' };
  const data = isRecord(json.data) ? json.data : json;
  if (data.e === 'kline') return klineFrame(data);
  if (data.e === 'serverShutdown') return { kind: 'shutdown' };
  if (typeof data.b === 'string' && typeof data.a === 'string' && typeof data.s === 'string') return bookFrame(data);
  if ('id' in json || 'code' in json || 'error' in json) return replyFrame(json);
  return { kind: 'other' };
}

function klineFrame(data: Json): MarketFrame {
  const { k, s, E } = data;
  if (!isRecord(k) || typeof s !== 'string' || typeof E !== 'number' || typeof k.i !== 'string') {
    return { kind: 'bad', symbol: null, reason: `Expected a kline, got "${JSON.stringify(data).slice(0, 60)}"` };
  }
  const bar: Bar = {
    time: typeof k.t === 'number' ? k.t : Number.NaN,
    open: toNumber(k.o),
    high: toNumber(k.h),
    low: toNumber(k.l),
    close: toNumber(k.c),
    volume: toNumber(k.v),
  };
  const reason = barProblem(bar);
  if (reason !== null) return { kind: 'bad', symbol: s, reason };
  return {
    kind: 'kline',
    symbol: s,
    interval: k.i,
    eventTime: E,
    bar,
    closed: k.x === true,
    trades: typeof k.n === 'number' ? k.n : 0,
  };
}

function bookFrame(data: Json): MarketFrame {
  const bid = toNumber(data.b);
  const ask = toNumber(data.a);
  const symbol = data.s as string;
  if (bid > 0 && ask > 0 && Number.isFinite(bid + ask)) return { kind: 'book', symbol, bid, ask };
  return {
    kind: 'bad',
    symbol,
    reason: `Expected positive bid and ask, got "${String(data.b)}" and "${String(data.a)}"`,
  };
}

function replyFrame(json: Json): MarketFrame {
  const error = isRecord(json.error) ? json.error : 'code' in json ? json : undefined;
  const id = typeof json.id === 'number' ? json.id : -1;
  return { kind: 'reply', id, error: error ? `${String(error.code)} ${String(error.msg)}` : null };
}

/** What is impossible about a bar, in words; null where nothing is. */
export function barProblem({ time, open, high, low, close, volume }: Bar): string | null {
  const sum = time + open + high + low + close + volume;
  if (Number.isFinite(sum) && open > 0 && high > 0 && low > 0 && close > 0 && volume >= 0) {
    if (high >= open && high >= close && low <= open && low <= close) return null;
  }
  return `Expected prices above zero within high and low, got "${[open, high, low, close, volume].join(' ')}"`;
}

/** The double nearest to a decimal text; NaN for anything else, the empty text included. */
function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
