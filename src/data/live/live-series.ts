import type { Bar } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Clock, Timer } from '../../core/ports.ts';
import { barClose, barOpen, type Timeframe } from '../../core/timeframe.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { FeedHealth } from './feed-health.ts';
import { barProblem, type KlineFrame } from './market-frames.ts';
import { PAGE_BARS, type PublicRest } from './public-rest.ts';
import { type SeriesStep, SeriesWindow } from './series-window.ts';

/** A bar may seem to open before its time by the error of the clock, not by more. */
const FUTURE_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A hole counts as the exchange's own once two answers, this far apart, both show bars behind it and none in it. */
const HOLE_WAIT_MS = 2_000;
/** REST may still correct a bar within seconds of its close, so it is compared after that. */
const CONFIRM_AFTER_MS = 3_000;
/** Short bars are compared several at a time. */
const CONFIRM_EVERY_MS = 10_000;

export interface LiveSeriesOptions {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Open time of the last bar that is known. */
  readonly last: number;
  readonly clock: Clock;
  readonly time: ExchangeClock;
  readonly rest: PublicRest;
  readonly health: FeedHealth;
  readonly lateAfterMs: number;
  readonly confirm: boolean;
  readonly onStep: (step: SeriesStep) => void;
}

/** One series of the exchange: what the stream brings, completed by REST wherever it does not connect. */
export class LiveSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly #options: LiveSeriesOptions;
  readonly #window: SeriesWindow;
  readonly #cause: string;
  #recovering = false;
  #stopped = false;
  #wake: (() => void) | undefined;
  #wait: Timer | undefined;
  #confirmation: Timer | undefined;
  #confirmFrom: number | undefined;
  #confirmedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LiveSeriesOptions) {
    this.symbol = options.symbol;
    this.timeframe = options.timeframe;
    this.#options = options;
    this.#window = new SeriesWindow(options.timeframe, options.last);
    this.#cause = `bars of ${options.timeframe}`;
  }

  stop(): void {
    this.#stopped = true;
    this.#confirmation?.cancel();
    this.#wait?.cancel();
    this.#wake?.();
  }

  /** A frame of the stream. A bar is closed where the exchange says so and its own clock agrees. */
  onFrame({ bar, closed, eventTime }: KlineFrame): void {
    const { health, symbol, time } = this.#options;
    if (barOpen(bar.time, this.timeframe) !== bar.time || (time.synced && bar.time > time.now() + FUTURE_MS)) {
      health.set(symbol, 'value', `Expected a ${this.timeframe} bar of the present, got open time "${bar.time}"`);
      return;
    }
    health.set(symbol, 'value', null);
    const steps: SeriesStep[] = [];
    this.#window.firstPrice(bar.time, bar.open, steps);
    if (closed && eventTime >= barClose(bar.time, this.timeframe) - 1) this.#window.add(bar, 'stream', steps);
    this.#deliver(steps);
    if (this.#window.waitingFrom !== undefined) this.#recover();
  }

  /** Fetches what should be there by now and is not. */
  catchUp(): void {
    if (this.#owes()) this.#recover();
  }

  #owes(): boolean {
    return this.#window.waitingFrom !== undefined || this.#window.nextClose <= this.#options.time.closedBefore;
  }

  #recover(): void {
    if (this.#recovering || this.#stopped) return;
    this.#recovering = true;
    void this.#fill().finally(() => {
      this.#recovering = false;
      if (!this.#stopped) this.#options.health.set(this.symbol, this.#cause, null);
    });
  }

  /** Asks until nothing is owed. An exchange that has nothing yet, or does not answer, is asked ever more rarely. */
  async #fill(): Promise<void> {
    let idle = 0;
    let hole = Number.NaN;
    while (!this.#stopped && this.#owes()) {
      const before = this.#window.last;
      const { failure, hole: shown } = await this.#fetch(this.#window.next);
      if (this.#stopped) return;
      if (this.#window.last > before) {
        idle = 0;
        continue;
      }
      if (shown) {
        if (hole === before) {
          const steps: SeriesStep[] = [];
          this.#window.acceptGap(steps);
          this.#deliver(steps);
          continue;
        }
        hole = before;
        await this.#sleep(HOLE_WAIT_MS);
        continue;
      }
      this.#reportMissing(failure);
      await this.#sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** idle++));
    }
  }

  /** Adds what REST has from `from` on. Says why it could not, and whether it showed bars behind a missing one. */
  async #fetch(from: number): Promise<{ failure: string | null; hole: boolean }> {
    const { rest, symbol, timeframe, health } = this.#options;
    const closedAt = this.#options.time.closedBefore;
    try {
      const bars = await rest.klines({ symbol, timeframe, from, to: closedAt, closedAt });
      if (this.#stopped) return { failure: null, hole: false };
      const steps: SeriesStep[] = [];
      const wanted = this.#window.next;
      for (let i = 0; i < bars.length; i++) {
        const bar = bars.at(i) as Bar;
        const problem = barProblem(bar);
        if (problem !== null) {
          health.set(symbol, this.#cause, problem);
          return { failure: problem, hole: false };
        }
        this.#window.add(bar, 'rest', steps);
      }
      this.#deliver(steps);
      return { failure: null, hole: bars.length > 0 && bars.time[0] > wanted };
    } catch (error) {
      if (!(error instanceof ValvulinError)) throw error;
      return { failure: error.message, hole: false };
    }
  }

  #reportMissing(failure: string | null): void {
    const { time, lateAfterMs, health } = this.#options;
    if (time.now() - this.#window.nextClose < lateAfterMs) return;
    const bar = new Date(this.#window.next).toISOString();
    const why = failure ?? 'the exchange does not have it';
    health.set(this.symbol, this.#cause, `The ${this.timeframe} bar of ${bar} is missing: ${why}`);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#wait = this.#options.clock.after(ms, resolve);
    });
  }

  #deliver(steps: readonly SeriesStep[]): void {
    for (const step of steps) {
      this.#options.onStep(step);
      if (step.kind === 'bar' && step.source === 'stream' && this.#options.confirm) this.#confirmLater(step.bar.time);
    }
  }

  #confirmLater(time: number): void {
    this.#confirmFrom ??= time;
    if (this.#confirmation) return;
    const { clock } = this.#options;
    const wait = Math.max(CONFIRM_AFTER_MS, this.#confirmedAt + CONFIRM_EVERY_MS - clock.monotonic());
    this.#confirmation = clock.after(wait, () => void this.#confirm());
  }

  /** Compares what was released with what REST says now. Without an answer, the next bar's turn compares them too. */
  async #confirm(): Promise<void> {
    const { clock, rest, timeframe } = this.#options;
    this.#confirmation = undefined;
    const oldest = this.#confirmFrom;
    if (oldest === undefined || this.#stopped || rest.pausedMs > 0) return;
    this.#confirmFrom = undefined;
    this.#confirmedAt = clock.monotonic();
    const last = this.#window.last;
    const from = Math.max(oldest, last - PAGE_BARS * (barClose(last, timeframe) - last));
    if ((await this.#fetch(from)).failure !== null) this.#confirmFrom = oldest;
  }
}
