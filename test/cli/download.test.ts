import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readBars, syntheticBars } from '../../src/data/index.ts';
import { type BinanceServer, startBinanceServer } from '../servers/binance-klines.ts';
import { cli, MAIN, temporaryFolder } from './process.ts';

const markets = syntheticBars({
  symbols: ['BTCUSDT', 'ETHUSDT'],
  timeframe: '1h',
  from: Date.UTC(2024, 0, 1),
  bars: 3_000,
  seed: 4,
});
const [btc] = markets;

let server: BinanceServer;
beforeEach(async () => {
  server = await startBinanceServer({ markets, now: () => btc.time[2_999] + 1 });
});
afterEach(() => server.close());

it('fetches several symbols, and goes on where it stopped', async () => {
  const cwd = temporaryFolder();
  const args = ['download', 'btcusdt', 'ETHUSDT', '1h', '--since', '2024-01-01', '--base-url', server.url];
  const first = await cli(args, { cwd });
  expect(first.code, first.stderr).toBe(0);
  expect(first.stdout).toContain('BTCUSDT 1h: 2024-01-01 00:00 to 2024-05-04 22:00, 2,999 bars, 2,999 new');
  expect(first.stdout).toContain('ETHUSDT 1h: ');
  expect(first.stderr).toContain('BTCUSDT 1h: 100%');
  expect(first.stderr, 'no control characters where it is no terminal').not.toMatch(/[\u0008\u001b\r]/);
  const { bars } = await readBars(join(cwd, 'data', 'history', 'BTCUSDT_1h.csv'));
  expect(bars.close).toEqual(btc.slice(0, 2_999).close);
  const second = await cli(args, { cwd });
  expect(second.stdout).toContain('2,999 bars, 0 new');
});

it('says what the exchange does not know, and ends with 1', async () => {
  const args = ['download', 'NOPEUSDT', '1h', '--since', '2024-01-01', '--base-url', server.url];
  const { code, stdout, stderr } = await cli(args, { cwd: temporaryFolder() });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('error VLV_FEED_SYMBOL');
});

it('ends with 130 on Ctrl+C and leaves a valid file or none', async () => {
  const cwd = temporaryFolder();
  const args = ['download', 'BTCUSDT', '1h', '--since', '2024-01-01', '--base-url', server.url];
  await cli([...args, '--until', '2024-02-01'], { cwd });
  const before = readFileSync(join(cwd, 'data', 'history', 'BTCUSDT_1h.csv'), 'utf8');
  server.plan({ on: 'klines', kind: 'hang', times: 100 });
  const known = server.requests.length;
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close');
  const klines = (): boolean => server.requests.slice(known).some((path) => path.includes('klines'));
  while (!klines()) await new Promise((done) => setImmediate(done));
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(stderr).toContain('error VLV_INTERRUPTED');
  expect(readFileSync(join(cwd, 'data', 'history', 'BTCUSDT_1h.csv'), 'utf8')).toBe(before);
});
