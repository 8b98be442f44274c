import type { Clock, Timer } from '../core/ports.ts';
import { barClose, barOpen, type Timeframe } from '../core/timeframe.ts';
import type { Exchange } from './local-exchange.ts';
import type { FaultDraw, FeedFault, FeedFaultRule } from './socket-faults.ts';
import type { Kline, MarketEvent } from './types.ts';

/** Sends one event of a stream to its subscribers; `scale` turns ms into the time unit that each one wants. */
export type Publish = (event: (scale: number) => object) => void;

interface KlineStreamSpec {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly symbol: string;
  readonly interval: Timeframe;
  readonly publish: Publish;
  readonly faults: FaultDraw<FeedFaultRule>;
}

/** A kline stream pushes a forming candle this often at most: every second for `1s`, else every two. */
const PUSH_MS = { '1s': 1_000, other: 2_000 } as const;

/** The stream of one symbol and interval: updates while the candle forms, and its last one with `x: true`. */
export class KlineStream {
  readonly #spec: KlineStreamSpec;
  readonly #period: number;
  /** Open time of the candle that is not closed yet. */
  #open: number | null = null;
  #fault: FeedFault | null = null;
  #timer: Timer | null = null;
  #pushedAt = Number.NEGATIVE_INFINITY;

  constructor(spec: KlineStreamSpec) {
    this.#spec = spec;
    this.#period = spec.interval === '1s' ? PUSH_MS['1s'] : PUSH_MS.other;
  }

  event(event: MarketEvent): void {
    if (event.kind !== 'bar') return;
    const { clock, interval } = this.#spec;
    const open = barOpen(event.openTime, interval);
    if (this.#open !== null && open > this.#open) this.#finish(this.#open);
    if (this.#open === null) this.#begin(open);
    if (event.closed && clock.now() >= barClose(open, interval)) this.#finish(open);
    else this.#pushSoon();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #begin(open: number): void {
    const { exchange, symbol, interval, faults } = this.#spec;
    this.#open = open;
    const matches = (rule: FeedFaultRule): boolean =>
      (rule.symbol ?? symbol) === symbol && (rule.interval ?? interval) === interval;
    this.#fault = faults.next(exchange.time(), matches)?.fault ?? null;
  }

  #pushSoon(): void {
    if (this.#timer !== null || this.#fault?.verb === 'feed.gap') return;
    const { clock } = this.#spec;
    const wait = this.#pushedAt + this.#period - clock.now();
    if (wait <= 0) this.#pushForming();
    else {
      this.#timer = clock.after(wait, () => {
        this.#timer = null;
        this.#pushForming();
      });
    }
  }

  #pushForming(): void {
    const kline = this.#open === null ? null : this.#kline(this.#open);
    if (kline === null) return;
    this.#pushedAt = this.#spec.clock.now();
    this.#push(kline, false);
  }

  #finish(open: number): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#open = null;
    const fault = this.#fault;
    this.#fault = null;
    const kline = this.#kline(open);
    if (kline === null) return;
    const { clock } = this.#spec;
    switch (fault?.verb) {
      case 'feed.gap':
        return;
      case 'feed.dup':
        this.#push(kline, true);
        this.#push(kline, true);
        return;
      case 'feed.late':
        clock.after(fault.ms, () => this.#push(kline, true));
        return;
      case 'feed.revise':
        this.#push(repriced(kline, 1 + 1 / fault.parts), true);
        clock.after(fault.ms, () => this.#push(kline, true));
        return;
      case 'feed.zeroVol':
        this.#push({ ...kline, ...NOTHING_TRADED }, true);
        return;
      case 'feed.spike':
        this.#push(repriced(kline, fault.factor), true);
        return;
      case undefined:
        this.#push(kline, true);
    }
  }

  #kline(open: number): Kline | null {
    const { exchange, symbol, interval } = this.#spec;
    return exchange.kline(symbol, interval, open);
  }

  #push(kline: Kline, closed: boolean): void {
    const { exchange, symbol, interval, publish } = this.#spec;
    const now = exchange.time();
    publish((scale) => ({
      e: 'kline',
      E: now * scale,
      s: symbol,
      k: {
        t: kline.openTime * scale,
        T: lastInstant(kline.closeTime, scale),
        s: symbol,
        i: interval,
        f: kline.firstTradeId,
        L: kline.lastTradeId,
        o: kline.open,
        c: kline.close,
        h: kline.high,
        l: kline.low,
        v: kline.volume,
        n: kline.trades,
        x: closed,
        q: kline.quoteVolume,
        V: kline.takerBase,
        Q: kline.takerQuote,
        B: '0',
      },
    }));
  }
}

const NOTHING_TRADED = {
  volume: '0.00000000',
  quoteVolume: '0.00000000',
  trades: 0,
  takerBase: '0.00000000',
  takerQuote: '0.00000000',
  firstTradeId: -1,
  lastTradeId: -1,
} as const;

/** A candle ends one unit before the next: .999 in ms, .999999 in microseconds. */
function lastInstant(closeMs: number, scale: number): number {
  return (closeMs + 1) * scale - 1;
}

/** Close times `factor`, and a range that holds it. */
function repriced(kline: Kline, factor: number): Kline {
  const close = Number(kline.close) * factor;
  const text = (price: number): string => price.toFixed(8);
  return {
    ...kline,
    close: text(close),
    high: text(Math.max(Number(kline.high), close)),
    low: text(Math.min(Number(kline.low), close)),
  };
}
