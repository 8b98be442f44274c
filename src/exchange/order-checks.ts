import { orderRefusal } from './api-error.ts';
import { counterparty, walk } from './liquidity.ts';
import type { OrderBook } from './order-book.ts';
import type { SpotOrder } from './spot-order.ts';

/** @throws Refusal -2010 where a stop would trigger at once, or an order that must rest would trade */
export function assertPrice(order: SpotOrder, book: OrderBook, touch: boolean): void {
  const { type, stopPrice, trailingDelta } = order.terms;
  const { last } = book.quotes;
  if (order.isStop && trailingDelta === 0 && (order.stopIsBelow ? last <= stopPrice : last >= stopPrice)) {
    throw orderRefusal('Order would trigger immediately.');
  }
  if (type === 'LIMIT_MAKER' && counterparty(order, book, touch) !== null) {
    throw orderRefusal('Order would immediately match and take.');
  }
}

/** @throws Refusal -2010 where what is free does not cover the need of each order by itself */
export function assertAffordable(orders: readonly SpotOrder[], book: OrderBook): void {
  for (const order of orders) {
    const { account, terms } = order;
    const need = terms.type === 'MARKET' && terms.side === 'BUY' ? walk(order, book).cost : order.needed;
    if (account.free(order.spentAsset) >= need) continue;
    throw orderRefusal('Account has insufficient balance for requested action.');
  }
}
