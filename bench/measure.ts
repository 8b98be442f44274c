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

/** CPU time of the main thread, because wall time on a shared machine says little; the first repetition is not counted. */
export function measure(name: string, bars: number, repetitions: number, run: () => unknown): Timing {
  run();
  const times: number[] = [];
  for (let r = 0; r < repetitions; r++) {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    times.push(((user + system) * 1_000) / bars);
  }
  times.sort((a, b) => a - b);
  const timing = { name, bars, nsPerBar: times[times.length >> 1], leastNsPerBar: times[0] };
  const rate = (1_000 / timing.nsPerBar).toFixed(1);
  const least = timing.leastNsPerBar.toFixed(1);
  console.log(
    `${name.padEnd(44)} ${timing.nsPerBar.toFixed(1).padStart(8)} ns/bar  (least ${least})  ${rate} M bars/s`,
  );
  return timing;
}

/** What a run showed: its equity curve and its trades, to the last bit. */
export function hashOf(result: BacktestResult): string {
  const hash = createHash('sha256').update(result.equityCurve).update(result.drawdownCurve);
  for (const trade of result.trades) hash.update(JSON.stringify(trade));
  return hash.digest('hex').slice(0, 16);
}

/** Collects what did not hold; a bench that was fast and wrong has failed. */
export class Gates {
  readonly failures: string[] = [];

  check(holds: boolean, what: string): void {
    console.log(`  ${holds ? 'holds' : 'FAILS'}: ${what}`);
    if (!holds) this.failures.push(what);
  }
}
