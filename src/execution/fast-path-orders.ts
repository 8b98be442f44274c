import type { OrderRecord, Trade } from '../core/trade.ts';
import type { OrderIds } from './fast-path-result.ts';
import type { FastPathSpec } from './fast-path-spec.ts';
import * as row from './trade-columns.ts';

/** The orders of one trade as the engine's order book would show them after the run. */
export function ordersOfTrade(
  spec: FastPathSpec,
  trades: row.TradeColumns,
  n: number,
  trade: Trade,
  ids: OrderIds,
  closes: Float64Array,
): OrderRecord[] {
  const { instrument } = spec.market;
  const reason = trades.at(n, row.REASON);
  const long = trade.side === 'LONG';
  const common = { symbol: trade.symbol, timeframe: trade.timeframe, strategy: trade.strategy };
  const leaving = { ...common, side: long ? 'SELL' : 'BUY', quantity: trade.quantity } as const;
  const filled = { status: 'filled', filled: trade.quantity, reason: null } as const;
  const canceled = { status: 'canceled', filled: 0, reason: 'canceled' } as const;
  const asked = trades.at(n, row.ORDER_QUANTITY);
  const reversal = (trades.at(n, row.FLAGS) & row.REVERSAL) > 0;
  const records: OrderRecord[] = [
    {
      ...common,
      ...filled,
      id: ids.entry,
      time: reversal ? trade.entryTime : closes[trades.at(n, row.DECIDED_BAR)],
      side: long ? 'BUY' : 'SELL',
      type: 'market',
      role: 'entry',
      quantity: asked > 0 ? instrument.quantity(asked) : null,
      price: null,
    },
  ];
  if (ids.stop > 0) {
    const end = reason === row.EXIT_STOP ? filled : canceled;
    const order = { id: ids.stop, time: trade.entryTime, type: 'stop', role: 'stop_loss' } as const;
    records.push({ ...leaving, ...order, ...end, price: trade.stopLoss });
  }
  if (ids.target > 0) {
    const end = reason === row.EXIT_TARGET ? filled : canceled;
    const order = { id: ids.target, time: trade.entryTime, type: 'limit', role: 'take_profit' } as const;
    records.push({ ...leaving, ...order, ...end, price: trade.takeProfit });
  }
  if (ids.market > 0) {
    const end = ids.market === ids.exit ? filled : canceled;
    const time = closes[trades.at(n, row.EXIT_DECIDED_BAR)];
    records.push({ ...leaving, ...end, id: ids.market, time, type: 'market', role: 'exit', price: null });
  }
  return records;
}
