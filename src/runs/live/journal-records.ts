import type { Engine } from '../../core/engine.ts';
import { pow10 } from '../../core/money.ts';
import type { Trade } from '../../core/trade.ts';
import type { RunInput } from '../../execution/live/input-codec.ts';
import type { Journal, PositionRecord } from '../../execution/journal/journal.ts';
import { closedTrade, orderRecord } from '../../execution/records.ts';

/** Writes what readers want to see of a run into its journal: trades, orders, positions and equity, as they change. */
export class JournalRecords {
  readonly #journal: Journal;
  readonly #run: number;
  readonly #engine: Engine;
  readonly #cashDecimals: number;
  #trades: number;
  #orders: number;
  /** Orders that may still change. */
  readonly #open = new Map<number, string>();
  readonly #positions = new Map<number, string>();

  /** What the engine has already was recorded by an earlier run. */
  constructor(journal: Journal, run: number, engine: Engine, cashDecimals: number) {
    this.#journal = journal;
    this.#run = run;
    this.#engine = engine;
    this.#cashDecimals = cashDecimals;
    this.#trades = engine.closed.length;
    this.#orders = engine.book.size;
    for (let id = 1; id <= engine.book.size; id++) if (engine.book.isOpen(id)) this.#open.set(id, '');
  }

  /** Writes down what the input changed. Returns the trades that it closed. */
  afterStep(input: RunInput): readonly Trade[] {
    const { book, closed } = this.#engine;
    const trades: Trade[] = [];
    while (this.#trades < closed.length) {
      const trade = closedTrade(this.#engine, this.#trades++, this.#cashDecimals);
      this.#journal.recordTrade(this.#run, trade);
      trades.push(trade);
    }
    while (this.#orders < book.size) this.#open.set(++this.#orders, '');
    for (const [id, known] of this.#open) {
      const record = orderRecord(this.#engine, id);
      const text = JSON.stringify(record);
      if (text === known) continue;
      this.#journal.recordOrder(this.#run, record);
      if (book.isOpen(id)) this.#open.set(id, text);
      else this.#open.delete(id);
    }
    if (input.kind === 'open') return trades;
    const time = input.kind === 'fill' ? input.fill.time : input.kind === 'end' ? input.end.time : input.time;
    for (const slot of this.#engine.slots) this.#recordPosition(slot.index, time);
    if (input.kind === 'close' || input.kind === 'slice') {
      this.#journal.recordEquity(this.#run, time, this.#engine.ledger.equity() / pow10(this.#cashDecimals));
    }
    return trades;
  }

  #recordPosition(slot: number, time: number): void {
    const record = positionOf(this.#engine, slot, this.#cashDecimals);
    const text = JSON.stringify(record);
    if ((this.#positions.get(slot) ?? 'null') === text) return;
    this.#positions.set(slot, text);
    const { symbol, timeframe, strategy } = this.#engine.slots[slot].spec;
    this.#journal.recordPosition(this.#run, `${symbol}:${timeframe}:${strategy}`, time, record);
  }
}

/** What a slot holds, in ordinary numbers; null where it is flat. */
export function positionOf(engine: Engine, index: number, cashDecimals: number): PositionRecord | null {
  const slot = engine.slots[index];
  const position = engine.ledger.positions[index];
  if (position.quantity === 0) return null;
  const { market, symbol } = slot.spec;
  const { instrument } = market;
  const price = engine.ledger.lastPrice(index);
  const side = position.quantity > 0 ? 1 : -1;
  const cost = position.lots.reduce((sum, lot) => sum + side * lot.cost + lot.fee, 0);
  const target = slot.targets[0] ?? 0;
  return {
    symbol,
    side: side > 0 ? 'LONG' : 'SHORT',
    quantity: instrument.quantity(Math.abs(position.quantity)),
    entryPrice: position.entryPrice / instrument.priceScale,
    entryTime: position.lots[0].time,
    price: instrument.price(price),
    profit: (market.mark(price, position.quantity) - cost) / pow10(cashDecimals),
    stopLoss: slot.stop > 0 ? instrument.price(engine.book.price(slot.stop)) : null,
    takeProfit: target > 0 ? instrument.price(engine.book.price(target)) : null,
  };
}
