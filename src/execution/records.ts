import type { ClosedPart, Engine } from '../core/engine.ts';
import { pow10 } from '../core/money.ts';
import type { Lot } from '../core/position.ts';
import type { Slot } from '../core/slot.ts';
import type { FillRecord, OrderRecord, Trade } from '../core/trade.ts';

/** All closed parts of a run as trades in ordinary numbers, then those still open where the run left them so. */
export function tradeRecords(engine: Engine, cashDecimals: number): Trade[] {
  const trades = engine.closed.map((closed, i) => closedTrade(engine.slots[closed.slot], closed, i + 1, cashDecimals));
  for (const slot of engine.slots) {
    const position = engine.ledger.positions[slot.index];
    for (const lot of position.lots) {
      const price = engine.ledger.lastPrice(slot.index);
      trades.push(openTrade(slot, lot, position.quantity > 0 ? 1 : -1, price, trades.length + 1, cashDecimals));
    }
  }
  return trades;
}

export function fillRecords(engine: Engine, cashDecimals: number): FillRecord[] {
  const cash = pow10(cashDecimals);
  const records: { record: FillRecord; tradeId: number }[] = [];
  for (const order of engine.book.all()) {
    const slot = engine.slots[order.intent.slot];
    const { instrument } = slot.spec.market;
    for (const fill of order.fills) {
      records.push({
        tradeId: fill.tradeId,
        record: {
          time: fill.time,
          symbol: slot.spec.symbol,
          timeframe: slot.spec.timeframe,
          strategy: slot.spec.strategy,
          orderId: order.intent.id,
          side: order.intent.side === 1 ? 'BUY' : 'SELL',
          quantity: instrument.quantity(fill.quantity),
          price: instrument.price(fill.price),
          fee: fill.fee / cash,
        },
      });
    }
  }
  return records.sort((a, b) => a.tradeId - b.tradeId).map(({ record }) => record);
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

interface Exit {
  readonly quantity: number;
  readonly price: number;
  readonly time: number;
  readonly bar: number;
  readonly reason: Trade['exitReason'];
  /** Net of fees, cash units. */
  readonly profit: number;
  readonly fees: number;
  readonly ambiguous: boolean;
  readonly open: boolean;
}

function closedTrade(slot: Slot, closed: ClosedPart, id: number, cashDecimals: number): Trade {
  const { part, fill, bar, reason } = closed;
  return record(slot, part.lot, part.side, id, cashDecimals, {
    quantity: part.quantity,
    price: fill.price,
    time: fill.time,
    bar,
    reason,
    profit: part.side * (part.proceeds - part.cost) - part.fees,
    fees: part.fees,
    ambiguous: fill.ambiguous,
    open: false,
  });
}

function openTrade(slot: Slot, lot: Lot, side: number, price: number, id: number, cashDecimals: number): Trade {
  const value = slot.spec.market.mark(price, lot.quantity);
  return record(slot, lot, side, id, cashDecimals, {
    quantity: lot.quantity,
    price,
    time: lot.time,
    bar: slot.bar,
    reason: 'end_of_data',
    profit: side * (value - lot.cost) - lot.fee,
    fees: lot.fee,
    ambiguous: false,
    open: true,
  });
}

function record(slot: Slot, lot: Lot, side: number, id: number, cashDecimals: number, exit: Exit): Trade {
  const { market, symbol, timeframe, strategy } = slot.spec;
  const { instrument } = market;
  const cash = pow10(cashDecimals);
  const money = (price: number): number => market.mark(price, exit.quantity) / cash;
  const risk = lot.stop > 0 ? money(Math.abs(lot.price - lot.stop)) : null;
  const profit = exit.profit / cash;
  const worst = Math.min(
    0,
    side * ((side > 0 ? Math.min(lot.low, exit.price) : Math.max(lot.high, exit.price)) - lot.price),
  );
  const best = Math.max(
    0,
    side * ((side > 0 ? Math.max(lot.high, exit.price) : Math.min(lot.low, exit.price)) - lot.price),
  );
  return {
    id,
    symbol,
    timeframe,
    strategy,
    side: side > 0 ? 'LONG' : 'SHORT',
    quantity: instrument.quantity(exit.quantity),
    entryTime: lot.time,
    entryPrice: instrument.price(lot.price),
    entryBar: lot.bar,
    exitTime: exit.time,
    exitPrice: instrument.price(exit.price),
    exitBar: exit.bar,
    exitReason: exit.reason,
    fees: exit.fees / cash,
    profit,
    profitPct: profit / money(lot.price),
    risk,
    rMultiple: risk === null || risk === 0 ? null : profit / risk,
    stopLoss: lot.stop > 0 ? instrument.price(lot.stop) : null,
    takeProfit: lot.target > 0 ? instrument.price(lot.target) : null,
    mae: 0 - money(-worst),
    mfe: money(best),
    tag: lot.tag,
    ambiguous: exit.ambiguous,
    open: exit.open,
  };
}
