import { parseBigUnits } from '../../core/decimal.ts';
import type { Market } from '../../core/instrument.ts';
import type { SpotVenue } from '../venues/venue.ts';

const DECIMALS = 16;

/**
 * Whether more of a market's base asset is locked than the open orders that can be seen explain: then a sell stands that queries do
 * not show yet, and an order that was not found may be it.
 */
export async function hidesSell(venue: SpotVenue, { instrument }: Market): Promise<boolean> {
  const { base } = instrument.rules;
  const locked = (await venue.balances()).get(base)?.locked ?? '0';
  let explained = 0n;
  const lists = new Set<string>();
  for (const { symbol, side, quantity, filled, listClientId } of await venue.openOrders()) {
    // Both legs of a pair lock the same quantity once.
    if (side !== 'SELL' || !symbol.startsWith(base) || (listClientId !== null && lists.has(listClientId))) continue;
    if (listClientId !== null) lists.add(listClientId);
    explained += parseBigUnits(quantity, DECIMALS) - parseBigUnits(filled, DECIMALS);
  }
  return parseBigUnits(locked, DECIMALS) > explained;
}
