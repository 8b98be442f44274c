import { pow10 } from '../core/money.ts';
import type { OrderRecord, Trade } from '../core/trade.ts';
import { ordersOfTrade } from './fast-path-orders.ts';
import type { FastPath } from './fast-path.ts';
import type { FastPathSpec } from './fast-path-spec.ts';
import { tradeOf } from './trade-record.ts';
import { closeTimes } from './valuation.ts';
import * as row from './trade-columns.ts';
import type { Assumption, BacktestResult, FillRecord, Refusal } from './types.ts';

/** The result of a fast run. Records are made when they are first asked for. */
export class FastResult implements BacktestResult {
  readonly time: Float64Array;
  readonly equityCurve: Float64Array;
  readonly drawdownCurve: Float64Array;
  readonly initialCapital: number;
  readonly finalEquity: number;
  readonly assumptions: readonly Assumption[];
  readonly refusals: readonly Refusal[] = [];
  readonly #spec: FastPathSpec;
  readonly #run: FastPath;
  #trades: readonly Trade[] | undefined;
  #exposure: Float64Array | undefined;

  constructor(spec: FastPathSpec, run: FastPath, assumptions: readonly Assumption[]) {
    this.#spec = spec;
    this.#run = run;
    this.assumptions = assumptions;
    this.initialCapital = spec.capital;
    this.equityCurve = run.equity;
    this.drawdownCurve = run.drawdown;
    this.finalEquity = this.equityCurve.at(-1) ?? spec.capital;
    this.time = closeTimes(spec.bars);
  }

  get trades(): readonly Trade[] {
    this.#trades ??= Array.from({ length: this.#run.trades.length }, (_, n) => this.#trade(n));
    return this.#trades;
  }

  get exposure(): Float64Array {
    this.#exposure ??= this.#computeExposure();
    return this.#exposure;
  }

  /** Each trade's entry and exit, in the order they happened. */
  get fills(): readonly FillRecord[] {
    const ids = this.#orderIds();
    return this.trades.flatMap((trade, n): FillRecord[] => {
      const long = trade.side === 'LONG';
      const entryFee = this.#money(n, row.ENTRY_FEE);
      const common = { ...this.#names(), quantity: trade.quantity };
      const entry = { time: trade.entryTime, orderId: ids[n].entry, price: trade.entryPrice, fee: entryFee };
      const exit = { time: trade.exitTime, orderId: ids[n].exit, price: trade.exitPrice };
      return [
        { ...common, ...entry, side: long ? 'BUY' : 'SELL' },
        { ...common, ...exit, fee: this.#money(n, row.EXIT_FEE), side: long ? 'SELL' : 'BUY' },
      ];
    });
  }

  /** The orders the engine would have sent for these trades. */
  get orders(): readonly OrderRecord[] {
    const ids = this.#orderIds();
    const { trades, unfilled } = this.#run;
    const records = this.trades.flatMap((trade, n) => ordersOfTrade(this.#spec, trades, n, trade, ids[n], this.time));
    if (unfilled) {
      records.push({
        ...this.#names(),
        id: records.length + 1,
        time: this.time[unfilled.bar],
        side: unfilled.side > 0 ? 'BUY' : 'SELL',
        type: 'market',
        role: 'entry',
        quantity: unfilled.quantity > 0 ? this.#spec.market.instrument.quantity(unfilled.quantity) : null,
        price: null,
        status: 'canceled',
        filled: 0,
        reason: 'canceled',
      });
    }
    return records.sort((a, b) => a.id - b.id);
  }

  /** Numbers in the order the engine gives them: the entry, its stop, its target, a market exit. */
  #orderIds(): OrderIds[] {
    const { trades } = this.#run;
    let next = 1;
    return Array.from({ length: trades.length }, (_, n): OrderIds => {
      const entry = next++;
      const stop = trades.at(n, row.STOP) > 0 ? next++ : 0;
      const target = trades.at(n, row.TARGET) > 0 ? next++ : 0;
      const reason = trades.at(n, row.REASON);
      const sent = (trades.at(n, row.FLAGS) & row.MARKET_EXIT) > 0 || reason === row.EXIT_END;
      const market = sent ? next++ : 0;
      const exit = reason === row.EXIT_STOP ? stop : reason === row.EXIT_TARGET ? target : market;
      return { entry, stop, target, market, exit };
    });
  }

  #names(): { symbol: string; timeframe: Trade['timeframe']; strategy: string } {
    const { bars, strategy } = this.#spec;
    return { symbol: bars.symbol, timeframe: bars.timeframe, strategy };
  }

  #money(trade: number, field: number): number {
    return this.#run.trades.at(trade, field) / pow10(this.#spec.cashDecimals);
  }

  #trade(n: number): Trade {
    const { trades } = this.#run;
    const { bars, market } = this.#spec;
    const at = (field: number): number => trades.at(n, field);
    const side = at(row.SIDE);
    const entryBar = at(row.ENTRY_BAR);
    const exitBar = at(row.EXIT_BAR);
    const reason = at(row.REASON);
    const inRange = (at(row.FLAGS) & row.IN_RANGE) > 0 || reason === row.EXIT_END;
    const seen = reason === row.EXIT_END ? exitBar + 1 : exitBar;
    const extremes = extremesOf(this.#spec, entryBar, seen, at(row.ENTRY_PRICE));
    return tradeOf(
      { ...this.#names(), market, cashDecimals: this.#spec.cashDecimals },
      {
        id: n + 1,
        side,
        quantity: at(row.QUANTITY),
        entryTime: bars.time[entryBar],
        entryPrice: at(row.ENTRY_PRICE),
        entryBar,
        exitTime: inRange ? this.time[exitBar] - 1 : bars.time[exitBar],
        exitPrice: at(row.EXIT_PRICE),
        exitBar,
        exitReason: row.EXIT_REASONS[reason],
        profit: side * (at(row.EXIT_PROCEEDS) - at(row.ENTRY_COST)) - (at(row.ENTRY_FEE) + at(row.EXIT_FEE)),
        fees: at(row.ENTRY_FEE) + at(row.EXIT_FEE),
        stop: at(row.STOP),
        target: at(row.TARGET),
        ...extremes,
        tag: null,
        ambiguous: (at(row.FLAGS) & row.AMBIGUOUS) > 0,
        open: false,
      },
    );
  }

  #computeExposure(): Float64Array {
    const { bars, market, cashDecimals } = this.#spec;
    const { instrument } = market;
    const out = new Float64Array(bars.length);
    for (const trade of this.trades) {
      const quantity = Math.round(trade.quantity * instrument.quantityScale);
      for (let i = trade.entryBar; i < trade.exitBar; i++) {
        out[i] = market.mark(instrument.priceUnits(bars.close[i]), quantity) / pow10(cashDecimals);
      }
    }
    return out;
  }
}

/** Order numbers of one trade; 0 is none. */
export interface OrderIds {
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  readonly market: number;
  readonly exit: number;
}

/** Highest and lowest price from the entry over the bars `[from, to)`, at whose closes the trade was open. */
function extremesOf({ bars, market }: FastPathSpec, from: number, to: number, entry: number): Extremes {
  const { instrument } = market;
  let high = entry;
  let low = entry;
  for (let i = from; i < to; i++) {
    high = Math.max(high, instrument.priceUnits(bars.high[i]));
    low = Math.min(low, instrument.priceUnits(bars.low[i]));
  }
  return { high, low };
}

interface Extremes {
  readonly high: number;
  readonly low: number;
}
