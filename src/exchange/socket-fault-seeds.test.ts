import { describe, expect, it } from 'vitest';
import { SmallExchange, START } from '../../test/exchange/small-exchange.ts';
import { RandomStream } from '../data/synthetic/random.ts';
import { randomSocketFaults } from './socket-fault-seeds.ts';

const HOUR = 3_600_000;
const SCOPE = { from: START, until: START + HOUR };

function planOf(seed: number) {
  const stream = new RandomStream(seed);
  return randomSocketFaults(() => stream.uniform(), SCOPE);
}

const verbsOf = ({ frames = [], feed = [], timed = [] }: ReturnType<typeof planOf>): string[] =>
  [...frames, ...feed, ...timed].map(({ fault }) => fault.verb);

describe('a random plan of socket faults', () => {
  it('is the same for the same seed and another for another', () => {
    expect(planOf(5)).toEqual(planOf(5));
    expect(planOf(5)).not.toEqual(planOf(6));
  });

  it('has every verb in some seed, and is over when it should be', () => {
    const plans = Array.from({ length: 60 }, (_, seed) => planOf(seed));
    expect(new Set(plans.flatMap(verbsOf))).toEqual(
      new Set([
        ...['ws.silent', 'ws.halfOpen', 'ws.close', 'ws.shutdown', 'ws.refuse', 'user.terminate'],
        ...['ws.dropFrame', 'ws.dup', 'ws.reorder', 'ws.replayStale', 'net.delay'],
        ...['feed.gap', 'feed.dup', 'feed.late', 'feed.revise', 'feed.zeroVol', 'feed.spike'],
      ]),
    );
    for (const { frames = [], feed = [], timed = [] } of plans) {
      for (const { from, until } of [...frames, ...feed]) expect([from, until]).toEqual([SCOPE.from, SCOPE.until]);
      for (const { at, fault } of timed) {
        expect(at).toBeGreaterThanOrEqual(SCOPE.from);
        expect(at).toBeLessThan(SCOPE.until);
        if (fault.verb === 'ws.silent' || fault.verb === 'ws.refuse') expect(fault.ms).toBeLessThanOrEqual(120_000);
      }
    }
  });

  it('makes the same run of a market twice', () => {
    const run = (seed: number): unknown[] => {
      const stream = new RandomStream(seed, 1);
      const small = new SmallExchange({ random: () => stream.uniform(), faults: planOf(seed) });
      const told: unknown[] = [];
      for (let minute = 0; minute < 30; minute++) {
        const client = small.client('/ws/btcusdt@kline_1m/btcusdt@trade');
        small.minute(50_000 + minute);
        small.trade(50_000 + minute);
        told.push(client.take(), client.ended);
        client.terminate();
      }
      return told;
    };
    expect(run(11)).toEqual(run(11));
    expect(run(11)).not.toEqual(run(12));
  });
});
