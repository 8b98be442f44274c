import { allocateColumns, BAR_FIELDS, Bars } from '../../core/bars.ts';
import type { Bar } from '../../core/bars.ts';
import type { HistoryLake } from '../../data/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { TopInput } from '../../execution/live/input-codec.ts';
import type { LiveAnswer } from '../../execution/live-host.ts';
import type { Timeframe } from '../../core/timeframe.ts';

/** What a run saw of its market and answered to it, gathered from its inputs. */
export class RunBars {
  readonly #bars = new Map<number, Bar[]>();
  /** Close times at which no strategy was asked, since the bars came too late. */
  readonly late = new Set<number>();
  /** Answers by slot and close time. */
  readonly answers = new Map<string, LiveAnswer>();

  take(input: TopInput): void {
    if (input.kind === 'answer') this.answers.set(answerKey(input.answer.slot, input.time), input.answer);
    if (input.kind !== 'slice') return;
    if (input.late) this.late.add(input.time);
    for (const { stream, bar } of input.bars) {
      const bars = this.#bars.get(stream) ?? [];
      bars.push(bar);
      this.#bars.set(stream, bars);
    }
  }

  /** The bars of a stream, in the order in which they came. */
  of(stream: number, symbol: string, timeframe: Timeframe): Bars {
    return barsOf(symbol, timeframe, this.#bars.get(stream) ?? []);
  }
}

export function answerKey(slot: number, time: number): string {
  return `${slot}@${time}`;
}

/** Up to `count` bars of the history on disk that end where `bars` begin, without a hole between them. */
export async function barsBefore(lake: HistoryLake, bars: Bars, count: number): Promise<Bars> {
  const none = barsOf(bars.symbol, bars.timeframe, []);
  if (bars.length === 0) return none;
  try {
    const { bars: stored } = await lake.load(bars.symbol, bars.timeframe);
    const before = stored.between(Number.NEGATIVE_INFINITY, bars.time[0]);
    if (before.length === 0 || before.closeTime(before.length - 1) !== bars.time[0]) return none;
    return before.slice(Math.max(0, before.length - count));
  } catch (error) {
    // A history that was never downloaded is no fault; the comparison says what it could not check.
    if (error instanceof ValvulinError && error.code === 'VLV_DATA_NONE') return none;
    throw error;
  }
}

/** One series after the other. */
export function joined(first: Bars, second: Bars): Bars {
  const columns = allocateColumns(first.length + second.length);
  for (const field of BAR_FIELDS) {
    columns[field].set(first[field] as Float64Array);
    columns[field].set(second[field] as Float64Array, first.length);
  }
  return new Bars(second.symbol, second.timeframe, columns);
}

function barsOf(symbol: string, timeframe: Timeframe, rows: readonly Bar[]): Bars {
  const columns = allocateColumns(rows.length);
  for (const field of BAR_FIELDS) rows.forEach((row, i) => (columns[field][i] = row[field]));
  return new Bars(symbol, timeframe, columns);
}
