import type { Account } from './account.ts';
import { floorTo } from './amount.ts';
import type { SpotOrder } from './spot-order.ts';

/** Orders that depend on each other. */
export interface OrderList {
  readonly id: number;
  readonly clientId: string;
  readonly account: Account;
  readonly symbol: string;
  /** What Binance calls it: OTO also for one that sets an OCO to work. */
  readonly contingency: 'OCO' | 'OTO';
  /** The order that comes first, or null in an OCO. */
  readonly working: SpotOrder | null;
  /** Orders that end each other, or that wait for the working one. */
  readonly legs: readonly SpotOrder[];
  /** Whether the legs sell what the working order bought, less its fee, whatever that is. */
  readonly sellsProceeds: boolean;
  readonly time: number;
  statusType: 'EXEC_STARTED' | 'ALL_DONE' | 'UPDATED';
  orderStatus: 'EXECUTING' | 'ALL_DONE' | 'REJECT';
}

export function ordersOf(list: OrderList): readonly SpotOrder[] {
  return list.working === null ? list.legs : [list.working, ...list.legs];
}

/** What the working order brought, less the fee that was taken from it, rounded down to the lot. */
export function proceedsOf({ executed, fills, rules }: SpotOrder): bigint {
  let quantity = executed;
  for (const { fee, feeAsset } of fills) if (feeAsset === rules.base) quantity -= fee;
  return floorTo(quantity, rules.step);
}
