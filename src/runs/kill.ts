import { formatUnits } from '../core/decimal.ts';
import type { Clock } from '../core/ports.ts';
import { ACCOUNT_SCOPE, type Journal, type JournalReader } from '../execution/journal/journal.ts';
import { clientIdText, parseClientId } from '../execution/live/client-id.ts';
import type { OrderPlan } from '../execution/live/desk-types.ts';
import type { Outcome, SpotVenue, VenueOrder, VenueReport } from '../execution/venues/venue.ts';
import { amount, type Holding, ownHoldings, type Seller, sellable, wholeBalances } from './own-holdings.ts';

export interface KillOptions {
  /** Also sell what the account holds, at the market. */
  readonly flatten: boolean;
  /** Also cancel protective stops and targets. */
  readonly all: boolean;
  /** Only these; null is all. */
  readonly symbols: readonly string[] | null;
  /** Sell the whole free balance of `symbols`, whoever bought it: for when the journal is lost. */
  readonly wholeBalance: boolean;
}

/** What a kill is going to do, to be shown before it does it. */
export interface KillPlan {
  readonly cancel: readonly VenueReport[];
  /** Orders of ours that stay: they protect positions. */
  readonly keep: readonly VenueReport[];
  /** Orders that somebody else made: never touched. */
  readonly foreign: readonly VenueReport[];
  readonly sell: readonly Holding[];
}

/** What came of it. It worked where all sales are done, and nothing is in `left` or `problems`. */
export interface KillResult {
  readonly canceled: readonly string[];
  /** Client ids of orders that should be gone and are not. */
  readonly left: readonly string[];
  readonly sales: readonly Sale[];
  readonly problems: readonly string[];
}

export interface Sale {
  readonly symbol: string;
  readonly quantity: string;
  /** Nothing of it is left to be sold. */
  readonly done: boolean;
  readonly outcome: string;
}

const ROUNDS = 4;
const BETWEEN_ROUNDS_MS = 500;

/** Looks at the exchange, and at the journal where there is one, and changes nothing. */
export async function planKill(
  venue: SpotVenue,
  journal: JournalReader | null,
  options: KillOptions,
): Promise<KillPlan> {
  const meant = (symbol: string): boolean => options.symbols === null || options.symbols.includes(symbol);
  const open = (await venue.openOrders()).filter(({ symbol }) => meant(symbol));
  const ours = open.filter(isOurs);
  const sell = await holdingsToSell(venue, journal, options);
  const selling = new Set(sell.map(({ instrument }) => instrument.rules.symbol));
  // What is to be sold must not be locked by an order.
  const cancel = ours.filter((order) => options.all || isEntry(order) || selling.has(order.symbol));
  return {
    cancel,
    keep: ours.filter((order) => !cancel.includes(order)),
    foreign: open.filter((order) => !isOurs(order)),
    sell,
  };
}

/**
 * Does it: keeps the engine from trading, cancels, looks whether they are gone, and sells. Cancels are asked again where
 * an answer is missing; a sale never is.
 * @param books the account's journal, to read
 * @param journal the same, seized from its engine; both are null where it is lost
 */
export async function kill(
  venue: SpotVenue,
  books: JournalReader | null,
  journal: Journal | null,
  options: KillOptions,
  clock: Clock,
  who: string,
): Promise<KillResult> {
  const record = new KillRecord(journal, clock);
  record.halt(who);
  const canceled = new Set<string>();
  let plan = await planKill(venue, books, options);
  for (let round = 1; plan.cancel.length > 0 && round <= ROUNDS; round++) {
    if (round > 1) await pause(clock);
    for (const order of requestsOf(plan.cancel)) {
      record.canceling(order);
      const outcome = await venue.cancel(order.symbol, order.clientId, order.list);
      if (outcome.kind === 'accepted') canceled.add(order.clientId);
    }
    plan = await planKill(venue, books, options);
  }
  const sales: Sale[] = [];
  const balances = plan.sell.length === 0 ? null : await venue.balances();
  const used = new Map<string, bigint>();
  for (const holding of plan.sell) {
    const { base } = holding.instrument.rules;
    const free = amount(balances?.get(base)?.free ?? '0') - (used.get(base) ?? 0n);
    const sale = await sell(venue, holding, free, record, clock);
    used.set(base, (used.get(base) ?? 0n) + amount(sale.quantity));
    sales.push(sale);
  }
  const left = plan.cancel.map(({ clientId }) => clientId);
  return { canceled: [...canceled], left, sales, problems: record.problems };
}

/** Writes down what is about to be sent. A journal that fails does not stop a kill, but is told of. */
class KillRecord {
  readonly problems: string[] = [];
  #journal: Journal | null;
  readonly #clock: Clock;
  readonly #run: number;
  #count = 0;

  constructor(journal: Journal | null, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
    this.#run = journal?.runs().at(-1)?.run ?? 0;
  }

  halt(who: string): void {
    const time = this.#clock.now();
    this.#write((journal) => journal.recordState({ scope: ACCOUNT_SCOPE, state: 'HALT', who, why: 'kill', time }));
  }

  canceling({ symbol, clientId }: CancelRequest): void {
    const time = this.#clock.now();
    const intent = { kind: 'cancel', orderId: 0, clientId, symbol, time, payload: '{"by":"kill"}' } as const;
    this.#write((journal) => journal.attempt(this.#run, [intent]));
  }

  /**
   * Writes a sale down as one more exchange order of the engine's order that was to sell, so that the next engine books
   * its fills there. A sale of what is nobody's belongs to no order: an engine sees it as somebody else's.
   */
  selling(symbol: string, quantity: string, seller: Seller | null): VenueOrder {
    const time = this.#clock.now();
    const attempt = Math.floor(time / 1_000) + this.#count++;
    const run = this.#run;
    const { owner, order, slot } = seller ?? { owner: 'kill', order: 0, slot: 0 };
    const clientId = clientIdText({ owner, run, order, leg: 'exit', attempt });
    const request = { symbol, clientId, side: 'SELL', type: 'market', quantity } as const;
    const legs = seller === null ? [] : [{ clientId, leg: 'exit' as const, order }];
    const plan: OrderPlan = { clientId, slot, symbol, group: '', legs, request };
    const intent = { kind: 'place', orderId: order, clientId, symbol, time, payload: JSON.stringify(plan) } as const;
    this.#write((journal) => journal.attempt(run, [intent]));
    return request;
  }

  accepted(clientId: string, exchangeId: number): void {
    const time = this.#clock.now();
    this.#write((journal) => {
      journal.fact(this.#run, { kind: 'ack', clientId, time, exchangeId });
      journal.flush();
    });
  }

  #write(work: (journal: Journal) => void): void {
    if (this.#journal === null) return;
    try {
      work(this.#journal);
    } catch (error) {
      this.problems.push(`The journal could not be written: ${error instanceof Error ? error.message : String(error)}`);
      this.#journal = null;
    }
  }
}

async function holdingsToSell(
  venue: SpotVenue,
  journal: JournalReader | null,
  options: KillOptions,
): Promise<readonly Holding[]> {
  if (!options.flatten) return [];
  if (options.wholeBalance) return wholeBalances(venue, options.symbols ?? []);
  return journal === null ? [] : ownHoldings(journal, venue, options.symbols);
}

async function sell(venue: SpotVenue, holding: Holding, free: bigint, record: KillRecord, clock: Clock): Promise<Sale> {
  const { instrument } = holding;
  const { symbol } = instrument.rules;
  const units = sellable(holding, free);
  const quantity = formatUnits(units, instrument.quantityDecimals);
  if (units === 0) return { symbol, quantity, done: true, outcome: 'less than a lot is free' };
  const order = record.selling(symbol, quantity, holding.seller);
  const outcome = await venue.place(order);
  if (outcome.kind === 'accepted') record.accepted(order.clientId, outcome.value.orderId);
  return { symbol, quantity, ...(await fate(venue, order, outcome, clock)) };
}

/** What became of a sale. It is only looked for, never sent again: an unanswered one may have been executed. */
async function fate(
  venue: SpotVenue,
  { symbol, clientId }: VenueOrder,
  outcome: Outcome<VenueReport>,
  clock: Clock,
): Promise<Pick<Sale, 'done' | 'outcome'>> {
  if (outcome.kind === 'rejected') return { done: false, outcome: `refused: ${outcome.reason}` };
  let report = outcome.kind === 'accepted' ? outcome.value : null;
  for (let look = 0; (report === null || report.status === 'working') && look < ROUNDS; look++) {
    await pause(clock);
    const lookup = await venue.order(symbol, clientId);
    if (lookup.kind === 'found') report = lookup.report;
  }
  if (report === null) {
    return { done: false, outcome: `in doubt: look for order ${clientId} at the exchange before you sell again` };
  }
  const done = report.status === 'filled';
  return { done, outcome: done ? `sold as order ${clientId}` : `${report.status}, ${report.filled} sold` };
}

interface CancelRequest {
  readonly symbol: string;
  readonly clientId: string;
  readonly list: boolean;
}

/** A pair is canceled as a whole, and once. */
function requestsOf(orders: readonly VenueReport[]): readonly CancelRequest[] {
  const requests = new Map<string, CancelRequest>();
  for (const { symbol, clientId, listClientId } of orders) {
    const id = listClientId ?? clientId;
    requests.set(`${symbol} ${id}`, { symbol, clientId: id, list: listClientId !== null });
  }
  return [...requests.values()];
}

function isOurs({ clientId, listClientId }: VenueReport): boolean {
  return parseClientId(clientId) !== null || (listClientId !== null && parseClientId(listClientId) !== null);
}

/** Nothing else opens or enlarges a position; on spot everything that protects one sells. */
function isEntry({ side }: VenueReport): boolean {
  return side === 'BUY';
}

function pause(clock: Clock): Promise<void> {
  return new Promise((done) => void clock.after(BETWEEN_ROUNDS_MS, done));
}
