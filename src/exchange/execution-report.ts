import { print } from './amount.ts';
import type { Account, OwnTrade } from './account.ts';
import { type OrderList, ordersOf } from './order-list.ts';
import type { SpotOrder } from './spot-order.ts';
import type { UserEvent } from './types.ts';

export type ExecutionType = 'NEW' | 'CANCELED' | 'REPLACED' | 'REJECTED' | 'TRADE' | 'EXPIRED' | 'TRADE_PREVENTION';

export interface Occurrence {
  readonly type: ExecutionType;
  readonly executionId: number;
  readonly time: number;
  readonly trade?: OwnTrade;
  /** Client id of the request that cancelled or amended it. */
  readonly requestId?: string;
  readonly rejectReason?: string;
  readonly prevention?: { readonly matchId: number; readonly quantity: bigint; readonly counterOrderId: number };
}

/** The `executionReport` event of one occurrence, with the order as it is now. */
export function executionReport(order: SpotOrder, occurrence: Occurrence): UserEvent {
  const { terms, rules, list } = order;
  const { trade, time } = occurrence;
  const renamed = occurrence.requestId !== undefined;
  return {
    e: 'executionReport',
    E: time,
    s: rules.name,
    c: occurrence.requestId ?? order.clientId,
    S: terms.side,
    o: terms.type,
    f: terms.timeInForce,
    q: print(order.quantity),
    p: print(terms.price),
    P: print(terms.stopPrice),
    ...(terms.trailingDelta > 0 ? { d: terms.trailingDelta } : {}),
    ...(order.trailingTime >= 0 ? { D: order.trailingTime } : {}),
    F: print(terms.icebergQuantity),
    g: list?.id ?? -1,
    C: renamed ? order.clientId : '',
    x: occurrence.type,
    X: order.status,
    r: occurrence.rejectReason ?? 'NONE',
    i: order.id,
    l: print(trade?.quantity ?? 0n),
    z: print(order.executed),
    L: print(trade?.price ?? 0n),
    n: print(trade?.fee ?? 0n).replace(/^0\.00000000$/, '0'),
    N: trade?.feeAsset ?? null,
    T: time,
    t: trade?.id ?? -1,
    ...(occurrence.prevention === undefined
      ? {}
      : {
          v: occurrence.prevention.matchId,
          A: print(order.prevented),
          B: print(occurrence.prevention.quantity),
          u: -1,
          U: occurrence.prevention.counterOrderId,
        }),
    I: occurrence.executionId,
    w: order.workingTime >= 0 && order.isOpen,
    m: trade?.isMaker ?? false,
    M: false,
    O: order.time,
    Z: print(order.value),
    Y: print(trade?.value ?? 0n),
    Q: print(terms.quoteQuantity),
    ...(order.workingTime >= 0 ? { W: order.workingTime } : {}),
    V: terms.stp,
    ...(terms.strategyId === undefined ? {} : { j: terms.strategyId }),
    ...(terms.strategyType === undefined ? {} : { J: terms.strategyType }),
    ...(order.expiryReason === '' ? {} : { eR: order.expiryReason }),
  };
}

/** The changed balances of an account, absolute. */
export function accountPosition(account: Account, assets: Iterable<string>, time: number): UserEvent {
  const rows = [...assets].map((asset) => ({
    a: asset,
    f: print(account.free(asset)),
    l: print(account.locked(asset)),
  }));
  return { e: 'outboundAccountPosition', E: time, u: time, B: rows };
}

/** Money that came or went without an order. */
export function balanceUpdate(asset: string, change: bigint, time: number): UserEvent {
  return { e: 'balanceUpdate', E: time, a: asset, d: print(change), T: time };
}

/** Money was locked by another product of the exchange, or given back where `change` is below 0. */
export function externalLockUpdate(asset: string, change: bigint, time: number): UserEvent {
  return { e: 'externalLockUpdate', E: time, a: asset, d: print(change), T: time };
}

export function listStatus(list: OrderList, time: number): UserEvent {
  return {
    e: 'listStatus',
    E: time,
    s: list.symbol,
    g: list.id,
    c: list.contingency,
    l: list.statusType,
    L: list.orderStatus,
    r: 'NONE',
    C: list.clientId,
    T: time,
    O: ordersOf(list).map((order) => ({ s: list.symbol, i: order.id, c: order.clientId })),
  };
}
