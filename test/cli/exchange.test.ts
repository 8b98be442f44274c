import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Bars } from '../../src/core/bars.ts';
import { nodeHttp } from '../../src/data/node-ports.ts';
import { writeCsv } from '../../src/data/writers/csv-writer.ts';
import { inProcess } from './in-process.ts';
import { MAIN, temporaryFolder } from './process.ts';

interface Served {
  readonly rest: string;
  readonly text: () => string;
  /** Sends Ctrl+C and resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the command in a process of its own and waits until it says where it is. */
async function start(args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [MAIN, 'exchange', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const rest = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /REST +(http:\S+)/.exec(text);
      if (found && text.includes('Ctrl+C')) resolve(found[1]);
    });
    void ended.then((code) => reject(new Error(`Ended with ${code}: ${text}`)));
  });
  return {
    rest,
    text: () => text,
    stop: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

async function get(rest: string, path: string): Promise<unknown> {
  const reply = await nodeHttp.send({ method: 'GET', url: rest + path, headers: {}, timeoutMs: 10_000 });
  return JSON.parse(reply.body);
}

describe('valvulin exchange', () => {
  it('serves a made-up market with its past, says how to use it, and ends well on Ctrl+C', async () => {
    const served = await start([
      '--seed',
      '7',
      '--symbols',
      'SOLUSDT',
      '--history',
      '2d',
      '--balance',
      'USDT=500',
      'SOL=2',
    ]);
    expect(served.text()).toContain('seed 7');
    expect(served.text()).toMatch(/API secret +[0-9a-f]{64}/);
    expect(served.text()).toContain('500 USDT, 2 SOL');
    const rows = (await get(served.rest, '/api/v3/klines?symbol=SOLUSDT&interval=1h&limit=1000')) as unknown[];
    expect(rows.length).toBeGreaterThanOrEqual(48);
    expect(await served.stop()).toBe(0);
    expect(served.text()).toContain('Local exchange closed.');
  });

  it('plays recorded bars at their own times, in lockstep where that is wanted', async () => {
    const file = join(temporaryFolder(), 'BTCUSDT_1h.csv');
    const from = Date.UTC(2024, 0, 1);
    const hour = 3_600_000;
    const rows = Array.from({ length: 10 }, (_, i) => ({
      time: from + i * hour,
      open: 100 + i,
      high: 102 + i,
      low: 99 + i,
      close: 101 + i,
      volume: 5,
    }));
    writeCsv(file, Bars.fromRows('BTCUSDT', '1h', rows));
    const served = await start(['--from-bars', file, '--lockstep']);
    expect(served.text()).toContain('recorded 1h bars of BTCUSDT, in lockstep');
    const request = { method: 'POST', url: `${served.rest}/local/lockstep/advance`, headers: {} } as const;
    const states: unknown[] = [];
    for (let n = 0; n < 6; n++) states.push(JSON.parse((await nodeHttp.send({ ...request, timeoutMs: 10_000 })).body));
    expect(states.at(0)).toEqual({ instant: 1, time: from + 5 * hour, over: false });
    expect(states.at(-1)).toEqual({ instant: 6, time: from + 10 * hour, over: true });
    const klines = (await get(served.rest, '/api/v3/klines?symbol=BTCUSDT&interval=1h')) as [number, string][];
    expect(klines.map(([time, open]) => [time, Number(open)])).toEqual(rows.map(({ time, open }) => [time, open]));
    expect(await served.stop()).toBe(0);
  });

  it.each([
    [['--speed', 'fast'], '--speed', 'Expected a speed such as 60x, got "fast"'],
    [['--speed', '0x'], '--speed', 'got "0x"'],
    [['--port', '65536'], '--port', 'at most 65535, got "65536"'],
    [['--faults', 'many'], '--faults', 'got "many"'],
    [['--seed', '-1'], '--seed', 'got "-1"'],
    [['--balance', 'USDT'], '--balance', 'Expected a balance such as USDT=10000, got "USDT"'],
    [['--symbols', ','], '--symbols', 'Expected symbols such as BTCUSDT,ETHUSDT, got ","'],
    [['--history', 'long'], 'timeframe', 'got "long"'],
  ])('refuses %j', async (args, where, message) => {
    const { code, stderr, stdout } = await inProcess(['exchange', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(where);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });
});
