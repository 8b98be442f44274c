import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFrame } from './market-frames.ts';

const kline = (k: Record<string, unknown> = {}, data: Record<string, unknown> = {}): Record<string, unknown> => ({
  e: 'kline',
  E: 1_700_000_001_000,
  s: 'BTCUSDT',
  ...data,
  k: { t: 1.7e12, i: '1m', o: '0.10', h: '0.30', l: '0.07', c: '0.2', v: '12.00000001', n: 3, x: false, ...k },
});
const parse = (json: unknown): ReturnType<typeof parseFrame> => parseFrame(JSON.stringify(json));

describe('parseFrame', () => {
  it('reads klines of raw and combined streams, prices as the doubles nearest to their texts', () => {
    const expected = {
      kind: 'kline',
      symbol: 'BTCUSDT',
      interval: '1m',
      eventTime: 1_700_000_001_000,
      bar: { time: 1.7e12, open: 0.1, high: 0.3, low: 0.07, close: 0.2, volume: 12.00000001 },
      closed: false,
      trades: 3,
    };
    expect(parse(kline())).toEqual(expected);
    expect(parse({ stream: 'btcusdt@kline_1m', data: kline({ x: true }) })).toEqual({ ...expected, closed: true });
  });

  it.each([
    ['an empty price', { o: '' }],
    ['a price of zero', { l: '0.00' }],
    ['a negative price', { l: '-1' }],
    ['NaN', { c: 'NaN' }],
    ['infinity', { h: '1e999' }],
    ['no price', { c: undefined }],
    ['a volume below zero', { v: '-0.1' }],
    ['a high below the close', { h: '0.19' }],
    ['a low above the open', { l: '0.11' }],
    ['a time that is text', { t: '1700000000000' }],
  ])('calls %s bad, and names the symbol', (_name, fields) => {
    expect(parse(kline(fields))).toMatchObject({ kind: 'bad', symbol: 'BTCUSDT' });
  });

  it('takes a bar without trades and without volume', () => {
    expect(parse(kline({ v: '0', n: 0, o: '1', h: '1', l: '1', c: '1' }))).toMatchObject({ bar: { volume: 0 } });
  });

  it('knows books, shutdowns and answers to subscriptions', () => {
    const book = { u: 4, s: 'BTCUSDT', b: '99.9', B: '1', a: '100.1', A: '2' };
    expect(parse({ stream: 'x', data: book })).toEqual({ kind: 'book', symbol: 'BTCUSDT', bid: 99.9, ask: 100.1 });
    expect(parse({ ...book, a: '0' })).toMatchObject({ kind: 'bad', symbol: 'BTCUSDT' });
    expect(parse({ stream: '!serverShutdown', data: { e: 'serverShutdown', E: 1 } })).toEqual({ kind: 'shutdown' });
    expect(parse({ e: 'serverShutdown', E: 1 })).toEqual({ kind: 'shutdown' });
    expect(parse({ result: null, id: 7 })).toEqual({ kind: 'reply', id: 7, error: null });
    const refused = { kind: 'reply', id: 7, error: '2 Invalid request: no' };
    expect(parse({ error: { code: 2, msg: 'Invalid request: no' }, id: 7 })).toEqual(refused);
    expect(parse({ code: 2, msg: 'Invalid request: no', id: 7 })).toEqual(refused);
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseFrame(text).kind === 'string'));
    fc.assert(fc.property(fc.json(), (text) => typeof parseFrame(text).kind === 'string'));
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom('1', '', '-0', '0x10', '1e400', ' '));
    const fields = fc.dictionary(fc.constantFrom('t', 'i', 'o', 'h', 'l', 'c', 'v', 'n', 'x'), values);
    fc.assert(
      fc.property(fields, fc.dictionary(fc.constantFrom('e', 'E', 's', 'k'), values), (k, data) => {
        const frame = parseFrame(JSON.stringify({ ...kline(k), ...data }));
        if (frame.kind !== 'kline') return;
        const { open, high, low, close, volume } = frame.bar;
        expect(low > 0 && low <= open && low <= close && high >= open && high >= close && volume >= 0).toBe(true);
        expect(high).toBeLessThan(Number.POSITIVE_INFINITY);
      }),
    );
  });
});
