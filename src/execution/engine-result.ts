import type { Engine } from '../core/engine.ts';
import { drawdownOf } from './account.ts';
import { fillRecords, orderRecords, tradeRecords } from './records.ts';
import type { Assumption, BacktestResult, FillRecord, OrderRecord, Refusal, Trade } from './types.ts';
import type { Valuation } from './valuation.ts';

/** The result of a run on the engine. Records and drawdowns are made from its facts when they are first asked for. */
export class EngineResult implements BacktestResult {
  readonly equityCurve: Float64Array;
  readonly exposure: Float64Array;
  readonly initialCapital: number;
  readonly finalEquity: number;
  readonly refusals: readonly Refusal[];
  readonly assumptions: readonly Assumption[];
  readonly #engine: Engine;
  readonly #valuation: Valuation;
  readonly #cashDecimals: number;
  #drawdown: Float64Array | undefined;
  #trades: readonly Trade[] | undefined;
  #fills: readonly FillRecord[] | undefined;
  #orders: readonly OrderRecord[] | undefined;

  /** Takes the valuation over: its columns become the curves. @param capital quote money */
  constructor(
    engine: Engine,
    valuation: Valuation,
    capital: number,
    cashDecimals: number,
    assumptions: readonly Assumption[],
  ) {
    this.equityCurve = valuation.equity;
    this.exposure = valuation.exposure;
    this.initialCapital = capital;
    this.finalEquity = this.equityCurve.at(-1) ?? capital;
    this.refusals = engine.refusals;
    this.assumptions = assumptions;
    this.#engine = engine;
    this.#valuation = valuation;
    this.#cashDecimals = cashDecimals;
  }

  get time(): Float64Array {
    return this.#valuation.time;
  }

  get drawdownCurve(): Float64Array {
    this.#drawdown ??= drawdownOf(this.equityCurve, this.initialCapital);
    return this.#drawdown;
  }

  get trades(): readonly Trade[] {
    this.#trades ??= tradeRecords(this.#engine, this.#cashDecimals, this.time.at(-1) ?? 0);
    return this.#trades;
  }

  get fills(): readonly FillRecord[] {
    this.#fills ??= fillRecords(this.#engine, this.#cashDecimals);
    return this.#fills;
  }

  get orders(): readonly OrderRecord[] {
    this.#orders ??= orderRecords(this.#engine);
    return this.#orders;
  }
}
