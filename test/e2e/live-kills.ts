import { RandomStream } from '../../src/data/synthetic/random.ts';
import type { LedgerCheck } from '../../src/cli/demo/ledger-check.ts';
import type { Ended, LiveRig } from './live-process.ts';

/** Events right after or before which something is written to the journal or sent to the exchange. */
const MOMENTS = [
  'started',
  'resumed',
  'recovered',
  'signal',
  'fill',
  'trade',
  'order_ended',
  'stream_up',
  'trading_state',
];
const LONGEST_MS = 1_500;

export interface Killed {
  /** Lives that were ended while they were running. */
  readonly kills: number;
  readonly last: Ended;
  readonly check: LedgerCheck;
  /** What the starts said that they found. */
  readonly resumed: number;
}

/**
 * Starts an engine `kills` times and ends each life with SIGKILL: at a drawn event of its own plus up to 20 ms, or at a
 * drawn time. Then lets one more live until it has traded, stops it well, and compares the books.
 */
export async function killAgainAndAgain(rig: LiveRig, kills: number, seed: number): Promise<Killed> {
  const random = new RandomStream(seed, 0xdead);
  let killed = 0;
  let resumed = 0;
  for (let n = 0; n < kills; n++) {
    const engine = rig.engine();
    const moment = MOMENTS[Math.floor(random.uniform() * MOMENTS.length)];
    const count = 1 + Math.floor(random.uniform() * 3);
    const delay = random.uniform() * 20;
    let seen = 0;
    const at = random.uniform() * LONGEST_MS;
    await Promise.race([
      engine.until(({ event }) => event === moment && ++seen === count),
      // An event that does not come again would let this life go on for ever.
      engine.until(({ event }) => event === 'trading_state').then(() => sleep(at)),
    ]);
    await sleep(delay);
    const { signal, code, events, stderr } = await engine.end('SIGKILL');
    if (signal !== 'SIGKILL') throw new Error(`Life ${n} of seed ${seed} ended by itself with ${code}: ${stderr}`);
    if (events.some(({ event }) => event === 'resumed')) resumed++;
    killed++;
  }
  const engine = rig.engine();
  await engine.seen('trade');
  const last = await rig.endInPeace(engine);
  if (last.events.some(({ event }) => event === 'resumed')) resumed++;
  return { kills: killed, last, check: await rig.compare(last), resumed };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
