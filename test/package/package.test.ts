import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../scripts/build.mjs';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
};
const subpaths = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'));

/** The environment of a person at a terminal: npm tells its scripts about the project they belong to. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)|^INIT_CWD$/.test(name)),
);

describe('the published package, installed into an empty project', () => {
  const project = mkdtempSync(join(tmpdir(), 'valvulin-package-'));
  const installed = join(project, 'node_modules', manifest.name);
  const bin = join(project, 'node_modules', '.bin', manifest.name);
  let packed: string[] = [];

  beforeAll(async () => {
    expect(build({ root, node: process.execPath })).toBeUndefined();
    const pack = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
      cwd: root,
      env,
    });
    const [{ filename, files }] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }];
    packed = files.map(({ path }) => path);
    writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
    const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...quiet, join(project, filename)], { cwd: project, env });
  }, 120_000);

  afterAll(() => {
    rmSync(project, { recursive: true, force: true });
  });

  it('holds what is needed to run, and nothing else', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
    );
    expect(packed.filter((path) => /\.test\.|^(src|test|bench|scripts|docs)\/|(^|\/)\./.test(path))).toEqual([]);
  });

  it.each(subpaths)('can be imported as %s', async (subpath) => {
    const name = subpath.replace('.', manifest.name);
    const script = `import * as room from '${name}'; console.log(Object.keys(room).length);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project, env });
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  it('type-checks in a strict project of a user', async () => {
    const imports = subpaths.map((path, i) => `import * as room${i} from '${path.replace('.', manifest.name)}';`);
    const uses = subpaths.map((_, i) => `console.log(room${i});`);
    mkdirSync(join(project, 'src'));
    writeFileSync(join(project, 'src', 'main.ts'), [...imports, ...uses].join('\n'));
    const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: [] };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const answer = spawnSync(process.execPath, [tsc, '-p', project], { cwd: project, encoding: 'utf8' });
    expect(answer.stdout).toBe('');
  });

  it('answers --version and --help', async () => {
    const version = await run(process.execPath, [bin, '--version'], { cwd: project, env });
    expect(version.stdout.trim()).toBe(manifest.version);
    const help = await run(process.execPath, [bin, '--help'], { cwd: project, env });
    expect(help.stdout).toContain('backtest');
  });

  it('backtests the example and writes its report', async () => {
    cpSync(join(installed, 'config.example.yaml'), join(project, 'config.yaml'));
    const { stdout } = await run(process.execPath, [bin, 'backtest'], { cwd: project, env });
    const report = /^Report: (.+\.html)$/m.exec(stdout)?.[1];
    expect(report).toBeDefined();
    expect(readFileSync(report ?? '', 'utf8')).toContain('SYNTHETIC');
  });

  it('runs built-in strategies and one in TypeScript in threads', async () => {
    writeFileSync(
      join(project, 'mine.ts'),
      `import { type Bars, BaseStrategy, type Signals, signals } from 'valvulin/strategies';
export class Mine extends BaseStrategy<Record<string, never>> {
  override generateSignals(bars: Bars): Signals {
    return signals(bars, (i) => (i === 29 ? 1 : 0), { stop_loss: bars.low as Float64Array });
  }
}`,
    );
    const script = `
import { syntheticBars } from 'valvulin/data';
import { WorkerHost } from 'valvulin/runs';
const after = (ms, run) => {
  const timer = setTimeout(run, ms);
  return { cancel: () => clearTimeout(timer) };
};
const clock = { now: Date.now, monotonic: Date.now, after };
const host = new WorkerHost({ baseDir: process.cwd(), clock, onOutput: console.error });
const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 1, bars: 30 });
const orders = { sizing: { kind: 'percent', percent: 100 }, stop: null, trailingStop: null };
const specs = ['strategies:EMAMACDStrategy', './mine.ts:Mine'].map((handler, slot) => {
  return { key: handler, handler, params: {}, slots: [{ slot, symbol: 'BTCUSDT', timeframe: '1h', orders }] };
});
await host.load(specs);
const replies = await host.decide(specs.map(({ key, slots: [{ slot }] }) => {
  const view = { slot, bars, position: 0, entryPrice: NaN };
  return { strategy: key, time: bars.closeTime(29), slots: [view], equity: 1, free: 1 };
}));
await host.stop();
console.log(JSON.stringify([bars.low[29], replies]));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project, env });
    const [low, replies] = JSON.parse(stdout) as [number, unknown];
    expect(replies).toMatchObject([
      { kind: 'answered', answers: [] },
      { kind: 'answered', answers: [{ slot: 1, signal: 1, stopLoss: low }] },
    ]);
  });

  it('has no complaints from publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });
});
