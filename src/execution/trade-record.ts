import type { Market } from '../core/instrument.ts';
import { pow10 } from '../core/money.ts';
import type { Timeframe } from '../core/timeframe.ts';
import type { ExitReason, Trade } from '../core/trade.ts';

export interface TradeOwner {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  readonly market: Market;
  readonly cashDecimals: number;
}

/** One round trip in units. */
export interface TradeUnits {
  readonly id: number;
  /** 1 long, -1 short. */
  readonly side: number;
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly entryBar: number;
  readonly exitTime: number;
  readonly exitPrice: number;
  readonly exitBar: number;
  readonly exitReason: ExitReason;
  /** Net of fees, cash units. */
  readonly profit: number;
  readonly fees: number;
  /** Initial stop and target; 0 is none. */
  readonly stop: number;
  readonly target: number;
  /** Highest and lowest price between entry and exit. */
  readonly high: number;
  readonly low: number;
  readonly tag: string | null;
  readonly ambiguous: boolean;
  readonly open: boolean;
}

/** A round trip in ordinary numbers. */
export function tradeOf(owner: TradeOwner, units: TradeUnits): Trade {
  const { market, symbol, timeframe, strategy } = owner;
  const { instrument } = market;
  const { side, entryPrice, exitPrice } = units;
  const cash = pow10(owner.cashDecimals);
  const money = (price: number): number => market.mark(price, units.quantity) / cash;
  const risk = units.stop > 0 ? money(Math.abs(entryPrice - units.stop)) : null;
  const profit = units.profit / cash;
  const high = Math.max(units.high, exitPrice);
  const low = Math.min(units.low, exitPrice);
  return {
    id: units.id,
    symbol,
    timeframe,
    strategy,
    side: side > 0 ? 'LONG' : 'SHORT',
    quantity: instrument.quantity(units.quantity),
    entryTime: units.entryTime,
    entryPrice: instrument.price(entryPrice),
    entryBar: units.entryBar,
    exitTime: units.exitTime,
    exitPrice: instrument.price(exitPrice),
    exitBar: units.exitBar,
    exitReason: units.exitReason,
    fees: units.fees / cash,
    profit,
    profitPct: profit / money(entryPrice),
    risk,
    rMultiple: risk === null || risk === 0 ? null : profit / risk,
    stopLoss: units.stop > 0 ? instrument.price(units.stop) : null,
    takeProfit: units.target > 0 ? instrument.price(units.target) : null,
    mae: 0 - money(Math.max(0, side > 0 ? entryPrice - low : high - entryPrice)),
    mfe: money(Math.max(0, side > 0 ? high - entryPrice : entryPrice - low)),
    tag: units.tag,
    ambiguous: units.ambiguous,
    open: units.open,
  };
}
