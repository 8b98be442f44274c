// Runs every file of examples/ in a user's project of its own, in which `valvulin` is installed, and the exchange is a
// local server: `node scripts/run-examples.ts [NAME…]`.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { syntheticBars } from '../src/data/index.ts';
import { startBinanceServer } from '../test/servers/binance-klines.ts';

const root = join(import.meta.dirname, '..');
const examples = join(root, 'examples');

/**
 * A folder as a user has it: packages, configuration and the examples, which import `valvulin` by its name. Its
 * `valvulin` command is the real one, told where the exchange is.
 */
function userProject(exchange: string): string {
  const project = mkdtempSync(join(tmpdir(), 'valvulin-examples-'));
  const packages = join(project, 'node_modules');
  mkdirSync(join(packages, '.bin'), { recursive: true });
  symlinkSync(root, join(packages, 'valvulin'), 'junction');
  const command = [
    '#!/usr/bin/env bash',
    `[ "$1" = download ] && set -- "$@" --base-url ${exchange} --archive-url ${exchange}`,
    `exec "${process.execPath}" "${join(root, 'bin', 'valvulin.mjs')}" "$@"`,
  ];
  writeFileSync(join(packages, '.bin', 'valvulin'), command.join('\n'), { mode: 0o755 });
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  cpSync(examples, project, { recursive: true });
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
const project = userProject(server.url);
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
  rmSync(project, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
