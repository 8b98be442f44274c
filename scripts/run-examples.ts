// Runs every file of examples/ in a user's project of its own, in which `valvulin` is installed, and the exchange is a
// local server; what trades does so on a local exchange, for some seconds: `node scripts/run-examples.ts [NAME…]`.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { syntheticBars } from '../src/data/index.ts';
import { systemClock } from '../src/data/node-ports.ts';
import { syntheticMarket } from '../src/cli/exchange/market-choice.ts';
import { openPlayground, type Playground } from '../src/cli/exchange/playground.ts';
import { startBinanceServer } from '../test/servers/binance-klines.ts';

const root = join(import.meta.dirname, '..');
const examples = join(root, 'examples');

/** How much faster than real time the local exchange runs, and for how long somebody trades on it. */
const SPEED = 60;
const TRADE_SECONDS = 6;

/**
 * A folder as a user has it: packages, configuration and the examples, which import `valvulin` by its name. Its
 * `valvulin` command is the real one, told where the exchange is; a run is ended as by Ctrl+C.
 */
function userProject(exchange: string, { server, apiKey, secret }: Playground): string {
  const project = mkdtempSync(join(tmpdir(), 'valvulin-examples-'));
  const packages = join(project, 'node_modules');
  mkdirSync(join(packages, '.bin'), { recursive: true });
  symlinkSync(root, join(packages, 'valvulin'), 'junction');
  const valvulin = `"${process.execPath}" "${join(root, 'bin', 'valvulin.mjs')}"`;
  const command = [
    '#!/usr/bin/env bash',
    `export LOCAL_API_KEY=${apiKey} LOCAL_API_SECRET=${secret}`,
    `[ "$1" = download ] && set -- "$@" --base-url ${exchange} --archive-url ${exchange}`,
    `[ "$1" = run ] || exec ${valvulin} "$@"`,
    `${valvulin} "$@" --json --speed ${SPEED}x &`,
    `sleep ${TRADE_SECONDS}; kill -INT $!; wait $!`,
  ];
  writeFileSync(join(packages, '.bin', 'valvulin'), command.join('\n'), { mode: 0o755 });
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  cpSync(examples, project, { recursive: true });
  const endpoints = `endpoints: { rest: "${server.rest}", ws: "${server.ws}" }`;
  const params = `params: { ${endpoints}, late_after_ms: 30000, slice_deadline_ms: 20000 }`;
  for (const name of readdirSync(project).filter((file) => file.endsWith('.yaml'))) {
    const text = readFileSync(join(project, name), 'utf8')
      .replace(/type: binance-live(, params: .*\})? \}/, `type: binance-live, ${params} }`)
      .replace(/venue: binance-testnet, keys_file: keys.yaml/, `venue: local, url: "${server.rest}"`);
    writeFileSync(join(project, name), text);
  }
  return project;
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

function run(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (text: Buffer): void => {
    output += text.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => {
      done({ code, output });
    });
  });
}

const chosen = process.argv.slice(2);
const names = readdirSync(examples)
  .filter((name) => /\.(ts|sh)$/.test(name) && (chosen.length === 0 || chosen.includes(name)))
  // Commands first: they bring the data that the others read.
  .sort((a, b) => Number(b.endsWith('.sh')) - Number(a.endsWith('.sh')) || a.localeCompare(b));

const markets = syntheticBars({ symbols: ['BTCUSDT', 'ETHUSDT'], timeframe: '1h', seed: 7, bars: 4_000 });
const server = await startBinanceServer({ markets });
const now = systemClock.now();
const market = { symbols: ['BTCUSDT'], timeframe: '1m', seed: 7, now, historyMs: 2 * 86_400_000 } as const;
const playground = await openPlayground({
  market: syntheticMarket(market),
  speed: SPEED,
  seed: 7,
  balances: { USDT: '10000' },
  port: 0,
  onEnd: () => undefined,
});
const project = userProject(server.url, playground);
let failed = 0;
try {
  for (const name of names) {
    const [command, args] = name.endsWith('.sh') ? ['bash', ['-eu', name]] : [process.execPath, [name]];
    const { code, output } = await run(command, args, project);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name}`);
    if (code === 0) continue;
    failed++;
    console.log(output.replace(/^/gm, '    '));
  }
} finally {
  await server.close();
  await playground.close();
  rmSync(project, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
