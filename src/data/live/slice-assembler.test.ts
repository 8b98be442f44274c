import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/servers/virtual-clock.ts';
import type { Bar } from '../../core/bars.ts';
import { barClose, barOpen } from '../../core/timeframe.ts';
import { type LiveSlice, SliceAssembler } from './slice-assembler.ts';
import type { LiveStream } from './sources.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 5, 12);
const BTC = { symbol: 'BTCUSDT', timeframe: '1m' } as const;
const ETH = { symbol: 'ETHUSDT', timeframe: '1m' } as const;
const BTC5 = { symbol: 'BTCUSDT', timeframe: '5m' } as const;

class Assembly {
  readonly clock: VirtualClock;
  readonly slices: LiveSlice[] = [];
  readonly assembler: SliceAssembler;

  constructor(streams: readonly LiveStream[] = [BTC, ETH, BTC5], now = NOON) {
    this.clock = new VirtualClock(now);
    this.assembler = new SliceAssembler({
      streams,
      clock: this.clock,
      now: () => this.clock.now(),
      deadlineMs: 5_000,
      onSlice: (slice) => this.slices.push(slice),
    });
  }

  /** The bar of a stream that closes at `close`. */
  add(stream: LiveStream, close: number, late = false): void {
    this.assembler.add(stream, barOf(barOpen(close - 1, stream.timeframe)), late);
  }

  /** `minute: streams`, `?` before the missing, `late` behind what is late. */
  told(): string[] {
    return this.slices.map(({ time, bars, missing, late }) => {
      const gone = missing.map(({ symbol, timeframe }) => ` ?${symbol}${timeframe}`).join('');
      return `${(time - NOON) / MINUTE}: ${bars.map(({ stream }) => stream).join('')}${gone}${late ? ' late' : ''}`;
    });
  }
}

const barOf = (time: number): Bar => ({ time, open: 1, high: 1, low: 1, close: 1, volume: 1 });

describe('SliceAssembler', () => {
  it('waits for all bars that close together, and tells them in the order of the config', () => {
    const run = new Assembly();
    run.add(BTC5, NOON);
    run.add(ETH, NOON);
    expect(run.slices).toEqual([]);
    run.add(BTC, NOON);
    expect(run.told()).toEqual(['0: 012']);
    run.add(ETH, NOON + MINUTE);
    run.add(BTC, NOON + MINUTE);
    expect(run.told()).toEqual(['0: 012', '1: 01']);
    expect(run.clock.waiting).toBe(0);
  });

  it('closes at the deadline with what has come, says what is missing, and tells that late', async () => {
    const run = new Assembly();
    run.add(BTC, NOON);
    await run.clock.advance(4_999);
    expect(run.slices).toEqual([]);
    await run.clock.advance(1);
    expect(run.told()).toEqual(['0: 0 ?ETHUSDT1m ?BTCUSDT5m']);
    run.add(ETH, NOON);
    run.add(BTC5, NOON);
    await run.clock.advance(1_000);
    expect(run.told().slice(1)).toEqual(['0: 12 late']);
  });

  it('never tells a later instant before an earlier one that still waits', async () => {
    const run = new Assembly([BTC, ETH], NOON + MINUTE + 1_000);
    run.add(BTC, NOON + 2 * MINUTE);
    run.add(ETH, NOON + 2 * MINUTE);
    run.add(BTC, NOON + MINUTE);
    expect(run.told()).toEqual(['2: 01']);
    const waiting = new Assembly([BTC, ETH], NOON);
    waiting.add(BTC, NOON);
    waiting.add(BTC, NOON + MINUTE);
    waiting.add(ETH, NOON + MINUTE);
    expect(waiting.told()).toEqual([]);
    await waiting.clock.advance(5_000);
    expect(waiting.told()).toEqual(['0: 0 ?ETHUSDT1m', '1: 01']);
  });

  it('groups a back-fill of several streams by instant', async () => {
    const run = new Assembly([BTC, ETH], NOON + 10 * MINUTE);
    for (const stream of [BTC, ETH]) for (let i = 1; i <= 3; i++) run.add(stream, NOON + i * MINUTE, true);
    await run.clock.advance(1_000);
    expect(run.told()).toEqual(['1: 01 late', '2: 01 late', '3: 01 late']);
  });

  it('stops waiting for a stream that was missing three times, until it comes back', async () => {
    const run = new Assembly([BTC, ETH], NOON);
    for (let i = 0; i < 4; i++) {
      run.add(BTC, NOON + i * MINUTE);
      if (i === 3) expect(run.slices.length).toBe(4);
      await run.clock.advance(MINUTE);
    }
    expect(run.told().at(-1)).toBe('3: 0 ?ETHUSDT1m');
    run.add(ETH, NOON + 4 * MINUTE);
    run.add(BTC, NOON + 4 * MINUTE);
    run.add(BTC, NOON + 5 * MINUTE);
    expect(run.told().at(-1)).toBe('4: 01');
    run.assembler.stop();
    expect(run.clock.waiting).toBe(0);
  });

  it('tells the same slices whatever the order in which bars come in time', () => {
    const streams = [BTC, ETH, BTC5, { symbol: 'ETHUSDT', timeframe: '1h' } as const];
    const bars = streams.flatMap((stream, index) =>
      Array.from({ length: 600 / (barClose(0, stream.timeframe) / MINUTE) }, (_, i) => ({
        stream,
        index,
        close: barClose(barOpen(NOON, stream.timeframe), stream.timeframe) + i * barClose(0, stream.timeframe),
      })),
    );
    const instants = [...new Set(bars.map(({ close }) => close))].sort((a, b) => a - b).slice(0, 70);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (random) => {
        const run = new Assembly(streams, NOON);
        for (const instant of instants) {
          const closing = bars.filter(({ close }) => close === instant);
          const shuffled = closing.map((bar) => ({ bar, at: random.next().value })).sort((a, b) => a.at - b.at);
          for (const { bar } of shuffled) run.add(bar.stream, bar.close);
        }
        expect(run.told()).toEqual(
          instants.map((instant) => {
            const closing = bars.filter(({ close }) => close === instant).map(({ index }) => index);
            return `${(instant - NOON) / MINUTE}: ${closing.sort().join('')}`;
          }),
        );
      }),
      { numRuns: 20 },
    );
  });
});
