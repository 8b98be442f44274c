import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inspectBars, type ReadOptions, readBars, readBarsFrom } from '../../src/data/index.ts';
import { sharedPath } from '../shared-data.ts';

const root = sharedPath('data');

interface Expected {
  /** A file, or a folder whose files are one series. */
  readonly path: string;
  readonly options?: ReadOptions;
  readonly series: string;
  readonly format: string;
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  /** Holes, and bars absent in them. */
  readonly gaps?: readonly [number, number];
  /** Largest hole: the bar before it, and bars absent. */
  readonly largest?: readonly [string, number];
  readonly zero?: number;
  readonly back?: number;
  readonly conflicting?: number;
  /** Text that one of the notes holds. */
  readonly says?: string;
}

const rest = (symbol: string): Expected => ({
  path: `ohlcv/binance-spot-rest-1h/${symbol}`,
  series: `${symbol} 1h`,
  format: 'binance-rest-json',
  rows: 17_544,
  first: '2024-01-01T00:00',
  last: '2025-12-31T23:00',
  says: '24 files were read as one series',
});

/** Rows, ranges and defects as counted by hand-written scripts when the files were collected. */
const LOADS: readonly Expected[] = [
  rest('BTCUSDT'),
  rest('ETHUSDT'),
  rest('BNBUSDT'),
  rest('SOLUSDT'),
  rest('XRPUSDT'),
  {
    path: 'ohlcv/binance-spot-rest-15m/ETHUSDT',
    series: 'ETHUSDT 15m',
    format: 'binance-rest-json',
    rows: 26_880,
    first: '2024-12-30T00:00',
    last: '2025-10-05T23:45',
    says: '40 files',
  },
  {
    path: 'ohlcv/binance-vision-spot-5m',
    series: 'BTCUSDT 5m',
    format: 'binance-archive-csv',
    rows: 26_496,
    first: '2024-11-01T00:00',
    last: '2025-01-31T23:55',
    says: 'Times are in microseconds. (1 of 3 files)',
  },
  {
    path: 'ohlcv/um-1h-long/ETHUSDT_1h.csv.gz',
    series: 'ETHUSDT 1h',
    format: 'csv',
    rows: 53_308,
    first: '2020-03-01T00:00',
    last: '2026-03-31T03:00',
  },
  {
    path: 'ohlcv/um-1h-long/PIPPINUSDT_1h.csv.gz',
    series: 'PIPPINUSDT 1h',
    format: 'csv',
    rows: 10_338,
    first: '2025-01-24T10:00',
    last: '2026-03-31T03:00',
  },
  {
    path: 'ohlcv/parquet-15m-um/BTCUSDT-15m.parquet',
    series: 'BTCUSDT 15m',
    format: 'parquet',
    rows: 75_840,
    first: '2024-01-01T00:00',
    last: '2026-02-28T23:45',
    zero: 4,
    says: 'read as UTC',
  },
  {
    path: 'ohlcv/parquet-1h-um/BTCUSDT_1h.parquet',
    series: 'BTCUSDT 1h',
    format: 'parquet',
    rows: 28_310,
    first: '2023-01-01T00:00',
    last: '2026-03-25T13:00',
  },
  {
    path: 'ohlcv/freqtrade-json-1h/BTC_USDT-1h.json.gz',
    series: 'BTCUSDT 1h',
    format: 'candles-json',
    rows: 45_024,
    first: '2017-08-17T04:00',
    last: '2022-10-11T10:00',
    gaps: [27, 127],
    largest: ['2018-02-08T00:00', 33],
    zero: 3,
  },
  {
    path: 'ohlcv/spot-1h-gappy/BTCUSDT_1h.csv.gz',
    series: 'BTCUSDT 1h',
    format: 'csv',
    rows: 8_100,
    first: '2024-11-13T22:00',
    last: '2025-11-12T23:00',
    gaps: [191, 638],
    largest: ['2025-07-15T23:00', 145],
  },
  {
    path: 'ohlcv/binance-vision-um-1m/FILUSDT',
    series: 'FILUSDT 1m',
    format: 'binance-archive-csv',
    rows: 518_400,
    first: '2023-02-01T00:00',
    last: '2024-09-30T23:59',
    gaps: [6, 357_120],
    largest: ['2023-11-30T23:59', 89_280],
    zero: 86,
  },
  {
    path: 'ohlcv/bitfinex-1m/BTCUSD-1m-2013.csv.gz',
    options: { columns: ['time', 'open', 'close', 'high', 'low', 'volume'] },
    series: 'BTCUSD 1m',
    format: 'csv',
    rows: 148_055,
    first: '2013-04-01T00:07',
    last: '2013-12-31T23:59',
    gaps: [49_884, 247_938],
    largest: ['2013-08-10T08:05', 279],
  },
  {
    path: 'ohlcv/bittrex/BTC_1ST-5.json.gz',
    series: 'BTC1ST 5m',
    format: 'records-json',
    rows: 15_037,
    first: '2018-01-08T03:00',
    last: '2018-03-05T05:10',
    gaps: [987, 1_283],
    largest: ['2018-02-23T17:40', 6],
    conflicting: 165,
    says: 'the last written was kept',
  },
  {
    path: 'ohlcv/bittrex/BTC_EGC-1.json.gz',
    series: 'BTCEGC 1m',
    format: 'records-json',
    rows: 6_655,
    first: '2018-01-18T02:52',
    last: '2018-04-24T02:40',
    gaps: [5_237, 131_574],
    largest: ['2018-03-05T04:37', 21_462],
    says: 'read as UTC',
  },
  {
    path: 'ohlcv/feather/UNITTEST_BTC-1m.feather',
    series: 'UNITTESTBTC 1m',
    format: 'arrow',
    rows: 13_681,
    first: '2017-11-04T23:02',
    last: '2017-11-14T22:59',
    gaps: [538, 717],
    largest: ['2017-11-05T03:12', 7],
  },
  {
    path: 'ohlcv/defects/ADABTC-1m-2021-11-27.csv',
    series: 'ADABTC 1m',
    format: 'binance-archive-csv',
    rows: 10,
    first: '2021-11-27T00:00',
    last: '2021-11-27T00:09',
    says: 'There is no header',
  },
  {
    path: 'ohlcv/defects/BTCUSDT_1h_16col.csv.gz',
    series: 'BTCUSDT 1h',
    format: 'csv',
    rows: 3_000,
    first: '2025-05-19T03:00',
    last: '2025-09-21T02:00',
  },
  {
    path: 'ohlcv/defects/BTCUSDT_1h_descending.csv.gz',
    series: 'BTCUSDT 1h',
    format: 'csv',
    rows: 1_000,
    first: '2025-04-22T07:00',
    last: '2025-06-02T22:00',
    back: 999,
    says: 'newest first and was turned round',
  },
  {
    path: 'ohlcv/defects/BTCUSDT_1m.csv.gz',
    series: 'BTCUSDT 1m',
    format: 'csv',
    rows: 16_610,
    first: '2025-05-18T03:58',
    last: '2025-05-29T16:47',
    zero: 1,
    says: '14160 of 16610 rows have empty fields',
  },
  {
    path: 'ohlcv/defects/UNITTEST_BTC-8m.json.gz',
    series: 'UNITTESTBTC 1m',
    format: 'candles-json',
    rows: 13_681,
    first: '2017-11-04T23:02',
    last: '2017-11-14T22:59',
    gaps: [538, 717],
    says: 'The label says 8m, but the bars are 1m apart',
  },
  {
    path: 'GOOG.csv',
    series: 'GOOG 1d',
    format: 'csv',
    rows: 2_148,
    first: '2004-08-19T00:00',
    last: '2013-03-01T00:00',
    // Days without trading on the exchange.
    gaps: [463, 969],
  },
  {
    path: 'EURUSD.csv',
    series: 'EURUSD 1h',
    format: 'csv',
    rows: 5_000,
    first: '2017-04-19T09:00',
    last: '2018-02-07T15:00',
    gaps: [42, 2_063],
  },
];

const REFUSED = [
  ['ohlcv/bitfinex-1m/BTCUSD-1m-2013.csv.gz', 'which of its 6 columns are open, high, low and close is ambiguous'],
  ['ohlcv/ticks/XRPETH-aggtrades-ccxt-2019.json.gz', 'Expected bars, got single trades'],
  ['ohlcv/ticks/btcusdt-trades.parquet', 'Expected bars, got single trades'],
  ['ohlcv/ws-raw/spot-ethusdt_20240808.gz', 'Expected bars, got recorded stream messages'],
] as const;

const minute = (ms: number | null): string => (ms === null ? 'none' : new Date(ms).toISOString().slice(0, 16));

function filesOf(path: string): string[] {
  if (statSync(path).isDirectory()) return readdirSync(path).map((name) => join(path, name));
  return [path];
}

describe.skipIf(root === undefined)('every file of the shared market data (needs it beside the checkout)', () => {
  const at = (path: string): string => join(root ?? '', path);

  it.each(LOADS)('loads $path', async (expected) => {
    const { bars, quality, notes, format } = await readBarsFrom(filesOf(at(expected.path)), expected.options);
    expect(`${bars.symbol} ${bars.timeframe}`).toBe(expected.series);
    expect(format).toBe(expected.format);
    expect(quality.bars).toBe(expected.rows);
    expect(bars.length).toBe(expected.rows - (expected.conflicting ?? 0));
    expect([minute(bars.time[0]), minute(bars.time[bars.length - 1])]).toEqual([expected.first, expected.last]);
    expect([quality.gaps.count, quality.gaps.missing]).toEqual(expected.gaps ?? [0, 0]);
    if (expected.largest) {
      expect([minute(quality.gaps.largest?.after ?? null), quality.gaps.largest?.missing]).toEqual(expected.largest);
    }
    expect(quality.zeroVolume).toBe(expected.zero ?? 0);
    expect(quality.disorder.back).toBe(expected.back ?? 0);
    expect(quality.duplicates).toEqual({ identical: 0, conflicting: expected.conflicting ?? 0 });
    expect([quality.impossibleRange, quality.nonFinite, quality.nonPositive]).toEqual([0, 0, 0]);
    if (expected.says) expect(notes.join('\n')).toContain(expected.says);
    bars.assertOrdered();
  });

  it.each(REFUSED)('refuses %s: %s', async (path, reason) => {
    await expect(readBars(at(path))).rejects.toMatchObject({
      code: 'VLV_DATA_FORMAT',
      message: expect.stringContaining(reason),
    });
  });

  it('leaves no file out', () => {
    const named = [...LOADS.map(({ path }) => path), ...REFUSED.map(([path]) => path)];
    const files = readdirSync(at('ohlcv'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(at(''), join(entry.parentPath, entry.name)));
    expect(files.length).toBeGreaterThan(180);
    expect(files.filter((file) => !named.some((path) => file === path || file.startsWith(`${path}/`)))).toEqual([]);
  });

  it('keeps the final copy of a candle that was written twice', async () => {
    const path = at('ohlcv/bittrex/BTC_1ST-5.json.gz');
    const rows = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { T: string; C: number; V: number }[];
    const final = new Map(rows.map((row) => [Date.parse(`${row.T}Z`), row]));
    const { bars, quality } = await inspectBars([path]);
    expect(quality.findings.find(({ code }) => code === 'conflicting_duplicate')?.severity).toBe('defect');
    for (let i = 0; i < bars.length; i++) {
      expect([bars.close[i], bars.volume[i]]).toEqual([final.get(bars.time[i])?.C, final.get(bars.time[i])?.V]);
    }
  });

  it('drops the unclosed last bar of a download whose time is known', async () => {
    const path = at('ohlcv/defects/BTCUSDT_1h_16col.csv.gz');
    const { bars, notes } = await readBars(path, { fetchTime: Date.UTC(2025, 8, 21, 2, 30) });
    expect(bars.length).toBe(2_999);
    expect(notes.join()).toContain('2025-09-21T02:00:00Z, was not closed yet');
  });

  it('refuses a defective file under strict, and takes a sound one', async () => {
    for (const path of [
      'defects/BTCUSDT_1h_descending.csv.gz',
      'defects/UNITTEST_BTC-8m.json.gz',
      'bittrex/BTC_1ST-5.json.gz',
    ]) {
      await expect(readBars(at(`ohlcv/${path}`), { strict: true })).rejects.toMatchObject({ code: 'VLV_DATA_DEFECT' });
    }
    const { bars } = await readBars(at('ohlcv/um-1h-long/ETHUSDT_1h.csv.gz'), { strict: true });
    expect(bars.length).toBe(53_308);
  });

  it('gives the same bars from the same market in two formats', async () => {
    const feather = await readBars(at('ohlcv/feather/UNITTEST_BTC-1m.feather'));
    const json = await readBars(at('ohlcv/defects/UNITTEST_BTC-8m.json.gz'));
    expect(feather.bars.time).toEqual(json.bars.time);
    // The feather file was written from values parsed one unit in the last place off.
    for (let i = 0; i < json.bars.length; i++) {
      expect(Math.abs(feather.bars.close[i] / json.bars.close[i] - 1)).toBeLessThan(4e-16);
      expect(Math.abs(feather.bars.volume[i] / json.bars.volume[i] - 1)).toBeLessThan(4e-16);
    }
  });
});
