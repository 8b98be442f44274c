import { feeOf, least, valueOf } from './amount.ts';
import type { OwnTrade } from './account.ts';
import type { SpotOrder } from './spot-order.ts';

export interface Match {
  readonly price: bigint;
  readonly quantity: bigint;
  readonly maker: boolean;
  readonly tradeId: number;
  readonly time: number;
}

/** Price of one BNB in units of the asset, or null where no symbol tells it. */
export type BnbPrice = (asset: string) => bigint | null;

/** BNB pays three quarters of the fee. */
const BNB_SHARE = 75_000_000n;
const ONE = 100_000_000n;

/**
 * Books one fill of an order: pays from what is set aside for it and then from what is free, gives back what is no
 * longer needed, takes the fee. Every unit that leaves one balance arrives in another or is the fee.
 */
export function settle(order: SpotOrder, match: Match, bnbPrice: BnbPrice): OwnTrade {
  const { account, rules } = order;
  const { price, quantity, maker } = match;
  const value = valueOf(price, quantity);
  const buys = order.terms.side === 'BUY';
  order.executed += quantity;
  order.value += value;
  release(order);
  account.add(order.spentAsset, buys ? -value : -quantity);
  account.add(buys ? rules.base : rules.quote, buys ? quantity : value);
  const { fee, feeAsset } = takeFee(order, value, quantity, maker ? rules.makerRate : rules.takerRate, bnbPrice);
  const trade: OwnTrade = {
    symbol: rules.name,
    id: match.tradeId,
    orderId: order.id,
    listId: order.list?.id ?? -1,
    price,
    quantity,
    value,
    fee,
    feeAsset,
    time: match.time,
    isBuyer: buys,
    isMaker: maker,
  };
  account.trades.push(trade);
  order.fills.push({ price, quantity, fee, feeAsset, tradeId: match.tradeId });
  return trade;
}

/** Sets aside what the order needs. In an OCO both legs share one reservation of the greater need. */
export function reserve(orders: readonly SpotOrder[]): void {
  const [first] = orders;
  let amount = 0n;
  for (const order of orders) if (order.needed > amount) amount = order.needed;
  const reservation = { asset: first.spentAsset, amount };
  first.account.lock(reservation.asset, amount);
  for (const order of orders) order.reservation = reservation;
}

/** Frees what an order has set aside beyond its need. A partner's need is gone once one of them trades or ends. */
export function release(order: SpotOrder): void {
  const { reservation } = order;
  if (reservation === null) return;
  // A market stop that acts now pays from what is free, too.
  let keep = order.isLimit || order.awaitsTrigger ? order.needed : 0n;
  for (const leg of order.list?.legs ?? []) {
    if (leg !== order && leg.reservation === reservation && order.executed === 0n && leg.needed > keep)
      keep = leg.needed;
  }
  keep = least(keep, reservation.amount);
  order.account.lock(reservation.asset, keep - reservation.amount);
  reservation.amount = keep;
}

function takeFee(
  order: SpotOrder,
  value: bigint,
  quantity: bigint,
  rate: bigint,
  bnbPrice: BnbPrice,
): { fee: bigint; feeAsset: string } {
  const { account, rules, terms } = order;
  if (account.fees === 'bnb') {
    const price = bnbPrice(rules.quote);
    if (price !== null && price > 0n) {
      const fee = (feeOf(feeOf(value, rate), BNB_SHARE) * ONE + price - 1n) / price;
      // What the order has still to sell is not there to pay fees with.
      const owed = order.spentAsset === 'BNB' ? order.remaining : 0n;
      if (account.free('BNB') - owed >= fee) return charged(order, fee, 'BNB');
    }
  }
  if (account.fees === 'quote') {
    const fee = feeOf(value, rate);
    if (account.free(rules.quote) >= fee) return charged(order, fee, rules.quote);
  }
  const buys = terms.side === 'BUY';
  return charged(order, feeOf(buys ? quantity : value, rate), buys ? rules.base : rules.quote);
}

function charged({ account }: SpotOrder, fee: bigint, feeAsset: string): { fee: bigint; feeAsset: string } {
  account.add(feeAsset, -fee);
  return { fee, feeAsset };
}
