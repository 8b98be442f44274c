import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/servers/virtual-clock.ts';
import { Scheduler } from '../../core/scheduler.ts';
import { CloseTimer } from './close-timer.ts';

const NOON = Date.UTC(2026, 0, 5, 12);

class Closes {
  readonly clock = new VirtualClock(NOON + 7_000);
  readonly told: string[] = [];
  /** Exchange time minus the machine's. */
  offset = 0;
  readonly timer: CloseTimer;

  constructor(timeframes: readonly ('1m' | '5m' | '1M')[] = ['1m', '5m']) {
    const now = (): number => this.clock.now() + this.offset;
    this.timer = new CloseTimer({
      scheduler: new Scheduler(timeframes.map((timeframe) => ({ timeframe, warmupBars: 1 }))),
      clock: this.clock,
      now,
      delayMs: 1_500,
      onClose: (time, closed) => this.told.push(`${(time - NOON) / 60_000}+${now() - time}: ${closed.join(' ')}`),
    });
    this.timer.start();
  }
}

describe('CloseTimer', () => {
  it('fires behind each close, with the timeframes that closed', async () => {
    const closes = new Closes();
    await closes.clock.advance(5 * 60_000);
    expect(closes.told).toEqual(['1+1500: 1m', '2+1500: 1m', '3+1500: 1m', '4+1500: 1m', '5+1500: 1m 5m']);
    closes.timer.stop();
    expect(closes.clock.waiting).toBe(0);
  });

  it('follows exchange time where that moves against the machine’s, either way', async () => {
    const closes = new Closes();
    closes.offset = -400;
    await closes.clock.advance(60_000);
    closes.offset = 300;
    await closes.clock.advance(60_000);
    expect(closes.told).toEqual(['1+1500: 1m', '2+2200: 1m']);
    closes.timer.stop();
  });

  it('after a pause tells the last close only', async () => {
    const closes = new Closes();
    await closes.clock.advance(60_000);
    closes.clock.wall += 3 * 3_600_000 + 20_000;
    await closes.clock.advance(60_000);
    expect(closes.told).toEqual(['1+1500: 1m', '182+21500: 1m']);
    closes.timer.stop();
  });

  it('waits for a month without a timer longer than machines have', async () => {
    const closes = new Closes(['1M']);
    await closes.clock.advance(27 * 86_400_000);
    const days = (Date.UTC(2026, 1, 1) - NOON) / 60_000;
    expect(closes.told).toEqual([`${days}+1500: 1M`]);
    closes.timer.stop();
  });
});
