import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Bars } from '../src/core/bars.ts';
import { Costs } from '../src/core/costs.ts';
import { distanceColumns } from '../src/core/distances.ts';
import { Market } from '../src/core/instrument.ts';
import { cashDecimals, pow10 } from '../src/core/money.ts';
import { FastPath } from '../src/execution/fast-path.ts';
import { instrumentFor } from '../src/execution/portfolio.ts';
import { ema } from '../src/indicators/index.ts';
import { columnLoop, crossings, SETTINGS } from './cross.ts';
import { cpuOf, fnv1a, type Gates, inTurn } from './measure.ts';
import { recipeBars } from './synthetic-recipe.ts';

const SOURCE = fileURLToPath(new URL('c/kernel.c', import.meta.url));
const FLAGS = ['-O3', '-march=native', '-ffp-contract=off'];
const GOAL = 1.6;

/** The single run against the same in C: equal results are a gate, the ratio is a target. */
export async function kernelSection(gates: Gates, lengths: readonly number[], repetitions: number): Promise<void> {
  console.log('\nsingle run against C: EMA 12/26 cross, stop and target, costs, equity and drawdown');
  const folder = mkdtempSync(join(tmpdir(), 'valvulin-bench-'));
  try {
    const program = join(folder, 'kernel');
    const compiler = compile(program);
    if (compiler) console.log(`${compiler} ${FLAGS.join(' ')}`);
    else console.log('no C compiler (gcc, cc or clang) on this machine: nothing to compare with');
    for (const length of lengths) await compare(gates, length, repetitions, folder, compiler ? program : undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compile(program: string): string | undefined {
  for (const compiler of ['gcc', 'cc', 'clang']) {
    const version = spawnSync(compiler, ['--version'], { encoding: 'utf8' });
    if (version.status !== 0) continue;
    const built = spawnSync(compiler, [...FLAGS, '-o', program, SOURCE, '-lm'], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`${compiler} does not compile the kernel: ${built.stderr}`);
    return version.stdout.split('\n')[0];
  }
  return undefined;
}

async function compare(
  gates: Gates,
  length: number,
  repetitions: number,
  folder: string,
  program: string | undefined,
): Promise<void> {
  const bars = recipeBars(length, 4);
  let ours = '';
  const subjects = [
    {
      name: `TypeScript, ${length} bars`,
      bars: length,
      spend: () => {
        let result: Curves | undefined;
        const spent = cpuOf(() => {
          result = singleRun(bars);
        });
        if (result) ours = `${result.trades} ${fnv1a(result.equity)} ${fnv1a(result.drawdown)}`;
        return spent;
      },
    },
    {
      name: 'TypeScript, as a user calls it: runFastPath',
      bars: length,
      spend: () => cpuOf(() => columnLoop(bars, crossings(bars, 12, 26))),
    },
  ];
  if (!program) {
    await inTurn(repetitions, subjects);
    return;
  }
  const columns = join(folder, `columns-${length}`);
  writeFileSync(columns, '');
  for (const column of [bars.open, bars.high, bars.low, bars.close]) {
    writeFileSync(columns, new Uint8Array(column.buffer, column.byteOffset, column.length * 8), { flag: 'a' });
  }
  const kernels = (['columns', 'fused'] as const).map((mode) => new Kernel(program, columns, mode, bars));
  const inC = kernels.map((kernel, k) => ({
    name: k === 0 ? 'C, the same passes' : 'C, all in one loop',
    bars: length,
    spend: () => kernel.run(),
  }));
  const [typescript, , passes, fused] = await inTurn(repetitions, [...subjects, ...inC]);
  for (const kernel of kernels) await kernel.end();
  gates.check(
    kernels.every((kernel) => kernel.shown === ours),
    `trades, equity and drawdown are those of C: ${ours}`,
  );
  for (const [yardstick, what] of [
    [passes, 'the same passes in C'],
    [fused, 'one fused loop in C'],
  ] as const) {
    const ratio = typescript.leastNsPerBar / yardstick.leastNsPerBar;
    gates.target(ratio <= GOAL, `${GOAL}x of ${what}, ${length} bars`, `${ratio.toFixed(2)}x`);
  }
}

interface Curves {
  readonly trades: number;
  readonly equity: Float64Array;
  readonly drawdown: Float64Array;
}

/** From the close to the curves, by the pieces that a backtest is made of. */
function singleRun(bars: Bars): Curves {
  const decimals = cashDecimals(SETTINGS.capital);
  const market = new Market(instrumentOf(bars), decimals);
  const made = { signal: crossSignal(ema(bars.close, 12), ema(bars.close, 26)), columns: {} };
  const distances = distanceColumns(bars, SETTINGS.orders);
  const path = new FastPath({
    ...SETTINGS,
    bars,
    signals: made,
    strategy: 'cross',
    market,
    cashDecimals: decimals,
    distances,
  });
  if (!path.run()) throw new Error('the column loop cannot serve the benchmark');
  return { trades: path.trades.length, equity: path.equity, drawdown: path.drawdown };
}

/** The signals of `crossings`, in a loop as plain as that in C: a strategy that is written for speed can do the same. */
function crossSignal(fast: Float64Array, slow: Float64Array): Int8Array {
  const signal = new Int8Array(fast.length);
  for (let i = 1; i < signal.length; i++) {
    if (fast[i - 1] <= slow[i - 1] && fast[i] > slow[i]) signal[i] = 1;
    else if (fast[i - 1] >= slow[i - 1] && fast[i] < slow[i]) signal[i] = -1;
  }
  return signal;
}

const instruments = new WeakMap<Bars, ReturnType<typeof instrumentFor>>();

/** Guessed from the bars once: what the exchange says of an instrument is no part of a run. */
function instrumentOf(bars: Bars): ReturnType<typeof instrumentFor> {
  const instrument = instruments.get(bars) ?? instrumentFor(bars, undefined);
  instruments.set(bars, instrument);
  return instrument;
}

/** The C program, waiting for its next run, so that both sides can take turns. */
class Kernel {
  shown = '';
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  readonly #exit: Promise<number | null>;

  constructor(program: string, columns: string, mode: 'fused' | 'columns', bars: Bars) {
    const decimals = cashDecimals(SETTINGS.capital);
    const instrument = instrumentOf(bars);
    const market = new Market(instrument, decimals);
    const costs = new Costs(SETTINGS.costs, decimals);
    const { orders, capital } = SETTINGS;
    const numbers = [
      ...[instrument.priceScale, instrument.tick, instrument.lot, market.multiplier, market.divisor],
      ...[market.minNotional, pow10(decimals), capital, orders.sizing.percent, orders.stop.percent],
      ...[orders.targetRatio, costs.takerRate, costs.makerRate, costs.takerBps],
    ];
    this.#child = spawn(program, [columns, mode, ...numbers.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout);
    this.#exit = once(this.#child, 'exit').then(([code]) => code as number | null);
  }

  /** CPU nanoseconds of one run. */
  async run(): Promise<number> {
    const answer = once(this.#lines, 'line').then(([line]) => String(line));
    this.#child.stdin.write('run\n');
    const line = await Promise.race([answer, this.#exit]);
    if (typeof line !== 'string') throw new Error(`the C kernel ended with ${String(line)}`);
    const [spent, ...shown] = line.split(' ');
    this.shown = shown.join(' ');
    return Number(spent);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#exit;
  }
}
