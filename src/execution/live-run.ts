import { Engine, type EngineSpec, type Input, MarketBar, MarketSlice } from '../core/engine.ts';
import type { Market } from '../core/instrument.ts';
import type { Command } from '../core/order.ts';
import type { FillSettings } from '../core/settings.ts';
import { barClose, type Timeframe } from '../core/timeframe.ts';
import type { BarWindow } from '../core/bar-window.ts';
import type { InputKind } from './journal/journal.ts';
import {
  encodeCommands,
  encodeInput,
  engineAnswer,
  type MarketEvent,
  type RunInput,
  type StepInput,
  type TopInput,
} from './live/input-codec.ts';
import { fillMarketBar, PaperVenue } from './live/paper-venue.ts';
import type { LiveHost, StrategyFailure, StrategyQuestion } from './live-host.ts';

/** One symbol and timeframe of a live run. */
export interface LiveStream {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly symbolIndex: number;
  /** Slots that decide on it. */
  readonly slots: readonly number[];
  /** Orders of the symbol fill from this stream's bars on paper: the finest of its symbol. */
  readonly fills: boolean;
  readonly window: BarWindow;
}

/** One strategy of a live run with its slots, as it is asked. */
export interface LiveStrategyGroup {
  readonly key: string;
  readonly slots: readonly { readonly slot: number; readonly stream: number }[];
  readonly history: number;
  /** Asked when a bar of any of its slots closed. */
  enabled: boolean;
  /** Why it was stopped; null where it was not. */
  problem: string | null;
}

/** What takes the engine's commands instead of the simulated venue; what comes of them comes back as inputs. */
export interface CommandSink {
  apply(commands: readonly Command[]): void;
}

/** Where inputs and commands are written down before anything follows from them; in a replay, where they are compared. */
export interface InputLog {
  input(time: number, kind: InputKind, payload: string): number;
  /** Makes the commands of an input durable. */
  commands(seq: number, commands: string): void;
}

export interface LiveRunSpec extends Omit<EngineSpec, 'streams'> {
  readonly streams: readonly LiveStream[];
  /** Market of each symbol. */
  readonly markets: readonly Market[];
  readonly fills: FillSettings;
  readonly log: InputLog;
  readonly host: LiveHost;
  readonly strategies: readonly LiveStrategyGroup[];
  /** Told after each step. */
  readonly onStep?: (input: RunInput) => void;
  readonly onFailure: (failure: StrategyFailure) => void;
  /**
   * Whether an instant is still recent enough to act on what closed at it; always by default. Bars may have waited for
   * strategies, and strategies for the machine.
   */
  readonly isTimely?: (time: number) => boolean;
}

/**
 * The loop of paper and live: takes what happens one by one, writes it down, gives it to the engine, writes down what
 * the engine wants and hands that to the venue. Venue answers and operators are taken at once; the market waits while
 * strategies think about the bar before, so that every answer acts on the bar it was meant for.
 */
export class LiveRun {
  readonly engine: Engine;
  readonly #spec: LiveRunSpec;
  readonly #slice: MarketSlice;
  readonly #bars: readonly MarketBar[];
  readonly #paper: PaperVenue;
  #executor: CommandSink | null = null;
  readonly #market: MarketEvent[] = [];
  readonly #inputs: StepInput[] = [];
  #working = false;
  #deciding: Promise<void> | null = null;
  /** Open time of the bar that each stream's open was played for. */
  readonly #opened: number[];
  #time = 0;
  #failed: Error | undefined;
  #idle: (() => void)[] = [];

  constructor(spec: LiveRunSpec) {
    this.#spec = spec;
    this.engine = new Engine(spec);
    this.#bars = spec.streams.map((_, stream) => new MarketBar(stream));
    for (const bar of this.#bars) bar.index = -1;
    this.#opened = spec.streams.map(() => Number.NEGATIVE_INFINITY);
    this.#slice = new MarketSlice([...this.#bars]);
    this.#paper = new PaperVenue(this.engine, spec.markets, spec.fills, (input) => this.#step(input as StepInput));
  }

  /** Sends commands to an exchange instead of to the simulated venue. Before the first input. */
  tradeOn(executor: CommandSink): void {
    this.#executor = executor;
  }

  /** Latest time that any input carried, epoch ms. */
  get time(): number {
    return this.#time;
  }

  /** Close time of the last bar of a stream, epoch ms; null before the first. */
  lastClose(stream: number): number | null {
    const bar = this.#bars[stream];
    return bar.index < 0 ? null : bar.closeTime;
  }

  /** What the market tells; taken in this order. */
  market(event: MarketEvent): void {
    this.#market.push(event);
    this.#work();
  }

  /** What a venue or an operator tells; taken before the market. */
  input(input: StepInput): void {
    this.#inputs.push(input);
    this.#work();
  }

  /** Resolves once nothing waits any more; rejects where something went wrong for good, such as the journal. */
  async idle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
    if (this.#failed !== undefined) throw this.#failed;
  }

  /** Plays an input back that an earlier process took: the same steps, but nobody is asked and nothing is decided anew. */
  replay(input: TopInput): void {
    if (input.kind === 'slice' || input.kind === 'open') this.#takeMarket(input);
    else this.#step(input);
  }

  #isIdle(): boolean {
    return !this.#working && this.#deciding === null && this.#market.length === 0 && this.#inputs.length === 0;
  }

  #work(): void {
    if (this.#working || this.#failed !== undefined) return;
    this.#working = true;
    try {
      for (;;) {
        const input = this.#inputs.shift();
        if (input) this.#step(input);
        else if (this.#deciding === null && this.#market.length > 0) this.#nextOfMarket();
        else break;
      }
    } catch (error) {
      this.#failed = asError(error);
    } finally {
      this.#working = false;
    }
    if (this.#failed !== undefined || this.#isIdle()) {
      const waiting = this.#idle;
      this.#idle = [];
      for (const resolve of waiting) resolve();
    }
  }

  /** What went wrong for good; undefined while all is well. */
  get failure(): Error | undefined {
    return this.#failed;
  }

  #nextOfMarket(): void {
    const event = this.#market.shift();
    if (!event) return;
    this.#takeMarket(event);
    if (event.kind === 'slice' && !event.late && this.#isTimely(event.time)) this.#decide(event);
  }

  #takeMarket(event: MarketEvent): void {
    this.#log(event);
    if (event.kind === 'open') {
      this.#playOpen(event.stream, event.time, event.price);
      this.#spec.onStep?.(event);
      return;
    }
    const { streams, markets } = this.#spec;
    const slice = this.#slice;
    slice.time = event.time;
    slice.count = 0;
    // A bar whose open nobody told of opened before anything closed; as in history, in time and then stream order.
    const unopened = event.bars.filter(({ stream, bar }) => this.#opened[stream] < bar.time);
    for (const { stream, bar } of unopened.sort((a, b) => a.bar.time - b.bar.time || a.stream - b.stream)) {
      this.#playOpen(stream, bar.time, bar.open);
    }
    for (const { stream, bar } of event.bars) {
      const { symbolIndex, timeframe, fills, window } = streams[stream];
      const target = this.#bars[stream];
      fillMarketBar(target, bar, Math.min(event.time, barClose(bar.time, timeframe)), markets[symbolIndex]);
      target.index++;
      if (fills && !this.#executor) this.#paper.range(symbolIndex, target);
      slice.bars[slice.count++] = target;
      if (bar.time > window.lastTime) window.append(bar);
    }
    const seq = this.#log({ kind: 'close', time: event.time });
    this.#take(event.time, seq, this.engine.step(slice));
    this.#spec.onStep?.(event);
  }

  #playOpen(stream: number, time: number, price: number): void {
    const { symbolIndex, fills } = this.#spec.streams[stream];
    this.#opened[stream] = time;
    if (!fills || this.#executor) return;
    const bar = this.#bars[stream];
    bar.openTime = time;
    bar.open = this.#spec.markets[symbolIndex].instrument.priceUnits(price);
    this.#paper.open(symbolIndex, bar);
  }

  #step(input: StepInput): void {
    const seq = this.#log(input);
    this.#take(timeOf(input), seq, this.engine.step(toEngine(input)));
    this.#spec.onStep?.(input);
  }

  #log(input: RunInput): number {
    const time = timeOf(input);
    this.#time = Math.max(this.#time, time);
    return this.#spec.log.input(time, input.kind, encodeInput(input));
  }

  #take(time: number, seq: number, commands: readonly Command[]): void {
    if (commands.length === 0) return;
    this.#spec.log.commands(seq, encodeCommands(commands));
    if (this.#executor) {
      this.#executor.apply(commands);
      return;
    }
    this.#paper.send(commands, time);
    this.#paper.settle();
  }

  #decide(event: MarketEvent & { readonly kind: 'slice' }): void {
    const closed = new Set(event.bars.map(({ stream }) => stream));
    const asked = this.#spec.strategies.filter(
      ({ enabled, slots }) => enabled && slots.some(({ stream }) => closed.has(stream)),
    );
    if (asked.length === 0) return;
    const questions = asked.map((group) => this.#question(group, event.time));
    this.#deciding = this.#spec.host.decide(questions).then(
      (replies) => {
        this.#deciding = null;
        for (const reply of replies) {
          if (reply.kind === 'failed') this.#disable(reply);
          else if (this.#isTimely(event.time))
            for (const answer of reply.answers) this.#inputs.push({ kind: 'answer', time: event.time, answer });
        }
        this.#work();
      },
      (error: unknown) => {
        this.#deciding = null;
        this.#failed = asError(error);
        this.#work();
      },
    );
  }

  #isTimely(time: number): boolean {
    return this.#spec.isTimely?.(time) ?? true;
  }

  /** A strategy that failed is not asked again; its position keeps its stops. */
  #disable(failure: StrategyFailure): void {
    const group = this.#spec.strategies.find(({ key }) => key === failure.strategy);
    if (group) {
      group.enabled = false;
      group.problem = failure.detail;
    }
    this.#spec.onFailure(failure);
  }

  #question({ key, slots, history }: LiveStrategyGroup, time: number): StrategyQuestion {
    const { ledger } = this.engine;
    const cash = 10 ** this.#spec.cashDecimals;
    return {
      strategy: key,
      time,
      slots: slots.map(({ slot, stream }) => {
        const { market } = this.#spec.slots[slot];
        const position = ledger.positions[slot];
        return {
          slot,
          bars: this.#spec.streams[stream].window.last(history),
          position: market.instrument.quantity(position.quantity),
          entryPrice: position.entryPrice / market.instrument.priceScale,
        };
      }),
      equity: ledger.equity() / cash,
      free: ledger.free() / cash,
    };
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function timeOf(input: RunInput): number {
  if (input.kind === 'fill') return input.fill.time;
  return input.kind === 'end' ? input.end.time : input.time;
}

function toEngine(input: StepInput): Input {
  if (input.kind === 'answer') {
    return { kind: 'answer', time: input.time, slot: input.answer.slot, answer: engineAnswer(input) };
  }
  if (input.kind === 'operator') {
    return { kind: 'operator', time: input.time, state: input.state, reason: 'signal' };
  }
  return input;
}
