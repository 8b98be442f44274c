import { type Bars, lowerBound } from '../core/bars.ts';
import { ValvulinError } from '../core/errors.ts';
import type { EntryType, TradeSignal } from '../core/signal.ts';

const TYPES: readonly EntryType[] = ['market', 'limit', 'stop', 'stop_limit'];

/**
 * Sorts trade signals by the bar that decided them: the bar that contains the timestamp. Such a signal acts at the next
 * open, whatever instant of the bar it names. Signals before the first bar or after the last are an error.
 * @throws ValvulinError `VLV_TRADE_SIGNAL`
 */
export function signalsByBar(signals: Iterable<TradeSignal>, bars: Bars): Map<number, TradeSignal[]> {
  const byBar = new Map<number, TradeSignal[]>();
  let n = 0;
  for (const signal of signals) {
    const time = Number(signal.timestamp);
    checkSignal(signal, bars, time, n++);
    const found = lowerBound(bars.time, time);
    const bar = found < bars.length && bars.time[found] === time ? found : found - 1;
    const atBar = byBar.get(bar);
    if (atBar) atBar.push(signal);
    else byBar.set(bar, [signal]);
  }
  return byBar;
}

function checkSignal(signal: TradeSignal, bars: Bars, time: number, n: number): void {
  const where = `signal ${n} of ${bars.symbol}`;
  if (signal.symbol !== bars.symbol) complain(`Expected symbol "${bars.symbol}", got "${signal.symbol}"`, where);
  assertWish(signal, where);
  const last = bars.length === 0 ? Number.NaN : bars.closeTime(bars.length - 1);
  if (!(time >= bars.time[0] && time < last)) {
    complain(`Expected a timestamp between ${iso(bars.time[0])} and ${iso(last)}, got "${iso(time)}"`, where);
  }
}

/** Checks the side, type, prices and quantity of a wish, which plain JavaScript may get wrong. @throws ValvulinError `VLV_TRADE_SIGNAL` */
export function assertWish(wish: TradeSignal, where: string): void {
  const side: unknown = wish.side;
  if (side !== 'BUY' && side !== 'SELL') complain(`Expected side "BUY" or "SELL", got "${String(side)}"`, where);
  for (const key of ['quantity', 'stopLoss', 'takeProfit', 'price', 'limitPrice'] as const) {
    const value = wish[key];
    if (value !== undefined && value !== null && !(value > 0 && Number.isFinite(value))) {
      complain(`Expected a positive "${key}", got "${value}"`, where);
    }
  }
  if (wish.type !== undefined && !TYPES.includes(wish.type)) {
    complain(`Expected a "type" of ${TYPES.join(', ')}, got "${String(wish.type)}"`, where);
  }
  const tag: unknown = wish.tag ?? '';
  if (typeof tag !== 'string') complain(`Expected a text as "tag", got "${String(tag)}"`, where);
  const needsPrice = wish.type !== undefined && wish.type !== 'market';
  if (needsPrice && wish.price == null) complain(`Expected a "price" for type "${wish.type}"`, where);
  if (wish.type === 'stop_limit' && wish.limitPrice == null) {
    complain('Expected a "limitPrice" for a stop-limit', where);
  }
}

function complain(what: string, where: string): never {
  throw new ValvulinError('VLV_TRADE_SIGNAL', what, { where });
}

function iso(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString() : String(time);
}
