import { type BarColumns, Bars, type Series } from '../core/bars.ts';
import { type ErrorCode, ValvulinError } from '../core/errors.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { LiveStrategyInfo, LiveStrategySpec, SlotView, StrategyQuestion } from '../execution/live-host.ts';
import type { StrategyAnswer } from '../execution/live-strategies.ts';

/** What a strategy thread is told. It answers in the order in which it is told. */
export type ToStrategyThread =
  | { readonly kind: 'load'; readonly specs: readonly LiveStrategySpec[] }
  | { readonly kind: 'unload'; readonly key: string }
  | { readonly kind: 'ask'; readonly question: PackedQuestion };

export type FromStrategyThread =
  | { readonly kind: 'loaded'; readonly infos: readonly LiveStrategyInfo[] }
  | { readonly kind: 'refused'; readonly error: PlainError }
  | { readonly kind: 'answer'; readonly answer: StrategyAnswer }
  /** An error outside of all answers, such as in a timer; `strategy` was asked last. The thread ends. */
  | { readonly kind: 'crashed'; readonly strategy: string | null; readonly detail: string };

/** What a strategy thread is born with. */
export interface StrategyThreadData {
  readonly baseDir: string;
  /** One cell: how many questions were replied to, written before the reply is on its way. */
  readonly answered: Int32Array<SharedArrayBuffer>;
}

/** A question whose bars can travel to a thread. */
export interface PackedQuestion extends Omit<StrategyQuestion, 'slots'> {
  readonly slots: readonly PackedView[];
}

interface PackedView extends Omit<SlotView, 'bars'> {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly columns: BarColumns;
}

interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where: string | null;
  readonly hint: string | null;
}

export function packQuestion(question: StrategyQuestion): PackedQuestion {
  return { ...question, slots: question.slots.map(packView) };
}

/** With bars of its own: a strategy that wrote into shared ones would change what all others see. */
export function unpackQuestion(question: PackedQuestion): StrategyQuestion {
  return {
    ...question,
    slots: question.slots.map(({ symbol, timeframe, columns, ...view }) => ({
      ...view,
      bars: new Bars(
        symbol,
        timeframe,
        mapColumns(columns, (column) => column.slice()),
      ),
    })),
  };
}

function packView({ bars, ...view }: SlotView): PackedView {
  return { ...view, symbol: bars.symbol, timeframe: bars.timeframe, columns: mapColumns(bars, portable) };
}

function mapColumns(columns: BarColumns, map: (column: Series) => Series): BarColumns {
  const { time, open, high, low, close, volume } = columns;
  return { time: map(time), open: map(open), high: map(high), low: map(low), close: map(close), volume: map(volume) };
}

/** A view on shared memory travels as it is; one on other memory would take all of that memory along. */
function portable(column: Series): Series {
  return column.buffer instanceof SharedArrayBuffer ? column : column.slice();
}

/** Only an error that explains itself may cross over; everything else is a bug and stops the thread. */
export function packError(error: ValvulinError): PlainError {
  return { code: error.code, message: error.message, where: error.where ?? null, hint: error.hint ?? null };
}

export function unpackError({ code, message, where, hint }: PlainError): ValvulinError {
  return new ValvulinError(code, message, {
    ...(where === null ? {} : { where }),
    ...(hint === null ? {} : { hint }),
  });
}
