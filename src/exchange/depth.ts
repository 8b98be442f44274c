import { print } from './amount.ts';
import type { OrderBook } from './order-book.ts';
import type { Book, Side } from './types.ts';

/** Orders of all accounts and the simulated market as one book. */
export function bookOf(book: OrderBook, levels: number): Book {
  return { updateId: book.updateId, bids: side(book, 'BUY', levels), asks: side(book, 'SELL', levels) };
}

function side(book: OrderBook, of: Side, count: number): (readonly [string, string])[] {
  const sums = new Map<bigint, bigint>();
  const add = (price: bigint, quantity: bigint): void => {
    sums.set(price, (sums.get(price) ?? 0n) + quantity);
  };
  for (const order of book.side(of)) add(order.terms.price, order.remaining);
  // What takers of the other side meet.
  for (const { price, quantity } of book.quotes.levels(of === 'BUY' ? 'SELL' : 'BUY')) add(price, quantity);
  const sign = of === 'BUY' ? -1 : 1;
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -sign : a > b ? sign : 0));
  return sorted.slice(0, count).map(([price, quantity]) => [print(price), print(quantity)] as const);
}
