import { describe, expect, it } from 'vitest';
import { ValvulinError } from '../../core/errors.ts';
import type { HealthEvent } from './feed-events.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import { FeedHealth } from './feed-health.ts';
import type { KlineFrame } from './market-frames.ts';
import type { PublicRest } from './public-rest.ts';
import { StaleWatch } from './stale-watch.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 0, 5, 12);

/** Streams of one-hour bars beside a REST that shows what a test sets. */
class Watching {
  now = NOON;
  /** Trades of the running bar as REST has them, by symbol; null where it does not answer. */
  readonly rest = new Map<string, number | null>();
  readonly asked: string[] = [];
  readonly dead: string[] = [];
  readonly health: HealthEvent[] = [];
  readonly watch: StaleWatch;

  constructor(symbols: readonly string[]) {
    const now = (): number => this.now;
    const time = { now } as unknown as ExchangeClock;
    const newest = async (symbol: string): Promise<readonly unknown[]> => {
      this.asked.push(symbol);
      const trades = this.rest.get(symbol) ?? null;
      if (trades === null) throw new ValvulinError('VLV_FEED_NETWORK', 'no answer');
      return [NOON, '1', '1', '1', '1', '1', NOON + HOUR - 1, '1', trades];
    };
    this.watch = new StaleWatch({
      streams: symbols.map((symbol) => ({ symbol, interval: '1h' })),
      time,
      rest: { pausedMs: 0, newest } as unknown as PublicRest,
      health: new FeedHealth(now, (event) => this.health.push(event)),
      staleAfterMs: 30_000,
      proofMs: 6_000,
      onDead: (all, reason) => {
        this.dead.push(`${all ? 'all' : 'one'}: ${reason}`);
        this.watch.reset();
      },
    });
  }

  frame(symbol: string, trades: number, eventTime = this.now): void {
    const bar = { time: NOON, open: 1, high: 1, low: 1, close: 1, volume: trades };
    const frame: KlineFrame = { kind: 'kline', symbol, interval: '1h', eventTime, bar, closed: false, trades };
    this.watch.onFrame(frame);
  }

  /** Lets time pass, looking every ten seconds. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i += 10) {
      this.now += 10_000;
      this.watch.look();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  }
}

describe('StaleWatch', () => {
  it('calls a stream dead once REST shows trades that it did not bring in time', async () => {
    const run = new Watching(['A']);
    run.now += 1_000;
    run.frame('A', 5);
    run.rest.set('A', 5);
    await run.pass(120);
    expect([run.dead, run.health]).toEqual([[], []]);
    run.rest.set('A', 6);
    await run.pass(60);
    expect(run.dead).toEqual([expect.stringContaining('all: A 1h trades')]);
    expect(run.health.at(-1)).toMatchObject({ symbol: 'A', healthy: false });
    run.frame('A', 7);
    expect(run.health.at(-1)).toMatchObject({ symbol: 'A', healthy: true });
  });

  it('believes a stream that brings the news a little after REST', async () => {
    const run = new Watching(['A']);
    run.now += 1_000;
    run.frame('A', 5);
    run.rest.set('A', 6);
    await run.pass(40);
    run.frame('A', 6);
    run.rest.set('A', 6);
    await run.pass(120);
    expect(run.dead).toEqual([]);
  });

  it('does not hold against a new connection what was traded before it', async () => {
    const run = new Watching(['A']);
    run.now += 1_000;
    run.frame('A', 5);
    run.rest.set('A', 900);
    run.watch.reset();
    await run.pass(300);
    expect([run.dead, run.health]).toEqual([[], []]);
    run.rest.set('A', 901);
    await run.pass(60);
    expect(run.dead.length).toBe(1);
  });

  it('asks for the liveliest silent streams first, two at a time', async () => {
    const run = new Watching(['A', 'B', 'C', 'D']);
    for (const symbol of ['A', 'B', 'C', 'D']) run.rest.set(symbol, 1);
    for (const [symbol, frames] of [
      ['A', 1],
      ['B', 3],
      ['C', 2],
      ['D', 4],
    ] as const) {
      for (let i = 0; i < frames; i++) {
        run.now += 10;
        run.frame(symbol, 1);
      }
    }
    run.now += 25_000;
    await run.pass(10);
    expect(run.asked).toEqual(['D', 'B']);
    await run.pass(10);
    expect(run.asked).toEqual(['D', 'B', 'C', 'A']);
  });

  it('trusts nobody where a whole connection is silent and REST does not answer', async () => {
    const run = new Watching(['A', 'B']);
    await run.pass(60);
    expect(run.health.map(({ symbol, healthy }) => [symbol, healthy])).toEqual([
      ['A', false],
      ['B', false],
    ]);
    run.rest.set('A', 1).set('B', 1);
    await run.pass(120);
    expect(run.health.slice(2).map(({ symbol, healthy }) => [symbol, healthy])).toEqual([
      ['A', true],
      ['B', true],
    ]);
    expect(run.dead).toEqual([]);
  });
});
