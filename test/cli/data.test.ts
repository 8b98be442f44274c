import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBars, syntheticBars, writeCsv, writeParquet } from '../../src/data/index.ts';
import { cli, temporaryFolder } from './process.ts';

const [bars] = syntheticBars({
  symbols: ['BTCUSDT'],
  timeframe: '1h',
  from: Date.UTC(2024, 0, 1),
  bars: 1_000,
  seed: 2,
});

describe('a history from files', () => {
  it('is imported, listed, verified, resampled and exported', async () => {
    const cwd = temporaryFolder();
    writeCsv(join(cwd, 'in', 'BTCUSDT-1h-2024-01.csv'), bars.slice(0, 600));
    writeCsv(join(cwd, 'in', 'BTCUSDT-1h-2024-02.csv'), bars.slice(600));

    const imported = await cli(['data', 'import', 'in'], { cwd });
    expect(imported.stdout).toContain('imported in (2 files): BTCUSDT 1h');
    expect(imported.stdout).toContain('1,000 added, 0 replaced, 1,000 stored');

    const listed = await cli(['data', 'list', '--json'], { cwd });
    expect(JSON.parse(listed.stdout)).toMatchObject({
      series: [
        { symbol: 'BTCUSDT', timeframe: '1h', bars: 1_000, from: '2024-01-01T00:00:00Z', to: '2024-02-11T15:00:00Z' },
      ],
    });
    expect((await cli(['data', 'list'], { cwd })).stdout).toBe(
      'SYMBOL   TIMEFRAME   BARS  FIRST (UTC)       LAST (UTC)\n' +
        'BTCUSDT  1h         1,000  2024-01-01 00:00  2024-02-11 15:00\n',
    );

    const verified = await cli(['data', 'verify'], { cwd });
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('No defects in 1 series.') });

    const built = await cli(['data', 'resample', 'BTCUSDT', '1h', '4h'], { cwd });
    expect(built.stdout).toContain('built 250 bars of BTCUSDT 4h from 1,000 of 1h');

    for (const ending of ['csv', 'parquet']) {
      const file = `btc_1h.${ending}`;
      await cli(['data', 'export', 'BTCUSDT', '1h', '-o', file, '--from', '2024-01-02', '--to', '2024-01-03'], { cwd });
      const read = await readBars(join(cwd, file), { symbol: 'BTCUSDT' });
      expect(read.bars.close).toEqual(bars.slice(24, 48).close);
    }
  });

  it('is empty at first, and says how to fill it', async () => {
    const cwd = temporaryFolder();
    expect(await cli(['data', 'list'], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('valvulin download'),
    });
    const { code, stderr } = await cli(['data', 'export', 'BTCUSDT', '1h', '-o', 'x.csv'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('error VLV_DATA_NONE');
    expect((await cli(['data', 'export', 'BTCUSDT', '1h', '-o', 'x.txt'], { cwd })).code).toBe(2);
  });
});

describe('valvulin data verify', () => {
  it('ends with 1 on a defect and says which, also as JSON', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'BTCUSDT_1h.csv');
    writeCsv(file, bars);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [...lines.slice(0, 50), ...lines.slice(53, 90), lines[89], ...lines.slice(90)].join('\n'));
    const { code, stdout } = await cli(['data', 'verify', 'BTCUSDT_1h.csv'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain('defect: 3 bars missing in 1 gap');
    expect(stdout).toContain('defect: 1 row repeated without a difference.');
    expect(stdout).toContain('1 of 1 series with defects.');
    const machine = await cli(['data', 'verify', 'BTCUSDT_1h.csv', '--json'], { cwd });
    expect(machine.code).toBe(1);
    expect(JSON.parse(machine.stdout)).toMatchObject({
      ok: false,
      series: [{ symbol: 'BTCUSDT', gaps: { count: 1, missing: 3 }, duplicates: { identical: 1, conflicting: 0 } }],
    });
  });

  it('goes on after a file that cannot be read, and takes column names for one without a header', async () => {
    const cwd = temporaryFolder();
    const row = (i: number): string => `${Date.UTC(2024, 0, 1, i)},10,11,12,9,5`;
    writeFileSync(join(cwd, 'ODD_1h.csv'), `${Array.from({ length: 20 }, (_, i) => row(i)).join('\n')}\n`);
    await writeParquet(join(cwd, 'BTCUSDT_1h.parquet'), bars);
    const refused = await cli(['data', 'verify', 'ODD_1h.csv', 'BTCUSDT_1h.parquet'], { cwd });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('VLV_DATA_FORMAT');
    expect(refused.stdout).toMatch(/BTCUSDT 1h .*good/);
    const named = await cli(['data', 'verify', 'ODD_1h.csv', '--columns', 'time,open,close,high,low,volume'], { cwd });
    expect(named).toMatchObject({ code: 0, stdout: expect.stringContaining('No defects') });
  });

  it('refuses with --strict what an import would repair', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'BTCUSDT_1h.csv');
    writeCsv(file, bars);
    const [header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
    writeFileSync(file, `${[header, ...rows.reverse()].join('\n')}\n`);
    const strict = await cli(['data', 'import', file, '--strict'], { cwd });
    expect(strict).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('error VLV_DATA_DEFECT') });
    const repaired = await cli(['data', 'import', file], { cwd });
    expect(repaired.code).toBe(0);
    expect(repaired.stderr).toMatch(/newest/);
    rmSync(file);
    expect((await cli(['data', 'verify'], { cwd })).code).toBe(0);
  });
});
