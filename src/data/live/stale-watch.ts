import { ValvulinError } from '../../core/errors.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { FeedHealth } from './feed-health.ts';
import type { KlineFrame } from './market-frames.ts';
import type { PublicRest } from './public-rest.ts';

/** Streams checked by REST in one look, the liveliest first. */
const PROBES = 2;

export interface WatchedStream {
  readonly symbol: string;
  readonly interval: string;
}

interface Watched extends WatchedStream {
  /** Exchange time of the newest frame. */
  eventTime: number;
  /** The newest state of the running bar that came. */
  barTime: number;
  trades: number;
  frames: number;
  /** Something to compare REST with: a frame, or an earlier answer, since the connection was made. */
  compared: boolean;
  probedAt: number;
  /** REST showed trades that the stream had not, at this exchange time. */
  suspectedAt: number | undefined;
  /** The last check could not be made. */
  unknown: boolean;
}

export interface StaleWatchOptions {
  readonly streams: readonly WatchedStream[];
  readonly time: ExchangeClock;
  readonly rest: PublicRest;
  readonly health: FeedHealth;
  readonly staleAfterMs: number;
  /** What REST shows and the stream does not within this time is lost. */
  readonly proofMs: number;
  /** The streams are dead; `all` where none of the connection delivers. */
  readonly onDead: (all: boolean, reason: string) => void;
}

/**
 * Tells a quiet market from a dead stream, for the streams of one connection. A stream is fresh by the exchange's own
 * time in its frames, not by their arrival: repeated old frames prove nothing. One without news is compared with REST:
 * where that shows trades which the stream never brought, it is dead.
 */
export class StaleWatch {
  readonly #options: StaleWatchOptions;
  readonly #streams: Map<string, Watched>;

  constructor(options: StaleWatchOptions) {
    this.#options = options;
    const now = options.time.now();
    this.#streams = new Map(
      options.streams.map(({ symbol, interval }) => [
        `${symbol}:${interval}`,
        {
          symbol,
          interval,
          eventTime: now,
          barTime: 0,
          trades: 0,
          frames: 0,
          compared: false,
          probedAt: now,
          suspectedAt: undefined,
          unknown: false,
        },
      ]),
    );
  }

  /** The connection was made anew: its streams have until the limit to show something. */
  reset(): void {
    const now = this.#options.time.now();
    for (const stream of this.#streams.values()) {
      stream.eventTime = now;
      stream.probedAt = now;
      stream.suspectedAt = undefined;
      stream.compared = false;
    }
  }

  onFrame({ symbol, interval, eventTime, bar, trades }: KlineFrame): void {
    const stream = this.#streams.get(`${symbol}:${interval}`);
    if (!stream || eventTime <= stream.eventTime) return;
    stream.eventTime = eventTime;
    stream.barTime = bar.time;
    stream.trades = trades;
    stream.frames++;
    stream.compared = true;
    stream.suspectedAt = undefined;
    stream.unknown = false;
    if (this.#isFresh(stream)) this.#options.health.set(symbol, cause(stream), null);
  }

  /** To be called every few seconds. */
  look(): void {
    const { time, staleAfterMs, proofMs, health } = this.#options;
    const now = time.now();
    const streams = [...this.#streams.values()];
    const stale = streams.filter((stream) => !this.#isFresh(stream));
    const all = stale.length === streams.length;
    for (const stream of stale) {
      const { suspectedAt } = stream;
      if (stream.unknown && all) health.set(stream.symbol, cause(stream), 'silent, and REST does not answer either');
      if (suspectedAt === undefined || now - suspectedAt < proofMs) continue;
      const age = Math.round((now - stream.eventTime) / 1_000);
      const reason = `${stream.symbol} ${stream.interval} trades, but its stream shows nothing for ${age} s`;
      for (const dead of all ? stale : [stream]) health.set(dead.symbol, cause(dead), reason);
      this.#options.onDead(all, reason);
      for (const one of all ? stale : [stream]) {
        one.suspectedAt = undefined;
        one.probedAt = now;
      }
      return;
    }
    const due = stale.filter((stream) => now - stream.probedAt >= staleAfterMs);
    due.sort((a, b) => b.frames - a.frames);
    for (const stream of due.slice(0, PROBES)) void this.#probe(stream);
  }

  #isFresh(stream: Watched): boolean {
    return this.#options.time.now() - stream.eventTime <= this.#options.staleAfterMs;
  }

  /** Compares the stream with the newest row of REST. */
  async #probe(stream: Watched): Promise<void> {
    const { rest, time, health } = this.#options;
    stream.probedAt = time.now();
    const row = rest.pausedMs > 0 ? undefined : await newestRow(rest, stream);
    stream.unknown = row === undefined;
    if (!row || this.#isFresh(stream)) return;
    const moved = row.time > stream.barTime ? row.trades > 0 : row.trades > stream.trades;
    if (!stream.compared) {
      stream.barTime = row.time;
      stream.trades = row.trades;
      stream.compared = true;
      return;
    }
    if (moved) {
      stream.suspectedAt ??= time.now();
      return;
    }
    health.set(stream.symbol, cause(stream), null);
  }
}

const cause = ({ interval }: WatchedStream): string => `stream ${interval}`;

async function newestRow(
  rest: PublicRest,
  { symbol, interval }: WatchedStream,
): Promise<{ time: number; trades: number } | undefined> {
  try {
    const row = await rest.newest(symbol, interval);
    const [time, trades] = [row?.[0], row?.[8]];
    return typeof time === 'number' && typeof trades === 'number' ? { time, trades } : undefined;
  } catch (error) {
    // Without an answer nothing is known: that is what the caller is told.
    if (error instanceof ValvulinError) return undefined;
    throw error;
  }
}
