import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BAR_FIELDS } from '../../src/core/bars.ts';
import { checkBars, HistoryLake, hasDefects, syntheticBars } from '../../src/data/index.ts';
import { type BinanceServer, startBinanceServer, startsFrom } from '../servers/binance-klines.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'download-binance-data.ts');
const [btc] = syntheticBars({
  symbols: ['BTCUSDT'],
  timeframe: '1h',
  from: Date.UTC(2024, 0, 1),
  to: Date.UTC(2026, 0, 1),
  seed: 5,
});
const OPEN_BAR = btc.length - 1;

let folder: string;
let server: BinanceServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valvulin-download-'));
  server = await startBinanceServer({ markets: [btc], now: () => btc.time[OPEN_BAR] + 1 });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Exit code and signal, once the process has ended and said everything. */
  readonly ended: Promise<unknown[]>;
}

function run(cwd: string): Run {
  const env = { ...process.env, VALVULIN_BINANCE_URL: server.url, VALVULIN_BINANCE_ARCHIVE_URL: server.url };
  const child = spawn(process.execPath, [SCRIPT], { cwd, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return { child, output: () => output, ended: once(child, 'close') };
}

/** Waits until the output holds `text`; fails where the process ends before. */
async function said(process: Run, text: string): Promise<void> {
  while (!process.output().includes(text)) {
    const event = await Promise.race([
      once(process.child.stderr ?? process.child, 'data'),
      process.ended.then(() => 'ended'),
    ]);
    if (event === 'ended' && !process.output().includes(text))
      throw new Error(`Ended without "${text}": ${process.output()}`);
  }
}

const csv = (cwd: string): string => readFileSync(join(cwd, 'data', 'history', 'BTCUSDT_1h.csv'), 'utf8');

it('creates the file with every closed hour, and finds nothing to do the second time', async () => {
  const first = run(folder);
  expect(await first.ended).toEqual([0, null]);
  expect(first.output()).toContain(`${OPEN_BAR} bars, ${OPEN_BAR} new, last 2025-12-31T22:00:00.000Z`);
  const { bars, notes } = await new HistoryLake(join(folder, 'data', 'history')).load('BTCUSDT', '1h');
  expect(notes).toEqual([]);
  for (const field of BAR_FIELDS) expect(bars[field].slice()).toEqual(btc[field].slice(0, OPEN_BAR));
  const text = csv(folder);
  const second = run(folder);
  expect(await second.ended).toEqual([0, null]);
  expect(second.output()).toContain(`${OPEN_BAR} bars, 0 new`);
  expect(csv(folder)).toBe(text);
});

it('leaves a valid file when it is interrupted, and the next call makes it the same as without the interruption', async () => {
  server.plan({ on: 'klines', kind: 'hang', when: startsFrom(btc.time[5_000]), times: 99 });
  const stopped = run(folder);
  await said(stopped, '5000 of ');
  stopped.child.kill('SIGINT');
  expect(await stopped.ended).toEqual([130, null]);
  expect(stopped.output()).toContain(
    'VLV_INTERRUPTED: The download was interrupted; what was downloaded so far is kept',
  );

  const history = join(folder, 'data', 'history');
  const { bars } = await new HistoryLake(history).load('BTCUSDT', '1h');
  expect(bars.length).toBe(5_000);
  expect(hasDefects(checkBars(bars))).toBe(false);
  for (const field of BAR_FIELDS) expect(bars[field].slice()).toEqual(btc[field].slice(0, 5_000));
  expect(readdirSync(history).filter((name) => /lock|tmp/.test(name))).toEqual([]);

  server.clearFaults();
  const before = server.requests.length;
  const resumed = run(folder);
  expect(await resumed.ended).toEqual([0, null]);
  const again = server.requests.slice(before).filter((path) => path.includes(`startTime=${btc.time[0]}`));
  expect(again).toEqual([]);

  const uninterrupted = mkdtempSync(join(tmpdir(), 'valvulin-download-'));
  try {
    expect(await run(uninterrupted).ended).toEqual([0, null]);
    expect(csv(folder)).toBe(csv(uninterrupted));
  } finally {
    rmSync(uninterrupted, { recursive: true });
  }
});

it('says what is wrong and ends with 1 where the exchange refuses', async () => {
  server.plan({ on: 'time', kind: 'status', status: 451, body: 'Service unavailable from a restricted location' });
  const refused = run(folder);
  expect(await refused.ended).toEqual([1, null]);
  expect(refused.output()).toContain('VLV_FEED_HTTP: Expected HTTP 200, got "HTTP 451: Service unavailable');
});
