import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { allocateColumns, BAR_FIELDS, Bars } from '../src/core/bars.ts';
import { HistoryLake } from '../src/data/index.ts';
import { build } from '../scripts/build.mjs';
import { bookTime } from './measure.ts';
import { recipeBars } from './synthetic-recipe.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REPETITIONS = 3;
/**
 * Written to file descriptor 3 when the process ends: what the operating system says it used, all threads together. The
 * most memory comes from /proc where there is one, since maxRSS may be that of the parent at the fork.
 */
const ACCOUNT = `import { existsSync, readFileSync, writeSync } from 'node:fs';
process.on('exit', () => {
  const usage = process.resourceUsage();
  const status = '/proc/self/status';
  const peak = existsSync(status) && /VmHWM:\\s*(\\d+)/.exec(readFileSync(status, 'utf8'));
  writeSync(3, JSON.stringify(peak ? { ...usage, maxRSS: Number(peak[1]) } : usage));
});`;

interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly maxRssMb: number;
}

/** What a user waits for: the command with its start-up, reading bars, and a portfolio. */
export async function processSection(length: number): Promise<void> {
  console.log(`\nwhole process, median of ${REPETITIONS}`);
  const problem = build({ root: ROOT, node: process.execPath });
  if (problem) throw new Error(problem);
  const folder = mkdtempSync(join(tmpdir(), 'valvulin-bench-'));
  try {
    const bars = recipeBars(length, 4);
    const lake = new HistoryLake(join(folder, 'history'));
    await lake.write(bars);
    writeFileSync(join(folder, 'config.yaml'), configOf([bars.symbol], bars.timeframe));
    await command('valvulin --version', ['--version']);
    const backtest = ['backtest', '--config', join(folder, 'config.yaml')];
    await command(`valvulin backtest, ${length} bars, no report`, [...backtest, '--no-report']);
    await command(`valvulin backtest, ${length} bars, report`, [...backtest, '--output', join(folder, 'out')]);
    await reading(`CSV, ${length} rows`, length, () => lake.load(bars.symbol, bars.timeframe, { cache: false }));
    await reading(`lake cache, ${length} rows`, length, () => lake.load(bars.symbol, bars.timeframe));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await portfolio(100, 8_760);
}

async function command(name: string, args: readonly string[]): Promise<void> {
  const usages: Usage[] = [];
  for (let r = 0; r < REPETITIONS; r++) usages.push(await usageOf(args));
  const of = (field: keyof Usage): string => median(usages.map((usage) => usage[field])).toFixed(0);
  console.log(`${name.padEnd(46)} wall ${of('wallMs')} ms, CPU ${of('cpuMs')} ms, at most ${of('maxRssMb')} MB`);
}

async function usageOf(args: readonly string[]): Promise<Usage> {
  const account = `data:text/javascript,${encodeURIComponent(ACCOUNT)}`;
  const before = performance.now();
  const child = spawn(process.execPath, ['--import', account, join(ROOT, 'bin', 'valvulin.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [errors, usage] = [child.stderr, child.stdio[3]].map((pipe) => {
    const pieces: string[] = [];
    pipe?.on('data', (piece) => pieces.push(String(piece)));
    return pieces;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const wallMs = performance.now() - before;
  if (code !== 0) throw new Error(`valvulin ${args.join(' ')} ended with ${String(code)}: ${errors.join('')}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(usage.join('')) as NodeJS.ResourceUsage;
  return { wallMs, cpuMs: (userCPUTime + systemCPUTime) / 1_000, maxRssMb: maxRSS / 1_024 };
}

async function reading(name: string, rows: number, load: () => Promise<unknown>): Promise<void> {
  await load();
  const times: { wall: number; cpu: number }[] = [];
  for (let r = 0; r < REPETITIONS; r++) {
    bookTime();
    const [start, used] = [performance.now(), process.cpuUsage()];
    await load();
    const wall = performance.now() - start;
    bookTime();
    const { user, system } = process.cpuUsage(used);
    times.push({ wall, cpu: (user + system) / 1_000 });
  }
  const wall = median(times.map((time) => time.wall));
  const cpu = median(times.map((time) => time.cpu));
  const rate = (rows / wall / 1_000).toFixed(1);
  console.log(`${name.padEnd(46)} wall ${wall.toFixed(1)} ms, CPU ${cpu.toFixed(1)} ms: ${rate} M rows/s`);
}

/** Symbols on one account in one run: pieces of the recipe, all laid on the same hours. */
async function portfolio(symbols: number, length: number): Promise<void> {
  const whole = recipeBars(symbols * length, 4);
  const folder = mkdtempSync(join(tmpdir(), 'valvulin-bench-'));
  try {
    const lake = new HistoryLake(join(folder, 'history'));
    const names = Array.from({ length: symbols }, (_, n) => `S${n}USDT`);
    for (const [n, name] of names.entries()) {
      const columns = allocateColumns(length);
      for (const field of BAR_FIELDS)
        columns[field].set(whole[field].subarray(n * length, (n + 1) * length) as Float64Array);
      for (let i = 0; i < length; i++) columns.time[i] = whole.time[0] + i * 3_600_000;
      await lake.write(new Bars(name, '1h', columns));
    }
    writeFileSync(join(folder, 'config.yaml'), configOf(names, '1h'));
    const backtest = ['backtest', '--config', join(folder, 'config.yaml'), '--no-report'];
    await command(`valvulin backtest, ${symbols} symbols x ${length} hours`, backtest);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function configOf(symbols: readonly string[], timeframe: string): string {
  const strategies = symbols.map(
    (symbol) =>
      `  - { name: ema-macd, symbol: ${symbol}, timeframe: ${timeframe}, allocation: ${1 / symbols.length}, ` +
      'handler: "strategies:EMAMACDStrategy", sizing: { percent: 1 } }',
  );
  return `version: 1
data_feeds:
  - { name: lake, type: binance-public, symbols: [${symbols.join(', ')}], params: { data_dir: history } }
strategies:
${strategies.join('\n')}
execution: { capital: 1000000 }
`;
}
