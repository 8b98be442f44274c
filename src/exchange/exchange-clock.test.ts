import { describe, expect, it } from 'vitest';
import { ExchangeClock, SteppedClock } from './exchange-clock.ts';

describe('the clock of an exchange', () => {
  it('starts where it is told and runs so many times as fast, timers included', () => {
    const base = new SteppedClock(1_000);
    const clock = new ExchangeClock(base, { start: 5_000_000, speed: 60 });
    const fired: number[] = [];
    clock.after(120, () => fired.push(clock.now()));
    base.moveTo(1_001);
    expect(clock.now()).toBe(5_000_060);
    expect(fired).toEqual([]);
    base.moveTo(1_003);
    expect(fired).toEqual([5_000_120]);
    expect(clock.monotonic()).toBe(180);
  });

  it('follows the monotonic clock, so that a jump of the wall clock does not move the market', () => {
    let wall = 1_000;
    const base = { now: () => wall, monotonic: () => 10, after: () => ({ cancel: () => undefined }) };
    const clock = new ExchangeClock(base);
    wall = 900_000;
    expect(clock.now()).toBe(1_000);
  });
});

describe('a paced clock', () => {
  it('waits for what is to happen at an instant, however late the machine is', () => {
    const base = new SteppedClock(0);
    const clock = new ExchangeClock(base, { start: 1_000 });
    let next: number | null = 1_050;
    clock.pace(() => next);
    base.moveTo(80);
    expect(clock.now()).toBe(1_050);
    next = 1_060;
    expect(clock.now()).toBe(1_060);
    next = null;
    expect(clock.now()).toBe(1_080);
  });
});

describe('a stepped clock', () => {
  it('fires timers by time and then by the order in which they were set, those set on the way too', () => {
    const clock = new SteppedClock(100);
    const fired: string[] = [];
    const note = (name: string): void => void fired.push(`${name}@${clock.now()}`);
    clock.after(20, () => note('late'));
    clock.after(10, () => {
      note('first');
      clock.after(5, () => note('inner'));
      clock.after(500, () => note('never'));
    });
    clock.after(10, () => note('second'));
    clock.after(15, () => note('canceled')).cancel();
    expect(clock.next()).toBe(110);
    clock.moveTo(130);
    expect(fired).toEqual(['first@110', 'second@110', 'inner@115', 'late@120']);
    expect(clock.now()).toBe(130);
    clock.moveTo(50);
    expect(clock.now()).toBe(130);
  });
});
