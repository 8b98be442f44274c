import type { Bars } from '../core/bars.ts';
import { Engine, type EngineSpec, type Input, MarketSlice } from '../core/engine.ts';
import type { Market } from '../core/instrument.ts';
import { pow10 } from '../core/money.ts';
import type { Command } from '../core/order.ts';
import type { FillSettings } from '../core/settings.ts';
import type { Answer } from '../core/slot.ts';
import { SimVenue } from './sim-venue.ts';
import { StreamCursor } from './stream-cursor.ts';
import { ValuationLog, type Valuation } from './valuation.ts';

const UNBOUNDED = Number.POSITIVE_INFINITY;
const NEVER = Number.POSITIVE_INFINITY;
/** Bars passed in one call, so that the compiler meets the loop often. */
const CHUNK = 4096;

type Deliver = (slot: number, answer: Answer) => void;

/** One symbol and timeframe of a run. */
export interface RunStream {
  readonly bars: Bars;
  readonly symbolIndex: number;
  /** Finer bars of the same symbol in the run: where they have a bar inside one of these, orders fill from theirs. */
  readonly finer: readonly Bars[];
  /** Slots that decide on these bars; the account is valued when they close. */
  readonly slots: readonly number[];
}

/**
 * Where decisions come from. Called once for each instant at which bars closed, after the account was valued; hands over
 * what each slot answers, in slot order.
 */
export interface DecisionHost {
  decide(slice: MarketSlice, deliver: Deliver): void;
}

export interface RunSpec extends Omit<EngineSpec, 'streams'> {
  readonly streams: readonly RunStream[];
  /** Market of each symbol. */
  readonly markets: readonly Market[];
  readonly fills: FillSettings;
}

/**
 * Drives the engine over history: merges the opens and closes of all streams in time order (closes before the opens of
 * the same instant), lets the venue fill, the engine value the account and the host decide.
 */
export class HistoricalRun {
  readonly engine: Engine;
  readonly #spec: RunSpec;
  readonly #venue: SimVenue;
  readonly #cursors: readonly StreamCursor[];
  readonly #slice: MarketSlice;
  /** The slice holds a bar of a stream that slots decide on. */
  #values = true;
  readonly #settlesAtClose: boolean = false;
  /** When the next bar opens or closes; starts as a fraction, so that it is stored unboxed. */
  #next = 0.5;

  constructor(spec: RunSpec) {
    this.#spec = spec;
    this.engine = new Engine(spec);
    this.#settlesAtClose = this.#spec.fills.fillAt === 'close';
    const { fills, markets } = spec;
    const readsVolume = fills.volumeCap !== null || this.engine.costs.impactBps > 0;
    this.#cursors = spec.streams.map(
      (stream, s) => new StreamCursor(s, stream, markets[stream.symbolIndex].instrument.priceScale, readsVolume),
    );
    this.#slice = new MarketSlice(this.#cursors.map((cursor) => cursor.bar));
    const { ledger } = this.engine;
    this.#venue = new SimVenue({
      markets,
      costs: this.engine.costs,
      fills,
      account: { free: () => ledger.free(), held: (slot) => ledger.positions[slot].quantity },
      deliver: () => this.#drain(),
    });
  }

  run(host: DecisionHost): Valuation {
    const valuation = new ValuationLog(
      this.#cursors.filter((cursor) => cursor.values).map((cursor) => cursor.bars),
      pow10(this.#spec.cashDecimals),
    );
    const deliver: Deliver = (slot, answer) => {
      if (answer.signal !== 0) this.#send({ kind: 'answer', time: this.#slice.time, slot, answer });
    };
    if (this.#cursors.length === 1) {
      const [cursor] = this.#cursors;
      this.#slice.count = 1;
      while (cursor.at < NEVER) this.#passBars(cursor, host, valuation, deliver);
    } else {
      this.#next = Math.min(NEVER, ...this.#cursors.map((cursor) => cursor.at));
      while (this.#next < NEVER) this.#passInstant(host, valuation, deliver);
    }
    if (this.#spec.fills.atEnd !== 'keep') this.#finish(valuation);
    return valuation;
  }

  /** The next bars of the only stream, each from its open to what is decided at its close: there is nothing to merge. */
  #passBars(cursor: StreamCursor, host: DecisionHost, valuation: ValuationLog, deliver: Deliver): void {
    const slice = this.#slice;
    const venue = this.#venue;
    const settles = this.#settlesAtClose;
    const { engine } = this;
    const { symbol, bar } = cursor;
    for (let n = 0; n < CHUNK && cursor.at < NEVER; n++) {
      slice.time = cursor.at;
      cursor.enter();
      venue.open(symbol, bar);
      slice.time = cursor.at;
      cursor.leave();
      venue.range(symbol, bar);
      const commands = engine.step(slice);
      if (commands.length > 0) this.#execute(commands);
      valuation.record(engine.ledger);
      host.decide(slice, deliver);
      if (settles) this.#settle(valuation);
    }
  }

  /** All that happens at the next instant: bars close, decisions are made, and the next bars open. */
  #passInstant(host: DecisionHost, valuation: ValuationLog, deliver: Deliver): void {
    const slice = this.#slice;
    slice.time = this.#next;
    this.#closeBars(slice);
    if (slice.count > 0) {
      this.#execute(this.engine.step(slice));
      if (this.#values) valuation.record(this.engine.ledger);
      host.decide(slice, deliver);
      if (this.#settlesAtClose) this.#settle(valuation);
    }
    this.#openBars(slice);
  }

  /** Closes all bars that end now: what their range reached fills, and they make the slice. */
  #closeBars(slice: MarketSlice): void {
    const cursors = this.#cursors;
    const { bars, time } = slice;
    let count = 0;
    let values = false;
    for (let s = 0; s < cursors.length; s++) {
      const cursor = cursors[s];
      if (cursor.at !== time || !cursor.isInside) continue;
      cursor.leave();
      const { bar } = cursor;
      if (cursor.fills) this.#venue.range(cursor.symbol, bar);
      if (cursor.values) values = true;
      // Nearly always the bar that stands there already: a comparison costs less than noting a pointer for the collector.
      if (bars[count] !== bar) bars[count] = bar;
      count++;
    }
    slice.count = count;
    this.#values = values;
  }

  /** Opens all bars that begin now, and looks for the next instant at which one opens or closes. */
  #openBars({ time }: MarketSlice): void {
    const cursors = this.#cursors;
    let next = NEVER;
    for (let s = 0; s < cursors.length; s++) {
      const cursor = cursors[s];
      if (cursor.at === time) {
        cursor.enter();
        if (cursor.isRefinable) cursor.lookInside();
        if (cursor.fills) this.#venue.open(cursor.symbol, cursor.bar);
      }
      if (cursor.at < next) next = cursor.at;
    }
    this.#next = next;
  }

  /** Closes what is still open: at the last close of its symbol, or at its last open for comparison. */
  #finish(valuation: ValuationLog): void {
    const { time } = this.#slice;
    this.#send({ kind: 'operator', time, state: 'FLATTEN', reason: 'end_of_data' });
    for (let symbol = 0; symbol < this.#spec.markets.length; symbol++) {
      const { bar } = this.#lastOf(symbol);
      const price = this.#spec.fills.atEnd === 'open' ? bar.open : bar.close;
      this.#venue.settle(symbol, time - 1, price, UNBOUNDED);
    }
    valuation.amendLast(this.engine.ledger);
  }

  /** The stream of a symbol whose bars went on longest; of several, the one that orders filled from. */
  #lastOf(symbol: number): StreamCursor {
    const own = this.#cursors.filter((cursor) => cursor.symbol === symbol);
    return own.reduce((last, other) => {
      const later = other.bar.closeTime - last.bar.closeTime;
      return later > 0 || (later === 0 && other.fills) ? other : last;
    });
  }

  /** Market orders trade at the close that caused them, labelled with its last millisecond. */
  #settle(valuation: ValuationLog): void {
    const { bars, count, time } = this.#slice;
    for (let c = 0; c < count; c++) {
      const { fills, symbol, bar } = this.#cursors[bars[c].stream];
      if (fills) this.#venue.settle(symbol, time - 1, bar.close, bar.volume);
      // A fill leaves its own price, slippage included, as the last one; the account is valued at the close.
      for (const slot of this.engine.slots) {
        if (slot.spec.symbolIndex === symbol) slot.position.mark(bar);
      }
    }
    if (this.#values) valuation.amendLast(this.engine.ledger);
  }

  #send(input: Input): void {
    this.#execute(this.engine.step(input));
  }

  #execute(commands: readonly Command[]): void {
    for (let c = 0; c < commands.length; c++) this.#venue.send(commands[c], this.#slice.time);
    if (!this.#venue.outbox.isEmpty) this.#drain();
  }

  #drain(): void {
    const { outbox } = this.#venue;
    for (let answer = outbox.take(); answer; answer = outbox.take()) {
      const commands = this.engine.step(answer);
      for (let c = 0; c < commands.length; c++) this.#venue.send(commands[c], this.#slice.time);
    }
  }
}
