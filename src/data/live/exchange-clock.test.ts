import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/servers/virtual-clock.ts';
import { type ClockAlert, ExchangeClock } from './exchange-clock.ts';

/** An exchange whose answers take as long as told, `there` of it before its clock is read. */
class Answers {
  readonly clock = new VirtualClock();
  readonly alerts: ClockAlert[] = [];
  skew = 0;
  ppm = 0;
  trips: { there: number; back: number }[] = [];
  fail = false;
  asked = 0;
  readonly #start: number;

  constructor() {
    this.#start = this.clock.now();
  }

  truth(): number {
    const elapsed = this.clock.monotonic() - 1_000;
    return this.#start + this.skew + elapsed * (1 + this.ppm * 1e-6);
  }

  readonly serverTime = async (): Promise<number> => {
    const { there, back } = this.trips[this.asked++ % this.trips.length] ?? { there: 10, back: 10 };
    await new Promise<void>((resolve) => this.clock.after(there, resolve));
    const time = this.truth();
    await new Promise<void>((resolve) => this.clock.after(back, resolve));
    if (this.fail) throw new Error('reset');
    return time;
  };

  async started(): Promise<ExchangeClock> {
    const { clock, serverTime } = this;
    const time = new ExchangeClock({ clock, serverTime, onAlert: (alert) => this.alerts.push(alert) });
    void time.start();
    await clock.advance(20_000);
    return time;
  }

  kinds(): string[] {
    return this.alerts.map(({ kind }) => kind);
  }
}

describe('ExchangeClock', () => {
  it('believes the quickest of several answers, not the last or the mean', async () => {
    const answers = new Answers();
    answers.skew = 7_000;
    answers.trips = [
      { there: 900, back: 10 },
      { there: 10, back: 2_000 },
      { there: 12, back: 8 },
      { there: 400, back: 10 },
      { there: 10, back: 500 },
    ];
    const time = await answers.started();
    expect(answers.asked).toBe(5);
    expect(Math.abs(time.now() - answers.truth())).toBeLessThanOrEqual(2);
    expect(time.uncertainty).toBeLessThan(10 + 20);
    expect(Math.abs(time.now() - answers.truth())).toBeLessThanOrEqual(time.uncertainty);
    time.stop();
  });

  it('measures again every ten minutes and follows a drift, which it can name', async () => {
    const answers = new Answers();
    answers.ppm = 150;
    const time = await answers.started();
    await answers.clock.advance(3_600_000);
    expect(Math.abs(time.now() - answers.truth())).toBeLessThan(150);
    expect(time.driftPpm).toBeGreaterThan(120);
    expect(time.driftPpm).toBeLessThan(180);
    expect(answers.kinds().filter((kind) => kind === 'synced').length).toBe(7);
    time.stop();
  });

  it('keeps a good measurement against a bad one that agrees with it', async () => {
    const answers = new Answers();
    const time = await answers.started();
    answers.trips = [{ there: 3_000, back: 10 }];
    await answers.clock.advance(700_000);
    expect(Math.abs(time.now() - answers.truth())).toBeLessThan(20);
    time.stop();
  });

  it('does not move with the wall clock, and tells a wall clock that is off, once', async () => {
    const answers = new Answers();
    const time = await answers.started();
    const before = time.now();
    answers.clock.wall += 3_000;
    expect(time.now()).toBe(before);
    expect(time.offset).toBeLessThan(-2_900);
    await answers.clock.advance(1_300_000);
    expect(answers.kinds().filter((kind) => kind === 'skew')).toEqual(['skew']);
    answers.clock.wall -= 3_000;
    await answers.clock.advance(700_000);
    expect(answers.kinds().filter((kind) => kind === 'skew_over')).toEqual(['skew_over']);
    expect(answers.kinds()).not.toContain('jump');
    time.stop();
  });

  it.each([7_200_000, -7_200_000])('a jump of the wall clock by %i ms is told and measured anew', async (ms) => {
    const answers = new Answers();
    const time = await answers.started();
    const asked = answers.asked;
    answers.clock.wall += ms;
    time.check();
    expect(answers.alerts.find(({ kind }) => kind === 'jump')).toMatchObject({ kind: 'jump', ms });
    expect(time.synced).toBe(false);
    time.check();
    await answers.clock.advance(20_000);
    expect(answers.asked).toBe(asked + 5);
    expect(answers.kinds().filter((kind) => kind === 'jump').length).toBe(1);
    expect(time.synced).toBe(true);
    time.stop();
  });

  it('a measurement that a suspension fell into is made again', async () => {
    const answers = new Answers();
    const time = await answers.started();
    answers.trips = [{ there: 10, back: 40 }];
    void time.sync();
    await answers.clock.advance(30);
    // The answer was read from the exchange's clock already, and waits while the machine sleeps.
    answers.clock.wall += 7_200_000;
    answers.skew += 7_200_000;
    time.check();
    await answers.clock.advance(1_000);
    expect(Math.abs(time.now() - answers.truth())).toBeLessThan(30);
    time.stop();
  });

  it('a process that stood still is told by its own timers', async () => {
    const answers = new Answers();
    const time = await answers.started();
    const { clock } = answers;
    const after = clock.after.bind(clock);
    clock.after = (ms, run) => after(ms === 10_000 ? 45_000 : ms, run);
    await clock.advance(60_000);
    expect(answers.alerts.filter(({ kind }) => kind === 'jump')).toEqual([{ kind: 'jump', ms: 35_000 }]);
    time.stop();
  });

  it('without an answer says so, asks again soon, and is not taken for good meanwhile', async () => {
    const answers = new Answers();
    answers.fail = true;
    const time = await answers.started();
    expect(time.synced).toBe(false);
    expect(answers.alerts).toContainEqual({ kind: 'failed', reason: 'reset' });
    answers.fail = false;
    await answers.clock.advance(10_000);
    expect(time.synced).toBe(true);
    time.stop();
    const asked = answers.asked;
    await answers.clock.advance(3_600_000);
    expect(answers.asked).toBe(asked);
    expect(answers.clock.waiting).toBe(0);
  });
});
