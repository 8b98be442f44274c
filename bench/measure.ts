import { createHash } from 'node:crypto';
import process from 'node:process';
import type { BacktestResult } from '../src/execution/types.ts';

export interface Timing {
  readonly name: string;
  readonly bars: number;
  /** CPU time of the main thread per bar, nanoseconds: the median of the repetitions and the least of them. */
  readonly nsPerBar: number;
  readonly leastNsPerBar: number;
}

export interface Subject {
  readonly name: string;
  readonly bars: number;
  /** CPU nanoseconds of one run. */
  readonly spend: () => number | Promise<number>;
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Gives the processor away for a moment. Linux books a thread's time when it leaves the processor, else at clock ticks
 * of up to 4 ms, which would make the least of several short runs too small by as much.
 */
export function bookTime(): void {
  Atomics.wait(nobody, 0, 0, 0.05);
}

/** CPU nanoseconds of the main thread, because wall time on a shared machine says little. */
export function cpuOf(run: () => unknown): number {
  bookTime();
  const before = process.threadCpuUsage();
  run();
  bookTime();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) * 1_000;
}

/**
 * Measures all subjects in turn, again and again, so that a slow minute of the machine meets each of them. The first
 * round is not counted.
 */
export async function inTurn(repetitions: number, subjects: readonly Subject[]): Promise<Timing[]> {
  const times = subjects.map((): number[] => []);
  for (let r = 0; r <= repetitions; r++) {
    for (const [k, { bars, spend }] of subjects.entries()) {
      const spent = await spend();
      if (r > 0) times[k].push(spent / bars);
    }
  }
  return subjects.map(({ name, bars }, k) => {
    const sorted = times[k].sort((a, b) => a - b);
    const timing = { name, bars, nsPerBar: sorted[sorted.length >> 1], leastNsPerBar: sorted[0] };
    const rate = (1_000 / timing.nsPerBar).toFixed(1);
    const [median, least] = [timing.nsPerBar, timing.leastNsPerBar].map((ns) => ns.toFixed(1).padStart(7));
    console.log(`${name.padEnd(46)} ${median} ns/bar  (least ${least})  ${rate} M bars/s`);
    return timing;
  });
}

/** What a run showed: its equity curve and its trades, to the last bit. */
export function hashOf(result: BacktestResult): string {
  const hash = createHash('sha256').update(result.equityCurve).update(result.drawdownCurve);
  for (const trade of result.trades) hash.update(JSON.stringify(trade));
  return hash.digest('hex').slice(0, 16);
}

/** FNV-1a of the bytes of a column, which a few lines of C compute too. */
export function fnv1a(column: Float64Array): string {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Collects what did not hold; a bench that was fast and wrong has failed. */
export class Gates {
  readonly failures: string[] = [];

  check(holds: boolean, what: string): void {
    console.log(`  ${holds ? 'holds' : 'FAILS'}: ${what}`);
    if (!holds) this.failures.push(what);
  }

  /** A goal for a quiet machine: said plainly, and no failure of the bench. */
  target(met: boolean, goal: string, reached: string): void {
    console.log(`  target ${goal}: ${met ? 'met' : 'missed'}, reached ${reached}`);
  }
}
