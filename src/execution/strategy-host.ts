import type { Bars } from '../core/bars.ts';
import type { DistanceColumns } from '../core/distances.ts';
import type { Engine, MarketSlice } from '../core/engine.ts';
import type { Instrument } from '../core/instrument.ts';
import type { Signals, TradeSignal } from '../core/signal.ts';
import { Answer } from '../core/slot.ts';
import type { BaseStrategy, SliceContext } from '../strategies/base.ts';
import { setSignalAnswer, wishAnswer } from './answers.ts';
import type { DecisionHost } from './historical-run.ts';
import { assertWish } from './trade-signals.ts';

/** Answers for one slot, or for all slots of one strategy: the whole host of a run that has no others. */
export type SlotDecider = DecisionHost;

/** Place of a stream's bar among its bars, where it closed in this slice; -1 where it did not. */
function closedBar(slice: MarketSlice, stream: number): number {
  for (let b = 0; b < slice.count; b++) if (slice.bars[b].stream === stream) return slice.bars[b].index;
  return -1;
}

/** Plays back the signals of a strategy that were computed over all bars at once. */
export class SignalTape implements SlotDecider {
  readonly #slot: number;
  readonly #stream: number;
  /** Read at every bar, so kept by itself. */
  readonly #signal: Int8Array;
  readonly #signals: Signals;
  readonly #distances: DistanceColumns;
  readonly #answer = new Answer();

  constructor(slot: number, stream: number, signals: Signals, distances: DistanceColumns) {
    this.#slot = slot;
    this.#stream = stream;
    this.#signal = signals.signal;
    this.#signals = signals;
    this.#distances = distances;
  }

  decide(slice: MarketSlice, deliver: (slot: number, answer: Answer) => void): void {
    const i = closedBar(slice, this.#stream);
    if (i >= 0 && this.#signal[i] !== 0) this.#answerAt(i, deliver);
  }

  #answerAt(i: number, deliver: (slot: number, answer: Answer) => void): void {
    setSignalAnswer(this.#answer, this.#signals, this.#distances, i);
    deliver(this.#slot, this.#answer);
  }
}

/** Plays back trade signals that name their own prices and quantities. */
export class OrderTape implements SlotDecider {
  readonly #slot: number;
  readonly #stream: number;
  readonly #byBar: ReadonlyMap<number, readonly TradeSignal[]>;
  readonly #distances: DistanceColumns;

  constructor(
    slot: number,
    stream: number,
    byBar: ReadonlyMap<number, readonly TradeSignal[]>,
    distances: DistanceColumns,
  ) {
    this.#slot = slot;
    this.#stream = stream;
    this.#byBar = byBar;
    this.#distances = distances;
  }

  decide(slice: MarketSlice, deliver: (slot: number, answer: Answer) => void): void {
    const i = closedBar(slice, this.#stream);
    const wishes = this.#byBar.get(i);
    if (!wishes) return;
    for (const wish of wishes) deliver(this.#slot, wishAnswer(wish, this.#distances, i));
  }
}

/** Asks a strategy that manages its own orders, with a view of closed bars only. */
export class SliceDecider implements SlotDecider {
  readonly #strategy: BaseStrategy<object>;
  readonly #slots: ReadonlyMap<string, SliceSlot>;
  readonly #engine: Engine;
  readonly #cash: number;
  readonly #streams: ReadonlySet<number>;
  /** Index of the last closed bar of each stream. */
  readonly #lastBar: number[] = [];

  constructor(
    strategy: BaseStrategy<object>,
    slots: ReadonlyMap<string, SliceSlot>,
    engine: Engine,
    cashScale: number,
  ) {
    this.#strategy = strategy;
    this.#slots = slots;
    this.#engine = engine;
    this.#cash = cashScale;
    this.#streams = new Set([...slots.values()].map(({ stream }) => stream));
  }

  /** Asks it where one of its streams has just closed. */
  decide(slice: MarketSlice, deliver: (slot: number, answer: Answer) => void): void {
    let concerned = false;
    for (let b = 0; b < slice.count; b++) {
      const { stream, index } = slice.bars[b];
      this.#lastBar[stream] = index;
      if (this.#streams.has(stream)) concerned = true;
    }
    if (!concerned) return;
    const { ledger } = this.#engine;
    const known = (symbol: string): SliceSlot => {
      const slot = this.#slots.get(symbol);
      if (!slot) throw new RangeError(`Expected one of ${[...this.#slots.keys()].join(', ')}, got "${symbol}"`);
      return slot;
    };
    const context: SliceContext = {
      time: slice.time,
      symbols: [...this.#slots.keys()],
      bars: (symbol, count) => {
        const { bars, stream } = known(symbol);
        const end = (this.#lastBar[stream] ?? -1) + 1;
        return bars.slice(count === undefined ? 0 : Math.max(0, end - count), end);
      },
      position: (symbol) => {
        const { slot, instrument } = known(symbol);
        return instrument.quantity(ledger.positions[slot].quantity);
      },
      entryPrice: (symbol) => {
        const { slot, instrument } = known(symbol);
        return ledger.positions[slot].entryPrice / instrument.priceScale;
      },
      equity: ledger.equity() / this.#cash,
      free: ledger.free() / this.#cash,
    };
    for (const wish of this.#strategy.onSlice?.(context) ?? []) {
      const target = known(wish.symbol);
      assertWish(wish, wish.symbol);
      deliver(target.slot, wishAnswer(wish, target.distances, this.#lastBar[target.stream] ?? 0));
    }
  }
}

export interface SliceSlot {
  readonly slot: number;
  readonly stream: number;
  readonly bars: Bars;
  readonly instrument: Instrument;
  readonly distances: DistanceColumns;
}

/** Runs strategies in the thread of the engine: the host of backtests. */
export class InlineHost implements DecisionHost {
  /** In config order. */
  readonly #deciders: readonly SlotDecider[];

  constructor(deciders: readonly SlotDecider[]) {
    this.#deciders = deciders;
  }

  decide(slice: MarketSlice, deliver: (slot: number, answer: Answer) => void): void {
    for (let d = 0; d < this.#deciders.length; d++) this.#deciders[d].decide(slice, deliver);
  }
}
