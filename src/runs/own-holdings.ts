import { parseBigUnits } from '../core/decimal.ts';
import { Instrument, type InstrumentRules } from '../core/instrument.ts';
import type { ExchangeFill, JournalReader } from '../execution/journal/journal.ts';
import type { SpotVenue, VenueTrade } from '../execution/venues/venue.ts';

/** Decimals in which exchanges count amounts. */
const DECIMALS = 16;

/** What the books of an account say is its own of one symbol's base asset. */
export interface Holding {
  readonly instrument: Instrument;
  /** Units of `10^-16`; never below zero. */
  readonly quantity: bigint;
}

/**
 * What the account has bought and not sold, by symbol: from the fills in its journal, and from trades that the exchange
 * has had since. Where it is not clear whose a trade is, the answer is the smaller one, so that nobody else's coins
 * count as ours.
 * @param symbols only these, or null for all that the journal names
 */
export async function ownHoldings(
  journal: JournalReader,
  venue: SpotVenue,
  symbols: readonly string[] | null,
): Promise<readonly Holding[]> {
  const known = new Set([...journal.intents()].map(({ symbol }) => symbol));
  const fills: ExchangeFill[] = [];
  const ownOrders = new Set<number>();
  for (const fact of journal.facts()) {
    if (fact.kind === 'ack') ownOrders.add(fact.exchangeId);
    if (fact.kind !== 'fill' || fact.clientId === null) continue;
    ownOrders.add(fact.exchangeId);
    known.add(fact.symbol);
    fills.push(fact);
  }
  const meant = [...known].filter((symbol) => symbols === null || symbols.includes(symbol)).sort();
  const rules = meant.length === 0 ? [] : await venue.rules(meant);
  const holdings: Holding[] = [];
  for (const rule of rules) {
    const booked = fills.filter(({ symbol }) => symbol === rule.symbol);
    const last = booked.reduce((highest, { tradeId }) => Math.max(highest, tradeId), -1);
    const since = booked.length === 0 ? [] : await venue.trades(rule.symbol, last + 1);
    const mine = (trade: VenueTrade): boolean => isOurs(trade, ownOrders, journal) || trade.side === 'SELL';
    let quantity = 0n;
    for (const fill of booked) quantity += baseChange(fill, rule);
    for (const trade of since) if (trade.tradeId > last && mine(trade)) quantity += baseChange(trade, rule);
    if (quantity > 0n) holdings.push({ instrument: new Instrument(rule), quantity });
  }
  return holdings;
}

/** The balance of each symbol's base asset, whoever bought it. */
export async function wholeBalances(venue: SpotVenue, symbols: readonly string[]): Promise<readonly Holding[]> {
  const rules = await venue.rules(symbols);
  const balances = await venue.balances();
  return rules.map((rule) => {
    const { free = '0', locked = '0' } = balances.get(rule.base) ?? {};
    return { instrument: new Instrument(rule), quantity: amount(free) + amount(locked) };
  });
}

/** The most of a holding that can be sold of what is free, in whole lots; quantity units. */
export function sellable({ instrument, quantity }: Holding, free: string): number {
  const available = amount(free);
  const least = quantity < available ? quantity : available;
  const units = Number(least / 10n ** BigInt(DECIMALS - instrument.quantityDecimals));
  return instrument.floorLot(units);
}

function baseChange(trade: ExchangeFill | VenueTrade, { base }: InstrumentRules): bigint {
  const bought = amount(trade.quantity);
  const fee = trade.feeAsset === base ? amount(trade.fee) : 0n;
  return (trade.side === 'BUY' ? bought : -bought) - fee;
}

function isOurs({ clientId, orderId }: VenueTrade, ownOrders: ReadonlySet<number>, journal: JournalReader): boolean {
  return ownOrders.has(orderId) || (clientId !== null && journal.intent(clientId) !== undefined);
}

function amount(text: string): bigint {
  return parseBigUnits(text, DECIMALS);
}
