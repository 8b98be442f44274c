import { parseBigUnits } from '../core/decimal.ts';
import { Instrument, type InstrumentRules } from '../core/instrument.ts';
import type { ExchangeFill, JournalReader } from '../execution/journal/journal.ts';
import { parseClientId } from '../execution/live/client-id.ts';
import type { OrderPlan } from '../execution/live/desk-types.ts';
import type { SpotVenue, VenueTrade } from '../execution/venues/venue.ts';

/** Decimals in which exchanges count amounts. */
const DECIMALS = 16;

/** What the books of an account say is its own of one symbol's base asset. */
export interface Holding {
  readonly instrument: Instrument;
  /** Units of `10^-16`; never below zero. */
  readonly quantity: bigint;
  /** Whose it is, so that its sale can be booked there; null where nobody's order could take it. */
  readonly seller: Seller | null;
}

/** An order of the engine that a sale belongs to: the last one by which its slot was going to sell. */
export interface Seller {
  readonly slot: number;
  readonly order: number;
  /** As it stands in client ids. */
  readonly owner: string;
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
  const { legs, sellers, symbols: known } = placedBy(journal);
  const fills: ExchangeFill[] = [];
  const numbers = new Map<number, string>();
  for (const fact of journal.facts()) {
    if ((fact.kind === 'ack' || fact.kind === 'fill') && fact.clientId !== null) {
      numbers.set(fact.exchangeId, fact.clientId);
      if (fact.kind === 'fill') fills.push(fact);
    }
  }
  for (const { symbol } of fills) known.add(symbol);
  const meant = [...known].filter((symbol) => symbols === null || symbols.includes(symbol)).sort();
  const rules = meant.length === 0 ? [] : await venue.rules(meant);
  const holdings: Holding[] = [];
  for (const rule of rules) {
    const booked = fills.filter(({ symbol }) => symbol === rule.symbol);
    const last = booked.reduce((highest, { tradeId }) => Math.max(highest, tradeId), -1);
    const since = booked.length === 0 ? [] : await venue.trades(rule.symbol, last + 1);
    let total = 0n;
    const bySlot = new Map<number, bigint>();
    const take = (trade: ExchangeFill | VenueTrade, clientId: string | null): void => {
      const change = baseChange(trade, rule);
      total += change;
      const slot = clientId === null ? undefined : legs.get(clientId);
      if (slot !== undefined) bySlot.set(slot, (bySlot.get(slot) ?? 0n) + change);
    };
    for (const fill of booked) take(fill, fill.clientId);
    for (const trade of since) {
      const clientId =
        numbers.get(trade.orderId) ?? (trade.clientId !== null && legs.has(trade.clientId) ? trade.clientId : null);
      if (trade.tradeId > last && (clientId !== null || trade.side === 'SELL')) take(trade, clientId);
    }
    const instrument = new Instrument(rule);
    for (const [slot, quantity] of bySlot) {
      const part = quantity < total ? quantity : total;
      const seller = sellers.get(slot);
      if (part <= 0n || seller === undefined) continue;
      holdings.push({ instrument, quantity: part, seller });
      total -= part;
    }
    if (total > 0n) holdings.push({ instrument, quantity: total, seller: null });
  }
  return holdings;
}

interface Placed {
  /** Slot of each order that was ever placed, by its client id. */
  readonly legs: ReadonlyMap<string, number>;
  readonly sellers: ReadonlyMap<number, Seller>;
  readonly symbols: Set<string>;
}

/** What the intents in the journal say about whose orders they were. */
function placedBy(journal: JournalReader): Placed {
  const legs = new Map<string, number>();
  const sellers = new Map<number, Seller>();
  const symbols = new Set<string>();
  for (const intent of journal.intents()) {
    symbols.add(intent.symbol);
    if (intent.kind === 'cancel') continue;
    const plan = JSON.parse(intent.payload) as Partial<OrderPlan>;
    if (plan.slot === undefined) continue;
    const { slot } = plan;
    for (const { clientId, leg, order } of plan.legs ?? []) {
      legs.set(clientId, slot);
      const id = parseClientId(clientId);
      if (id !== null && leg !== 'entry') sellers.set(slot, { slot, order, owner: id.owner });
    }
  }
  return { legs, sellers, symbols };
}

/** The balance of each symbol's base asset, whoever bought it. */
export async function wholeBalances(venue: SpotVenue, symbols: readonly string[]): Promise<readonly Holding[]> {
  const rules = await venue.rules(symbols);
  const balances = await venue.balances();
  return rules.map((rule) => {
    const { free = '0', locked = '0' } = balances.get(rule.base) ?? {};
    return { instrument: new Instrument(rule), quantity: amount(free) + amount(locked), seller: null };
  });
}

/** The most of a holding that can be sold of what is free, in whole lots; quantity units. */
export function sellable({ instrument, quantity }: Holding, free: bigint): number {
  const least = quantity < free ? quantity : free;
  const units = Number(least / 10n ** BigInt(DECIMALS - instrument.quantityDecimals));
  return instrument.floorLot(units);
}

function baseChange(trade: ExchangeFill | VenueTrade, { base }: InstrumentRules): bigint {
  const bought = amount(trade.quantity);
  const fee = trade.feeAsset === base ? amount(trade.fee) : 0n;
  return (trade.side === 'BUY' ? bought : -bought) - fee;
}

/** A decimal text in units of `10^-16`. */
export function amount(text: string): bigint {
  return parseBigUnits(text, DECIMALS);
}
