import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Bars } from '../../core/bars.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { HistoryLake } from './history-lake.ts';
import { lakeStore } from './lake-store.ts';

const root = mkdtempSync(join(tmpdir(), 'vlv-lake-'));
afterAll(() => rmSync(root, { recursive: true }));

const MINUTE = 60_000;
const T0 = Date.UTC(2024, 0, 1);

/** Minute bars from minute `from` to `to`, all at one price. */
function minutes(from: number, to: number, price = 100, timeframe: Timeframe = '1m', symbol = 'BTCUSDT'): Bars {
  const step = timeframe === '1m' ? MINUTE : 60 * MINUTE;
  const column = (value: (i: number) => number) => Float64Array.from({ length: to - from }, (_, i) => value(from + i));
  return new Bars(symbol, timeframe, {
    time: column((i) => T0 + i * step),
    open: column(() => price),
    high: column(() => price + 1),
    low: column(() => price - 1),
    close: column(() => price),
    volume: column((i) => i + 0.1),
  });
}

let count = 0;
let lake = new HistoryLake(root);
let folder = root;
beforeEach(() => {
  folder = join(root, String(count++));
  lake = new HistoryLake(folder);
});
const cachePath = () => join(folder, '.cache', 'BTCUSDT_1m.bars');

describe('HistoryLake', () => {
  it('stores bars as the named CSV file and gives them back', async () => {
    const bars = minutes(0, 100);
    expect(await lake.append(bars)).toEqual({
      path: join(folder, 'BTCUSDT_1m.csv'),
      added: 100,
      replaced: 0,
      bars: 100,
    });
    const text = readFileSync(join(folder, 'BTCUSDT_1m.csv'), 'utf8');
    expect(text.slice(0, 77)).toBe('timestamp,open,high,low,close,volume\n2024-01-01T00:00:00Z,100,101,99,100,0.1\n');
    expect((await lake.load('BTCUSDT', '1m')).bars).toEqual(bars);
    const shared = (await lake.load('BTCUSDT', '1m', { shared: true })).bars;
    expect(shared.close.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(Array.from(shared.volume)).toEqual(Array.from(bars.volume));
  });

  it('merges by open time, the new bar winning, before, between and after what is stored', async () => {
    await lake.append(minutes(10, 20));
    expect(await lake.append(minutes(15, 25, 50))).toMatchObject({ added: 5, replaced: 5, bars: 15 });
    expect(await lake.append(minutes(0, 5))).toMatchObject({ added: 5, replaced: 0, bars: 20 });
    expect(await lake.append(minutes(15, 25, 50))).toMatchObject({ added: 0, replaced: 0, bars: 20 });
    const { bars } = await lake.load('BTCUSDT', '1m');
    expect(Array.from(bars.time, (time) => (time - T0) / MINUTE)).toEqual([
      0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
    ]);
    expect(Array.from(bars.close)).toEqual([...Array(10).fill(100), ...Array(10).fill(50)]);
    expect(await lake.lastTime('BTCUSDT', '1m')).toBe(T0 + 24 * MINUTE);
  });

  it('builds a timeframe that is not stored from the largest stored one that divides it, closed bars only', async () => {
    await lake.append(minutes(0, 150));
    const { bars, notes } = await lake.load('BTCUSDT', '1h');
    expect(bars.length).toBe(2);
    expect(notes).toEqual(['The 1h bars were built from the stored 1m bars.']);
    await lake.append(minutes(0, 5, 7, '1h'));
    expect((await lake.load('BTCUSDT', '4h')).notes).toEqual(['The 4h bars were built from the stored 1h bars.']);
    await expect(lake.load('BTCUSDT', '30s')).rejects.toMatchObject({
      code: 'VLV_DATA_NONE',
      message: expect.stringContaining('only "1m", "1h"'),
    });
    await expect(lake.load('ETHUSDT', '1h')).rejects.toMatchObject({ code: 'VLV_DATA_NONE' });
  });

  it('lists what is stored, and a broken file with its problem', async () => {
    expect(await lake.list()).toEqual([]);
    await lake.append(minutes(0, 5));
    await lake.append(minutes(0, 3, 9, '1h', 'ADAUSDT'));
    writeFileSync(join(folder, 'XRPUSDT_1h.csv'), 'time,open\n1,2\n');
    writeFileSync(join(folder, 'notes.txt'), 'nothing to do with it');
    const entries = await lake.list();
    expect(entries.map(({ symbol, timeframe, bars, from, to }) => [symbol, timeframe, bars, from, to])).toEqual([
      ['ADAUSDT', '1h', 3, T0, T0 + 120 * MINUTE],
      ['BTCUSDT', '1m', 5, T0, T0 + 4 * MINUTE],
      ['XRPUSDT', '1h', 0, null, null],
    ]);
    expect(entries.map(({ problem }) => problem === null)).toEqual([true, true, false]);
  });

  it('keeps minutes and months apart where file names ignore case', () => {
    expect(lake.path('BTCUSDT', '1M')).toBe(join(folder, 'BTCUSDT_1mo.csv'));
    expect(() => lake.path('../BTC', '1h')).toThrow(expect.objectContaining({ code: 'VLV_DATA_FILE' }));
  });

  it('is a store for feeds', async () => {
    const store = lakeStore(lake);
    expect(await store.range('BTCUSDT', '1m')).toBeUndefined();
    await store.merge(minutes(3, 9));
    expect(await store.range('BTCUSDT', '1m')).toEqual({ first: T0 + 3 * MINUTE, last: T0 + 8 * MINUTE, count: 6 });
    const rules = {
      symbol: 'BTCUSDT',
      base: 'BTC',
      quote: 'USDT',
      priceTick: 0.01,
      lotStep: 1e-5,
      minNotional: 5,
      source: 'exchange',
    } as const;
    await store.saveRules([rules]);
    await store.saveRules([{ ...rules, symbol: 'ETHUSDT', base: 'ETH' }]);
    expect(lake.instruments()).toEqual({ BTCUSDT: rules, ETHUSDT: { ...rules, symbol: 'ETHUSDT', base: 'ETH' } });
    expect(JSON.parse(readFileSync(join(folder, 'instruments.json'), 'utf8')).instruments.BTCUSDT.price_tick).toBe(
      0.01,
    );
  });
});

describe('the cache', () => {
  it('is neither read nor written where nobody wants it', async () => {
    await lake.write(minutes(0, 5));
    rmSync(cachePath());
    expect((await lake.load('BTCUSDT', '1m', { cache: false })).bars.length).toBe(5);
    expect(existsSync(cachePath())).toBe(false);
    await lake.load('BTCUSDT', '1m');
    expect(existsSync(cachePath())).toBe(true);
  });

  const price = async () => (await lake.load('BTCUSDT', '1m')).bars.close[0];
  /** Changes the first price in the record to 100.5, keeping its size. */
  const edit = (from = '100,', to = '105,') => {
    const path = join(folder, 'BTCUSDT_1m.csv');
    const text = readFileSync(path, 'utf8').replace(`Z,${from}101,99,${from}`, `Z,${to}109,99,${to}`);
    writeFileSync(path, text);
  };

  it('is really what is read where it is fresh', async () => {
    await lake.append(minutes(0, 5));
    const bytes = readFileSync(cachePath());
    // The first close is changed in the cache only: five columns from the end, the volume being last.
    bytes.writeDoubleLE(77, bytes.length - 2 * 5 * 8);
    writeFileSync(cachePath(), bytes);
    expect(await price()).toBe(77);
  });

  it('is rebuilt where the record was edited, also to the same size', async () => {
    await lake.append(minutes(0, 5));
    edit();
    expect(await price()).toBe(105);
    expect(await price()).toBe(105);
  });

  it('is kept where the record was only touched', async () => {
    await lake.append(minutes(0, 5));
    utimesSync(join(folder, 'BTCUSDT_1m.csv'), 1, 1);
    expect(await price()).toBe(100);
    const header = readFileSync(cachePath()).toString('latin1');
    expect(header).toContain('"mtime_ns":"1000000000"');
  });

  it('may be deleted, cut short or overwritten with anything', async () => {
    await lake.append(minutes(0, 5));
    const good = readFileSync(cachePath());
    for (const bad of [
      undefined,
      good.subarray(0, -1),
      good.subarray(0, 20),
      Buffer.from('rubbish'),
      Buffer.alloc(0),
    ]) {
      if (bad) writeFileSync(cachePath(), bad);
      else rmSync(join(folder, '.cache'), { recursive: true });
      expect(await price()).toBe(100);
      expect(readFileSync(cachePath()).length).toBe(good.length);
    }
  });

  it('keeps saying what the reader repaired', async () => {
    await lake.append(minutes(0, 5));
    appendFileSync(join(folder, 'BTCUSDT_1m.csv'), '2024-01-01T00:00:00Z,100,101,99,100,0.1\n');
    const first = await lake.load('BTCUSDT', '1m');
    expect(first.notes.join()).toContain('sorted by time');
    expect((await lake.load('BTCUSDT', '1m')).notes).toEqual(first.notes);
  });

  it('that cannot be written costs a note', async () => {
    await lake.append(minutes(0, 5));
    rmSync(join(folder, '.cache'), { recursive: true });
    writeFileSync(join(folder, '.cache'), 'a file where the folder should be');
    const { bars, notes } = await lake.load('BTCUSDT', '1m');
    expect(bars.length).toBe(5);
    expect(notes.join()).toContain('could not be written');
  });
});

describe('the lock', () => {
  const lockPath = () => join(folder, '.BTCUSDT_1m.lock');
  const hold = (pid: number, host = hostname()) =>
    writeFileSync(lockPath(), JSON.stringify({ pid, host, token: `${pid}.theirs-0` }));
  const DEAD = 999_999_999;

  it('refuses a second writer while the first lives, and frees itself afterwards', async () => {
    await lake.append(minutes(0, 5));
    expect(existsSync(lockPath())).toBe(false);
    hold(process.ppid);
    await expect(lake.append(minutes(5, 6))).rejects.toMatchObject({
      code: 'VLV_LAKE_LOCKED',
      message: expect.stringContaining(`"${process.ppid}"`),
    });
    expect((await lake.load('BTCUSDT', '1m')).bars.length).toBe(5);
    rmSync(lockPath());
    await lake.append(minutes(5, 6));
  });

  it('of a process that has died is taken over, but not of another machine', async () => {
    await lake.append(minutes(0, 5));
    hold(DEAD);
    expect(await lake.append(minutes(5, 6))).toMatchObject({ bars: 6 });
    // The same process id in an earlier life, as after the restart of a container.
    hold(process.pid);
    expect(await lake.append(minutes(5, 6))).toMatchObject({ bars: 6 });
    writeFileSync(lockPath(), 'by hand');
    await expect(lake.append(minutes(6, 7))).rejects.toMatchObject({ code: 'VLV_LAKE_LOCKED' });
    hold(DEAD, 'elsewhere');
    await expect(lake.append(minutes(6, 7))).rejects.toMatchObject({ code: 'VLV_LAKE_LOCKED' });
  });

  it('lets one of two calls at the same time through, and never mixes them', async () => {
    const results = await Promise.allSettled([lake.append(minutes(0, 5)), lake.append(minutes(5, 9))]);
    const stored = (await lake.load('BTCUSDT', '1m')).bars.length;
    const done = results.filter(({ status }) => status === 'fulfilled').length;
    expect(done).toBeGreaterThan(0);
    expect(stored).toBe(done === 2 ? 9 : results[0].status === 'fulfilled' ? 5 : 4);
  });
});
