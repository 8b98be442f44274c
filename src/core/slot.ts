import type { Market } from './instrument.ts';
import type { Position } from './position.ts';
import type { OrderSettings } from './settings.ts';
import type { EntryType } from './signal.ts';
import type { Timeframe } from './timeframe.ts';
import type { ExitReason, RefusalCode } from './trade.ts';

/**
 * A strategy's answer for one slot at one bar close, in ordinary numbers; NaN stands for "not given".
 * One object is reused from bar to bar; whoever keeps it makes a copy.
 */
export class Answer {
  /** 1, 0 or -1. */
  signal = 0;
  /** A `TradeSignal` with a quantity means that amount; a bare signal means the whole position. */
  quantity: number = Number.NaN;
  type: EntryType = 'market';
  price: number = Number.NaN;
  limitPrice: number = Number.NaN;
  stopLoss: number = Number.NaN;
  takeProfit: number = Number.NaN;
  /** Distances for the slot's default stop and trailing stop at this bar. */
  stopDistance: number = Number.NaN;
  trailDistance: number = Number.NaN;
  /** Standard deviation of returns over a year, for volatility sizing. */
  volatility: number = Number.NaN;
  reduceOnly = false;
  validBars = 0;
  tag: string | null = null;

  copy(): Answer {
    return Object.assign(new Answer(), this);
  }
}

export interface SlotSpec {
  readonly symbol: string;
  /** Index of the symbol among those of the run. */
  readonly symbolIndex: number;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  readonly market: Market;
  readonly orders: OrderSettings;
  /** Share of the starting capital, 0 to 1, to which its own profits and losses add; null is the whole equity. */
  readonly allocation: number | null;
}

/** One `symbol:timeframe:strategy` with the orders it has out and what it remembers of its position. */
export class Slot {
  readonly index: number;
  readonly spec: SlotSpec;
  readonly position: Position;
  /** Index of the last bar that closed. */
  bar = -1;
  /** Numbers of the orders it has out; 0 is none. */
  readonly entries: number[] = [];
  exit = 0;
  exitReason: ExitReason = 'signal';
  stop = 0;
  stopReason: ExitReason = 'stop_loss';
  readonly targets: number[] = [];
  /** Its stop may follow the price, so the best price since entry is kept. */
  readonly followsPrice: boolean;
  /** Bars after which it leaves; infinite where it may stay. Starts as a fraction, so that it is stored unboxed. */
  readonly timeStopBars: number = 0.5;
  /** An opposite entry that waits until the position is closed. */
  reversal: Answer | null = null;
  entryCount = 0;
  /** First bar that the position is held in from its open on. */
  heldFromBar = -1;
  /** Best price since entry and the distance a trailing stop keeps from it, price units; 0 is no trailing. */
  best = 0.5;
  trailDistance = 0.5;
  /** Net profit of what the present position has closed so far, cash units. */
  profit = 0.5;
  lossesInARow = 0;
  restsUntilBar = -1;
  #refusal: { readonly side: number; readonly code: RefusalCode; readonly bar: number } | null = null;

  constructor(index: number, spec: SlotSpec, position: Position) {
    this.index = index;
    this.spec = spec;
    this.position = position;
    this.followsPrice = spec.orders.trailingStop !== null || spec.orders.breakEvenAtR !== null;
    this.timeStopBars = spec.orders.timeStopBars ?? Number.POSITIVE_INFINITY;
    this.best = 0;
    this.trailDistance = 0;
    this.profit = 0;
  }

  /** True where the signal of the bar before was refused for the same reason: one wish, repeated, is one refusal. */
  repeatsRefusal(side: number, code: RefusalCode): boolean {
    const last = this.#refusal;
    const repeats = last !== null && last.side === side && last.code === code && this.bar <= last.bar + 1;
    this.#refusal = { side, code, bar: this.bar };
    return repeats;
  }
}

/** Takes a number off a list, in place; `splice` would make a list of what it took. */
export function removeFrom(list: number[], item: number): void {
  for (let at = 0; at < list.length; at++) {
    if (list[at] !== item) continue;
    for (let i = at + 1; i < list.length; i++) list[i - 1] = list[i];
    list.pop();
    return;
  }
}
