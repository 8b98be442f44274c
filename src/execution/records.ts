import type { ClosedPart, Engine } from '../core/engine.ts';
import { pow10 } from '../core/money.ts';
import type { FillFact } from '../core/order.ts';
import type { Lot } from '../core/position.ts';
import type { Slot } from '../core/slot.ts';
import type { FillRecord, OrderRecord, Trade } from '../core/trade.ts';
import { type TradeOwner, type TradeUnits, tradeOf } from './trade-record.ts';

/**
 * All closed parts of a run as trades in ordinary numbers, then those still open where the run left them so: valued at
 * the close at `valuedAt` (epoch ms), and labelled with its last millisecond.
 */
export function tradeRecords(engine: Engine, cashDecimals: number, valuedAt: number): Trade[] {
  const trades = engine.closed.map((closed, i) => closedTrade(engine.slots[closed.slot], closed, i + 1, cashDecimals));
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
  const facts: FillFact[] = [];
  for (const order of engine.book.all()) for (const fill of order.fills) facts.push(fill);
  facts.sort((a, b) => a.tradeId - b.tradeId);
  return facts.map((fill) => {
    const { intent } = engine.book.get(fill.orderId);
    const { symbol, timeframe, strategy, market } = engine.slots[intent.slot].spec;
    return {
      time: fill.time,
      symbol,
      timeframe,
      strategy,
      orderId: fill.orderId,
      side: intent.side === 1 ? 'BUY' : 'SELL',
      quantity: market.instrument.quantity(fill.quantity),
      price: market.instrument.price(fill.price),
      fee: fill.fee / cash,
    };
  });
}

export function orderRecords(engine: Engine): OrderRecord[] {
  return engine.book.all().map((order) => {
    const slot = engine.slots[order.intent.slot];
    const { instrument } = slot.spec.market;
    return {
      id: order.intent.id,
      time: order.intent.time,
      symbol: slot.spec.symbol,
      timeframe: slot.spec.timeframe,
      strategy: slot.spec.strategy,
      side: order.intent.side === 1 ? 'BUY' : 'SELL',
      type: order.intent.type,
      role: order.intent.role,
      quantity: order.quantity > 0 ? instrument.quantity(order.quantity) : null,
      price: order.price > 0 ? instrument.price(order.price) : null,
      status: order.status,
      filled: instrument.quantity(order.filled),
      reason: order.end?.reason ?? null,
    };
  });
}

function closedTrade(slot: Slot, closed: ClosedPart, id: number, cashDecimals: number): Trade {
  const { part, fill, bar, reason } = closed;
  return tradeOf(ownerOf(slot, cashDecimals), {
    ...entryOf(part.lot),
    id,
    side: part.side,
    quantity: part.quantity,
    exitTime: fill.time,
    exitPrice: fill.price,
    exitBar: bar,
    exitReason: reason,
    profit: part.side * (part.proceeds - part.cost) - part.fees,
    fees: part.fees,
    ambiguous: fill.ambiguous,
    open: false,
  });
}

function openTrade(slot: Slot, lot: Lot, side: number, price: number, id: number): Omit<TradeUnits, 'exitTime'> {
  const value = slot.spec.market.mark(price, lot.quantity);
  return {
    ...entryOf(lot),
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

function entryOf(lot: Lot) {
  return {
    entryTime: lot.time,
    entryPrice: lot.price,
    entryBar: lot.bar,
    stop: lot.stop,
    target: lot.target,
    high: lot.high,
    low: lot.low,
    tag: lot.tag,
  };
}
