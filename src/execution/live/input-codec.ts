import type { Bar } from '../../core/bars.ts';
import type { Input } from '../../core/engine.ts';
import type { TradingState } from '../../core/entry-gate.ts';
import type { Command } from '../../core/order.ts';
import { type Answer } from '../../core/slot.ts';
import { type LiveAnswer, toAnswer } from '../live-host.ts';

/** What the market tells a live run, in its order: closes of an instant before the opens of the same one. */
export type MarketEvent =
  | { readonly kind: 'open'; readonly time: number; readonly stream: number; readonly price: number }
  | {
      readonly kind: 'slice';
      readonly time: number;
      /** It closed too long ago to trade on: positions are valued and stops count, strategies are not asked. */
      readonly late: boolean;
      /** In stream order. */
      readonly bars: readonly { readonly stream: number; readonly bar: Bar }[];
    };

export interface LiveAnswerInput {
  readonly kind: 'answer';
  readonly time: number;
  readonly answer: LiveAnswer;
}

/** What an operator, a venue or a watchdog tells it, besides the engine's own inputs. */
export type StateInput = {
  readonly kind: 'operator';
  readonly time: number;
  readonly state: TradingState;
  readonly by: string;
};

/** All bars of the slice before it have traded, and the engine takes it. */
export interface CloseInput {
  readonly kind: 'close';
  readonly time: number;
}

/** What is given to the engine as it comes: answers of strategies and venues, watchdogs, operators. */
export type StepInput = LiveAnswerInput | StateInput | Exclude<Input, { kind: 'slice' | 'answer' | 'operator' }>;
/** What comes from outside: all but what a step itself brings about. */
export type TopInput = MarketEvent | StepInput;
/** Everything that a live run writes into its journal, and that a replay reads back. */
export type RunInput = TopInput | CloseInput;

/** The bytes of an input in the journal. Fields stand in a fixed order, so equal inputs are equal bytes. */
export function encodeInput(input: RunInput): string {
  if (input.kind !== 'slice') return JSON.stringify(input);
  const bars = input.bars.map(({ stream, bar }) => [
    stream,
    bar.time,
    bar.open,
    bar.high,
    bar.low,
    bar.close,
    bar.volume,
  ]);
  return JSON.stringify({ kind: 'slice', time: input.time, late: input.late, bars });
}

/** @throws SyntaxError where the text is no JSON; the journal's hash chain has vouched for the rest */
export function decodeInput(text: string): RunInput {
  const input = JSON.parse(text) as RunInput & { readonly bars?: readonly (readonly number[])[] };
  if (input.kind !== 'slice') return input;
  const rows = input.bars as unknown as readonly (readonly number[])[];
  return {
    kind: 'slice',
    time: input.time,
    late: input.late,
    bars: rows.map(([stream, time, open, high, low, close, volume]) => ({
      stream,
      bar: { time, open, high, low, close, volume },
    })),
  };
}

/** The commands of one step as the journal keeps them. */
export function encodeCommands(commands: readonly Command[]): string {
  return JSON.stringify(commands);
}

export function engineAnswer({ answer }: LiveAnswerInput): Answer {
  return toAnswer(answer);
}
