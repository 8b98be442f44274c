import type { Bar } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Clock, Timer } from '../../core/ports.ts';
import { barClose, barOpen, type Timeframe } from '../../core/timeframe.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { BarSource } from './feed-events.ts';
import type { FeedHealth } from './feed-health.ts';
import { barProblem, type KlineFrame } from './market-frames.ts';
import { PAGE_BARS, type PublicRest } from './public-rest.ts';
import { type SeriesStep, SeriesWindow } from './series-window.ts';

/** A closing price this far from the last one before it is not believed from the stream alone. */
const JUMP = 0.03;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A hole counts as the exchange's own once two answers, this far apart, both show bars behind it and none in it. */
const HOLE_WAIT_MS = 2_000;
/** REST may still correct a bar within seconds of its close, so it is compared after that. */
const CONFIRM_AFTER_MS = 3_000;
/** Short bars are compared several at a time. */
const CONFIRM_EVERY_MS = 10_000;

/**
 * Whether a closed bar of the stream is compared with REST before it is released, some seconds after, or not at all. One
 * that contradicts the frames before it waits for REST, unless it is `off`: then the stream is believed in everything.
 */
export type Confirmation = 'before' | 'after' | 'off';

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
  readonly confirm: Confirmation;
  readonly onStep: (step: SeriesStep) => void;
}

/** One series of the exchange: what the stream brings, completed by REST wherever it does not connect. */
export class LiveSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly #options: LiveSeriesOptions;
  readonly #window: SeriesWindow;
  readonly #cause: string;
  #connectedAt = Number.POSITIVE_INFINITY;
  #forming: KlineFrame | undefined;
  /** Latest close that the stream has told of. */
  #proven = Number.NEGATIVE_INFINITY;
  #recovering = false;
  #stopped = false;
  /** Ends the wait of a recovery; and where a new bar may end it, too. */
  #end: (() => void) | undefined;
  #wake: (() => void) | undefined;
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
    this.#end?.();
  }

  /**
   * A frame of the stream. A bar is closed where the exchange says so and the time at which it says so agrees.
   */
  onFrame(frame: KlineFrame): void {
    const { health, symbol, confirm } = this.#options;
    const { bar, closed, eventTime } = frame;
    if (barOpen(bar.time, this.timeframe) !== bar.time || bar.time > eventTime) {
      health.set(symbol, 'value', `Expected a ${this.timeframe} bar of the present, got open time "${bar.time}"`);
      return;
    }
    health.set(symbol, 'value', null);
    const steps: SeriesStep[] = [];
    if (bar.time >= this.#connectedAt) this.#window.firstPrice(bar.time, bar.open, steps);
    const close = barClose(bar.time, this.timeframe);
    const over = closed && eventTime >= close - 1;
    if (over) this.#proven = Math.max(this.#proven, close);
    const believed = confirm === 'off' || (confirm === 'after' && !contradicts(this.#forming, frame));
    if (over && believed) this.#window.add(bar, 'stream', steps);
    if (!closed && eventTime >= (this.#forming?.eventTime ?? 0)) this.#forming = frame;
    this.#deliver(steps);
    if (!over || !this.#owes()) return;
    // The exchange has moved on: what it did not have a moment ago it may have now.
    this.#wake?.();
    this.#recover();
  }

  /** The stream delivers from now on: what comes first of a bar that opens later is its first print. */
  connected(): void {
    this.#connectedAt = this.#options.time.now();
    this.catchUp();
  }

  /** Fetches what should be there by now and is not. */
  catchUp(): void {
    if (this.#owes()) this.#recover();
  }

  #owes(): boolean {
    return this.#window.waitingFrom !== undefined || this.#window.nextClose <= this.#closedBefore;
  }

  /** Bars that close until this instant are closed at the exchange: by its time, or because a frame said so. */
  get #closedBefore(): number {
    return Math.max(this.#options.time.closedBefore, this.#proven);
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
        await this.#sleep(HOLE_WAIT_MS, false);
        continue;
      }
      this.#reportMissing(failure);
      await this.#sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** idle++), true);
    }
  }

  /** Adds what REST has from `from` on. Says why it could not, and whether it showed bars behind a missing one. */
  async #fetch(from: number): Promise<{ failure: string | null; hole: boolean }> {
    const { rest, symbol, timeframe, health } = this.#options;
    const closedAt = this.#closedBefore;
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

  /** `stop` ends it early, and a new bar where `wakes` says so. */
  #sleep(ms: number, wakes: boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        this.#wake = undefined;
        this.#end = undefined;
        resolve();
      };
      const timer = this.#options.clock.after(ms, end);
      this.#end = end;
      if (wakes) this.#wake = end;
    });
  }

  #deliver(steps: readonly SeriesStep[]): void {
    for (const step of steps) {
      this.#options.onStep(step);
      if (step.kind === 'bar' && this.#mayChange(step.bar, step.source)) this.#confirmLater(step.bar.time);
    }
  }

  /** Whether REST may still say something else of it: what REST said some seconds after the close is final. */
  #mayChange(bar: Bar, source: BarSource): boolean {
    const { confirm, time } = this.#options;
    if (confirm === 'off') return false;
    return source === 'stream' || time.now() - barClose(bar.time, this.timeframe) < CONFIRM_AFTER_MS;
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

/**
 * A closing frame with less in it than the frames before, or far off them, was damaged or is of another time; one that
 * nothing came before has only itself to speak for it, which is enough where it says that nothing happened.
 */
function contradicts(forming: KlineFrame | undefined, { bar, trades }: KlineFrame): boolean {
  if (forming?.bar.time !== bar.time) return trades > 0 || bar.high > bar.low;
  const seen = forming.bar;
  if (trades < forming.trades || bar.volume < seen.volume || bar.high < seen.high || bar.low > seen.low) return true;
  return bar.open !== seen.open || Math.abs(bar.close / seen.close - 1) > JUMP;
}
