import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/data/node-ports.ts';
import { syntheticMarket } from '../../src/cli/exchange/market-choice.ts';
import { openPlayground, type Playground } from '../../src/cli/exchange/playground.ts';
import { checkLedger, type LedgerCheck } from '../../src/cli/demo/ledger-check.ts';
import type { EngineEvent } from '../../src/cli/demo/engine-process.ts';

export const BIN = join(import.meta.dirname, '..', '..', 'bin', 'valvulin.mjs');
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];
const SPEED = 120;
const CAPITAL = '10000';
const ARRIVAL_MS = 800;
const BALANCE = '15000';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly events: readonly EngineEvent[];
  readonly stderr: string;
  readonly ms: number;
}

/** A running `valvulin run --json` of the built package. */
export class Engine {
  readonly child: ChildProcess;
  readonly events: EngineEvent[] = [];
  readonly ended: Promise<Ended>;
  #stderr = '';
  #listeners: ((event: EngineEvent) => void)[] = [];
  #asked = performance.now();

  constructor(folder: string, extra: readonly string[] = []) {
    const { VALVULIN_CONFIG: _config, ...env } = process.env;
    const args = [BIN, 'run', '--config', join(folder, 'config.yaml'), '--json', '--speed', `${SPEED}x`, ...extra];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      // The last line of a killed process may be cut off.
      if (!line.endsWith('}')) return;
      const event = JSON.parse(line) as EngineEvent;
      this.events.push(event);
      for (const listener of this.#listeners) listener(event);
    });
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        const { events } = this;
        resolve({ code, signal, events, stderr: this.#stderr, ms: performance.now() - this.#asked });
      });
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
  }

  /** Resolves with the nth event of a kind from now on; rejects where the engine ends before. */
  async seen(kind: string, count = 1): Promise<EngineEvent> {
    return new Promise((resolve, reject) => {
      let left = count;
      this.#listeners.push((event) => {
        if (event.event === kind && --left === 0) resolve(event);
      });
      void this.ended.then(({ code, stderr }) => reject(new Error(`Ended with ${code} before "${kind}": ${stderr}`)));
    });
  }

  /** Resolves with the first line that is printed from now on for which `when` holds, or at the end. */
  async until(when: (event: EngineEvent) => boolean): Promise<void> {
    await Promise.race([
      this.ended,
      new Promise<void>((resolve) => {
        this.#listeners.push((event) => {
          if (when(event)) resolve();
        });
      }),
    ]);
  }

  async end(signal: NodeJS.Signals): Promise<Ended> {
    this.#asked = performance.now();
    this.child.kill(signal);
    return this.ended;
  }
}

/** A local exchange that runs fast, and a folder in which an engine trades live on it. */
export class LiveRig {
  readonly playground: Playground;
  readonly folder: string;

  private constructor(playground: Playground, folder: string) {
    this.playground = playground;
    this.folder = folder;
  }

  static async open(seed: number, stateDir = 'data/state'): Promise<LiveRig> {
    const now = systemClock.now();
    const market = syntheticMarket({ symbols: SYMBOLS, timeframe: '1m', seed, now, historyMs: 3 * 86_400_000 });
    const balances = { USDT: BALANCE };
    const playground = await openPlayground({ market, speed: SPEED, seed, balances, port: 0, onEnd: () => undefined });
    onTestFinished(() => playground.close());
    const folder = mkdtempSync(join(tmpdir(), 'valvulin-live-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { apiKey, secret, server } = playground;
    writeFileSync(join(folder, 'keys.json'), JSON.stringify({ venue: 'local', api_key: apiKey, api_secret: secret }), {
      mode: 0o600,
    });
    writeFileSync(join(folder, 'config.yaml'), JSON.stringify(configOf(server, stateDir)));
    return new LiveRig(playground, folder);
  }

  engine(): Engine {
    return new Engine(this.folder);
  }

  /** Puts a fault into the exchange, or moves its price. */
  async local(path: string, body: unknown): Promise<void> {
    const reply = await fetch(`${this.playground.server.rest}/local/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (reply.status !== 200) throw new Error(await reply.text());
  }

  /** Stops the engine behind a market that stands still, so that nothing fills once it is gone. */
  async endInPeace(engine: Engine, signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.playground.freeze();
    await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
    return engine.end(signal);
  }

  /** The books that the engine stopped with against the exchange's account. */
  async compare(ended: Ended): Promise<LedgerCheck> {
    const stopped = ended.events.findLast(({ event }) => event === 'stopped');
    if (!stopped) throw new Error(`The engine left no summary: ${ended.stderr}`);
    return checkLedger({
      playground: this.playground,
      symbols: SYMBOLS,
      quote: 'USDT',
      capital: CAPITAL,
      balance: BALANCE,
      stateDir: join(this.folder, 'data', 'state'),
      stopped,
    });
  }
}

function configOf({ rest, ws }: Playground['server'], stateDir: string): unknown {
  const params = { endpoints: { rest, ws }, late_after_ms: 55_000, slice_deadline_ms: 40_000 };
  const strategies = SYMBOLS.flatMap((symbol) => [
    {
      name: 'momentum',
      handler: 'strategies:MomentumBurstStrategy',
      parameters: { burst: 0.2, close_part: 0.3, volume_factor: 0, exit_length: 2, atr_length: 5, volume_length: 5 },
      ...COMMON,
      symbol,
    },
    {
      name: 'ema-macd',
      handler: 'strategies:EMAMACDStrategy',
      parameters: { ema_short: 2, ema_long: 4, macd_signal: 2 },
      ...COMMON,
      symbol,
    },
  ]);
  return {
    version: 1,
    data_feeds: [{ name: 'exchange', type: 'binance-live', params }],
    strategies,
    scheduler: { intervals: [{ timeframe: '1m', warmup_bars: 300 }] },
    execution: {
      mode: 'live',
      venue: 'local',
      url: rest,
      keys_file: 'keys.json',
      capital: Number(CAPITAL),
      state_dir: stateDir,
    },
  };
}

const COMMON = { timeframe: '1m', allocation: 0.25, sizing: { percent: 60 }, stop: { percent: 0.1 }, rr_ratio: 1 };
