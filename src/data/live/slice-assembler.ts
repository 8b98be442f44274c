import type { Bar } from '../../core/bars.ts';
import type { Clock, Timer } from '../../core/ports.ts';
import { closesAt } from '../../core/scheduler.ts';
import { barClose } from '../../core/timeframe.ts';
import { type LiveStream, seriesKey } from './sources.ts';

/** A back-fill brings the bars of one instant by several requests: they become one slice for each instant all the same. */
const GATHER_MS = 1_000;
/** A stream that was missing so often in a row is not waited for until it shows a bar again. */
const ABSENCES = 3;

/** The bars that closed at one instant, in canonical order: that of the streams given. */
export interface LiveSlice {
  /** The instant at which all of them closed, epoch ms. */
  readonly time: number;
  readonly bars: readonly SliceBar[];
  /** Streams whose bar of this instant had not come when the slice was closed. */
  readonly missing: readonly LiveStream[];
  /** Too old to trade on: its bars came after the slice of their instant was closed, or long after they closed. */
  readonly late: boolean;
}

export interface SliceBar {
  /** Place of the stream in the list that was given. */
  readonly stream: number;
  readonly bar: Bar;
}

export interface SliceAssemblerOptions {
  /** In canonical order. */
  readonly streams: readonly LiveStream[];
  readonly clock: Clock;
  /** Exchange time, epoch ms. */
  readonly now: () => number;
  /** How long after an instant its slice waits for bars, ms. */
  readonly deadlineMs: number;
  readonly onSlice: (slice: LiveSlice) => void;
}

interface Pending {
  readonly time: number;
  readonly bars: (Bar | undefined)[];
  late: boolean;
  /** Exchange time at which it is closed, complete or not. */
  readonly until: number;
}

/**
 * Groups closed bars into slices: one for each instant, told in order of time, when all bars have come that close at it,
 * or when the deadline has passed. What comes later is told as a late slice of its own.
 */
export class SliceAssembler {
  readonly #options: SliceAssemblerOptions;
  readonly #index: ReadonlyMap<string, number>;
  /** Rising in time. */
  readonly #pending: Pending[] = [];
  readonly #absences: Int32Array;
  #told = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(options: SliceAssemblerOptions) {
    this.#options = options;
    this.#index = new Map(options.streams.map(({ symbol, timeframe }, i) => [seriesKey(symbol, timeframe), i]));
    this.#absences = new Int32Array(options.streams.length);
  }

  /** Takes a closed bar. Bars of streams that were not given are ignored. */
  add(stream: LiveStream, bar: Bar, late: boolean): void {
    const index = this.#index.get(seriesKey(stream.symbol, stream.timeframe));
    if (index === undefined) return;
    this.#absences[index] = 0;
    const pending = this.#at(barClose(bar.time, stream.timeframe));
    pending.bars[index] = bar;
    if (late) pending.late = true;
    this.#flush();
  }

  /** Tells nothing any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#pending.length = 0;
  }

  #at(time: number): Pending {
    const { deadlineMs, now } = this.#options;
    let i = this.#pending.length;
    while (i > 0 && this.#pending[i - 1].time > time) i--;
    const found = this.#pending.at(i - 1);
    if (i > 0 && found?.time === time) return found;
    const until = Math.max(time + deadlineMs, now() + GATHER_MS);
    const pending: Pending = { time, bars: [], late: time <= this.#told, until };
    this.#pending.splice(i, 0, pending);
    return pending;
  }

  /** Tells the slices at the head of the queue that are complete or out of time; the ones behind them wait. */
  #flush(): void {
    const { now } = this.#options;
    this.#timer?.cancel();
    for (let head = this.#pending.at(0); head; head = this.#pending.at(0)) {
      const wait = head.until - now();
      if (wait > 0 && !this.#isComplete(head)) {
        this.#timer = this.#options.clock.after(wait, () => this.#flush());
        return;
      }
      this.#pending.shift();
      this.#tell(head);
    }
  }

  /** A late slice is never complete: other bars of its instant may be on their way, or were told before. */
  #isComplete({ time, bars }: Pending): boolean {
    if (time <= this.#told) return false;
    return this.#options.streams.every(
      ({ timeframe }, i) => bars[i] !== undefined || this.#absences[i] >= ABSENCES || !closesAt(time, timeframe),
    );
  }

  #tell({ time, bars, late }: Pending): void {
    const { streams, onSlice } = this.#options;
    const present: SliceBar[] = [];
    const missing: LiveStream[] = [];
    const again = time <= this.#told;
    streams.forEach((stream, i) => {
      const bar = bars[i];
      if (bar) present.push({ stream: i, bar });
      else if (!again && closesAt(time, stream.timeframe)) {
        missing.push(stream);
        this.#absences[i]++;
      }
    });
    this.#told = Math.max(this.#told, time);
    onSlice({ time, bars: present, missing, late });
  }
}
