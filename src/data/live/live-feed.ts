import type { Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Clock, Http, Random, Sockets, Timer } from '../../core/ports.ts';
import { lastClosedOpen, Scheduler, warmupStart } from '../../core/scheduler.ts';
import { barOpen, type Timeframe } from '../../core/timeframe.ts';
import { CloseTimer } from './close-timer.ts';
import { ConnectionBudget } from './connection-budget.ts';
import type { FeedEndpoints } from './endpoints.ts';
import { type ClockAlert, ExchangeClock } from './exchange-clock.ts';
import type { FeedEvent } from './feed-events.ts';
import { FeedHealth } from './feed-health.ts';
import type { Confirmation } from './live-series.ts';
import { LiveSource } from './live-source.ts';
import { machinePace } from './machine-pace.ts';
import type { MarketFrame } from './market-frames.ts';
import { PublicRest } from './public-rest.ts';
import { restHistory } from './rest-history.ts';
import { klineStream, type LiveStream, seriesKey, sourceTimeframe } from './sources.ts';
import { StaleWatch } from './stale-watch.ts';
import { StreamShard } from './stream-shard.ts';

/** The exchange allows 1,024; a few large connections are better than many, a few small losses better than one large. */
const STREAMS_PER_SOCKET = 400;
/** A bar that no stream brought is fetched this long after its close. */
const GRACE_MS = 1_500;
/** How often streams are looked at for staleness. */
const LOOK_MS = 10_000;
/** What REST shows and the stream does not within this time is lost: streams are updated every one or two seconds. */
const PROOF_MS = 6_000;
/** Best bid and ask change hundreds of times a second; nobody needs them more often than this. */
const BOOK_EVERY_MS = 250;
const TIMEOUT_MS = 10_000;

export interface LiveFeedOptions {
  readonly http: Http;
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly random: Random;
  readonly endpoints: FeedEndpoints;
  readonly streams: readonly LiveStream[];
  /** A stream without news for so long, by exchange time, is checked by REST. 30 s by default. */
  readonly staleAfterMs?: number;
  /** A bar released so long after its close is `late`. 10 s by default. */
  readonly lateAfterMs?: number;
  /** Compares closed bars with REST before they are released, some seconds after (the default), or never. */
  readonly confirm?: Confirmation;
  /** How many times as fast as a real clock `clock` runs, as for a local exchange. 1 by default. */
  readonly speed?: number;
  /** Follows best bid and ask as well. False by default. */
  readonly book?: boolean;
}

/**
 * Live bars of Binance's spot market: each closed bar once, in order, without gaps but the exchange's own. Streams bring
 * them; REST completes what streams lose. Nothing it does throws after `start`: what goes wrong is told as health.
 */
export class BinanceLiveFeed {
  /** Exchange time, measured by this feed. */
  readonly time: ExchangeClock;
  readonly #options: Required<LiveFeedOptions>;
  /** Paces what networks and machines do: they are no faster where an exchange is. */
  readonly #pace: Clock;
  readonly #rest: PublicRest;
  readonly #health: FeedHealth;
  readonly #sources = new Map<string, LiveSource>();
  readonly #known = new Map<string, number>();
  readonly #prices = new Map<string, { time: number; price: number; bookAt: number }>();
  readonly #shards: { readonly shard: StreamShard; readonly watch: StaleWatch }[] = [];
  #closes: CloseTimer | undefined;
  #look: Timer | undefined;
  #on: (event: FeedEvent) => void = () => undefined;
  #up = false;
  #stopped = false;

  constructor(options: LiveFeedOptions) {
    this.#options = { staleAfterMs: 30_000, lateAfterMs: 10_000, confirm: 'after', book: false, speed: 1, ...options };
    const { http, clock, random, endpoints } = options;
    this.#pace = machinePace(clock, this.#options.speed);
    this.#rest = new PublicRest({ http, clock: this.#pace, random, baseUrl: endpoints.rest, timeoutMs: TIMEOUT_MS });
    this.time = new ExchangeClock({
      clock,
      speed: this.#options.speed,
      serverTime: () => this.#rest.time(),
      onAlert: (alert) => this.#onClock(alert),
    });
    this.#health = new FeedHealth(
      () => this.time.now(),
      (event) => this.#on(event),
    );
  }

  /**
   * The bar after this one is the first to be released; by default that is the bar which is open at `start`. To be
   * called before `start`, with the open time of the last bar of a warm-up.
   */
  continueAfter(symbol: string, timeframe: Timeframe, time: number): void {
    this.#known.set(seriesKey(symbol, timeframe), time);
  }

  /**
   * Measures exchange time, connects, and tells everything to `on` until `stop`.
   * @throws ValvulinError `VLV_FEED_NETWORK` where the exchange does not even say its time
   */
  async start(on: (event: FeedEvent) => void): Promise<void> {
    this.#on = on;
    this.#health.repeat();
    await this.time.start();
    if (!this.time.synced) {
      this.time.stop();
      throw new ValvulinError('VLV_FEED_NETWORK', 'Expected the exchange to say its time, got no answer', {
        where: this.#options.endpoints.rest,
        hint: 'Check the connection and the endpoints of the feed.',
      });
    }
    this.#openSources();
    this.#connect();
    const timeframes = [...new Set([...this.#sources.values()].map(({ timeframe }) => timeframe))];
    this.#closes = new CloseTimer({
      scheduler: new Scheduler(timeframes.map((timeframe) => ({ timeframe, warmupBars: 0 }))),
      clock: this.#options.clock,
      now: () => this.time.now(),
      delayMs: GRACE_MS * this.#options.speed,
      onClose: () => this.#catchUp(),
    });
    this.#closes.start();
    this.#lookLater();
    this.#catchUp();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#on = () => undefined;
    this.#look?.cancel();
    this.#closes?.stop();
    this.time.stop();
    for (const { shard } of this.#shards) shard.stop();
    for (const source of this.#sources.values()) source.stop();
    this.#rest.stop();
  }

  /**
   * Closed bars by REST, oldest first: the last `count`, or all since an open time (epoch ms). Bars that the exchange
   * does not have are absent.
   * @throws ValvulinError `VLV_FEED_NETWORK`, `VLV_FEED_BANNED`, `VLV_FEED_SYMBOL`, `VLV_FEED_HTTP`
   */
  async history(
    symbol: string,
    timeframe: Timeframe,
    range: { readonly count: number } | { readonly since: number },
  ): Promise<Bars> {
    if (!this.time.synced) await this.time.sync();
    const now = this.time.now();
    const from = 'since' in range ? barOpen(range.since, timeframe) : warmupStart(now, timeframe, range.count);
    return restHistory(this.#rest, { symbol, timeframe, from, to: now, closedAt: this.time.closedBefore });
  }

  #openSources(): void {
    const { lateAfterMs, confirm, streams, speed } = this.#options;
    const now = this.time.now();
    for (const { symbol, timeframe } of streams) {
      const interval = sourceTimeframe(timeframe);
      const key = seriesKey(symbol, interval);
      const source =
        this.#sources.get(key) ??
        new LiveSource({
          symbol,
          timeframe: interval,
          clock: this.#pace,
          time: this.time,
          rest: this.#rest,
          health: this.#health,
          lateAfterMs: lateAfterMs * speed,
          confirm,
          on: (event) => this.#on(event),
        });
      this.#sources.set(key, source);
      const known = this.#known.get(seriesKey(symbol, timeframe));
      source.serve(timeframe, known ?? lastClosedOpen(now, timeframe));
    }
    for (const source of this.#sources.values()) source.open();
  }

  #connect(): void {
    const { sockets, random, endpoints, staleAfterMs, speed, book } = this.#options;
    const clock = this.#pace;
    const budget = new ConnectionBudget(clock);
    const sources = [...this.#sources.values()];
    const perShard = book ? STREAMS_PER_SOCKET / 2 : STREAMS_PER_SOCKET;
    const booked = new Set<string>();
    for (let i = 0; i < sources.length; i += perShard) {
      const part = sources.slice(i, i + perShard);
      const streams = part.map((source) => klineStream(source));
      for (const { symbol } of part) {
        this.#health.set(symbol, connectionCause(i), 'connecting');
        if (book && !booked.has(symbol)) streams.push(`${symbol.toLowerCase()}@bookTicker`);
        booked.add(symbol);
      }
      const shard: StreamShard = new StreamShard({
        sockets,
        clock,
        random,
        budget,
        url: `${endpoints.ws}/stream`,
        streams,
        onFrame: (frame) => this.#onFrame(frame, watch),
        onState: (up, reason) => {
          for (const { symbol } of part) this.#health.set(symbol, connectionCause(i), up ? null : reason);
          this.#onState(part, watch, up, reason);
        },
      });
      const watch = new StaleWatch({
        streams: part.map(({ symbol, timeframe }) => ({ symbol, interval: timeframe })),
        time: this.time,
        rest: this.#rest,
        health: this.#health,
        staleAfterMs: staleAfterMs * speed,
        proofMs: PROOF_MS * speed,
        onDead: (all, reason) => (all ? shard.renew(reason) : shard.rotate(reason)),
      });
      this.#shards.push({ shard, watch });
    }
    for (const { shard } of this.#shards) shard.start();
  }

  #onFrame(frame: MarketFrame, watch: StaleWatch): void {
    if (this.#stopped) return;
    this.time.check();
    switch (frame.kind) {
      case 'kline': {
        watch.onFrame(frame);
        const source = this.#sources.get(seriesKey(frame.symbol, frame.interval));
        if (!source) return;
        this.#onPrice(frame.symbol, frame.eventTime, frame.bar.close);
        source.onFrame(frame);
        return;
      }
      case 'book':
        this.#onBook(frame.symbol, frame.bid, frame.ask);
        return;
      case 'bad':
        if (frame.symbol !== null) this.#health.set(frame.symbol, 'value', frame.reason);
        return;
      case 'shutdown':
      case 'reply':
      case 'other':
        return;
    }
  }

  /** Only news: frames of several timeframes show the same price, and old ones may be repeated. */
  #onPrice(symbol: string, time: number, price: number): void {
    const last = this.#prices.get(symbol);
    if (last && time <= last.time) return;
    this.#prices.set(symbol, { time, price, bookAt: last?.bookAt ?? Number.NEGATIVE_INFINITY });
    const { staleAfterMs, speed } = this.#options;
    if (time >= this.time.now() - staleAfterMs * speed) this.#on({ kind: 'price', symbol, time, price });
  }

  #onBook(symbol: string, bid: number, ask: number): void {
    const last = this.#prices.get(symbol);
    const now = this.#pace.monotonic();
    if (!last || now - last.bookAt < BOOK_EVERY_MS) return;
    last.bookAt = now;
    this.#on({ kind: 'price', symbol, time: this.time.now(), price: last.price, bid, ask });
  }

  #onState(part: readonly LiveSource[], watch: StaleWatch, up: boolean, reason: string): void {
    if (up) watch.reset();
    const all = this.#shards.every(({ shard }) => shard.up);
    if (all !== this.#up) {
      this.#up = all;
      this.#on({ kind: 'connection', up: all, reason, time: this.time.now() });
    }
    if (up) for (const source of part) source.connected();
  }

  #onClock(alert: ClockAlert): void {
    switch (alert.kind) {
      case 'synced':
        this.#rest.setClockBase(this.time.now() - this.#pace.monotonic());
        this.#health.set(null, 'clock', null);
        this.#closes?.start();
        this.#catchUp();
        return;
      case 'failed':
        if (!this.time.synced) this.#health.set(null, 'clock', `exchange time is not known: ${alert.reason}`);
        return;
      case 'jump':
        this.#health.set(null, 'clock', `time jump of ${Math.round(alert.ms / 1_000)} s`);
        return;
      case 'skew':
        this.#health.set(null, 'skew', `this machine's clock is ${skewWords(alert.ms)} the exchange's`);
        return;
      case 'skew_over':
        this.#health.set(null, 'skew', null);
        return;
    }
  }

  #catchUp(): void {
    for (const source of this.#sources.values()) source.catchUp();
  }

  #lookLater(): void {
    this.#look = this.#pace.after(LOOK_MS, () => {
      for (const { shard, watch } of this.#shards) if (shard.up) watch.look();
      this.#lookLater();
    });
  }
}

const skewWords = (ms: number): string => `${Math.round(Math.abs(ms))} ms ${ms < 0 ? 'ahead of' : 'behind'}`;
const connectionCause = (index: number): string => `connection ${index}`;
