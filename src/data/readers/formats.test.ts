import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Table, tableToIPC, TimestampNanosecond, vectorFromArray } from 'apache-arrow';
import { afterAll, describe, expect, it } from 'vitest';
import { Bars } from '../../core/bars.ts';
import { writeParquet } from '../writers/parquet-writer.ts';
import { labelFromPath } from './labels.ts';
import { decodeLz4Frame } from './lz4-frame.ts';
import { readBars } from './read-bars.ts';
import { contradictsSpacing, timeframeFromSpacing } from './spacing.ts';
import type { ReadOptions, ReadResult } from './types.ts';

const folder = mkdtempSync(join(tmpdir(), 'vlv-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HOUR = 3_600_000;
const T0 = Date.UTC(2024, 0, 1);
const TIMES = [T0, T0 + HOUR, T0 + 2 * HOUR];
const BARS = new Bars('BTCUSDT', '1h', {
  time: Float64Array.from(TIMES),
  open: Float64Array.of(1.1, 1.2, 1e-5),
  high: Float64Array.of(2, 2.5, 3),
  low: Float64Array.of(1, 1.1, 1e-8),
  close: Float64Array.of(1.5, 2.25, 2.9999),
  volume: Float64Array.of(10, 0, 123456789.12345678),
});
const cells = (i: number) => [BARS.open[i], BARS.high[i], BARS.low[i], BARS.close[i], BARS.volume[i]];
const rows = TIMES.map((time, i) => [time, ...cells(i)]);

function readJson(value: unknown, options: ReadOptions = {}): Promise<ReadResult> {
  const path = join(folder, 'BTCUSDT_1h.json');
  writeFileSync(path, JSON.stringify(value));
  return readBars(path, options);
}

describe('JSON', () => {
  const klines = TIMES.map((time, i) => [time, ...cells(i).map(String), time + HOUR - 1, '1', 5, '1', '1', '0']);
  const records = TIMES.map((time, i) => {
    const [O, H, L, C, V] = cells(i);
    return { O, H, L, C, V, T: new Date(time).toISOString().slice(0, 19), BV: 1 };
  });

  it.each([
    ['binance-rest-json', klines],
    ['candles-json', rows],
    ['records-json', records],
  ])('as %s is read', async (format, value) => {
    const result = await readJson(value);
    expect(result.format).toBe(format);
    expect(result.bars).toEqual(BARS);
  });

  it('drops the last kline of a REST answer where its close time lies after the fetch', async () => {
    const result = await readJson(klines, { fetchTime: T0 + 2.5 * HOUR });
    expect(result.bars.length).toBe(2);
  });

  it('takes named columns for arrays of another order, and refuses one that does not fit', async () => {
    const turned = rows.map(([t, o, h, l, c, v]) => [t, o, c, h, l, v]);
    const columns = ['time', 'open', 'close', 'high', 'low', 'volume'];
    expect((await readJson(turned, { columns })).bars).toEqual(BARS);
    await expect(readJson(turned)).rejects.toMatchObject({ code: 'VLV_DATA_DEFECT' });
  });

  it.each([
    [[], 'VLV_DATA_FORMAT'],
    [{ code: -1121, msg: 'Invalid symbol.' }, 'VLV_DATA_FORMAT'],
    [[[T0, 1, 1, 1, 1, 1, 1]], 'VLV_DATA_FORMAT'],
    [[1, 2, 3], 'VLV_DATA_FORMAT'],
    [[{ price: 1, amount: 2, timestamp: T0 }], 'VLV_DATA_FORMAT'],
    [[[T0, 1, 1, 1, 1, 1], null], 'VLV_DATA_VALUE'],
    [[[T0, 1, 'x', 1, 1, 1]], 'VLV_DATA_VALUE'],
  ])('refuses %j', async (value, code) => {
    await expect(readJson(value)).rejects.toMatchObject({ code });
  });

  it('that is cut short is refused', async () => {
    const path = join(folder, 'ETHUSDT_1h.json');
    writeFileSync(path, JSON.stringify(rows).slice(0, -9));
    await expect(readBars(path)).rejects.toMatchObject({ code: 'VLV_DATA_FORMAT' });
  });
});

describe('Parquet', () => {
  it('comes back as it was written', async () => {
    const path = join(folder, 'BTCUSDT_1h.parquet');
    await writeParquet(path, BARS);
    const { bars, format, notes } = await readBars(path);
    expect(bars).toEqual(BARS);
    expect([format, notes]).toEqual(['parquet', []]);
  });

  it('that is cut short is refused', async () => {
    const path = join(folder, 'XRPUSDT_1h.parquet');
    writeFileSync(path, 'PAR1 and then nothing');
    await expect(readBars(path)).rejects.toMatchObject({ code: 'VLV_DATA_FORMAT' });
  });
});

describe('Arrow', () => {
  it('is read with timestamps in nanoseconds, and said to have no zone', async () => {
    const path = join(folder, 'BTCUSDT_1h.arrow');
    const { open, high, low, close, volume } = BARS;
    const prices = Object.entries({ open, high, low, close, volume }).map(([name, values]) => [
      name,
      vectorFromArray([...values]),
    ]);
    const table = new Table({ date: vectorFromArray(TIMES, new TimestampNanosecond()), ...Object.fromEntries(prices) });
    writeFileSync(path, tableToIPC(table, 'file'));
    const { bars, notes } = await readBars(path);
    expect(bars).toEqual(BARS);
    expect(notes.join()).toContain('read as UTC');
  });
});

describe('LZ4 frames', () => {
  const header = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0x00];
  const block = (...bytes: number[]) => [bytes.length, 0, 0, 0, ...bytes];
  const frame = (...blocks: number[][]) => Uint8Array.from([...header, ...blocks.flat(), 0, 0, 0, 0]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  it('are unpacked: literals, overlapping matches, matches into an earlier block, stored blocks', () => {
    // "abc", then 9 bytes from 3 back, then "!" as the closing literal.
    const first = block(0x35, 97, 98, 99, 3, 0, 0x10, 33);
    expect(text(decodeLz4Frame(frame(first)))).toBe('abcabcabcabc!');
    const second = block(0x00, 13, 0, 0x10, 63);
    expect(text(decodeLz4Frame(frame(first, second)))).toBe('abcabcabcabc!abca?');
    const stored = [2, 0, 0, 0x80, 104, 105];
    expect(text(decodeLz4Frame(frame(stored, first)))).toBe('hiabcabcabcabc!');
  });

  it('that are broken are refused', () => {
    expect(() => decodeLz4Frame(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toThrow(RangeError);
    expect(() => decodeLz4Frame(frame(block(0x00, 9, 0)))).toThrow(RangeError);
    expect(() => decodeLz4Frame(frame(block(0x50, 97)))).toThrow(RangeError);
    expect(() => decodeLz4Frame(Uint8Array.from([...header, 99, 0, 0, 0]))).toThrow(RangeError);
  });
});

describe('labels', () => {
  it.each([
    ['data/BTCUSDT_1h.csv', 'BTCUSDT', '1h'],
    ['BTCUSDT-5m-2024-11.csv.gz', 'BTCUSDT', '5m'],
    ['BTC_USDT-1h.json.gz', 'BTCUSDT', '1h'],
    ['BTC_USDT_USDT-8h-futures.feather', 'BTCUSDT', '8h'],
    ['ethusdt_1D.parquet', 'ETHUSDT', '1d'],
    ['BTCUSDT_1M.csv', 'BTCUSDT', '1M'],
    ['BTCUSDT_1mo.csv', 'BTCUSDT', '1M'],
    ['BTC_1ST-5.json', 'BTC1ST', undefined],
    ['1INCHUSDT_15m.csv', '1INCHUSDT', '15m'],
    ['GOOG.csv', 'GOOG', undefined],
    ['klines/SOLUSDT/2024-01-01.json.gz', 'SOLUSDT', undefined],
    ['my data.csv', undefined, undefined],
  ])('%s is %s %s', (path, symbol, timeframe) => {
    expect(labelFromPath(path)).toEqual({ symbol, timeframe });
  });

  it('are needed for the symbol', async () => {
    const path = join(folder, 'some prices.json');
    writeFileSync(path, JSON.stringify(rows));
    await expect(readBars(path)).rejects.toMatchObject({ code: 'VLV_DATA_FORMAT' });
    expect((await readBars(path, { symbol: 'ABC' })).bars.timeframe).toBe('1h');
  });
});

describe('spacing', () => {
  const grid = (step: number, holes: readonly number[] = []) =>
    Array.from({ length: 40 }, (_, i) => T0 + i * step).filter((_, i) => !holes.includes(i));

  it.each([
    [1_000, '1s'],
    [60_000, '1m'],
    [90 * 60_000, '90m'],
    [4 * HOUR, '4h'],
    [24 * HOUR, '1d'],
    [72 * HOUR, '3d'],
    [168 * HOUR, '1w'],
  ])('of %d ms is %s, holes or not', (step, timeframe) => {
    expect(timeframeFromSpacing(grid(step))).toBe(timeframe);
    expect(timeframeFromSpacing(grid(step, [3, 4, 9, 20]))).toBe(timeframe);
  });

  it('of calendar months is 1M', () => {
    expect(timeframeFromSpacing([0, 1, 2, 3, 4].map((month) => Date.UTC(2023, month)))).toBe('1M');
    expect(timeframeFromSpacing([T0])).toBeUndefined();
  });

  it('contradicts a label that is too long or too short, not one that holes only thin out', () => {
    expect(contradictsSpacing(grid(HOUR), '4h')).toBe(true);
    expect(contradictsSpacing(grid(HOUR), '30m')).toBe(true);
    expect(contradictsSpacing(grid(HOUR), '1h')).toBe(false);
    const sparse = grid(60_000).filter((_, i) => i % 2 === 0 || i === 7);
    expect(timeframeFromSpacing(sparse)).toBe('2m');
    expect(contradictsSpacing(sparse, '1m')).toBe(false);
  });
});
