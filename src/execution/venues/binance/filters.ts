import { type Json, records } from './reply-fields.ts';

/** Every rule of a symbol that the exchange documents. */
const KNOWN = [
  'PRICE_FILTER',
  'PERCENT_PRICE',
  'PERCENT_PRICE_BY_SIDE',
  'LOT_SIZE',
  'MARKET_LOT_SIZE',
  'MIN_NOTIONAL',
  'NOTIONAL',
  'ICEBERG_PARTS',
  'TRAILING_DELTA',
  'MAX_NUM_ORDERS',
  'MAX_NUM_ALGO_ORDERS',
  'MAX_NUM_ICEBERG_ORDERS',
  'MAX_POSITION',
  'MAX_NUM_ORDER_LISTS',
  'MAX_NUM_ORDER_AMENDS',
];

/** Names of the rules that are new. An order that breaks one is refused by the exchange, so they are told, not guessed. */
export function unknownFilters(symbol: Json): readonly string[] {
  return records(symbol.filters)
    .map((filter) => String(filter.filterType))
    .filter((type) => !KNOWN.includes(type));
}
