import type { InstrumentRules } from '../../../core/instrument.ts';
import type { Clock, Http, Random, Sockets } from '../../../core/ports.ts';
import { ValvulinError } from '../../../core/errors.ts';
import { exchangeRules } from '../../../data/binance/exchange-rules.ts';
import type {
  Lookup,
  Outcome,
  SpotVenue,
  VenueBalance,
  VenueCapabilities,
  VenueOco,
  VenueOrder,
  VenueReport,
  VenueStream,
  VenueStreamEvents,
  VenueTrade,
} from '../venue.ts';
import type { Credentials } from './credentials.ts';
import { checkHosts, type Endpoints } from './endpoints.ts';
import { unknownFilters } from './filters.ts';
import { KnownLists } from './list-names.ts';
import { ocoParams, orderParams } from './order-params.ts';
import type { Verdict } from './outcome.ts';
import { checkPermissions } from './permissions.ts';
import { accountTrade, orderReport, orderReports } from './replies.ts';
import { amount, type Json, record, records, text, whole } from './reply-fields.ts';
import { BinanceRest } from './rest.ts';
import { Signer } from './signing.ts';
import { UserStream } from './user-stream.ts';

export interface BinanceVenueOptions {
  readonly http: Http;
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly random: Random;
  readonly endpoints: Endpoints;
  readonly credentials: Credentials;
  /** How old a request may be when it reaches the matching engine, ms; at most 5000. */
  readonly recvWindowMs: number;
  /** What the operator should know: a clock that is wrong, a ban, a rule that is new. Nothing secret is in it. */
  readonly note: (text: string) => void;
}

const LONGEST_WINDOW = 5_000;
/** The most trades in one reply. */
const PAGE = 1_000;
const ORDER = '/api/v3/order';
const LIST = '/api/v3/orderList';
const NO_SUCH_ORDER = -2013;

/** Binance spot, and what speaks its language: its test network, its demo mode, the local exchange. */
export class BinanceVenue implements SpotVenue {
  readonly name: string;
  readonly capabilities: VenueCapabilities;
  readonly #options: BinanceVenueOptions;
  readonly #rest: BinanceRest;
  readonly #lists = new KnownLists();

  /** @throws ValvulinError `VLV_VENUE_KEYS` where keys, addresses and venue do not belong together */
  constructor(options: BinanceVenueOptions) {
    const { endpoints, credentials, recvWindowMs } = options;
    checkHosts(endpoints);
    if (credentials.venue !== endpoints.name) {
      throw new ValvulinError(
        'VLV_VENUE_KEYS',
        `Expected keys of "${endpoints.name}", got keys of "${credentials.venue}"`,
      );
    }
    if (!(recvWindowMs > 0 && recvWindowMs <= LONGEST_WINDOW)) {
      throw new ValvulinError(
        'VLV_SETTINGS',
        `Expected a window of at most ${LONGEST_WINDOW} ms, got "${recvWindowMs}"`,
      );
    }
    this.name = endpoints.name;
    this.capabilities = { stopMarket: true, oco: true, deadlineMs: recvWindowMs };
    this.#options = options;
    this.#rest = new BinanceRest({ ...options, signer: new Signer(credentials) });
  }

  /**
   * Makes sure that the key can trade and do nothing worse; see `checkPermissions`. Only the real exchange can tell:
   * its test network and demo mode lack the question.
   */
  checkPermissions(anyAddress: 'refuse' | 'warn'): Promise<readonly string[]> {
    return checkPermissions(this.#rest, anyAddress);
  }

  async rules(symbols: readonly string[]): Promise<readonly InstrumentRules[]> {
    const params = { symbols: JSON.stringify(symbols), showPermissionSets: 'false' };
    const info = await this.#rest.ask(get('/api/v3/exchangeInfo', params, 20, { signed: false }), record);
    this.#rest.limits.adopt(info.rateLimits);
    for (const symbol of records(info.symbols)) {
      const unknown = unknownFilters(symbol);
      if (unknown.length > 0) {
        this.#options.note(`${text(symbol, 'symbol')} has rules that are not known: ${unknown.join(', ')}`);
      }
      if (symbol.status !== 'TRADING') {
        this.#options.note(`${text(symbol, 'symbol')} is not trading: "${String(symbol.status)}"`);
      }
    }
    return exchangeRules(info).rules;
  }

  async place(order: VenueOrder): Promise<Outcome<VenueReport>> {
    // On spot a sale never opens anything: it is an exit.
    const urgent = order.side === 'SELL';
    const params = orderParams(order);
    const verdict = await this.#rest.command({
      method: 'POST',
      path: ORDER,
      params,
      weight: 1,
      orders: 1,
      signed: true,
      urgent,
    });
    return outcome(verdict, (body) => {
      const report = orderReport(body, this.#lists);
      if (report.clientId === order.clientId) return report;
      throw new Error(`Expected the order "${order.clientId}", got "${report.clientId}"`);
    });
  }

  async placeOco(list: VenueOco): Promise<Outcome<readonly VenueReport[]>> {
    const params = ocoParams(list);
    const call = {
      method: 'POST',
      path: `${LIST}/oco`,
      params,
      weight: 1,
      orders: 2,
      signed: true,
      urgent: true,
    } as const;
    return outcome(await this.#rest.command(call), (body) => {
      const row = record(body);
      if (row.listClientOrderId !== list.clientId) {
        throw new Error(`Expected the list "${list.clientId}", got "${String(row.listClientOrderId)}"`);
      }
      this.#learn(row);
      return orderReports(row, this.#lists);
    });
  }

  async cancel(symbol: string, clientId: string, list: boolean): Promise<Outcome<readonly VenueReport[]>> {
    const params = list ? { symbol, listClientOrderId: clientId } : { symbol, origClientOrderId: clientId };
    const path = list ? LIST : ORDER;
    const verdict = await this.#rest.command({ method: 'DELETE', path, params, weight: 1, signed: true, urgent: true });
    return outcome(verdict, (body) => {
      const row = record(body);
      if (row.listClientOrderId !== undefined) this.#learn(row);
      return orderReports(row, this.#lists);
    });
  }

  async order(symbol: string, clientId: string): Promise<Lookup> {
    const params = { symbol, origClientOrderId: clientId };
    const result = await this.#rest.query(get(ORDER, params, 4, { urgent: true }));
    if (!result.ok) {
      if (result.code === NO_SUCH_ORDER) return { kind: 'absent', at: this.time() };
      return { kind: 'unknown', reason: result.reason };
    }
    try {
      await this.#nameList(record(result.value));
      return { kind: 'found', report: { ...orderReport(result.value, this.#lists), clientId } };
    } catch (error) {
      return { kind: 'unknown', reason: (error as Error).message };
    }
  }

  async openOrders(): Promise<readonly VenueReport[]> {
    const rows = await this.#rest.ask(get('/api/v3/openOrders', {}, 80), records);
    const nameless = rows.some((row) => whole(row, 'orderListId') >= 0 && !this.#lists.has(whole(row, 'orderListId')));
    if (nameless) {
      const lists = await this.#rest.ask(get('/api/v3/openOrderList', {}, 6), records);
      for (const list of lists) this.#learn(list);
    }
    return rows.map((row) => orderReport(row, this.#lists));
  }

  async trades(symbol: string, fromId: number): Promise<readonly VenueTrade[]> {
    const all: VenueTrade[] = [];
    for (let next = fromId; ; ) {
      const params = { symbol, fromId: next, limit: PAGE };
      const page = await this.#rest.ask(get('/api/v3/myTrades', params, 20), (value) =>
        records(value).map(accountTrade),
      );
      const asked = next;
      // What was sent twice, or lies before the first wanted, is left out: ids only rise.
      for (const trade of page.sort((a, b) => a.tradeId - b.tradeId)) {
        if (trade.tradeId < next) continue;
        all.push(trade);
        next = trade.tradeId + 1;
      }
      if (page.length < PAGE) return all;
      if (next === asked) {
        throw new ValvulinError('VLV_VENUE_REQUEST', `Expected trades of ${symbol} from "${asked}" on, got older ones`);
      }
    }
  }

  async balances(): Promise<ReadonlyMap<string, VenueBalance>> {
    const params = { omitZeroBalances: 'true' };
    return this.#rest.ask(get('/api/v3/account', params, 20), (value) => {
      const rows = records(record(value).balances);
      return new Map(
        rows.map((row) => [text(row, 'asset'), { free: amount(row, 'free'), locked: amount(row, 'locked') }]),
      );
    });
  }

  time(): number {
    return this.#rest.time.now();
  }

  stream(events: VenueStreamEvents): VenueStream {
    const { sockets, clock, random, endpoints, note } = this.#options;
    const url = `${endpoints.wsApi}?returnRateLimits=false`;
    return new UserStream({ sockets, clock, random, note, url, events, rest: this.#rest, lists: this.#lists });
  }

  #learn(list: Json): void {
    this.#lists.learn(whole(list, 'orderListId'), text(list, 'listClientOrderId'));
  }

  async #nameList(order: Json): Promise<void> {
    const orderListId = whole(order, 'orderListId');
    if (orderListId < 0 || this.#lists.has(orderListId)) return;
    this.#learn(await this.#rest.ask(get(LIST, { orderListId }, 4, { urgent: true }), record));
  }
}

function get(
  path: string,
  params: Readonly<Record<string, string | number>>,
  weight: number,
  more: { signed?: boolean; urgent?: boolean } = {},
) {
  return { method: 'GET', path, params, weight, signed: true, ...more } as const;
}

/** The outcome of a request; an accepted one whose reply cannot be read is in doubt. */
function outcome<T>(verdict: Verdict, read: (body: unknown) => T): Outcome<T> {
  if (verdict.kind !== 'accepted') return verdict;
  try {
    return { kind: 'accepted', value: read(verdict.body) };
  } catch (error) {
    return { kind: 'in_doubt', reason: `HTTP 200, but: ${(error as Error).message}` };
  }
}
