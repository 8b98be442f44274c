import { print } from './amount.ts';
import type { Account, OwnTrade } from './account.ts';
import { type OrderList, ordersOf } from './order-list.ts';
import type { SpotOrder } from './spot-order.ts';
import type { Json } from './types.ts';

export type JsonObject = { readonly [name: string]: Json | undefined };

/** Fields that only some orders have. */
function conditional(order: SpotOrder) {
  const { terms } = order;
  return {
    ...(terms.stopPrice > 0n ? { stopPrice: print(terms.stopPrice) } : {}),
    ...(terms.trailingDelta > 0 ? { trailingDelta: terms.trailingDelta } : {}),
    ...(order.trailingTime >= 0 ? { trailingTime: order.trailingTime } : {}),
    ...(terms.icebergQuantity > 0n ? { icebergQty: print(terms.icebergQuantity) } : {}),
    ...(terms.strategyId === undefined ? {} : { strategyId: terms.strategyId }),
    ...(terms.strategyType === undefined ? {} : { strategyType: terms.strategyType }),
    ...(order.prevented > 0n ? { preventedQuantity: print(order.prevented) } : {}),
    ...(order.expiryReason === '' ? {} : { expiryReason: order.expiryReason }),
  };
}

/** What RESULT answers share with cancellations and list reports. */
function result(order: SpotOrder) {
  const { terms } = order;
  return {
    price: print(terms.price),
    origQty: print(order.quantity),
    executedQty: print(order.executed),
    origQuoteOrderQty: print(terms.quoteQuantity),
    cummulativeQuoteQty: print(order.value),
    status: order.status,
    timeInForce: terms.timeInForce,
    type: terms.type,
    side: terms.side,
    ...conditional(order),
  };
}

function heading(order: SpotOrder) {
  return { symbol: order.rules.name, orderId: order.id, orderListId: order.list?.id ?? -1 };
}

export type ResponseType = 'ACK' | 'RESULT' | 'FULL';

/** The answer to a new order. */
export function newOrderView(order: SpotOrder, type: ResponseType, time: number): JsonObject {
  const ack = { ...heading(order), clientOrderId: order.clientId, transactTime: time };
  if (type === 'ACK') return ack;
  const rest = { ...result(order), workingTime: order.workingTime, selfTradePreventionMode: order.terms.stp };
  if (type === 'RESULT') return { ...ack, ...rest };
  const fills = order.fills.map(({ price, quantity, fee, feeAsset, tradeId }) => ({
    price: print(price),
    qty: print(quantity),
    commission: print(fee),
    commissionAsset: feeAsset,
    tradeId,
  }));
  return { ...ack, ...rest, fills };
}

/** The answer to a cancellation; `requestId` names the cancellation itself. */
export function cancelView(order: SpotOrder, requestId: string, time: number): JsonObject {
  return {
    symbol: order.rules.name,
    origClientOrderId: order.clientId,
    orderId: order.id,
    orderListId: order.list?.id ?? -1,
    clientOrderId: requestId,
    transactTime: time,
    ...result(order),
    selfTradePreventionMode: order.terms.stp,
  };
}

/** An order as queries show it. */
export type OrderView = ReturnType<typeof orderView>;

export function orderView(order: SpotOrder) {
  const { terms } = order;
  return {
    ...heading(order),
    clientOrderId: order.clientId,
    ...result(order),
    stopPrice: print(terms.stopPrice),
    icebergQty: print(terms.icebergQuantity),
    time: order.time,
    updateTime: order.updateTime,
    isWorking: order.workingTime >= 0,
    workingTime: order.workingTime,
    selfTradePreventionMode: terms.stp,
  };
}

export function amendedView(order: SpotOrder, origClientOrderId: string): JsonObject {
  const { terms } = order;
  return {
    ...heading(order),
    origClientOrderId,
    clientOrderId: order.clientId,
    price: print(terms.price),
    qty: print(order.quantity),
    executedQty: print(order.executed),
    preventedQty: print(order.prevented),
    quoteOrderQty: print(terms.quoteQuantity),
    cumulativeQuoteQty: print(order.value),
    status: order.status,
    timeInForce: terms.timeInForce,
    type: terms.type,
    side: terms.side,
    workingTime: order.workingTime,
    selfTradePreventionMode: terms.stp,
  };
}

export function tradeView(trade: OwnTrade): JsonObject {
  return {
    symbol: trade.symbol,
    id: trade.id,
    orderId: trade.orderId,
    orderListId: trade.listId,
    price: print(trade.price),
    qty: print(trade.quantity),
    quoteQty: print(trade.value),
    commission: print(trade.fee),
    commissionAsset: trade.feeAsset,
    time: trade.time,
    isBuyer: trade.isBuyer,
    isMaker: trade.isMaker,
    isBestMatch: true,
  };
}

/** A list as queries show it; with `orderReports` where it was just placed or cancelled. */
export function listView(list: OrderList): JsonObject {
  return {
    orderListId: list.id,
    contingencyType: list.contingency,
    listStatusType: list.statusType,
    listOrderStatus: list.orderStatus,
    listClientOrderId: list.clientId,
    transactionTime: list.time,
    symbol: list.symbol,
    orders: ordersOf(list).map((order) => ({
      symbol: list.symbol,
      orderId: order.id,
      clientOrderId: order.clientId,
    })),
  };
}

export interface BalanceRow {
  readonly [name: string]: string;
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
}

/** Balances as `account` shows them. */
export function balanceRows(account: Account): BalanceRow[] {
  return [...account.balances()].map(([asset, { free, locked }]) => ({
    asset,
    free: print(free),
    locked: print(locked),
  }));
}
