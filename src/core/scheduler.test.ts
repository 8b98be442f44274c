import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closesAt, lastClosedOpen, nextClose, Scheduler, warmupStart } from './scheduler.ts';
import { barClose, barOpen, barsBetween, type Timeframe } from './timeframe.ts';

const TIMEFRAMES: readonly Timeframe[] = ['1s', '1m', '7m', '1h', '4h', '1d', '3d', '1w', '1M', '3M'];
const instant = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

describe('bar closes', () => {
  it('are the next instants at which a bar of the grid ends', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...TIMEFRAMES), (now, timeframe) => {
        const close = nextClose(now, timeframe);
        expect(close).toBeGreaterThan(now);
        expect(closesAt(close, timeframe)).toBe(true);
        expect(barOpen(now, timeframe)).toBe(barOpen(close - 1, timeframe));
        const last = lastClosedOpen(now, timeframe);
        expect(barClose(last, timeframe)).toBeLessThanOrEqual(now);
        expect(barClose(barClose(last, timeframe), timeframe)).toBeGreaterThan(now);
      }),
    );
  });

  it('at the very instant of a close, the next one is meant', () => {
    const noon = Date.UTC(2026, 0, 5, 12);
    expect(nextClose(noon, '1h')).toBe(noon + 3_600_000);
    expect(lastClosedOpen(noon, '1h')).toBe(noon - 3_600_000);
  });
});

describe('warmupStart', () => {
  it('leaves exactly as many closed bars, months too', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...TIMEFRAMES), fc.integer({ min: 0, max: 50 }), (now, timeframe, bars) => {
        const start = warmupStart(now, timeframe, bars);
        expect(barOpen(start, timeframe)).toBe(start);
        expect(barsBetween(start, barOpen(now, timeframe), timeframe)).toBe(bars);
      }),
    );
  });
});

describe('Scheduler', () => {
  const scheduler = new Scheduler([
    { timeframe: '1h', warmupBars: 500 },
    { timeframe: '1m', warmupBars: 100 },
    { timeframe: '1M', warmupBars: 24 },
  ]);

  it('names what closes together in config order', () => {
    const newYear = Date.UTC(2026, 0, 1);
    expect(scheduler.nextClose(newYear - 1)).toBe(newYear);
    expect(scheduler.closingAt(newYear)).toEqual(['1h', '1m', '1M']);
    expect(scheduler.closingAt(newYear + 60_000)).toEqual(['1m']);
    expect(scheduler.nextClose(newYear)).toBe(newYear + 60_000);
    expect(new Scheduler([]).nextClose(0)).toBeUndefined();
  });

  it('gives a strategy what it needs, or what the interval says where that is more', () => {
    expect(scheduler.warmupBars('1h')).toBe(500);
    expect(scheduler.warmupBars('1m', 1_040)).toBe(1_040);
    expect(scheduler.warmupBars('4h')).toBe(1_000);
  });

  it('refuses a timeframe that is there twice', () => {
    const twice = { timeframe: '1h', warmupBars: 1 } as const;
    expect(() => new Scheduler([twice, twice])).toThrow('Expected each timeframe once, got "1h" twice');
  });
});
