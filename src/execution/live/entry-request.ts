import type { Costs } from '../../core/costs.ts';
import { formatUnits } from '../../core/decimal.ts';
import type { Market } from '../../core/instrument.ts';
import type { VenueOrder } from '../venues/venue.ts';
import type { DesiredOrder } from './desired-orders.ts';

/** An entry is not held to its budget by its price where the price may move so far before the budget is passed. */
const AMPLE = 1.2;

export interface EntryContext {
  readonly symbol: string;
  readonly clientId: string;
  readonly market: Market;
  readonly costs: Costs;
  readonly cashDecimals: number;
  /** Price that it was decided at, units. */
  readonly decided: number;
}

/**
 * The exchange order of an entry. A market entry that is sized by its budget asks for that much quote money. One of a
 * given quantity has no bound to what it spends: where the budget is near, it goes out as a limit order that trades now
 * or never, at the highest price the budget covers. So a price that has jumped since costs the trade, not the money of
 * others in the wallet.
 */
export function entryRequest(entry: DesiredOrder, context: EntryContext): VenueOrder {
  const { symbol, clientId, market, costs, cashDecimals, decided } = context;
  const { instrument } = market;
  const price = (units: number): string => formatUnits(units, instrument.priceDecimals);
  const common = { symbol, clientId, side: entry.side > 0 ? 'BUY' : 'SELL' } as const;
  const budget = entry.budget > 0 ? costs.afterFee(entry.budget, false) : Number.POSITIVE_INFINITY;
  const lots = instrument.floorLot(entry.quantity);
  const quantity = formatUnits(lots, instrument.quantityDecimals);
  switch (entry.type) {
    case 'market': {
      if (lots === 0) return { ...common, type: 'market', quoteQuantity: formatUnits(budget, cashDecimals) };
      const highest = Math.floor(budget / market.mark(1, lots) / instrument.tick) * instrument.tick;
      if (!(highest < decided * AMPLE)) return { ...common, type: 'market', quantity };
      return {
        ...common,
        type: 'limit',
        timeInForce: 'IOC',
        quantity,
        price: price(Math.max(instrument.tick, highest)),
      };
    }
    case 'limit':
      return { ...common, type: 'limit', timeInForce: 'GTC', quantity, price: price(entry.price) };
    case 'stop':
      return { ...common, type: 'stop', quantity, stopPrice: price(entry.price) };
    case 'stop_limit':
      return {
        ...common,
        type: 'stop_limit',
        timeInForce: 'GTC',
        quantity,
        stopPrice: price(entry.price),
        price: price(entry.limit),
      };
  }
}
