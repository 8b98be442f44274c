import { z } from 'zod';
import type { Bars } from '../core/bars.ts';
import { ValvulinError } from '../core/errors.ts';
import { type HigherBars, higherBars } from '../core/resample.ts';
import type { Signals, TradeSignal } from '../core/signal.ts';
import type { Timeframe } from '../core/timeframe.ts';

/** What a strategy that manages its own orders sees at one instant: closed bars and its own position, read-only. */
export interface SliceContext {
  /** The instant that just closed, epoch ms. */
  readonly time: number;
  readonly symbols: readonly string[];
  /** Closed bars of a symbol in the strategy's timeframe, oldest first. Ask for the last `count` only where that is enough. */
  bars(symbol: string, count?: number): Bars;
  /** Signed quantity this strategy holds of a symbol, in the base asset; negative is short. */
  position(symbol: string): number;
  /** Average entry price of that position; NaN where flat. */
  entryPrice(symbol: string): number;
  /** Account value in the quote asset at the last closes. */
  readonly equity: number;
  /** What may still be spent, in the quote asset. */
  readonly free: number;
}

type ParamsSchema = z.ZodType<Record<string, unknown>>;

/**
 * The contract of a strategy. Implement `generateSignals`; or `onSlice`, where the strategy manages its own orders or
 * looks at several symbols at once. The same class runs unchanged in backtest, paper and live.
 *
 * Declare parameters as `static readonly params = z.object({ length: z.int().min(2).default(20) })`.
 */
export abstract class BaseStrategy<P extends object = Record<string, unknown>> {
  static readonly params: ParamsSchema = z.object({});
  /** One line for lists of strategies: what it does, without a full stop. */
  static readonly summary: string = '';

  readonly params: P;
  #bars: Bars | undefined;
  #higher = new Map<Timeframe, HigherBars>();

  /** @throws ValvulinError `VLV_STRATEGY_PARAMS` naming the parameter, its value and what was expected */
  constructor(params: Partial<P> = {}) {
    const strategy = new.target as typeof BaseStrategy;
    this.params = parseParams(strategy.name, strategy.params, params) as P;
  }

  /**
   * How many bars live trading hands to `generateSignals`: at least 40 times the longest recursive length, after which
   * a recursive indicator no longer depends on where it started.
   */
  get history(): number {
    return 1_000;
  }

  /** One signal for each bar. Bar i may use bars 0 to i only; every backtest checks that. */
  generateSignals?(bars: Bars): Signals;

  /** Called once for each instant at which bars closed; returns the orders it wants. */
  onSlice?(context: SliceContext): readonly TradeSignal[];

  /**
   * Bars of a higher timeframe of the same symbol, aligned so that only closed ones are visible.
   * Only inside `generateSignals`.
   */
  protected higher(timeframe: Timeframe): HigherBars {
    if (!this.#bars) {
      throw new ValvulinError('VLV_STRATEGY_OUTPUT', `"higher('${timeframe}')" was called outside generateSignals`);
    }
    const known = this.#higher.get(timeframe);
    if (known) return known;
    const bars = higherBars(this.#bars, timeframe);
    this.#higher.set(timeframe, bars);
    return bars;
  }

  /**
   * Runs `generateSignals` over the bars and checks its answer.
   * @throws ValvulinError `VLV_STRATEGY_OUTPUT` where the answer does not fit the bars
   */
  run(bars: Bars): Signals {
    if (!this.generateSignals) {
      throw new ValvulinError('VLV_STRATEGY_OUTPUT', `"${this.constructor.name}" implements no generateSignals`);
    }
    this.#bars = bars;
    this.#higher.clear();
    try {
      return checkedSignals(this.generateSignals(bars), bars, this.constructor.name);
    } finally {
      this.#bars = undefined;
      this.#higher.clear();
    }
  }
}

export type StrategyClass = (new (
  params?: Record<string, unknown>,
) => BaseStrategy<object>) & {
  readonly params: ParamsSchema;
  readonly summary: string;
};

function parseParams(name: string, schema: ParamsSchema, given: object): Record<string, unknown> {
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema;
  const result = strict.safeParse(given);
  if (result.success) return result.data as Record<string, unknown>;
  const issue = result.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  const value = path === '' ? given : (given as Record<string, unknown>)[path];
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const got = value === undefined ? '' : `; got ${JSON.stringify(value)}${path === '' ? '' : ` for "${path}"`}`;
  throw new ValvulinError('VLV_STRATEGY_PARAMS', `${issue?.message ?? 'Invalid parameters'}${got}`, {
    where: name,
    hint: known.length > 0 ? `Known parameters: ${known.join(', ')}.` : 'It takes no parameters.',
  });
}

function checkedSignals(answer: Signals, bars: Bars, name: string): Signals {
  const { signal, columns } = answer;
  const complain = (what: string): never => {
    throw new ValvulinError('VLV_STRATEGY_OUTPUT', what, { where: `${name} on ${bars.symbol} ${bars.timeframe}` });
  };
  if (!(signal instanceof Int8Array)) complain('Expected "signal" to be an Int8Array');
  if (signal.length !== bars.length) complain(`Expected ${bars.length} signals, got ${signal.length}`);
  for (let i = 0; i < signal.length; i++) {
    const value = signal[i];
    if (value > 1 || value < -1) complain(`Expected a signal of 1, 0 or -1, got "${value}" at bar ${i}`);
  }
  for (const [column, values] of Object.entries(columns)) {
    if (values.length !== bars.length) {
      complain(`Expected ${bars.length} values in column "${column}", got ${values.length}`);
    }
  }
  return answer;
}
