import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from '../scripts/build.mjs';
import { syntheticMarket } from '../src/cli/exchange/market-choice.ts';
import { openPlayground, type Playground } from '../src/cli/exchange/playground.ts';
import { systemClock } from '../src/data/node-ports.ts';
import { openJournalReader } from '../src/execution/journal/open.ts';
import type { Gates } from './measure.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MINUTE = 60_000;
const HISTORY_MS = 86_400_000;
/** Linux counts processor time in these. */
const TICK_MS = 10;
const CPU_GOAL = 0.1;
const LATENCY_GOAL_MS = 5;
/** A clock that runs so fast shows fractions of a real millisecond. */
const FAST = 60;

/** What an engine costs while it waits for bars, and how soon an order follows a bar. */
export async function liveSection(gates: Gates, quick: boolean): Promise<void> {
  console.log('\nlive, the built engine in a process of its own on a local exchange');
  const problem = build({ root: ROOT, node: process.execPath });
  if (problem) throw new Error(problem);
  await share(gates, quick ? 20 : 200, quick ? 20_000 : 2 * MINUTE);
  await latency(gates, quick ? 10_000 : MINUTE);
}

/** Share of one core at the pace of a real market. */
async function share(gates: Gates, pairs: number, forMs: number): Promise<void> {
  const symbols = Array.from({ length: pairs }, (_, n) => `S${n}USDT`);
  await withEngine({ symbols, speed: 1, mode: 'paper' }, async (child) => {
    await settled();
    const [before, start] = [cpuMs(child), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, forMs));
    const used = (cpuMs(child) - before) / (performance.now() - start);
    const text = `${(100 * used).toFixed(1)} % of a core`;
    gates.target(used < CPU_GOAL, `${pairs} pairs of 1m bars under ${100 * CPU_GOAL} % of a core`, text);
  });
}

/** From the close of a bar, by the exchange's clock, to the order's arrival there: strategy, journal and sync included. */
async function latency(gates: Gates, forMs: number): Promise<void> {
  const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'BNBUSDT'];
  await withEngine({ symbols, speed: FAST, mode: 'live' }, async (child, folder) => {
    await new Promise((resolve) => setTimeout(resolve, forMs));
    child.kill('SIGINT');
    await once(child, 'close');
    const journal = openJournalReader({ stateDir: join(folder, 'data', 'state'), account: 'local' });
    const delays: number[] = [];
    try {
      for (const fact of journal.facts()) {
        // Entries are market orders: their fill is their arrival. Exits that the market decided come at any time.
        if (fact.kind !== 'fill' || fact.side !== 'BUY') continue;
        delays.push((fact.time % MINUTE) / FAST);
      }
    } finally {
      journal.close();
    }
    delays.sort((a, b) => a - b);
    const at = (part: number): number => delays[Math.min(delays.length - 1, Math.floor(delays.length * part))];
    const [p50, p99] = [at(0.5), at(0.99)];
    const text = `${p99.toFixed(1)} ms (p50 ${p50.toFixed(1)} ms, ${delays.length} orders)`;
    gates.target(p99 <= LATENCY_GOAL_MS, `bar close to order at the exchange, p99 at most ${LATENCY_GOAL_MS} ms`, text);
  });
}

interface Setting {
  readonly symbols: readonly string[];
  readonly speed: number;
  readonly mode: 'paper' | 'live';
}

async function withEngine(
  { symbols, speed, mode }: Setting,
  use: (child: ChildProcess, folder: string) => Promise<void>,
): Promise<void> {
  const now = systemClock.now();
  const market = syntheticMarket({ symbols, timeframe: '1m', seed: 7, now, historyMs: HISTORY_MS });
  const balances = { USDT: '100000' };
  const playground = await openPlayground({ market, speed, seed: 7, balances, port: 0, onEnd: () => undefined });
  const folder = mkdtempSync(join(tmpdir(), 'valvulin-bench-live-'));
  const { apiKey, secret } = playground;
  const keys = JSON.stringify({ venue: 'local', api_key: apiKey, api_secret: secret });
  writeFileSync(join(folder, 'keys.json'), keys, { mode: 0o600 });
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify(configOf(playground, symbols, mode)));
  const args = ['run', '--config', join(folder, 'config.yaml'), '--json', '--speed', `${speed}x`];
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'valvulin.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await trading(child);
    await use(child, folder);
  } finally {
    child.kill('SIGKILL');
    await playground.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resolves when the engine has warmed up and trades. */
async function trading(child: ChildProcess): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (piece) => {
      if (text.includes('"trading_state"')) return;
      text += String(piece);
      if (text.includes('"trading_state"')) resolve();
    });
    child.on('close', (code) => reject(new Error(`The engine ended with ${String(code)}: ${text.slice(-2_000)}`)));
  });
}

/** Warm-up and compilation are no part of what an engine costs all day. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 15_000));
}

/** Processor time of a process with all its threads so far, from the system's own books. */
function cpuMs(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function configOf({ server }: Playground, symbols: readonly string[], mode: Setting['mode']): unknown {
  const { rest, ws } = server;
  const params = { endpoints: { rest, ws }, late_after_ms: 55_000, slice_deadline_ms: 30_000 };
  return {
    version: 1,
    data_feeds: [{ name: 'exchange', type: 'binance-live', params }],
    scheduler: { intervals: [{ timeframe: '1m', warmup_bars: 500 }] },
    strategies: symbols.map((symbol) => ({
      name: 'ema-macd',
      symbol,
      timeframe: '1m',
      handler: 'strategies:EMAMACDStrategy',
      parameters: { ema_short: 2, ema_long: 4, macd_signal: 2 },
      allocation: 1 / symbols.length,
      sizing: { percent: 50 },
      stop: { percent: 1 },
    })),
    execution: {
      mode,
      capital: 50_000,
      ...(mode === 'live' ? { venue: 'local', url: rest, keys_file: 'keys.json' } : {}),
    },
  };
}
