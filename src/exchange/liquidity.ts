import { limitReached } from '../execution/fill-rules.ts';
import { floorTo, least, quantityFor, valueOf } from './amount.ts';
import type { OrderBook } from './order-book.ts';
import type { Level } from './quotes.ts';
import type { SpotOrder } from './spot-order.ts';

/** What an order may trade with next. */
export interface Counterparty {
  readonly price: bigint;
  readonly quantity: bigint;
  /** The order that rests there, or null for a level of the simulated market. */
  readonly maker: SpotOrder | null;
}

/** Whether the order trades at `price`; `touch` says whether its very limit is enough. For a stop that acts it is. */
function crosses(order: SpotOrder, price: bigint, touch: boolean): boolean {
  if (!order.isLimit) return true;
  // Prices are below 2^53 units, so the rules' numbers hold them exactly.
  return limitReached(order.sign, Number(order.terms.price), Number(price), Number(price), touch || order.isStop);
}

/**
 * The best that the order could trade with now: an order of any account, or a level of the market, orders first where
 * both have one price. `touch` is the rule for the simulated market; orders always trade at their limit.
 */
export function counterparty(order: SpotOrder, book: OrderBook, touch: boolean): Counterparty | null {
  const [resting] = book.side(order.terms.side === 'BUY' ? 'SELL' : 'BUY');
  const level = withinLimit(order, book, book.quotes.best(order.terms.side));
  const restingFits = resting !== undefined && crosses(order, resting.terms.price, true);
  const levelFits = level !== null && crosses(order, level.price, touch || book.quotes.isOffer);
  if (restingFits && (!levelFits || order.sign * Number(level.price - resting.terms.price) >= 0)) {
    return { price: resting.terms.price, quantity: resting.remaining, maker: resting };
  }
  return levelFits ? { ...level, maker: null } : null;
}

/** The spread cannot push a stop-limit past its limit when it acts at a price that its limit allows, as in backtests. */
function withinLimit(order: SpotOrder, { quotes }: OrderBook, level: Level | null): Level | null {
  const acts = level !== null && order.isStop && crosses(order, quotes.last, true);
  return acts && !crosses(order, level.price, true) ? { ...level, price: order.terms.price } : level;
}

/** What a limit order could take now, its own account's orders left out. */
export function reachable(order: SpotOrder, book: OrderBook, touch: boolean): bigint {
  let sum = 0n;
  for (const other of book.side(order.terms.side === 'BUY' ? 'SELL' : 'BUY')) {
    if (other.account !== order.account && crosses(order, other.terms.price, true)) sum += other.remaining;
  }
  for (const level of book.quotes.levels(order.terms.side)) {
    if (crosses(order, level.price, touch || book.quotes.isOffer)) sum += level.quantity;
  }
  return sum;
}

/** What a market order would meet now: how much, and for how much; its own account's orders left out. */
export function walk(order: SpotOrder, book: OrderBook): { readonly quantity: bigint; readonly cost: bigint } {
  const { side, quoteQuantity } = order.terms;
  const resting = book.side(side === 'BUY' ? 'SELL' : 'BUY').filter(({ account }) => account !== order.account);
  const offers = [
    ...resting.map((other) => ({ price: other.terms.price, quantity: other.remaining })),
    ...book.quotes.levels(side),
  ].sort((a, b) => order.sign * Number(a.price - b.price));
  const total = { quantity: 0n, cost: 0n };
  for (const { price, quantity } of offers) {
    const wanted =
      quoteQuantity > 0n
        ? floorTo(quantityFor(quoteQuantity - total.cost, price), order.rules.step)
        : order.quantity - total.quantity;
    const taken = least(wanted, quantity);
    if (taken <= 0n) break;
    total.quantity += taken;
    total.cost += valueOf(price, taken);
  }
  return total;
}

/** What the order's money allows. Only a stop that buys at the market may cost more than was set aside for it. */
export function affordable(order: SpotOrder, price: bigint): bigint {
  if (order.terms.side === 'SELL' || order.isLimit) return order.remaining;
  const money = order.account.free(order.spentAsset) + (order.reservation?.amount ?? 0n);
  return floorTo(quantityFor(money, price), order.rules.step);
}
