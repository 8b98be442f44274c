import { ClosedParts } from './closed-parts.ts';
import { CommandList } from './commands.ts';
import { Costs } from './costs.ts';
import type { TradingState } from './entry-gate.ts';
import { Execution, type RefusalLog } from './execution.ts';
import { Ledger } from './ledger.ts';
import { exact, pow10 } from './money.ts';
import type { Command, EndFact, FillFact } from './order.ts';
import { OrderBook } from './order-book.ts';
import { Risk } from './risk.ts';
import type { CostSettings, RiskSettings } from './settings.ts';
import { type Answer, Slot, type SlotSpec } from './slot.ts';
import type { ExitReason, Refusal } from './trade.ts';

/**
 * The current bar of a stream, prices in units of its symbol. One object per stream is reused from bar to bar: numbers
 * that travel in fields cost nothing, numbers that travel as arguments are boxed.
 */
export class MarketBar {
  /** Index of the symbol-and-timeframe it belongs to. */
  readonly stream: number;
  /** Its place in the stream. */
  index = 0;
  /** Epoch ms. */
  openTime = 0.5;
  closeTime = 0.5;
  open = 0.5;
  high = 0.5;
  low = 0.5;
  close = 0.5;
  /** Base asset, ordinary number. */
  volume = 0.5;

  constructor(stream: number) {
    this.stream = stream;
  }
}

/** All bars that closed at one instant, in canonical order. Only the first `count` entries of `bars` count. */
export class MarketSlice {
  readonly kind = 'slice';
  /** Epoch ms. */
  time = 0.5;
  count = 0;
  readonly bars: MarketBar[];

  constructor(bars: MarketBar[]) {
    this.bars = bars;
  }
}

/**
 * Everything that can happen to the engine. Inputs are totally ordered by time, then by kind in this order, then by
 * sequence: venue answers, the market slice, strategies' answers, timers and the operator.
 */
export type Input =
  | { readonly kind: 'fill'; readonly fill: FillFact }
  | { readonly kind: 'end'; readonly end: EndFact }
  | MarketSlice
  | { readonly kind: 'answer'; readonly time: number; readonly slot: number; readonly answer: Answer }
  /** One position is to be left at once: its stop cannot stand at the exchange. */
  | { readonly kind: 'exit'; readonly time: number; readonly slot: number; readonly reason: ExitReason }
  /** Something begins or ceases to stand in the way of a symbol's entries; null is all symbols. */
  | {
      readonly kind: 'block';
      readonly time: number;
      readonly symbol: string | null;
      readonly reason: string;
      readonly on: boolean;
    }
  | {
      readonly kind: 'operator';
      readonly time: number;
      readonly state: TradingState;
      /** What trades that it ends are recorded as. */
      readonly reason: ExitReason;
    };

export interface StreamSpec {
  readonly symbolIndex: number;
  /** Slots that decide on this stream's bars, in config order. */
  readonly slots: readonly number[];
}

export interface EngineSpec {
  /** Quote money. */
  readonly capital: number;
  readonly cashDecimals: number;
  readonly slots: readonly SlotSpec[];
  readonly streams: readonly StreamSpec[];
  readonly costs: CostSettings;
  readonly risk: RiskSettings;
}

/**
 * The one engine of backtest, paper and live. `step` is synchronous and deterministic, does no I/O and reads no clock:
 * it takes the next thing that happened and returns what should be sent to the venue. Inputs are read, not kept; the
 * returned commands are valid until the next step.
 */
export class Engine {
  readonly slots: readonly Slot[];
  readonly ledger: Ledger;
  readonly costs: Costs;
  readonly book = new OrderBook();
  readonly closed = new ClosedParts();
  readonly refusals: Refusal[] = [];
  readonly risk: Risk;
  readonly #streams: readonly StreamSlots[];
  readonly #commands = new CommandList();
  readonly #execution: Execution;

  constructor(spec: EngineSpec) {
    const capital = exact(Math.round(spec.capital * pow10(spec.cashDecimals)), 'capital');
    this.ledger = new Ledger(
      capital,
      spec.slots.map((slot) => slot.market),
    );
    const { positions } = this.ledger;
    this.slots = spec.slots.map((slot, index) => new Slot(index, slot, positions[index]));
    this.costs = new Costs(spec.costs, spec.cashDecimals);
    this.risk = new Risk(spec.risk, this.ledger, this.book, this.slots, this.costs);
    this.#streams = spec.streams.map((stream) => new StreamSlots(stream, this.slots));
    const refused: RefusalLog = (slot, time, code, detail) => {
      const { symbol, timeframe, strategy } = slot.spec;
      this.refusals.push({ time, symbol, timeframe, strategy, code, detail });
    };
    const { slots, ledger, risk, book, closed } = this;
    this.#execution = new Execution(slots, ledger, risk, book, this.#commands, closed, refused);
  }

  step(input: Input): readonly Command[] {
    this.#commands.clear();
    // Slices are told by their class, because they come at every bar, and `kind` is read slowly where it has many owners.
    if (input instanceof MarketSlice) this.#onSlice(input);
    else this.#onEvent(input);
    return this.#commands.sent;
  }

  #onEvent(input: Exclude<Input, MarketSlice>): void {
    switch (input.kind) {
      case 'answer':
        this.#execution.onAnswer(this.slots[input.slot], input.answer, input.time);
        break;
      case 'fill':
        this.#execution.onFill(input.fill);
        break;
      case 'end':
        this.#execution.onEnd(input.end);
        break;
      case 'exit':
        this.#execution.closePosition(this.slots[input.slot], input.time, input.reason);
        break;
      case 'block':
        this.risk.gate.block(input.symbol, input.reason, input.on);
        break;
      case 'operator':
        this.#onOperator(input.state, input.time, input.reason);
        break;
      default:
        return unreachable(input);
    }
  }

  #leaveAll(time: number, reason: ExitReason): void {
    for (const slot of this.slots) this.#execution.closePosition(slot, time, reason);
  }

  /** Entries that wait are taken back in every state but the active one; what protects a position stays. */
  #onOperator(state: TradingState, time: number, reason: ExitReason): void {
    this.risk.gate.state = state;
    if (state === 'FLATTEN') this.#leaveAll(time, reason);
    else if (state !== 'ACTIVE') for (const slot of this.slots) this.#execution.cancelEntries(slot);
  }

  #onSlice(slice: MarketSlice): void {
    const { bars, count } = slice;
    const { ledger } = this;
    const streams = this.#streams;
    for (let b = 0; b < count; b++) streams[bars[b].stream].mark(bars[b]);
    ledger.revalue();
    this.risk.observe(slice);
    for (let b = 0; b < count; b++) streams[bars[b].stream].close(bars[b], this.#execution);
    if (ledger.equityNow <= 0) this.#leaveAll(slice.time, 'stop_loss');
  }
}

/** The slots that the bars of one stream concern. */
class StreamSlots {
  /** Those whose positions its closes value, and those that decide on it. */
  readonly valued: readonly Slot[];
  readonly deciding: readonly Slot[];
  /** The only one of either kind: no list to go through at every bar of the most common run. */
  readonly lone: Slot | null;

  constructor(stream: StreamSpec, slots: readonly Slot[]) {
    this.valued = slots.filter((slot) => slot.spec.symbolIndex === stream.symbolIndex);
    this.deciding = stream.slots.map((index) => slots[index]);
    this.lone = this.valued.length === 1 && this.deciding.length === 1 ? this.valued[0] : null;
  }

  /** Takes the close of a bar as the last price of its symbol. */
  mark(bar: MarketBar): void {
    if (this.lone) this.lone.position.mark(bar);
    else for (let v = 0; v < this.valued.length; v++) this.valued[v].position.mark(bar);
  }

  close(bar: MarketBar, execution: Execution): void {
    if (this.lone) execution.onBarClosed(this.lone, bar);
    else for (let d = 0; d < this.deciding.length; d++) execution.onBarClosed(this.deciding[d], bar);
  }
}

function unreachable(input: never): never {
  throw new TypeError(`Unknown engine input: ${JSON.stringify(input)}`);
}
