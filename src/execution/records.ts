import type { Engine } from '../core/engine.ts';
import { pow10 } from '../core/money.ts';
import type { Lot } from '../core/position.ts';
import type { Slot } from '../core/slot.ts';
import type { FillRecord, OrderRecord, Trade } from '../core/trade.ts';
import { type TradeOwner, type TradeUnits, tradeOf } from './trade-record.ts';

/**
 * All closed parts of a run as trades in ordinary numbers, then those still open where the run left them so: valued at
 * the close at `valuedAt` (epoch ms), and labelled with its last millisecond.
 */
export function tradeRecords(engine: Engine, cashDecimals: number, valuedAt: number): Trade[] {
  const trades = Array.from({ length: engine.closed.length }, (_, n) => closedTrade(engine, n, cashDecimals));
  for (const slot of engine.slots) {
    const position = engine.ledger.positions[slot.index];
    for (const lot of position.lots) {
      const price = engine.ledger.lastPrice(slot.index);
      const units = openTrade(slot, lot, position.quantity > 0 ? 1 : -1, price, trades.length + 1);
      trades.push(tradeOf(ownerOf(slot, cashDecimals), { ...units, exitTime: valuedAt - 1 }));
    }
  }
  return trades;
}

export function fillRecords(engine: Engine, cashDecimals: number): FillRecord[] {
  const cash = pow10(cashDecimals);
  return engine.book.fills().map((fill) => {
    const { symbol, timeframe, strategy, market } = engine.slots[engine.book.slot(fill.orderId)].spec;
    return {
      time: fill.time,
      symbol,
      timeframe,
      strategy,
      orderId: fill.orderId,
      side: engine.book.side(fill.orderId) === 1 ? 'BUY' : 'SELL',
      quantity: market.instrument.quantity(fill.quantity),
      price: market.instrument.price(fill.price),
      fee: fill.fee / cash,
    };
  });
}

export function orderRecords(engine: Engine): OrderRecord[] {
  return Array.from({ length: engine.book.size }, (_, n) => orderRecord(engine, n + 1));
}

/** One order by its number, as it stands now. */
export function orderRecord({ book, slots }: Engine, id: number): OrderRecord {
  const { symbol, timeframe, strategy, market } = slots[book.slot(id)].spec;
  const { instrument } = market;
  const [quantity, price] = [book.quantity(id), book.price(id)];
  return {
    id,
    time: book.time(id),
    symbol,
    timeframe,
    strategy,
    side: book.side(id) === 1 ? 'BUY' : 'SELL',
    type: book.type(id),
    role: book.role(id),
    quantity: quantity > 0 ? instrument.quantity(quantity) : null,
    price: price > 0 ? instrument.price(price) : null,
    status: book.status(id),
    filled: instrument.quantity(book.filled(id)),
    reason: book.endReason(id),
  };
}

/** The nth closed part of a run, from 0, as a trade. */
export function closedTrade(engine: Engine, n: number, cashDecimals: number): Trade {
  const part = engine.closed.at(n);
  return tradeOf(ownerOf(engine.slots[part.slot], cashDecimals), { ...part, id: n + 1, open: false });
}

function openTrade(slot: Slot, lot: Lot, side: number, price: number, id: number): Omit<TradeUnits, 'exitTime'> {
  const value = slot.spec.market.mark(price, lot.quantity);
  return {
    entryTime: lot.time,
    entryPrice: lot.price,
    entryBar: lot.bar,
    stop: lot.stop,
    target: lot.target,
    high: lot.high,
    low: lot.low,
    tag: lot.tag,
    id,
    side,
    quantity: lot.quantity,
    exitPrice: price,
    exitBar: slot.bar,
    exitReason: 'end_of_data',
    profit: side * (value - lot.cost) - lot.fee,
    fees: lot.fee,
    ambiguous: false,
    open: true,
  };
}

function ownerOf(slot: Slot, cashDecimals: number): TradeOwner {
  const { symbol, timeframe, strategy, market } = slot.spec;
  return { symbol, timeframe, strategy, market, cashDecimals };
}
