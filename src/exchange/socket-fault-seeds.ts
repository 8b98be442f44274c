import type { Random } from '../core/ports.ts';
import type {
  FeedFault,
  FeedFaultRule,
  FrameFault,
  FrameFaultRule,
  SocketFault,
  SocketFaultPlan,
  SocketKind,
  TimedSocketFault,
} from './socket-faults.ts';

/** What a random plan is drawn for: exchange time, epoch ms, from here on, and whole again from `until` on. */
export interface SocketFaultScope {
  readonly from: number;
  readonly until: number;
}

/** Share of the kinds that one plan has. */
const KINDS = 0.4;
/** Rates of frames and candles are drawn evenly by their order of magnitude. */
const LEAST_RATE = 0.001;
const GREATEST_RATE = 0.1;
/** How often a connection may meet each kind of fault. */
const MOST_TIMES = 3;
const LONGEST_MS = 120_000;
const CLOSES = [1000, 1001, 1006, 1008, 1011, 1012] as const;

const between = (random: Random, low: number, high: number): number => Math.round(low + random() * (high - low));

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)];
}

const FRAMES: readonly ((random: Random) => FrameFault)[] = [
  () => ({ verb: 'ws.dropFrame' }),
  () => ({ verb: 'ws.dup' }),
  () => ({ verb: 'ws.reorder' }),
  (random) => ({ verb: 'ws.replayStale', depth: between(random, 1, 40) }),
  (random) => ({ verb: 'net.delay', ms: between(random, 1, 10_000) }),
];

const FEED: readonly ((random: Random) => FeedFault)[] = [
  () => ({ verb: 'feed.gap' }),
  () => ({ verb: 'feed.dup' }),
  (random) => ({ verb: 'feed.late', ms: between(random, 1, 20_000) }),
  (random) => ({ verb: 'feed.revise', parts: between(random, 100, 10_000), ms: between(random, 1, 5_000) }),
  () => ({ verb: 'feed.zeroVol' }),
  (random) => ({ verb: 'feed.spike', factor: 0.3 + 3 * random() }),
];

const CONNECTIONS: readonly ((random: Random, left: number) => SocketFault)[] = [
  (random, left) => ({ verb: 'ws.silent', ms: between(random, 1_000, Math.min(LONGEST_MS, left)) }),
  () => ({ verb: 'ws.halfOpen' }),
  (random) => ({ verb: 'ws.close', code: pick(random, CLOSES) }),
  (random) => ({ verb: 'ws.shutdown', noticeMs: between(random, 0, 30_000) }),
  (random, left) => ({ verb: 'ws.refuse', ms: between(random, 1_000, Math.min(LONGEST_MS, left)) }),
  () => ({ verb: 'user.terminate' }),
];

/**
 * A plan that one seed stands for: some kinds of faults of frames and candles, each at its own rate, and some of whole
 * connections. The same numbers from `random` give the same plan.
 */
export function randomSocketFaults(random: Random, { from, until }: SocketFaultScope): SocketFaultPlan {
  const frames: FrameFaultRule[] = [];
  const feed: FeedFaultRule[] = [];
  const timed: TimedSocketFault[] = [];
  const rate = (): number => LEAST_RATE * (GREATEST_RATE / LEAST_RATE) ** random();
  const kind = (): { kind?: SocketKind } => pick(random, [{ kind: 'market' }, { kind: 'api' }, {}] as const);
  for (const draw of FRAMES) {
    const rule = { fault: draw(random), chance: rate(), from, until, ...kind() };
    if (random() < KINDS) frames.push(rule);
  }
  for (const draw of FEED) {
    const rule = { fault: draw(random), chance: rate(), from, until };
    if (random() < KINDS) feed.push(rule);
  }
  for (const draw of CONNECTIONS) {
    for (let left = random() < KINDS ? between(random, 1, MOST_TIMES) : 0; left > 0; left--) {
      const at = between(random, from, until - 1);
      timed.push({ at, fault: draw(random, until - at), ...kind() });
    }
  }
  return { frames, feed, timed: timed.sort((a, b) => a.at - b.at) };
}
