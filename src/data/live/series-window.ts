import type { Bar } from '../../core/bars.ts';
import { barClose, type Timeframe } from '../../core/timeframe.ts';
import type { BarSource } from './feed-events.ts';

/** Bars remembered after their release, to recognise repetitions and revisions. */
const REMEMBERED = 64;

export type SeriesStep =
  | { readonly kind: 'bar'; readonly bar: Bar; readonly source: BarSource }
  | { readonly kind: 'open'; readonly time: number; readonly price: number }
  | { readonly kind: 'revision'; readonly released: Bar; readonly revised: Bar }
  | { readonly kind: 'gap'; readonly after: number; readonly next: number };

/**
 * The order of one series: takes closed bars as they come (late, twice, out of order) and releases each once, when it
 * connects to the one before. What does not connect waits until the gap is filled or proved to be the exchange's own.
 */
export class SeriesWindow {
  readonly timeframe: Timeframe;
  /** Open time of the last released bar. */
  #last: number;
  readonly #waiting = new Map<number, { readonly bar: Bar; readonly source: BarSource }>();
  readonly #released: Bar[] = [];
  #open: { readonly time: number; readonly price: number } | undefined;
  #openTold = Number.NEGATIVE_INFINITY;

  /** `last`: open time of the last bar that is known already; the first one released is the one after it. */
  constructor(timeframe: Timeframe, last: number) {
    this.timeframe = timeframe;
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  /** Open time of the bar that comes next. */
  get next(): number {
    return barClose(this.#last, this.timeframe);
  }

  /** When it closes. */
  get nextClose(): number {
    return barClose(this.next, this.timeframe);
  }

  /** Open time of the earliest bar that waits behind a gap; undefined where there is none. */
  get waitingFrom(): number | undefined {
    let earliest: number | undefined;
    for (const time of this.#waiting.keys()) if (earliest === undefined || time < earliest) earliest = time;
    return earliest;
  }

  /** A closed bar came. REST is believed over a stream, as long as the bar is not released. */
  add(bar: Bar, source: BarSource, out: SeriesStep[]): void {
    if (bar.time <= this.#last) {
      // A stream repeats itself, out of date at times; only what REST says now can correct what was released.
      if (source === 'rest') this.#compare(bar, out);
    } else if (source === 'rest' || !this.#waiting.has(bar.time)) this.#waiting.set(bar.time, { bar, source });
    this.#drain(out);
  }

  /** The exchange showed the price at which a bar opened. */
  firstPrice(time: number, price: number, out: SeriesStep[]): void {
    if (time <= this.#openTold || time < this.next || (this.#open && time <= this.#open.time)) return;
    this.#open = { time, price };
    this.#drain(out);
  }

  /** The exchange has nothing before the earliest waiting bar: it is released after the gap. */
  acceptGap(out: SeriesStep[]): void {
    const next = this.waitingFrom;
    if (next === undefined || next === this.next) return;
    out.push({ kind: 'gap', after: this.#last, next });
    this.#last = previous(next, this.timeframe, this.#last);
    this.#drain(out);
  }

  #drain(out: SeriesStep[]): void {
    for (;;) {
      const time = this.next;
      const found = this.#waiting.get(time);
      if (this.#open?.time === time && this.#openTold < time) {
        this.#openTold = time;
        out.push({ kind: 'open', ...this.#open });
      }
      if (!found) return;
      this.#waiting.delete(time);
      this.#last = time;
      this.#released.push(found.bar);
      if (this.#released.length > REMEMBERED) this.#released.shift();
      out.push({ kind: 'bar', ...found });
    }
  }

  #compare(bar: Bar, out: SeriesStep[]): void {
    const index = this.#released.findIndex(({ time }) => time === bar.time);
    const released = this.#released[index];
    if (!released || sameBar(released, bar)) return;
    this.#released[index] = bar;
    out.push({ kind: 'revision', released, revised: bar });
  }
}

/** The open time before `next` on the grid, at least `least`. */
function previous(next: number, timeframe: Timeframe, least: number): number {
  let time = least;
  for (let after = barClose(time, timeframe); after < next; after = barClose(time, timeframe)) time = after;
  return time;
}

function sameBar(a: Bar, b: Bar): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}
