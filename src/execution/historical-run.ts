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
  decide(slice: MarketSlice, deliver: (slot: number, answer: Answer) => void): void;
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
  #values = false;

  constructor(spec: RunSpec) {
    this.#spec = spec;
    this.engine = new Engine(spec);
    this.#cursors = spec.streams.map(
      (stream, s) => new StreamCursor(s, stream, spec.markets[stream.symbolIndex].instrument.priceScale),
    );
    this.#slice = new MarketSlice(this.#cursors.map((cursor) => cursor.bar));
    const { ledger } = this.engine;
    this.#venue = new SimVenue({
      markets: spec.markets,
      costs: this.engine.costs,
      fills: spec.fills,
      account: { free: () => ledger.free(), held: (slot) => ledger.positions[slot].quantity },
      deliver: () => this.#drain(),
    });
  }

  run(host: DecisionHost): Valuation {
    const cursors = this.#cursors;
    const valued = cursors.reduce((sum, c) => sum + (c.values ? c.bars.length : 0), 0);
    const valuation = new ValuationLog(valued, pow10(this.#spec.cashDecimals));
    const deliver = (slot: number, answer: Answer): void => {
      if (answer.signal !== 0) this.#send({ kind: 'answer', time: this.#slice.time, slot, answer });
    };
    while (this.#nextInstant()) this.#passInstant(host, valuation, deliver);
    if (this.#spec.fills.atEnd !== 'keep') this.#finish(valuation);
    return valuation.result();
  }

  /** One turn of the loop is a method of its own, so that the compiler meets it often. */
  #passInstant(host: DecisionHost, valuation: ValuationLog, deliver: (slot: number, answer: Answer) => void): void {
    if (this.#closeBars()) {
      this.#execute(this.engine.step(this.#slice));
      if (this.#values) valuation.record(this.#slice, this.engine.ledger);
      host.decide(this.#slice, deliver);
      if (this.#spec.fills.fillAt === 'close') this.#settle(valuation);
    }
    this.#openBars();
  }

  /** Moves to the next instant at which a bar opens or closes; false after the last. */
  #nextInstant(): boolean {
    let time = NEVER;
    for (let s = 0; s < this.#cursors.length; s++) {
      const { opensAt, closesAt } = this.#cursors[s];
      if (opensAt < time) time = opensAt;
      if (closesAt < time) time = closesAt;
    }
    if (time === NEVER) return false;
    this.#slice.time = time;
    return true;
  }

  /** Closes all bars that end now: what their range reached fills, and they make the slice. */
  #closeBars(): boolean {
    const slice = this.#slice;
    slice.count = 0;
    this.#values = false;
    for (let s = 0; s < this.#cursors.length; s++) {
      const cursor = this.#cursors[s];
      if (cursor.closesAt !== slice.time) continue;
      cursor.leave();
      if (cursor.fills) this.#venue.range(cursor.symbol, cursor.bar);
      if (cursor.values) this.#values = true;
      // Nearly always the bar that stands there already: a comparison costs less than noting a pointer for the collector.
      if (slice.bars[slice.count] !== cursor.bar) slice.bars[slice.count] = cursor.bar;
      slice.count++;
    }
    return slice.count > 0;
  }

  #openBars(): void {
    for (let s = 0; s < this.#cursors.length; s++) {
      const cursor = this.#cursors[s];
      if (cursor.opensAt !== this.#slice.time) continue;
      cursor.enter();
      if (cursor.fills) this.#venue.open(cursor.symbol, cursor.bar);
    }
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
