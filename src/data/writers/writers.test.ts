import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Bars } from '../../core/bars.ts';
import { readBars } from '../readers/read-bars.ts';
import { removeLeftovers, writeAtomically } from './atomic-file.ts';
import { writeCsv, writeCsvTable } from './csv-writer.ts';
import { writeParquetTable } from './parquet-writer.ts';
import type { Table } from './table.ts';
import { PROCESS_IDENTITY } from './process-identity.ts';
import { plainNumber, TimeText } from './text.ts';

const folder = mkdtempSync(join(tmpdir(), 'vlv-writers-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('text', () => {
  it('of a number has no exponent and reads back bit for bit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = plainNumber(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
      }),
    );
    expect([1e-8, 1.5e-7, 1e21, 1.25e22, -2e-10, 100].map(plainNumber)).toEqual([
      '0.00000001',
      '0.00000015',
      '1000000000000000000000',
      '12500000000000000000000',
      '-0.0000000002',
      '100',
    ]);
  });

  it('of a time is ISO 8601', () => {
    const times = new TimeText();
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 4e12 }), (ms) => {
        expect(times.of(ms)).toBe(new Date(ms).toISOString().replace('.000Z', 'Z'));
      }),
    );
  });
});

describe('writeCsv', () => {
  it('writes what reads back bit for bit', async () => {
    const positive = fc.double({ min: 1e-9, max: 1e15, noNaN: true });
    const rows = fc.sample(fc.tuple(positive, positive, positive, positive, positive), { numRuns: 5_000, seed: 3 });
    const sorted = rows.map(([a, b, c, d, v]) => [...[a, b, c, d].sort((x, y) => x - y), v]);
    const column = (i: number) => Float64Array.from(sorted, (row) => row[i]);
    const time = Float64Array.from(rows, (_, i) => Date.UTC(2024, 0, 1) + i * 1_000);
    const bars = new Bars('BTCUSDT', '1s', {
      time,
      low: column(0),
      open: column(1),
      close: column(2),
      high: column(3),
      volume: column(4),
    });
    const path = join(folder, 'BTCUSDT_1s.csv');
    writeCsv(path, bars);
    expect(readFileSync(path, 'utf8').split('\n', 1)).toEqual(['timestamp,open,high,low,close,volume']);
    const read = await readBars(path);
    expect(read.bars).toEqual(bars);
    expect(read.notes).toEqual([]);
  });
});

const TABLE: Table = [
  { name: 'time', type: 'time', values: [Date.UTC(2024, 0, 1), null] },
  { name: 'profit', type: 'number', values: [1e-7, Number.NaN] },
  { name: 'note', type: 'text', values: ['a, "b"\nc', null] },
];

describe('tables', () => {
  it('are written as CSV, quoted where needed, empty where there is nothing', () => {
    const path = join(folder, 'table.csv');
    writeCsvTable(path, TABLE);
    expect(readFileSync(path, 'utf8')).toBe('time,profit,note\n2024-01-01T00:00:00Z,0.0000001,"a, ""b""\nc"\n,,\n');
    writeCsvTable(path, TABLE.map((column) => ({ ...column, values: [] })) as Table);
    expect(readFileSync(path, 'utf8')).toBe('time,profit,note\n');
  });

  it('are written as Parquet with nulls', async () => {
    const { parquetReadObjects } = await import('hyparquet');
    const path = join(folder, 'table.parquet');
    await writeParquetTable(path, TABLE);
    const file = new Uint8Array(readFileSync(path)).buffer;
    expect(await parquetReadObjects({ file })).toEqual([
      { time: new Date('2024-01-01T00:00:00Z'), profit: 1e-7, note: 'a, "b"\nc' },
      { time: null, profit: null, note: null },
    ]);
  });
});

describe('writeAtomically', () => {
  it('leaves the old file and nothing else where writing fails', () => {
    const path = join(folder, 'atomic', 'file.txt');
    writeAtomically(path, () => ['old']);
    const failing = function* () {
      yield 'half of the ';
      throw new Error('no more');
    };
    expect(() => writeAtomically(path, failing)).toThrow(expect.objectContaining({ code: 'VLV_DATA_FILE' }));
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(join(folder, 'atomic'))).toEqual(['file.txt']);
  });

  it('leaves the old file where the last check before the change fails', () => {
    const path = join(folder, 'atomic', 'file.txt');
    const refuse = () => {
      throw new Error('not yours');
    };
    expect(() => writeAtomically(path, () => ['new'], refuse)).toThrow(
      expect.objectContaining({ code: 'VLV_DATA_FILE' }),
    );
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('cleans up after killed writers, and only after those', () => {
    const path = join(folder, 'left', 'file.txt');
    writeAtomically(path, () => ['x']);
    const dead = '.file.txt.tmp-999999999.0123abcd-0';
    const earlierLife = `.file.txt.tmp-${process.pid}.0123abcd-0`;
    const alive = `.file.txt.tmp-${PROCESS_IDENTITY}-77`;
    for (const name of [dead, earlierLife, alive]) writeFileSync(join(folder, 'left', name), 'half');
    removeLeftovers(path);
    expect(readdirSync(join(folder, 'left')).sort()).toEqual([alive, 'file.txt']);
  });
});
