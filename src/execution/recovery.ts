import { formatUnits, parseBigUnits } from '../core/decimal.ts';
import type { Input } from '../core/engine.ts';
import type { Alert } from './live/desk-types.ts';
import type { ExecutorSlot, LiveExecutor } from './live-executor.ts';
import type { SpotVenue, VenueBalance } from './venues/venue.ts';

const BLOCK = 'recovery has not finished';
const DECIMALS = 16;
/** A difference counts when it is seen so often in a row, since fills arrive between one query and the next. */
const SIGHTINGS = 2;

export interface RecoverySpec {
  readonly venue: SpotVenue;
  readonly executor: LiveExecutor;
  readonly slots: readonly ExecutorSlot[];
  readonly quote: string;
  /** What the books say there is of the quote asset, a decimal string; it may be more at the exchange, never less. */
  readonly cash: () => string;
  readonly emit: (input: Input) => void;
  readonly alert: (alert: Alert) => void;
}

/** What a recovery found. */
export interface RecoveryReport {
  readonly openOrders: number;
  /** Own orders that no intent explains; they were cancelled. */
  readonly orphans: number;
  /** Orders whose fate has still to be found out. */
  readonly inDoubt: number;
  /** What is missing at the exchange, in words. */
  readonly missing: readonly string[];
}

/**
 * The one way back to agreement with the exchange: at the start, after each reconnect and every minute. Trades first,
 * by their ids; then open orders; then orders of unknown fate; then the balances. What others did is left alone; what is
 * missing of our own stops entries and calls somebody.
 */
export class Recovery {
  readonly #spec: RecoverySpec;
  readonly #sightings = new Map<string, number>();
  readonly #blocked = new Set<string>();
  #running: Promise<RecoveryReport> | null = null;
  /** Something may have been missed, and entries are blocked. */
  #behind = false;
  /** How often something may have been missed. */
  #losses = 0;

  constructor(spec: RecoverySpec) {
    this.#spec = spec;
  }

  /**
   * Runs a recovery, or joins the one under way. Entries are blocked from the moment something may have been missed (the
   * start, a lost stream, a recovery that failed) until one has come to its end since. A routine check of books that are
   * known to be right blocks nothing.
   * @throws ValvulinError `VLV_VENUE_REQUEST` where the exchange could not be asked; entries are blocked then
   */
  run(routine = false): Promise<RecoveryReport> {
    if (!routine) this.#fallBehind();
    this.#running ??= this.#catchUp().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  #fallBehind(): void {
    this.#losses++;
    if (this.#behind) return;
    this.#behind = true;
    this.#block(null, BLOCK, true);
  }

  async #catchUp(): Promise<RecoveryReport> {
    try {
      for (;;) {
        const losses = this.#losses;
        const report = await this.#recover();
        // A stream was lost while it ran: what it asked for first may be old by now.
        if (losses !== this.#losses) continue;
        if (this.#behind) this.#block(null, BLOCK, false);
        this.#behind = false;
        return report;
      }
    } catch (error) {
      this.#fallBehind();
      throw error;
    }
  }

  async #recover(): Promise<RecoveryReport> {
    const { venue, executor, slots } = this.#spec;
    for (const symbol of new Set(slots.map((slot) => slot.symbol))) await executor.fetchTrades(symbol);
    const sent = new Set(executor.openOrders().map(({ clientId }) => clientId));
    const open = await venue.openOrders();
    const orphans = open.filter(({ clientId }) => executor.isOwn(clientId) && !executor.knows(clientId));
    for (const report of open) if (executor.knows(report.clientId)) executor.onReport(report);
    for (const { symbol, clientId, listClientId } of orphans) {
      this.#alert('warning', 'ORPHAN', `${clientId} on ${symbol} is ours, but in no journal: it is cancelled`);
      await venue.cancel(symbol, listClientId ?? clientId, listClientId !== null);
    }
    const seen = new Set(open.map(({ clientId }) => clientId));
    for (const order of executor.openOrders()) {
      // Sent after the question was asked: its absence from the answer says nothing.
      if (!sent.has(order.clientId) || seen.has(order.clientId)) continue;
      if (order.state === 'working' || order.state === 'in_doubt') executor.resolve(order);
    }
    const missing = this.#compare(await venue.balances());
    const inDoubt = executor.openOrders().filter(({ state }) => state === 'in_doubt').length;
    return { openOrders: open.length, orphans: orphans.length, inDoubt, missing };
  }

  /** Our own quantities must be there, free or locked; more than that is somebody else's business. */
  #compare(balances: ReadonlyMap<string, VenueBalance>): string[] {
    const { executor, slots, quote, cash } = this.#spec;
    const needed = new Map<string, bigint>();
    slots.forEach(({ market }, slot) => {
      const { base } = market.instrument.rules;
      const held = formatUnits(executor.desks[slot].held, market.instrument.quantityDecimals);
      needed.set(base, (needed.get(base) ?? 0n) + parseBigUnits(held, DECIMALS));
    });
    needed.set(quote, (needed.get(quote) ?? 0n) + parseBigUnits(cash(), DECIMALS));
    const missing: string[] = [];
    for (const [asset, amount] of needed) {
      const { free, locked } = balances.get(asset) ?? { free: '0', locked: '0' };
      const there = parseBigUnits(free, DECIMALS) + parseBigUnits(locked, DECIMALS);
      const lacks = amount > there && !executor.unsettled;
      const sightings = lacks ? (this.#sightings.get(asset) ?? 0) + 1 : 0;
      this.#sightings.set(asset, sightings);
      this.#limitMissing(asset, amount > there ? amount - there : 0n);
      if (sightings >= SIGHTINGS) missing.push(`${asset}: the books say ${amount}, the exchange ${there} (1e-16)`);
      this.#hold(asset, sightings >= SIGHTINGS);
    }
    return missing;
  }

  #limitMissing(asset: string, lack: bigint): void {
    const { executor, slots } = this.#spec;
    slots.forEach(({ market: { instrument } }, slot) => {
      if (instrument.rules.base !== asset) return;
      const unit = 10n ** BigInt(DECIMALS - instrument.quantityDecimals);
      executor.desks[slot].missingAtMost(Number((lack + unit - 1n) / unit));
    });
  }

  /** Stops entries where an asset is missing, until it is there again. */
  #hold(asset: string, on: boolean): void {
    if (this.#blocked.has(asset) === on) return;
    const reason = `${asset} is missing at the exchange`;
    if (on) this.#blocked.add(asset);
    else this.#blocked.delete(asset);
    if (on) this.#alert('critical', 'MISSING', `${reason}: entries stop until it is back`);
    const { slots, quote } = this.#spec;
    const symbols = slots.filter(({ market }) => market.instrument.rules.base === asset).map(({ symbol }) => symbol);
    for (const symbol of asset === quote ? [null] : new Set(symbols)) this.#block(symbol, reason, on);
  }

  #block(symbol: string | null, reason: string, on: boolean): void {
    this.#spec.emit({ kind: 'block', time: this.#spec.venue.time(), symbol, reason, on });
  }

  #alert(level: Alert['level'], code: string, detail: string): void {
    this.#spec.alert({ level, code, detail });
  }
}
