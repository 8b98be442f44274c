import type { DistanceColumns } from '../core/distances.ts';
import type { Signals, TradeSignal } from '../core/signal.ts';
import { Answer } from '../core/slot.ts';

/** Writes what a signal strategy says at bar `i`, where it says something, into `answer`. */
export function setSignalAnswer(answer: Answer, signals: Signals, distances: DistanceColumns, i: number): void {
  const { columns } = signals;
  answer.signal = signals.signal[i];
  answer.quantity = columns['quantity']?.[i] ?? Number.NaN;
  answer.stopLoss = columns['stop_loss']?.[i] ?? Number.NaN;
  answer.takeProfit = columns['take_profit']?.[i] ?? Number.NaN;
  answer.type = 'market';
  answer.price = Number.NaN;
  answer.validBars = 0;
  const price = columns['entry_price']?.[i] ?? Number.NaN;
  if (!Number.isNaN(price)) {
    answer.type = 'limit';
    answer.price = price;
    answer.validBars = 1;
  }
  setDistances(answer, distances, i);
}

/** The answer for a wish of a strategy that manages its own orders, decided at bar `i` of the wish's symbol. */
export function wishAnswer(wish: TradeSignal, distances: DistanceColumns, i: number): Answer {
  const answer = new Answer();
  answer.signal = wish.side === 'BUY' ? 1 : -1;
  answer.quantity = wish.quantity ?? Number.NaN;
  answer.stopLoss = wish.stopLoss ?? Number.NaN;
  answer.takeProfit = wish.takeProfit ?? Number.NaN;
  answer.type = wish.type ?? 'market';
  answer.price = wish.price ?? Number.NaN;
  answer.limitPrice = wish.limitPrice ?? Number.NaN;
  answer.reduceOnly = wish.reduceOnly ?? false;
  answer.validBars = wish.validBars ?? 0;
  answer.tag = wish.tag ?? null;
  setDistances(answer, distances, i);
  return answer;
}

function setDistances(answer: Answer, distances: DistanceColumns, i: number): void {
  answer.stopDistance = distances.stop === null ? Number.NaN : distances.stop[i];
  answer.trailDistance = distances.trail === null ? Number.NaN : distances.trail[i];
  answer.volatility = distances.volatility === null ? Number.NaN : distances.volatility[i];
}
