import { Bars } from '../../src/core/bars.ts';
import type { Timeframe } from '../../src/core/timeframe.ts';
import type { BarEvent, FeedEvent } from '../../src/data/live/feed-events.ts';
import { BinanceLiveFeed, type LiveFeedOptions } from '../../src/data/live/live-feed.ts';
import { syntheticBars } from '../../src/data/synthetic/index.ts';
import { TruthMarket } from './truth-market.ts';
import { VirtualClock } from './virtual-clock.ts';

export const MINUTE = 60_000;
export const START = Date.UTC(2026, 0, 5, 12, 0, 20);

/** A feed on a market of known bars, and everything it told. */
export class FeedRun {
  readonly clock = new VirtualClock(START);
  readonly market: TruthMarket;
  readonly feed: BinanceLiveFeed;
  readonly events: FeedEvent[] = [];

  constructor(options: Partial<LiveFeedOptions> & { readonly bars?: readonly Bars[] } = {}) {
    const { bars = truth(['BTCUSDT', 'ETHUSDT'], 400), ...rest } = options;
    this.market = new TruthMarket(this.clock, bars);
    this.feed = new BinanceLiveFeed({
      http: this.market,
      sockets: this.market,
      clock: this.clock,
      random: () => 0.5,
      endpoints: { rest: 'http://exchange', ws: 'ws://exchange' },
      streams: [
        { symbol: 'BTCUSDT', timeframe: '1m' },
        { symbol: 'ETHUSDT', timeframe: '1m' },
      ],
      ...rest,
    });
  }

  /** Starts, and lets `ms` of virtual time pass. */
  async start(ms = 1_000): Promise<void> {
    const [outcome] = await Promise.all([
      this.feed
        .start((event) => this.events.push(event))
        .then(
          () => undefined,
          (error: unknown) => error as Error,
        ),
      this.clock.advance(ms),
    ]);
    if (outcome) throw outcome;
  }

  of<K extends FeedEvent['kind']>(kind: K): Extract<FeedEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<FeedEvent, { kind: K }> => event.kind === kind);
  }

  bars(symbol: string, timeframe: Timeframe = '1m'): BarEvent[] {
    return this.of('bar').filter((event) => event.symbol === symbol && event.timeframe === timeframe);
  }

  /** The released bars as columns: a repeated or disordered one fails here. */
  series(symbol: string, timeframe: Timeframe = '1m'): Bars {
    return Bars.fromRows(
      symbol,
      timeframe,
      this.bars(symbol, timeframe).map(({ bar }) => bar),
    );
  }

  /** What the exchange's truth has of the released span up to now. */
  truth(symbol: string, timeframe: Timeframe = '1m'): Bars {
    const first = this.bars(symbol, timeframe).at(0)?.bar.time ?? Number.POSITIVE_INFINITY;
    return this.market.closed(symbol, timeframe).between(first, Number.POSITIVE_INFINITY);
  }

  /** Whether a symbol may be traded on: the state after all health events. */
  healthy(symbol: string): boolean {
    const own = this.of('health').findLast((event) => event.symbol === symbol)?.healthy ?? true;
    return own && (this.of('health').findLast((event) => event.symbol === null)?.healthy ?? true);
  }

  reasons(): string[] {
    return this.of('health')
      .filter(({ healthy }) => !healthy)
      .map(({ symbol, reason }) => `${symbol}: ${reason}`);
  }
}

/** One-minute bars that begin two hours before the start. */
export function truth(symbols: readonly string[], bars: number): readonly Bars[] {
  return syntheticBars({ symbols, timeframe: '1m', from: START - 120 * MINUTE, bars, seed: 11 });
}
