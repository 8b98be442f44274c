import type { Bars } from '../core/bars.ts';
import type { OrderSettings } from '../core/settings.ts';
import type { EntryType } from '../core/signal.ts';
import { Answer } from '../core/slot.ts';
import type { Timeframe } from '../core/timeframe.ts';

/**
 * Runs strategies live, away from the engine: a strategy that throws, hangs or ends its thread is stopped, and the
 * others go on. Its answers are inputs of the engine, to be journaled.
 */
export interface LiveHost {
  /**
   * Loads strategies, so that they can be asked; one that is loaded already or was stopped is loaded afresh from its
   * file. Where one of them does not load, nothing changes.
   * @throws ValvulinError `VLV_STRATEGY_LOAD`, `VLV_STRATEGY_PARAMS` as a backtest would
   */
  load(specs: readonly LiveStrategySpec[]): Promise<readonly LiveStrategyInfo[]>;
  /** Forgets a strategy; a question under way is still answered. */
  unload(key: string): void;
  /** Asks strategies; one reply to each question, in their order. Never rejects: what goes wrong is a reply. */
  decide(questions: readonly StrategyQuestion[]): Promise<readonly StrategyReply[]>;
  /** Ends all threads, which keep the process alive until then; questions under way are replied to as failed. */
  stop(): Promise<void>;
}

/** One strategy of the config, with a slot for each symbol it trades. */
export interface LiveStrategySpec {
  /** `BTCUSDT:1h:ema-macd`; unique. */
  readonly key: string;
  readonly handler: string;
  /** Its parameters under their TypeScript names. */
  readonly params: Readonly<Record<string, unknown>>;
  /** In config order. */
  readonly slots: readonly LiveSlotSpec[];
}

export interface LiveSlotSpec {
  readonly slot: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly orders: OrderSettings;
}

export interface LiveStrategyInfo {
  readonly key: string;
  /** `signals`: asked bar by bar for each symbol. `slices`: asked once for all its symbols. */
  readonly kind: 'signals' | 'slices';
  /** How many bars of each slot every question must bring, where that many exist. */
  readonly history: number;
  /** All parameters, defaults filled in, under their TypeScript names. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Asked once for each instant at which a bar of the strategy closed. */
export interface StrategyQuestion {
  readonly strategy: string;
  /** The instant that just closed, epoch ms. */
  readonly time: number;
  /** All slots of the strategy in their order, also those whose bar did not close now: their last bar tells. */
  readonly slots: readonly SlotView[];
  /** Account value and what may still be spent, quote money. */
  readonly equity: number;
  readonly free: number;
}

/** What a strategy may see of one slot. */
export interface SlotView {
  readonly slot: number;
  /** The last `history` closed bars. On shared memory (`BarWindow`) they reach a thread without a copy. */
  readonly bars: Bars;
  /** Signed, base asset. */
  readonly position: number;
  /** NaN where flat. */
  readonly entryPrice: number;
}

/** The `Answer` of a strategy for one slot, plain enough for JSON; null stands for "not given". */
export interface LiveAnswer {
  readonly slot: number;
  readonly signal: 1 | -1;
  readonly quantity: number | null;
  readonly type: EntryType;
  readonly price: number | null;
  readonly limitPrice: number | null;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly stopDistance: number | null;
  readonly trailDistance: number | null;
  readonly volatility: number | null;
  readonly reduceOnly: boolean;
  readonly validBars: number;
  readonly tag: string | null;
}

export type StrategyReply =
  /** `ms` is what it took, by the machine's clock: for logs, never for decisions. */
  | {
      readonly kind: 'answered';
      readonly strategy: string;
      readonly answers: readonly LiveAnswer[];
      readonly ms: number;
    }
  | StrategyFailure;

/** The strategy was stopped: it is not asked again until it is loaded afresh, and until then gives this same reply. */
export interface StrategyFailure {
  readonly kind: 'failed';
  readonly strategy: string;
  /** It threw an error, did not answer within its deadline, or its thread ended. */
  readonly failed: 'threw' | 'timeout' | 'exited';
  /** One line for people: the error and the line of the strategy's file it came from. */
  readonly detail: string;
}

/** What the engine takes. */
export function toAnswer(live: LiveAnswer): Answer {
  const answer = new Answer();
  answer.signal = live.signal;
  answer.quantity = live.quantity ?? Number.NaN;
  answer.type = live.type;
  answer.price = live.price ?? Number.NaN;
  answer.limitPrice = live.limitPrice ?? Number.NaN;
  answer.stopLoss = live.stopLoss ?? Number.NaN;
  answer.takeProfit = live.takeProfit ?? Number.NaN;
  answer.stopDistance = live.stopDistance ?? Number.NaN;
  answer.trailDistance = live.trailDistance ?? Number.NaN;
  answer.volatility = live.volatility ?? Number.NaN;
  answer.reduceOnly = live.reduceOnly;
  answer.validBars = live.validBars;
  answer.tag = live.tag;
  return answer;
}
