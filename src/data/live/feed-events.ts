import type { Bar } from '../../core/bars.ts';
import type { Timeframe } from '../../core/timeframe.ts';

/**
 * What a live feed tells. Times are exchange time, epoch ms. Prices are the doubles nearest to the exchange's decimal
 * texts, as the readers of history have them, so that live bars equal downloaded ones bit for bit.
 */
export type FeedEvent = OpenEvent | BarEvent | PriceEvent | HealthEvent | RevisionEvent | GapEvent | ConnectionEvent;

/** The first print of a new bar. Comes after the bar before it, and not at all where a bar is known only once closed. */
export interface OpenEvent {
  readonly kind: 'open';
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Open time of the new bar. */
  readonly time: number;
  readonly price: number;
}

/** A closed bar: each exactly once, in order. Where one is missing, a `gap` event came before. */
export interface BarEvent {
  readonly kind: 'bar';
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bar: Bar;
  /** It closed longer ago than the limit: good for indicators, too old to trade on. */
  readonly late: boolean;
  readonly source: BarSource;
}

export type BarSource = 'stream' | 'rest';

/** The last price; best bid and ask where the book is followed. */
export interface PriceEvent {
  readonly kind: 'price';
  readonly symbol: string;
  readonly time: number;
  readonly price: number;
  readonly bid?: number;
  readonly ask?: number;
}

/** Whether the data of a symbol (of all, where it is null) may be traded on. Told when it changes, with the cause. */
export interface HealthEvent {
  readonly kind: 'health';
  readonly symbol: string | null;
  readonly healthy: boolean;
  readonly reason: string;
  readonly time: number;
}

/** The exchange later said something else about a bar that was released. What was decided stays; this is the record. */
export interface RevisionEvent {
  readonly kind: 'revision';
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly released: Bar;
  readonly revised: Bar;
  readonly time: number;
}

/** The exchange itself has no bars between two: a hole of its own, as after a halt. Indicators start anew behind it. */
export interface GapEvent {
  readonly kind: 'gap';
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Open times of the bars on both sides. */
  readonly after: number;
  readonly next: number;
  readonly missing: number;
  readonly time: number;
}

/** Whether all sockets of the feed stand. */
export interface ConnectionEvent {
  readonly kind: 'connection';
  readonly up: boolean;
  readonly reason: string;
  readonly time: number;
}
