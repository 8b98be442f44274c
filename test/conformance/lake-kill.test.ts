import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Bars } from '../../src/core/bars.ts';
import { HistoryLake } from '../../src/data/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'vlv-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START_ROWS = 5_000;
const KILLS = 12;

function bars(from: number, to: number): Bars {
  const column = (value: (i: number) => number) => Float64Array.from({ length: to - from }, (_, i) => value(from + i));
  const price = column((i) => i + 1);
  const time = column((i) => Date.UTC(2024, 0, 1) + i * 60_000);
  return new Bars('BTCUSDT', '1m', { time, open: price, high: price, low: price, close: price, volume: price });
}

/** Starts the writer and kills it a little after its first append has ended, each time a little later. */
async function killedWriter(delayMs: number): Promise<void> {
  const record = join(folder, 'BTCUSDT_1m.csv');
  const before = readFileSync(record).length;
  const script = fileURLToPath(new URL('../fixtures/append-loop.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  while (child.exitCode === null && readFileSync(record).length === before)
    await new Promise((done) => setTimeout(done, 1));
  await new Promise((done) => setTimeout(done, delayMs));
  child.kill('SIGKILL');
  const [code, signal] = await exited;
  expect([code, signal]).toEqual([null, 'SIGKILL']);
}

describe('a history file whose writer is killed', () => {
  it('is always the old or the new one, whole, and the next writer goes on', async () => {
    const lake = new HistoryLake(folder);
    await lake.append(bars(0, START_ROWS));
    let rows = START_ROWS;
    for (let kill = 0; kill < KILLS; kill++) {
      await killedWriter((kill * 7) % 23);
      const lines = readFileSync(join(folder, 'BTCUSDT_1m.csv'), 'utf8').split('\n');
      // A header, whole lines, a newline at the end, and nothing lost that was there before.
      expect(lines.at(-1)).toBe('');
      const now = lines.length - 2;
      expect(now).toBeGreaterThan(rows);
      rows = now;
      const loaded = (await lake.load('BTCUSDT', '1m')).bars;
      expect(loaded.length).toBe(rows);
      expect(loaded.close[rows - 1]).toBe(rows);
      expect(loaded).toEqual(bars(0, rows));
    }
    // The lock and the half-written file of the last one killed are no hindrance, and do not stay.
    await lake.append(bars(rows, rows + 1));
    expect(readdirSync(folder).sort()).toEqual(['.cache', 'BTCUSDT_1m.csv']);
  });
});
