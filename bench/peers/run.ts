import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { writeCsv } from '../../src/data/writers/csv-writer.ts';
import { recipeBars } from '../synthetic-recipe.ts';

// `node bench/peers/run.ts`: the same strategy on the same bars in other engines and in ours. Needs Python 3.11 and a
// package index; everything it installs and writes lies in a temporary folder that it removes.

const SIZES = [10_000, 100_000, 1_000_000];
const REPETITIONS = 3;
const LONGEST_RUN_SECONDS = 60;
const PEER_SECONDS = 300;
const TOLERANCE = 1e-6;

type Convention = 'next open' | 'next open, whole units' | 'same close';

interface Peer {
  readonly script: string;
  readonly requirement: string;
  readonly convention: Convention;
}

const PEERS: readonly Peer[] = [
  { script: 'peer_vectorbt.py', requirement: 'vectorbt==1.2.0', convention: 'next open' },
  { script: 'peer_backtrader.py', requirement: 'backtrader==1.9.78.123 pandas==3.1.1', convention: 'next open' },
  { script: 'peer_backtesting.py', requirement: 'backtesting==0.6.6', convention: 'next open, whole units' },
  { script: 'peer_nautilus.py', requirement: 'nautilus_trader==1.221.0', convention: 'same close' },
];

interface Outcome {
  readonly total_return: number;
  readonly trades: number;
}

interface Run extends Outcome {
  readonly peer: string;
  readonly version: string;
  readonly seconds: number;
  readonly simulation_seconds?: number;
  readonly repetitions: number;
  readonly whole_units?: Outcome;
  readonly same_close?: Outcome;
}

interface Timed {
  readonly run: Run;
  /** From the start of a process that reads the bars and runs once, to its end. */
  readonly processSeconds: number;
}

const folder = mkdtempSync(join(tmpdir(), 'valvulin-peers-'));
try {
  for (const size of SIZES) writeCsv(csv(size), recipeBars(size));
  console.log(`Node ${process.version}; seconds of wall time, median of ${REPETITIONS} after a warm-up`);
  console.log('peer | bars | run | whole process | total return | trades | agrees with ours');
  const ours = new Map<number, Run>();
  for (const size of SIZES) {
    const timed = runScript(process.execPath, 'ours.ts', size, PEER_SECONDS);
    if (typeof timed === 'string') throw new Error(`our own run failed: ${timed}`);
    ours.set(size, timed.run);
    const simulation = timed.run.simulation_seconds ?? 0;
    printRow(size, timed, `of the run, ${simulation.toFixed(3)} s are Backtester.run(signals)`);
  }
  for (const peer of PEERS) runPeer(peer, ours);
  console.log('freqtrade: skipped, its backtester asks an exchange for its markets before it starts');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function runPeer(peer: Peer, ours: ReadonlyMap<number, Run>): void {
  const deadline = Date.now() + PEER_SECONDS * 1000;
  const left = (): number => (deadline - Date.now()) / 1000;
  const python = install(peer, left());
  if (!python) return;
  let expected = 0;
  for (const size of SIZES) {
    if (expected > LONGEST_RUN_SECONDS) {
      console.log(
        `${peer.requirement} | ${size} | skipped: about ${expected.toFixed(0)} s expected from the size before`,
      );
      return;
    }
    const timed = runScript(python, peer.script, size, left());
    if (typeof timed === 'string') {
      console.log(`${peer.requirement} | ${size} | skipped: ${timed}`);
      return;
    }
    expected = timed.run.seconds * 10;
    printRow(size, timed, agreement(timed.run, ours.get(size), peer.convention));
  }
}

/** The Python of a new environment with the peer in it. */
function install({ script, requirement }: Peer, seconds: number): string | null {
  const home = join(folder, script.replace('.py', ''));
  const python = join(home, 'bin', 'python');
  const steps = [
    ['python3.11', '-m', 'venv', home],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirement.split(' ')],
  ];
  for (const [program, ...args] of steps) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: seconds * 1000 });
    if (status !== 0) {
      console.log(`${requirement}: skipped, cannot be installed: ${error?.message ?? lastLine(stderr)}`);
      return null;
    }
  }
  return python;
}

/** One size in two processes: one that repeats the run and one that is timed from outside. A text says why not. */
function runScript(program: string, script: string, size: number, seconds: number): Timed | string {
  const start = (repetitions: number): Run | string => {
    const args = [fileURLToPath(new URL(script, import.meta.url)), csv(size), String(repetitions)];
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: Math.max(1, seconds * 1000),
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', NUMBA_CACHE_DIR: folder },
    });
    return status === 0 ? (JSON.parse(lastLine(stdout)) as Run) : (error?.message ?? lastLine(stderr));
  };
  const run = start(REPETITIONS);
  if (typeof run === 'string') return run;
  const before = performance.now();
  const once = start(0);
  const processSeconds = (performance.now() - before) / 1000;
  return typeof once === 'string' ? once : { run, processSeconds };
}

function agreement(theirs: Run, ours: Run | undefined, convention: Convention): string {
  const same = { 'next open': ours, 'next open, whole units': ours?.whole_units, 'same close': ours?.same_close };
  const want = same[convention];
  if (!want) return `${convention}: nothing to compare with`;
  const off = Math.abs(theirs.total_return / want.total_return - 1);
  const trades = theirs.trades === want.trades ? 'same trades' : `${want.trades} TRADES IN OURS`;
  return `${convention}: ${trades}, return ${off <= TOLERANCE ? 'agrees' : 'DIFFERS'} (${off.toExponential(1)})`;
}

function printRow(size: number, { run, processSeconds }: Timed, remark: string): void {
  const name = `${run.peer} ${run.version}`;
  const seconds = `${run.seconds.toFixed(3)} s${run.repetitions < REPETITIONS ? ` (of ${run.repetitions})` : ''}`;
  const result = `${(run.total_return * 100).toFixed(6)} % | ${run.trades}`;
  console.log(`${name} | ${size} | ${seconds} | ${processSeconds.toFixed(2)} s | ${result} | ${remark}`);
}

function csv(size: number): string {
  return join(folder, `BTCUSDT_1m_${size}.csv`);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
