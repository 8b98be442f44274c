import type { Bars } from '../core/bars.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { Valuation } from './valuation.ts';
import type { BacktestResult, FillRecord } from './types.ts';

/** The curves of a valuation in quote money. */
export function accountOf(
  valuation: Valuation,
  capital: number,
  cashScale: number,
): Pick<BacktestResult, 'time' | 'equityCurve' | 'drawdownCurve' | 'exposure' | 'initialCapital' | 'finalEquity'> {
  const equityCurve = valuation.equity.map((units) => units / cashScale);
  return {
    time: valuation.time,
    equityCurve,
    drawdownCurve: drawdownOf(equityCurve, capital),
    exposure: valuation.exposure.map((units) => units / cashScale),
    initialCapital: capital,
    finalEquity: equityCurve.length > 0 ? equityCurve[equityCurve.length - 1] : capital,
  };
}

/** Fall from the highest value so far (the starting capital included), as a fraction of it. */
export function drawdownOf(equity: Float64Array, capital: number): Float64Array {
  const out = new Float64Array(equity.length);
  let peak = capital;
  for (let i = 0; i < equity.length; i++) {
    if (equity[i] > peak) peak = equity[i];
    out[i] = 1 - equity[i] / peak;
  }
  return out;
}

/** What identifies the records of one slot. */
export interface SlotIdentity {
  readonly strategy: string;
  readonly bars: Bars;
  readonly allocation: number | null;
}

/**
 * One slot's own account: its share of `totalCapital` and only its own fills, valued at its bars' closes. What the slots
 * earn adds up to what the portfolio earns; where there is one slot, this is the portfolio itself.
 */
export function slotResult(slot: SlotIdentity, totalCapital: number, portfolio: BacktestResult): BacktestResult {
  const capital = totalCapital * (slot.allocation ?? 1);
  const { symbol, timeframe } = slot.bars;
  const own = <T extends { readonly symbol: string; readonly timeframe: Timeframe; readonly strategy: string }>(
    records: readonly T[],
  ): T[] => records.filter((r) => r.symbol === symbol && r.timeframe === timeframe && r.strategy === slot.strategy);
  const fills = own(portfolio.fills);
  const curves = valueFills(slot.bars, fills, capital);
  return {
    ...curves,
    trades: own(portfolio.trades),
    orders: own(portfolio.orders),
    fills,
    refusals: own(portfolio.refusals),
    drawdownCurve: drawdownOf(curves.equityCurve, capital),
    initialCapital: capital,
    finalEquity: curves.equityCurve.length > 0 ? curves.equityCurve[curves.equityCurve.length - 1] : capital,
    assumptions: portfolio.assumptions,
  };
}

/** Values a slot at each close of its bars; fills count from the first close after them. */
function valueFills(
  bars: Bars,
  fills: readonly FillRecord[],
  capital: number,
): Pick<BacktestResult, 'time' | 'equityCurve' | 'exposure'> {
  const time = new Float64Array(bars.length);
  const equityCurve = new Float64Array(bars.length);
  const exposure = new Float64Array(bars.length);
  let cash = capital;
  let quantity = 0;
  let next = 0;
  for (let i = 0; i < bars.length; i++) {
    time[i] = bars.closeTime(i);
    for (; next < fills.length && fills[next].time < time[i]; next++) {
      const fill = fills[next];
      const signed = fill.side === 'BUY' ? fill.quantity : -fill.quantity;
      cash -= signed * fill.price + fill.fee;
      quantity += signed;
      if (Math.abs(quantity) < 1e-12) quantity = 0;
    }
    equityCurve[i] = cash + quantity * bars.close[i];
    exposure[i] = Math.abs(quantity * bars.close[i]);
  }
  return { time, equityCurve, exposure };
}
