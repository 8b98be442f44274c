import type { Account } from './account.ts';
import { valueOf } from './amount.ts';
import { filterFailure } from './api-error.ts';
import type { SpotOrder } from './spot-order.ts';
import type { SymbolRules } from './symbol-rules.ts';

const ONE = 100_000_000n;

/**
 * The symbol's filters, in the order in which Binance names the first that fails. `average` is the price of the last
 * five minutes, against which market orders and the price bands are judged.
 * @throws Refusal -1013
 */
export function checkFilters(order: SpotOrder, average: bigint): void {
  const { rules, terms } = order;
  for (const price of [terms.price, terms.stopPrice]) checkPrice(rules, price);
  if (terms.price > 0n) checkBand(order, average);
  const inLot = terms.type === 'MARKET' && terms.quoteQuantity > 0n ? order.quantity > 0n : true;
  if (!inLot || !fits(order.quantity, rules.minQty, rules.maxQty, rules.step)) throw filterFailure('LOT_SIZE');
  const { icebergQuantity } = terms;
  if (icebergQuantity > 0n) {
    if (!fits(icebergQuantity, rules.minQty, rules.maxQty, rules.step)) throw filterFailure('LOT_SIZE');
    if ((order.quantity + icebergQuantity - 1n) / icebergQuantity > BigInt(rules.icebergParts)) {
      throw filterFailure('ICEBERG_PARTS');
    }
  }
  checkNotional(order, average);
  if (terms.price === 0n) {
    const { minQty, maxQty, step } = rules.marketLot;
    if (!fits(order.quantity, minQty, maxQty, step)) throw filterFailure('MARKET_LOT_SIZE');
  }
  const { min, max } = rules.trailingDelta;
  if (terms.trailingDelta > 0 && (terms.trailingDelta < min || terms.trailingDelta > max)) {
    throw filterFailure('TRAILING_DELTA');
  }
}

function checkPrice({ minPrice, maxPrice, tick }: SymbolRules, price: bigint): void {
  if (price > 0n && !fits(price, minPrice, maxPrice, tick)) throw filterFailure('PRICE_FILTER');
}

/** A bound of 0 is off. */
function fits(amount: bigint, min: bigint, max: bigint, step: bigint): boolean {
  return amount >= min && (max === 0n || amount <= max) && (step === 0n || amount % step === 0n);
}

function checkBand({ rules, terms }: SpotOrder, average: bigint): void {
  const { bidUp, bidDown, askUp, askDown } = rules.percentPrice;
  const [up, down] = terms.side === 'BUY' ? [bidUp, bidDown] : [askUp, askDown];
  if (terms.price * ONE > average * up || terms.price * ONE < average * down) {
    throw filterFailure('PERCENT_PRICE_BY_SIDE');
  }
}

function checkNotional({ rules, terms, quantity }: SpotOrder, average: bigint): void {
  const market = terms.price === 0n && terms.stopPrice === 0n;
  const price = terms.price > 0n ? terms.price : terms.stopPrice > 0n ? terms.stopPrice : average;
  const value = terms.quoteQuantity > 0n ? terms.quoteQuantity : valueOf(price, quantity);
  if (value < rules.minNotional || (!market && value > rules.maxNotional)) throw filterFailure('NOTIONAL');
}

/** Counts of open orders that `orders` would add to. @throws Refusal -1013 */
export function checkCounts(account: Account, rules: SymbolRules, orders: readonly SpotOrder[], lists: number): void {
  let open = 0;
  let algo = 0;
  let iceberg = 0;
  let openLists = 0;
  let buying = 0n;
  const seenLists = new Set<number>();
  for (const other of account.open) {
    if (other.rules !== rules) continue;
    open++;
    if (other.isStop && other.awaitsTrigger) algo++;
    if (other.terms.icebergQuantity > 0n) iceberg++;
    if (other.terms.side === 'BUY') buying += other.remaining;
    if (other.list !== null && !seenLists.has(other.list.id)) {
      seenLists.add(other.list.id);
      openLists++;
    }
  }
  const resting = orders.filter(({ terms }) => terms.type !== 'MARKET');
  if (open + resting.length > rules.maxOrders) throw filterFailure('MAX_NUM_ORDERS');
  if (lists > 0 && openLists + lists > rules.maxOrderLists) throw filterFailure('MAX_NUM_ORDER_LISTS');
  const stops = orders.filter(({ isStop }) => isStop).length;
  if (stops > 0 && algo + stops > rules.maxAlgoOrders) throw filterFailure('MAX_NUM_ALGO_ORDERS');
  const icebergs = orders.filter(({ terms }) => terms.icebergQuantity > 0n).length;
  if (icebergs > 0 && iceberg + icebergs > rules.maxIcebergOrders) throw filterFailure('MAX_NUM_ICEBERG_ORDERS');
  if (rules.maxPosition === null) return;
  for (const { terms, quantity } of orders) if (terms.side === 'BUY') buying += quantity;
  const held = account.free(rules.base) + account.locked(rules.base);
  const buys = orders.some(({ terms }) => terms.side === 'BUY');
  if (buys && held + buying > rules.maxPosition) throw filterFailure('MAX_POSITION');
}
