import type { Bars } from '../core/bars.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { BacktestResult, FillRecord } from './types.ts';

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
 * Each slot's own account: its share of `totalCapital` and only its own fills, valued at its bars' closes. What the slots
 * earn adds up to what the portfolio earns; where there is one slot, this is the portfolio itself.
 */
export function slotResults(
  slots: readonly SlotIdentity[],
  totalCapital: number,
  portfolio: BacktestResult,
): BacktestResult[] {
  if (slots.length === 1) return [portfolio];
  const trades = bySlot(portfolio.trades);
  const orders = bySlot(portfolio.orders);
  const fills = bySlot(portfolio.fills);
  const refusals = bySlot(portfolio.refusals);
  return slots.map((slot) => {
    const key = slotKey({ ...slot, symbol: slot.bars.symbol, timeframe: slot.bars.timeframe });
    const capital = totalCapital * (slot.allocation ?? 1);
    const own = fills.get(key) ?? [];
    const curves = valueFills(slot.bars, own, capital);
    return {
      ...curves,
      trades: trades.get(key) ?? [],
      orders: orders.get(key) ?? [],
      fills: own,
      refusals: refusals.get(key) ?? [],
      drawdownCurve: drawdownOf(curves.equityCurve, capital),
      initialCapital: capital,
      finalEquity: curves.equityCurve.at(-1) ?? capital,
      assumptions: portfolio.assumptions,
    };
  });
}

interface SlotRecord {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
}

function slotKey({ symbol, timeframe, strategy }: SlotRecord): string {
  return `${symbol}:${timeframe}:${strategy}`;
}

function bySlot<T extends SlotRecord>(records: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const key = slotKey(record);
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
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
