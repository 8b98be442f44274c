import type { Clock } from '../../core/ports.ts';
import type { SpotVenue, VenueReport } from '../venues/venue.ts';
import type { ExchangeOrder } from './desk-types.ts';

/** After its deadline a request may still wait this long inside the exchange before the matching engine answers. */
const ENGINE_WAIT_MS = 10_000;
/** And what it did may take this long to be seen by queries. */
const VISIBILITY_MS = 5_000;
const FIRST_QUERY_MS = 250;
const LATEST_QUERY_MS = 5_000;
const PROOFS = 2;

export interface DoubtContext {
  readonly venue: SpotVenue;
  readonly clock: Clock;
  readonly symbolOf: (order: ExchangeOrder) => string;
  readonly found: (order: ExchangeOrder, report: VenueReport) => void;
  /** Something else told what became of the order before a query did. */
  readonly cleared: (order: ExchangeOrder) => void;
  /** The order was never there, and never will be. `proof` says when that was asked and why it is certain. */
  readonly absent: (order: ExchangeOrder, proof: string) => void;
  /** True where a trade of the order is known, or something stands that queries do not show: absence proves nothing then. */
  readonly hasTraded: (order: ExchangeOrder) => Promise<boolean>;
}

/**
 * Finds out what became of orders whose requests were not answered. "Not found" counts only once the exchange could no
 * longer execute the request (its deadline, what it waits inside, what queries lag), and only when seen twice and the
 * trades agree; until then the order stays in doubt, for ever if need be. Venues without a deadline never prove absence.
 */
export class DoubtResolver {
  readonly #context: DoubtContext;
  readonly #open = new Set<string>();

  constructor(context: DoubtContext) {
    this.#context = context;
  }

  resolve(order: ExchangeOrder): void {
    if (this.#open.has(order.clientId)) return;
    this.#open.add(order.clientId);
    this.#later(order, FIRST_QUERY_MS, 0);
  }

  #later(order: ExchangeOrder, delay: number, proofs: number): void {
    this.#context.clock.after(delay, () => {
      this.#ask(order, delay, proofs).catch((error: unknown) => {
        order.reason = String(error);
        this.#later(order, Math.min(LATEST_QUERY_MS, delay * 2), 0);
      });
    });
  }

  async #ask(order: ExchangeOrder, delay: number, proofs: number): Promise<void> {
    if (this.#isClear(order)) return;
    const { venue, symbolOf, found, absent, hasTraded } = this.#context;
    const lookup = await venue.order(symbolOf(order), order.clientId);
    if (this.#isClear(order)) return;
    if (lookup.kind === 'found') {
      this.#open.delete(order.clientId);
      found(order, lookup.report);
      return;
    }
    const next = Math.min(LATEST_QUERY_MS, delay * 2);
    const { deadlineMs } = venue.capabilities;
    const fence = order.sentAt + (deadlineMs ?? Number.POSITIVE_INFINITY) + ENGINE_WAIT_MS + VISIBILITY_MS;
    if (lookup.kind === 'unknown' || venue.time() <= fence) {
      this.#later(order, next, 0);
      return;
    }
    if (await hasTraded(order)) {
      this.#later(order, next, 0);
      return;
    }
    if (this.#isClear(order)) return;
    if (proofs + 1 < PROOFS) {
      this.#later(order, next, proofs + 1);
      return;
    }
    this.#open.delete(order.clientId);
    absent(order, `not found at ${lookup.at}, sent at ${order.sentAt}, could execute until ${fence}`);
  }

  #isClear(order: ExchangeOrder): boolean {
    if (order.state === 'in_doubt') return false;
    this.#open.delete(order.clientId);
    this.#context.cleared(order);
    return true;
  }
}
