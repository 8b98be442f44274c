import type { Bar } from '../../core/bars.ts';
import type { Clock } from '../../core/ports.ts';
import { barClose, barOpen, barsBetween, type Timeframe } from '../../core/timeframe.ts';
import { BarAggregator } from './bar-aggregator.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { BarSource, FeedEvent } from './feed-events.ts';
import type { FeedHealth } from './feed-health.ts';
import { type Confirmation, LiveSeries } from './live-series.ts';
import type { KlineFrame } from './market-frames.ts';
import type { PublicRest } from './public-rest.ts';
import type { SeriesStep } from './series-window.ts';

export interface LiveSourceOptions {
  readonly symbol: string;
  /** A timeframe that the exchange publishes. */
  readonly timeframe: Timeframe;
  readonly clock: Clock;
  readonly time: ExchangeClock;
  readonly rest: PublicRest;
  readonly health: FeedHealth;
  readonly lateAfterMs: number;
  readonly confirm: Confirmation;
  readonly on: (event: FeedEvent) => void;
}

interface Output {
  readonly timeframe: Timeframe;
  /** Open time of the last bar that is known; those up to it are not told. */
  readonly after: number;
  readonly aggregator: BarAggregator | undefined;
}

/** A published series, and the timeframes that are served from it: itself, and those the exchange does not publish. */
export class LiveSource {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly #options: LiveSourceOptions;
  readonly #outputs: Output[] = [];
  #series: LiveSeries | undefined;

  constructor(options: LiveSourceOptions) {
    this.symbol = options.symbol;
    this.timeframe = options.timeframe;
    this.#options = options;
  }

  /** Tells bars of `timeframe` after the one that opened at `after`. To be called before `open`. */
  serve(timeframe: Timeframe, after: number): void {
    const aggregator = timeframe === this.timeframe ? undefined : new BarAggregator(this.timeframe, timeframe);
    this.#outputs.push({ timeframe, after, aggregator });
  }

  open(): void {
    // A built bar needs all its parts, so the series starts where the earliest of them does.
    const first = Math.min(...this.#outputs.map(({ timeframe, after }) => barClose(after, timeframe)));
    const last = barOpen(first - 1, this.timeframe);
    this.#series = new LiveSeries({ ...this.#options, last, onStep: (step) => this.#onStep(step) });
  }

  stop(): void {
    this.#series?.stop();
  }

  connected(): void {
    this.#series?.connected();
  }

  catchUp(): void {
    this.#series?.catchUp();
  }

  onFrame(frame: KlineFrame): void {
    this.#series?.onFrame(frame);
  }

  #onStep(step: SeriesStep): void {
    const { on, time } = this.#options;
    const { symbol, timeframe } = this;
    // Corrections are those of the published bar, whatever was built from it.
    if (step.kind === 'revision') on({ symbol, timeframe, ...step, time: time.now() });
    else for (const output of this.#outputs) this.#pass(output, step);
  }

  #pass(output: Output, step: Exclude<SeriesStep, { kind: 'revision' }>): void {
    const { timeframe, after } = output;
    const { on, time } = this.#options;
    const { symbol } = this;
    switch (step.kind) {
      case 'bar':
        this.#onBar(output, step.bar, step.source);
        return;
      case 'open':
        if (step.time > after && barOpen(step.time, timeframe) === step.time) on({ symbol, timeframe, ...step });
        return;
      case 'gap': {
        const [from, next] = [barOpen(step.after, timeframe), barOpen(step.next, timeframe)];
        const missing = barsBetween(from, next, timeframe) - 1;
        if (missing > 0) on({ kind: 'gap', symbol, timeframe, after: from, next, missing, time: time.now() });
      }
    }
  }

  #onBar({ timeframe, after, aggregator }: Output, bar: Bar, source: BarSource): void {
    const { on, time, lateAfterMs } = this.#options;
    for (const closed of aggregator ? aggregator.add(bar) : [bar]) {
      if (closed.time <= after) continue;
      // Behind a jump of time nobody knows how old it is.
      const late = !time.synced || time.now() - barClose(closed.time, timeframe) > lateAfterMs;
      on({ kind: 'bar', symbol: this.symbol, timeframe, bar: closed, late, source });
    }
  }
}
