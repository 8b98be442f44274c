import type { VenueOco, VenueOrder } from '../venue.ts';
import type { Params } from './signing.ts';

const TYPES: Readonly<Record<VenueOrder['type'], string>> = {
  market: 'MARKET',
  limit: 'LIMIT',
  limit_maker: 'LIMIT_MAKER',
  stop: 'STOP_LOSS',
  stop_limit: 'STOP_LOSS_LIMIT',
};

/** Parameters of `POST /api/v3/order`. Amounts go out as they are. */
export function orderParams(order: VenueOrder): Params {
  const rests = order.type === 'limit' || order.type === 'stop_limit';
  return {
    symbol: order.symbol,
    side: order.side,
    type: TYPES[order.type],
    timeInForce: rests ? (order.timeInForce ?? 'GTC') : undefined,
    quantity: order.quantity,
    quoteOrderQty: order.quoteQuantity,
    price: order.price,
    stopPrice: order.stopPrice,
    newClientOrderId: order.clientId,
    newOrderRespType: 'RESULT',
  };
}

/**
 * Parameters of `POST /api/v3/orderList/oco`. The stop becomes a market order, which a gap cannot jump over; the target
 * is a limit order: above the price for a sale, below it for a purchase.
 */
export function ocoParams(list: VenueOco): Params {
  const { stop, target } = list;
  const common = {
    symbol: list.symbol,
    side: list.side,
    quantity: list.quantity,
    listClientOrderId: list.clientId,
    newOrderRespType: 'RESULT',
  };
  if (list.side === 'SELL') {
    return {
      ...common,
      aboveType: 'LIMIT_MAKER',
      aboveClientOrderId: target.clientId,
      abovePrice: target.price,
      belowType: 'STOP_LOSS',
      belowClientOrderId: stop.clientId,
      belowStopPrice: stop.stopPrice,
    };
  }
  // Below the price the exchange takes no LIMIT_MAKER: a triggered limit order at its own trigger is the nearest.
  return {
    ...common,
    aboveType: 'STOP_LOSS',
    aboveClientOrderId: stop.clientId,
    aboveStopPrice: stop.stopPrice,
    belowType: 'TAKE_PROFIT_LIMIT',
    belowClientOrderId: target.clientId,
    belowPrice: target.price,
    belowStopPrice: target.price,
    belowTimeInForce: 'GTC',
  };
}
