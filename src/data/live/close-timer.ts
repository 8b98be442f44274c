import type { Clock, Timer } from '../../core/ports.ts';
import type { Scheduler } from '../../core/scheduler.ts';
import type { Timeframe } from '../../core/timeframe.ts';

/** The clocks' offset may change while a timer runs, so that long waits are cut. */
const LONGEST_ARM_MS = 10 * 60_000;

export interface CloseTimerOptions {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  /** Exchange time, epoch ms. */
  readonly now: () => number;
  /** How long after a close to fire. */
  readonly delayMs: number;
  /**
   * The bars that closed at `time`. After a pause of the machine only the last close is told: work for the ones before
   * would act on the past.
   */
  readonly onClose: (time: number, timeframes: readonly Timeframe[]) => void;
}

/** Fires at the bar closes of a scheduler, on exchange time. */
export class CloseTimer {
  readonly #options: CloseTimerOptions;
  #timer: Timer | undefined;
  #due: number | undefined;

  constructor(options: CloseTimerOptions) {
    this.#options = options;
  }

  start(): void {
    const { scheduler, now, delayMs } = this.#options;
    this.stop();
    this.#due = scheduler.nextClose(now() - delayMs);
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#due = undefined;
  }

  #arm(): void {
    const { clock, now, delayMs } = this.#options;
    if (this.#due === undefined) return;
    const wait = this.#due + delayMs - now();
    this.#timer = clock.after(Math.min(Math.max(wait, 0), LONGEST_ARM_MS), () => this.#fire());
  }

  #fire(): void {
    const { scheduler, now, delayMs, onClose } = this.#options;
    const latest = now() - delayMs;
    let close = this.#due;
    if (close === undefined) return;
    if (close <= latest) {
      for (let next = scheduler.nextClose(close); next !== undefined && next <= latest; ) {
        close = next;
        next = scheduler.nextClose(next);
      }
      this.#due = scheduler.nextClose(close);
      onClose(close, scheduler.closingAt(close));
    }
    this.#arm();
  }
}
