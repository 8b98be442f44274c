import type { Bars } from '../core/bars.ts';
import { distanceColumns } from '../core/distances.ts';
import { ValvulinError } from '../core/errors.ts';
import type { OrderSettings } from '../core/settings.ts';
import { Answer } from '../core/slot.ts';
import type { BaseStrategy, SliceContext, StrategyClass } from '../strategies/base.ts';
import { setSignalAnswer, wishAnswer } from './answers.ts';
import type {
  LiveAnswer,
  LiveSlotSpec,
  LiveStrategyInfo,
  LiveStrategySpec,
  SlotView,
  StrategyQuestion,
} from './live-host.ts';
import { assertWish } from './trade-signals.ts';

const MOST_HISTORY = 1_000_000;
/** After this many lengths an exponential average no longer depends on where it started. */
const LENGTHS_TO_FORGET = 40;

/** A loaded strategy that answers for the last bar of what it is shown, as a backtest over all bars would answer there. */
export class LiveStrategy {
  readonly info: LiveStrategyInfo;
  readonly #strategy: BaseStrategy<object>;
  readonly #slots: ReadonlyMap<number, LiveSlotSpec>;
  readonly #history: number;

  /** @throws ValvulinError `VLV_STRATEGY_PARAMS`; `VLV_STRATEGY_LOAD` where it names an impossible history */
  constructor(Strategy: StrategyClass, spec: LiveStrategySpec) {
    const strategy = new Strategy({ ...spec.params });
    const { history } = strategy;
    if (!Number.isInteger(history) || history < 1 || history > MOST_HISTORY) {
      throw new ValvulinError(
        'VLV_STRATEGY_LOAD',
        `Expected a history of 1 to ${MOST_HISTORY} bars, got "${String(history)}"`,
        { where: `${Strategy.name} of ${spec.key}` },
      );
    }
    this.#strategy = strategy;
    this.#slots = new Map(spec.slots.map((slot) => [slot.slot, slot]));
    this.#history = history;
    this.info = {
      key: spec.key,
      kind: strategy.generateSignals ? 'signals' : 'slices',
      history: Math.max(history, ...spec.slots.map(({ orders }) => distanceHistory(orders))),
      params: { ...strategy.params } as Readonly<Record<string, unknown>>,
    };
  }

  /** What it wants at `question.time`: signals in slot order, wishes in their own; throws what the strategy throws. */
  decide(question: StrategyQuestion): readonly LiveAnswer[] {
    const answers = this.info.kind === 'slices' ? this.#onSlice(question) : this.#onBars(question);
    for (const answer of answers) assertFinite(answer);
    return answers;
  }

  #onBars({ time, slots }: StrategyQuestion): LiveAnswer[] {
    const answers: LiveAnswer[] = [];
    for (const view of slots) {
      const { bars } = view;
      const i = bars.length - 1;
      if (i < 0 || bars.closeTime(i) !== time) continue;
      const from = Math.max(0, bars.length - this.#history);
      const signals = this.#strategy.run(bars.slice(from));
      if (signals.signal[i - from] === 0) continue;
      const answer = new Answer();
      setSignalAnswer(answer, signals, NO_DISTANCES, i - from);
      answers.push(this.#plain(view, answer));
    }
    return answers;
  }

  #onSlice({ time, slots, equity, free }: StrategyQuestion): LiveAnswer[] {
    const views = new Map(slots.map((view) => [view.bars.symbol, view]));
    const known = (symbol: string): SlotView => {
      const view = views.get(symbol);
      if (!view) throw new RangeError(`Expected one of ${[...views.keys()].join(', ')}, got "${symbol}"`);
      return view;
    };
    const context: SliceContext = {
      time,
      symbols: [...views.keys()],
      bars: (symbol, count = this.#history) => lastBars(known(symbol).bars, Math.min(count, this.#history)),
      position: (symbol) => known(symbol).position,
      entryPrice: (symbol) => known(symbol).entryPrice,
      equity,
      free,
    };
    const wishes = this.#strategy.onSlice?.(context) ?? [];
    return wishes.map((wish) => {
      const view = known(wish.symbol);
      assertWish(wish, `${this.info.key}, ${wish.symbol}`);
      return this.#plain(view, wishAnswer(wish, NO_DISTANCES, 0));
    });
  }

  /** With the distances of the slot's own settings at the last bar, which only an answer needs. */
  #plain({ slot, bars }: SlotView, answer: Answer): LiveAnswer {
    const spec = this.#slots.get(slot);
    if (!spec) throw new RangeError(`Expected one of the slots ${[...this.#slots.keys()].join(', ')}, got "${slot}"`);
    const { stop, trail, volatility } = distanceColumns(bars, spec.orders);
    const last = (column: Float64Array | null): number | null => given(column?.at(-1));
    return {
      slot,
      signal: answer.signal > 0 ? 1 : -1,
      quantity: given(answer.quantity),
      type: answer.type,
      price: given(answer.price),
      limitPrice: given(answer.limitPrice),
      stopLoss: given(answer.stopLoss),
      takeProfit: given(answer.takeProfit),
      stopDistance: last(stop),
      trailDistance: last(trail),
      volatility: last(volatility),
      reduceOnly: answer.reduceOnly,
      validBars: answer.validBars,
      tag: answer.tag,
    };
  }
}

const NO_DISTANCES = { stop: null, trail: null, volatility: null };

/** Bars after which the last value of `distanceColumns` no longer depends on where the bars started. */
export function distanceHistory({ stop, trailingStop, sizing }: OrderSettings): number {
  // Wilder's average of length n forgets like an exponential one of length 2n - 1.
  const average = (length: number): number => LENGTHS_TO_FORGET * 2 * length;
  return Math.max(
    stop?.atr === undefined ? 0 : average(stop.atrLength ?? 14),
    trailingStop?.atr === undefined ? 0 : average(trailingStop.atrLength ?? 14),
    sizing.kind === 'volatility' ? 2 * sizing.length + 2 : 0,
  );
}

function lastBars(bars: Bars, count: number): Bars {
  return count >= bars.length ? bars : bars.slice(bars.length - count);
}

function given(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** JSON has no infinity, and no order can have one. */
function assertFinite(answer: LiveAnswer): void {
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    throw new ValvulinError('VLV_STRATEGY_OUTPUT', `Expected a finite number for "${name}", got "${value}"`);
  }
}
