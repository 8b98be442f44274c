import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import type { Bar } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import { readBars, readBarsFrom } from './read-bars.ts';
import type { ReadOptions, ReadResult } from './types.ts';

const folder = mkdtempSync(join(tmpdir(), 'vlv-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
/** Writes a file called BTCUSDT_1h in a folder of its own and reads it. */
function read(
  content: string | Uint8Array,
  options: ReadOptions = {},
  name = `BTCUSDT_1h_${count++}.csv`,
): Promise<ReadResult> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return readBars(path, options);
}

const HOUR = 3_600_000;
const T0 = Date.UTC(2024, 0, 1);
const HEADER = 'open_time,open,high,low,close,volume';
const row = (i: number, close = 100 + i): string =>
  `${T0 + i * HOUR},${close},${close + 2},${close - 2},${close},${i + 1}`;
const table = (...rows: string[]): string => `${rows.join('\n')}\n`;
const bar = (i: number, close = 100 + i): Bar => ({
  time: T0 + i * HOUR,
  open: close,
  high: close + 2,
  low: close - 2,
  close,
  volume: i + 1,
});
const rowsOf = ({ bars }: ReadResult) => Array.from({ length: bars.length }, (_, i) => bars.at(i));
const THREE = [bar(0), bar(1), bar(2)];

describe('numbers', () => {
  it('are read bit for bit as Number(text) reads them', async () => {
    const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
    const decimal = fc.oneof(
      fc.tuple(digits(20), digits(25)).map(([a, b]) => `${a}.${b}`),
      digits(20),
      digits(9).map((text) => `0.${text}`),
      fc.double({ min: 1e-12, max: 1e18, noNaN: true }).map(String),
      digits(18).map((text) => `${text}.`),
      digits(4).map((text) => `.${text}`),
      digits(4).map((text) => ` ${text} `),
      digits(4).map((text) => `+${text}e-3`),
    );
    const cells = fc.sample(decimal, { numRuns: 3_000, seed: 1 });
    const lines = cells.map((cell, i) => `${T0 + i * HOUR},1,1,1,1,${cell}`);
    const { bars } = await read(table(HEADER, ...lines));
    expect(Array.from(bars.volume)).toEqual(cells.map(Number));
  });

  it('that are none are refused with file, line, column and cell', async () => {
    await expect(
      read(table(HEADER, row(0), row(1).replace('103,', '12x4,')), {}, 'BTCUSDT_1h_bad.csv'),
    ).rejects.toMatchObject({
      code: 'VLV_DATA_VALUE',
      message: 'Expected a number in column "high", got "12x4"',
      where: expect.stringContaining('BTCUSDT_1h_bad.csv, line 3'),
    });
  });

  it.each(['', 'abc', '1,5', '0x10', '1_000'])('refuse the cell "%s"', async (cell) => {
    await expect(read(table(HEADER, row(0), `${T0 + HOUR},1,1,1,${cell},1`))).rejects.toMatchObject({
      code: 'VLV_DATA_VALUE',
    });
  });

  it('written as missing make the bar defective, which no reader repairs', async () => {
    await expect(read(table(HEADER, row(0), `${T0 + HOUR},NaN,1,1,1,1`))).rejects.toMatchObject({
      code: 'VLV_DATA_DEFECT',
      message: expect.stringContaining('non_finite'),
    });
  });
});

describe('headers', () => {
  it.each([
    [HEADER],
    ['Open Time,OPEN,High,low,Close,Volume'],
    ['timestamp,o,h,l,c,v'],
    ['Date,Open,High,Low,Close,Vol'],
    ['unix,open,high,low,close,volume'],
    [',Open,High,Low,Close,Volume'],
    ['Unnamed: 0,Open,High,Low,Close,Volume'],
  ])('%s is understood', async (header) => {
    expect(rowsOf(await read(table(header, row(0), row(1), row(2))))).toEqual(THREE);
  });

  it('may stand in any order beside columns of other names', async () => {
    const lines = [0, 1, 2].map((i) => `x,${i + 1},${100 + i},${98 + i},${102 + i},${100 + i},${T0 + i * HOUR},9`);
    const header = 'symbol,volume,close,low,high,open,time,trades';
    expect(rowsOf(await read(table(header, ...lines)))).toEqual(THREE);
  });

  it('prefer the open time over a timestamp, a timestamp over a date, and any of them over a first column without name', async () => {
    const line = (i: number) => `${i},x,2030-01-01,${row(i)}`;
    const header = ',datetime,timestamp,open_time,open,high,low,close,volume';
    expect(rowsOf(await read(table(header, ...[0, 1, 2].map(line))))).toEqual(THREE);
  });

  it.each([
    ['open_time,open,Open,high,low,close,volume', '"open" and "Open"'],
    ['date,time,open,high,low,close,volume', '"date" and "time"'],
    ['timestamp,time,open,high,low,close,volume', '"timestamp" and "time"'],
  ])('%s are refused as ambiguous', async (header, named) => {
    const line = `${T0},${T0},1,1,1,1,1`;
    await expect(read(table(header, line))).rejects.toMatchObject({
      code: 'VLV_DATA_FORMAT',
      message: expect.stringContaining(named),
    });
  });

  it('without a needed column are refused with its name', async () => {
    await expect(read(table('time,open,high,low,close', `${T0},1,1,1,1`))).rejects.toMatchObject({
      code: 'VLV_DATA_FORMAT',
      message: expect.stringContaining('"volume"'),
    });
  });

  it('may be missing where the caller names the columns', async () => {
    const lines = [0, 1, 2].map((i) => `${T0 + i * HOUR},${100 + i},${100 + i},${102 + i},${98 + i},7,${i + 1}`);
    const columns = ['time', 'open', 'close', 'high', 'low', '-', 'volume'];
    expect(rowsOf(await read(table(...lines), { columns }))).toEqual(THREE);
    await expect(read(table(...lines))).rejects.toMatchObject({ code: 'VLV_DATA_FORMAT' });
    await expect(read(table(...lines), { columns: columns.slice(1) })).rejects.toMatchObject({
      code: 'VLV_DATA_FORMAT',
    });
  });

  it('of Binance archives may be missing', async () => {
    const lines = [0, 1, 2].map((i) => `${row(i)},${T0 + i * HOUR + HOUR - 1},1.5,3,0.5,0.5,0`);
    const { bars, format } = await read(table(...lines));
    expect(format).toBe('binance-archive-csv');
    expect(bars.length).toBe(3);
  });
});

describe('times', () => {
  const iso = ['2024-01-01', '2024-01-01', '2024-01-01'].map((day, i) => `${day} 0${i}:00:00`);
  it.each([
    ['ISO without offset', iso, 'read as UTC'],
    ['ISO with T and Z', iso.map((t) => `${t.replace(' ', 'T')}Z`), ''],
    ['ISO with an offset', iso.map((t) => `${t.replace(' 0', ' 1')}+10:00`), ''],
    ['ISO with fractions', iso.map((t) => `${t}.000000+00:00`), ''],
    ['seconds', [0, 1, 2].map((i) => String((T0 + i * HOUR) / 1e3)), 'Times are in seconds'],
    ['seconds with a fraction', [0, 1, 2].map((i) => `${(T0 + i * HOUR) / 1e3}.0`), 'Times are in seconds'],
    ['microseconds', [0, 1, 2].map((i) => `${T0 + i * HOUR}000`), 'Times are in microseconds'],
    ['nanoseconds', [0, 1, 2].map((i) => `${T0 + i * HOUR}000000`), 'Times are in nanoseconds'],
  ])('as %s are read', async (_, times, says) => {
    const result = await read(table(HEADER, ...times.map((time, i) => row(i).replace(/^\d+/, time))));
    expect(rowsOf(result)).toEqual(THREE);
    expect(result.notes.join()).toContain(says);
    if (says === '') expect(result.notes).toEqual([]);
  });

  it.each(['20240101', '2024-02-30', '2024-13-01', '01/02/2024', '2024-01-01T25:00', 'yesterday', 'NaN', ''])(
    'such as "%s" are refused',
    async (time) => {
      await expect(
        read(table(HEADER, row(0).replace(/^\d+/, '2023-12-31'), row(1).replace(/^\d+/, time))),
      ).rejects.toMatchObject({
        code: 'VLV_DATA_VALUE',
      });
      await expect(read(table(HEADER, row(0), row(1).replace(/^\d+/, time)))).rejects.toMatchObject({
        code: 'VLV_DATA_VALUE',
      });
    },
  );

  it('of two units in one file are refused', async () => {
    await expect(read(table(HEADER, row(0), row(1).replace(',', '000,')))).rejects.toMatchObject({
      code: 'VLV_DATA_VALUE',
      message: expect.stringContaining('milliseconds'),
      where: expect.stringContaining('line 3'),
    });
  });
});

describe('layouts', () => {
  const good = table(HEADER, row(0), row(1), row(2));
  it.each([
    ['Windows line ends', good.replaceAll('\n', '\r\n')],
    ['no newline at the end', good.trimEnd()],
    ['blank lines', good.replaceAll('\n', '\n\n')],
    ['semicolons', good.replaceAll(',', ';')],
    ['tabs', good.replaceAll(',', '\t')],
    ['a byte order mark', `\ufeff${good}`],
    ['a comment above', `# from somewhere\n${good}`],
    ['a title above', `https://example.org\n${good}`],
    ['quotes around all cells', good.replace(/[^,\n]+/g, '"$&"')],
    ['a quoted cell with a comma in it', good.replaceAll('\n', ',"a, b"\n').replace('"a, b"', 'note')],
    ['empty fields at the end of some rows', good.replace(row(1), `${row(1)},, ,`)],
  ])('with %s are read', async (_, content) => {
    expect(rowsOf(await read(content))).toEqual(THREE);
  });

  it('packed by gzip or zip are known by content', async () => {
    expect(rowsOf(await read(gzipSync(good)))).toEqual(THREE);
    expect(rowsOf(await read(zipSync({ 'a.csv': Buffer.from(good) })))).toEqual(THREE);
    await expect(read(gzipSync(good).subarray(0, 60))).rejects.toMatchObject({ code: 'VLV_DATA_FORMAT' });
  });

  it('whose last row is cut short are refused', async () => {
    await expect(read(table(HEADER, row(0), row(1).slice(0, 17)).trimEnd())).rejects.toMatchObject({
      code: 'VLV_DATA_VALUE',
      message: expect.stringContaining('end of the line'),
    });
  });

  it('with a row of more fields than the header are refused, as it may be shifted', async () => {
    for (const content of [
      table(HEADER, row(0), `${row(1)},9`),
      table(HEADER, `"${T0}"`, row(0)).replace(`"${T0}"`, `"${T0}",1,1,1,1,1,9`),
    ]) {
      await expect(read(content)).rejects.toMatchObject({
        code: 'VLV_DATA_VALUE',
        message: expect.stringContaining('6 fields'),
      });
    }
  });

  it('without rows are refused', async () => {
    await expect(read('')).rejects.toMatchObject({ code: 'VLV_DATA_FORMAT' });
    await expect(readBars(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'VLV_DATA_FILE' });
  });

  it('larger than one piece of reading keep every row, wherever the pieces are cut', async () => {
    const rows = 60_000;
    const lines = Array.from({ length: rows }, (_, i) => row(i, 100 + (i % 977) / 8));
    const content = table(HEADER, ...lines);
    expect(content.length).toBeGreaterThan(2 * (1 << 20));
    const { bars } = await read(content);
    expect(bars.length).toBe(rows);
    for (let i = 0; i < rows; i += 7)
      expect([bars.time[i], bars.close[i]]).toEqual([T0 + i * HOUR, 100 + (i % 977) / 8]);
  });
});

describe('repairs', () => {
  it('turn a newest-first file round, sort, and drop identical duplicates, and say so', async () => {
    const turned = await read(table(HEADER, row(2), row(1), row(0)));
    expect(rowsOf(turned)).toEqual(THREE);
    expect(turned.notes).toEqual(['The file is newest first and was turned round.']);
    const sorted = await read(table(HEADER, row(0), row(2), row(1), row(3)));
    expect(rowsOf(sorted)).toEqual([...THREE, bar(3)]);
    expect(sorted.notes.join()).toContain('sorted by time');
    const dropped = await read(table(HEADER, row(0), row(1), row(1), row(2)));
    expect(rowsOf(dropped)).toEqual(THREE);
    expect(dropped.notes).toEqual(['Identical duplicates were dropped: 1.']);
  });

  it('keep the last written of conflicting duplicates: the lower one, or the upper one where new rows come on top', async () => {
    expect(rowsOf(await read(table(HEADER, row(0), row(1, 55), row(1), row(2))))).toEqual(THREE);
    expect(rowsOf(await read(table(HEADER, row(2), row(1), row(1, 55), row(0))))).toEqual(THREE);
  });

  it('drop a last bar whose close time or fetch time shows that it was open', async () => {
    const closing = (i: number, close = T0 + (i + 1) * HOUR - 1) => `${row(i)},${close}`;
    const header = `${HEADER},close_time`;
    const open = await read(table(header, closing(0), closing(1), closing(2), closing(3, T0 + 3 * HOUR + 60_000)));
    expect(rowsOf(open)).toEqual(THREE);
    expect(open.quality.unclosed).toBe(T0 + 3 * HOUR);
    expect((await read(table(header, closing(0), closing(1)))).bars.length).toBe(2);
    const plain = table(HEADER, row(0), row(1), row(2), row(3));
    expect(rowsOf(await read(plain, { fetchTime: T0 + 4 * HOUR - 1 }))).toEqual(THREE);
    expect((await read(plain, { fetchTime: T0 + 4 * HOUR })).bars.length).toBe(4);
  });

  it('are refused under strict', async () => {
    for (const rows of [
      [row(2), row(1), row(0)],
      [row(0), row(0), row(1)],
      [row(0), row(2), row(3)],
    ]) {
      await expect(read(table(HEADER, ...rows), { strict: true })).rejects.toMatchObject({ code: 'VLV_DATA_DEFECT' });
    }
  });

  it('never touch a price: impossible bars are refused', async () => {
    for (const cells of ['1,0.5,1,1,1', '1,1,1.1,1,1', '1,1,-1,1,1', '0,0,0,0,1', '1,1,1,1,-1']) {
      await expect(read(table(HEADER, row(0), `${T0 + HOUR},${cells}`))).rejects.toMatchObject({
        code: 'VLV_DATA_DEFECT',
      });
    }
  });
});

describe('several files', () => {
  it('are one series, whatever their order and units', async () => {
    const write = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const later = write(
      'ETHUSDT-1h-2024-02.csv',
      table(HEADER, row(2).replace(',', '000,'), row(1).replace(',', '000,')),
    );
    const earlier = write('ETHUSDT-1h-2024-01.csv', table(HEADER, row(0), row(1, 55)));
    const result = await readBarsFrom([later, earlier]);
    expect(rowsOf(result)).toEqual(THREE);
    expect(result.bars.symbol).toBe('ETHUSDT');
    expect(result.notes.join()).toContain('2 files were read as one series');
    const other = write('BTCUSDT-1h-2024-03.csv', table(HEADER, row(3)));
    await expect(readBarsFrom([earlier, other])).rejects.toMatchObject({ code: 'VLV_DATA_FORMAT' });
  });
});

describe('damage of any kind', () => {
  it('gives bars or an error of ours, never another error or bars out of order', async () => {
    const good = table(HEADER, ...Array.from({ length: 12 }, (_, i) => row(i)));
    const edit = fc.record({
      at: fc.nat(good.length - 1),
      drop: fc.nat(30),
      text: fc.oneof(
        fc.string(),
        fc.constantFrom('"', '\n', ',', '\r', '-', '1e999', '[', '{"', '\0', 'PAR1', '2024-01-01'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), async (edits, packed) => {
        let content = good;
        for (const { at, drop, text } of edits) content = content.slice(0, at) + text + content.slice(at + drop);
        try {
          const { bars } = await read(packed ? gzipSync(content) : content, {}, 'BTCUSDT_1h_damaged.csv');
          bars.assertOrdered();
          for (let i = 0; i < bars.length; i++) expect(bars.high[i]).toBeGreaterThanOrEqual(bars.low[i]);
        } catch (error) {
          expect(error).toBeInstanceOf(ValvulinError);
        }
      }),
      { numRuns: 600, seed: 11 },
    );
  });
});
