import type { Clock } from '../../core/ports.ts';
import type { FeedEvent } from '../../data/live/feed-events.ts';
import { SliceAssembler } from '../../data/live/slice-assembler.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { MarketEvent } from '../../execution/live/input-codec.ts';

export interface MarketInboxOptions {
  readonly streams: readonly { readonly symbol: string; readonly timeframe: Timeframe }[];
  readonly clock: Clock;
  /** Exchange time, epoch ms. */
  readonly now: () => number;
  readonly deadlineMs: number;
  readonly onMarket: (event: MarketEvent) => void;
  /** Bars of an instant did not come in time. */
  readonly onMissing: (time: number, streams: readonly string[]) => void;
}

/**
 * Puts what a feed tells into the order that a run takes: all bars that close at an instant as one slice, and only then
 * the opens of that instant. Opens that a later slice overtakes are dropped; the run takes them from the bars.
 */
export class MarketInbox {
  readonly #options: MarketInboxOptions;
  readonly #slices: SliceAssembler;
  #opens: (MarketEvent & { readonly kind: 'open' })[] = [];
  #closed = Number.NEGATIVE_INFINITY;

  constructor(options: MarketInboxOptions) {
    this.#options = options;
    this.#slices = new SliceAssembler({
      ...options,
      onSlice: ({ time, bars, missing, late }) => {
        if (missing.length > 0) {
          options.onMissing(
            time,
            missing.map(({ symbol, timeframe }) => `${symbol}:${timeframe}`),
          );
        }
        if (bars.length > 0) options.onMarket({ kind: 'slice', time, late, bars });
        this.#closed = Math.max(this.#closed, time);
        this.#release();
      },
    });
  }

  take(event: FeedEvent): void {
    if (event.kind === 'bar') this.#slices.add(event, event.bar, event.late);
    if (event.kind !== 'open') return;
    const stream = this.#options.streams.findIndex(
      ({ symbol, timeframe }) => symbol === event.symbol && timeframe === event.timeframe,
    );
    if (stream < 0) return;
    this.#opens.push({ kind: 'open', time: event.time, stream, price: event.price });
    this.#release();
  }

  stop(): void {
    this.#slices.stop();
  }

  #release(): void {
    const due = this.#opens.filter(({ time }) => time <= this.#closed);
    if (due.length === 0) return;
    this.#opens = this.#opens.filter(({ time }) => time > this.#closed);
    due.sort((a, b) => a.time - b.time || a.stream - b.stream);
    for (const open of due) if (open.time === this.#closed) this.#options.onMarket(open);
  }
}
