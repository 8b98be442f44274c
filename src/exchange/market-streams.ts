import type { Clock } from '../core/ports.ts';
import { toTimeframe, type Timeframe } from '../core/timeframe.ts';
import { KlineStream, type Publish } from './kline-stream.ts';
import type { Exchange } from './local-exchange.ts';
import type { FaultDraw, FeedFaultRule } from './socket-faults.ts';
import {
  bookTickerStream,
  depthChangeStream,
  depthSnapshotStream,
  type MarketStream,
  tickerStream,
  tradeStream,
} from './trade-streams.ts';
import type { MarketEvent } from './types.ts';

/** Takes the events of the streams it subscribed to; `text` is the JSON of the event alone. */
export interface Subscriber {
  /** 1 where times are wanted in ms, 1000 for microseconds. */
  readonly timeScale: 1 | 1_000;
  streamEvent(stream: string, text: string): void;
}

interface OpenStream {
  readonly subscribers: Set<Subscriber>;
  /** One for each symbol: `!miniTicker@arr` has all of them. */
  readonly sources: readonly { readonly symbol: string; readonly stream: MarketStream }[];
}

interface MarketStreamsSpec {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly faults: FaultDraw<FeedFaultRule>;
}

const NAME = /^([^@!]+)@(kline_(\w+)|trade|aggTrade|bookTicker|miniTicker|ticker|depth(5|10|20)?(?:@(100|1000)ms)?)$/;

/** All market streams of an exchange: each is built once, while anyone subscribes to it. */
export class MarketStreams {
  readonly #spec: MarketStreamsSpec;
  readonly #open = new Map<string, OpenStream>();
  /** What listens to the events of each symbol. */
  readonly #listening = new Map<string, Set<MarketStream>>();
  readonly #stopListening: () => void;

  constructor(spec: MarketStreamsSpec) {
    this.#spec = spec;
    this.#stopListening = spec.exchange.onMarket((event) => this.#event(event));
  }

  /** Names that mean nothing are taken and stay silent, as on Binance. */
  subscribe(name: string, subscriber: Subscriber): void {
    let open = this.#open.get(name);
    if (open === undefined) {
      open = { subscribers: new Set(), sources: this.#sources(name) };
      this.#open.set(name, open);
      for (const { symbol, stream } of open.sources) {
        const listening = this.#listening.get(symbol) ?? new Set();
        this.#listening.set(symbol, listening.add(stream));
      }
    }
    open.subscribers.add(subscriber);
  }

  unsubscribe(name: string, subscriber: Subscriber): void {
    const open = this.#open.get(name);
    if (open === undefined) return;
    open.subscribers.delete(subscriber);
    if (open.subscribers.size > 0) return;
    this.#stop(open);
    this.#open.delete(name);
  }

  close(): void {
    this.#stopListening();
    for (const open of this.#open.values()) this.#stop(open);
    this.#open.clear();
  }

  #stop({ sources }: OpenStream): void {
    for (const { symbol, stream } of sources) {
      stream.stop();
      this.#listening.get(symbol)?.delete(stream);
    }
  }

  #event(event: MarketEvent): void {
    for (const stream of this.#listening.get(event.symbol) ?? []) stream.event(event);
  }

  #sources(name: string): OpenStream['sources'] {
    const publish = this.#publisher(name);
    const { exchange, clock } = this.#spec;
    if (name === '!miniTicker@arr') {
      return exchange
        .symbols()
        .map((symbol) => ({ symbol, stream: tickerStream({ exchange, clock, symbol, publish }, 'mini', true) }));
    }
    const match = NAME.exec(name);
    const symbol = exchange.symbols().find((known) => known.toLowerCase() === match?.[1]);
    if (match === null || symbol === undefined) return [];
    const stream = this.#source(symbol, match, publish);
    return stream === null ? [] : [{ symbol, stream }];
  }

  #source(symbol: string, match: RegExpExecArray, publish: Publish): MarketStream | null {
    const { exchange, clock, faults } = this.#spec;
    const spec = { exchange, clock, symbol, publish };
    const [, , kind, interval, levels, everyMs] = match;
    switch (kind) {
      case 'trade':
      case 'aggTrade':
        return tradeStream(spec, kind);
      case 'bookTicker':
        return bookTickerStream(spec);
      case 'miniTicker':
        return tickerStream(spec, 'mini', false);
      case 'ticker':
        return tickerStream(spec, 'full', false);
      default: {
        const timeframe = interval === undefined ? null : known(interval);
        if (timeframe !== null) return new KlineStream({ ...spec, interval: timeframe, faults });
        if (interval !== undefined) return null;
        const every = Number(everyMs ?? 1_000);
        return levels === undefined ? depthChangeStream(spec, every) : depthSnapshotStream(spec, Number(levels), every);
      }
    }
  }

  /** Writes each event once for each time unit, however many subscribe. */
  #publisher(name: string): Publish {
    return (event) => {
      const texts = new Map<number, string>();
      for (const subscriber of this.#open.get(name)?.subscribers ?? []) {
        const { timeScale } = subscriber;
        const text = texts.get(timeScale) ?? JSON.stringify(event(timeScale));
        texts.set(timeScale, text);
        subscriber.streamEvent(name, text);
      }
    };
  }
}

const INTERVALS = new Set([
  '1s',
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
  '3d',
  '1w',
  '1M',
]);

function known(interval: string): Timeframe | null {
  return INTERVALS.has(interval) ? toTimeframe(interval) : null;
}
