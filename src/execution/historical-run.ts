import type { Bars } from '../core/bars.ts';
import { Engine, type EngineSpec, type SliceBar } from '../core/engine.ts';
import type { Market } from '../core/instrument.ts';
import type { FillSettings } from '../core/settings.ts';
import type { Answer } from '../core/slot.ts';
import { SimVenue } from './sim-venue.ts';

/** One symbol and timeframe of a run. */
export interface RunStream {
  readonly bars: Bars;
  readonly symbolIndex: number;
  /** Orders of the symbol fill from these bars: the finest of the symbol, or detail bars. */
  readonly fills: boolean;
  /** Slots that decide on these bars; the account is valued when they close. */
  readonly slots: readonly number[];
}

/**
 * Where decisions come from. Called once for each instant at which bars closed, after the account was valued; hands over
 * what each slot answers, in slot order. `closed` holds the streams that closed, their last bars are `bar(stream)`.
 */
export interface DecisionHost {
  decide(
    time: number,
    closed: readonly number[],
    bar: (stream: number) => number,
    deliver: (slot: number, answer: Answer) => void,
  ): void;
}

export interface RunSpec extends Omit<EngineSpec, 'streams'> {
  readonly streams: readonly RunStream[];
  /** Market of each symbol. */
  readonly markets: readonly Market[];
  readonly fills: FillSettings;
}

/** The account's value over time, in cash units, one entry for each instant at which deciding bars closed. */
export interface Valuation {
  readonly time: Float64Array;
  readonly equity: Float64Array;
  readonly exposure: Float64Array;
}

const AWAITS_OPEN = 0;
const AWAITS_CLOSE = 1;

/**
 * Drives the engine over history: merges the opens and closes of all streams in time order (closes before the opens of
 * the same instant), lets the venue fill, the engine value the account and the host decide.
 */
export class HistoricalRun {
  readonly engine: Engine;
  readonly #spec: RunSpec;
  readonly #venue: SimVenue;
  #time = 0;

  constructor(spec: RunSpec) {
    this.#spec = spec;
    this.engine = new Engine(spec);
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
    const { streams, markets, fills } = this.#spec;
    const count = streams.length;
    const index = new Int32Array(count);
    const phase = new Uint8Array(count);
    const next = new Float64Array(count);
    for (let s = 0; s < count; s++) next[s] = streams[s].bars.length > 0 ? streams[s].bars.time[0] : Infinity;
    const capacity = streams.reduce((sum, stream) => sum + (stream.slots.length > 0 ? stream.bars.length : 0), 0);
    const valuation = new ValuationLog(capacity);
    const slice: SliceBar[] = streams.map(() => ({ stream: 0, high: 0, low: 0, close: 0 }));
    const input = { kind: 'slice' as const, time: 0, count: 0, bars: slice };
    const closed: number[] = [];
    const lastBar = (stream: number): number => index[stream] - 1;
    const deliver = (slot: number, answer: Answer): void => {
      if (answer.signal === 0) return;
      this.#send({ kind: 'answer', time: this.#time, slot, answer });
    };

    for (;;) {
      let time = Infinity;
      for (let s = 0; s < count; s++) if (next[s] < time) time = next[s];
      if (time === Infinity) break;
      this.#time = time;
      closed.length = 0;
      let values = false;
      for (let s = 0; s < count; s++) {
        if (phase[s] !== AWAITS_CLOSE || next[s] !== time) continue;
        const { bars, symbolIndex } = streams[s];
        const i = index[s];
        const { priceScale } = markets[symbolIndex].instrument;
        const bar = slice[closed.length];
        bar.stream = s;
        bar.high = Math.round(bars.high[i] * priceScale);
        bar.low = Math.round(bars.low[i] * priceScale);
        bar.close = Math.round(bars.close[i] * priceScale);
        if (streams[s].fills) {
          const open = Math.round(bars.open[i] * priceScale);
          this.#venue.range(symbolIndex, time - 1, open, bar.high, bar.low, bars.volume[i]);
        }
        closed.push(s);
        if (streams[s].slots.length > 0) values = true;
        index[s] = i + 1;
        phase[s] = AWAITS_OPEN;
        next[s] = i + 1 < bars.length ? bars.time[i + 1] : Infinity;
      }
      if (closed.length > 0) {
        input.time = time;
        input.count = closed.length;
        this.#send(input);
        if (values) valuation.push(time, this.engine.equity, this.engine.ledger.gross());
        host.decide(time, closed, lastBar, deliver);
        if (fills.fillAt === 'close') {
          this.#settle(closed, slice, index);
          if (values) valuation.amendLast(this.engine.ledger.equity());
        }
      }
      for (let s = 0; s < count; s++) {
        if (phase[s] !== AWAITS_OPEN || next[s] !== time) continue;
        const { bars, symbolIndex } = streams[s];
        const i = index[s];
        if (streams[s].fills) {
          const { priceScale } = markets[symbolIndex].instrument;
          this.#venue.open(symbolIndex, time, Math.round(bars.open[i] * priceScale), bars.volume[i]);
        }
        phase[s] = AWAITS_CLOSE;
        const close = bars.closeTime(i);
        next[s] = i + 1 < bars.length && bars.time[i + 1] < close ? bars.time[i + 1] : close;
      }
    }
    if (fills.atEnd !== 'keep') this.#finish(valuation);
    return valuation.result();
  }

  /** Closes what is still open: at the last close of its symbol, or at its last open for comparison. */
  #finish(valuation: ValuationLog): void {
    this.#send({ kind: 'operator', time: this.#time, order: 'flatten', reason: 'end_of_data' });
    for (const stream of this.#spec.streams) {
      if (!stream.fills || stream.bars.length === 0) continue;
      const { bars, symbolIndex } = stream;
      const last = bars.length - 1;
      const price = this.#spec.fills.atEnd === 'open' ? bars.open[last] : bars.close[last];
      const units = this.#spec.markets[symbolIndex].instrument.priceUnits(price);
      this.#venue.settle(symbolIndex, this.#time - 1, units, bars.volume[last]);
    }
    valuation.amendLast(this.engine.ledger.equity());
  }

  #settle(closed: readonly number[], slice: readonly SliceBar[], index: Int32Array): void {
    closed.forEach((stream, k) => {
      const { symbolIndex, bars, fills } = this.#spec.streams[stream];
      if (fills) this.#venue.settle(symbolIndex, this.#time, slice[k].close, bars.volume[index[stream] - 1]);
    });
  }

  #send(input: Parameters<Engine['step']>[0]): void {
    const commands = this.engine.step(input);
    for (let c = 0; c < commands.length; c++) this.#venue.send(commands[c], this.#time);
    if (this.#venue.outbox.length > 0) this.#drain();
  }

  #drain(): void {
    const { outbox } = this.#venue;
    for (let answer = outbox.shift(); answer; answer = outbox.shift()) {
      const commands = this.engine.step(answer);
      for (let c = 0; c < commands.length; c++) this.#venue.send(commands[c], this.#time);
    }
  }
}

class ValuationLog {
  readonly #time: Float64Array;
  readonly #equity: Float64Array;
  readonly #exposure: Float64Array;
  #length = 0;

  constructor(capacity: number) {
    this.#time = new Float64Array(capacity);
    this.#equity = new Float64Array(capacity);
    this.#exposure = new Float64Array(capacity);
  }

  push(time: number, equity: number, exposure: number): void {
    this.#time[this.#length] = time;
    this.#equity[this.#length] = equity;
    this.#exposure[this.#length] = exposure;
    this.#length++;
  }

  amendLast(equity: number): void {
    if (this.#length > 0) this.#equity[this.#length - 1] = equity;
  }

  result(): Valuation {
    return {
      time: this.#time.subarray(0, this.#length),
      equity: this.#equity.subarray(0, this.#length),
      exposure: this.#exposure.subarray(0, this.#length),
    };
  }
}
