import { ValvulinError } from '../../../core/errors.ts';
import type { InstrumentRules } from '../../../core/instrument.ts';
import type { Clock, Http } from '../../../core/ports.ts';
import { RequestClock } from '../binance/request-clock.ts';
import { record, text, whole } from '../binance/reply-fields.ts';
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
import { capabilitiesOf, TRADES_BY_ID } from './capabilities.ts';
import { judgeFailure, reasonOf, saysUnknown } from './failure.ts';
import { Markets } from './markets.ts';
import { type CallRecord, OneRequest } from './one-request.ts';
import { type LiveOrder, PolledStream } from './polled-stream.ts';
import type { CcxtExchange } from './unified.ts';
import { numericId, unifiedBalances, unifiedReport, unifiedTrade } from './unified-replies.ts';

export interface CcxtVenueOptions {
  readonly http: Http;
  readonly clock: Clock;
  /** From `openExchange`. */
  readonly exchange: CcxtExchange;
  /** At most 5000; for exchanges that refuse older requests. */
  readonly recvWindowMs: number;
  readonly note: (text: string) => void;
}

const TIMEOUT = 12_000;
/** A request is sent this long after it was asked for, or not at all: its deadline is reckoned from then. */
const LATEST = 1_000;
const PAGE = 500;
/** How far back trades are asked for where an exchange only takes a time. */
const LOOKBACK = 7 * 24 * 60 * 60_000;
const UNSUPPORTED = {
  kind: 'rejected',
  code: 0,
  reason: 'not sent: lists of orders are not supported here',
  cure: 'none',
} as const;

/** A spot exchange through ccxt: its orders by our client ids, its answers judged by what the exchange itself said. */
export class CcxtVenue implements SpotVenue {
  readonly name: string;
  readonly capabilities: VenueCapabilities;
  readonly #exchange: CcxtExchange;
  readonly #requests: OneRequest;
  readonly #time: RequestClock;
  readonly #clock: Clock;
  readonly #live = new Map<string, LiveOrder>();
  #markets: Promise<Markets> | undefined;

  constructor({ http, clock, exchange, recvWindowMs, note }: CcxtVenueOptions) {
    this.name = exchange.id;
    this.capabilities = capabilitiesOf(exchange, recvWindowMs);
    this.#exchange = exchange;
    this.#clock = clock;
    this.#requests = new OneRequest(http, clock, TIMEOUT);
    this.#time = new RequestClock(clock, async () => whole({ time: Number(await exchange.fetchTime()) }, 'time'), note);
    exchange.fetchImplementation = this.#requests.fetch;
    exchange.options.recvWindow = recvWindowMs;
    exchange.milliseconds = () => this.#time.now();
  }

  async rules(symbols: readonly string[]): Promise<readonly InstrumentRules[]> {
    const markets = await this.#load(true);
    const rules = symbols.map((symbol) => markets.rules(symbol));
    await this.#query('rules', async () => {
      for (const symbol of symbols) {
        const [trade] = (await this.#exchange.fetchTrades(
          markets.market(symbol).symbol,
          undefined,
          1,
        )) as readonly unknown[];
        if (trade === undefined) continue;
        try {
          numericId(record(trade), 'id');
        } catch (cause) {
          const message = `Expected trades numbered below 2^53, got "${(cause as Error).message}"`;
          throw new ValvulinError('VLV_VENUE_UNSUPPORTED', message, { where: `${this.name} ${symbol}`, cause });
        }
      }
    });
    return rules;
  }

  async place(order: VenueOrder): Promise<Outcome<VenueReport>> {
    const { clientId, side, quantity, quoteQuantity, price, stopPrice, type } = order;
    const params = {
      clientOrderId: clientId,
      ...(quoteQuantity === undefined ? {} : { cost: quoteQuantity }),
      ...(stopPrice === undefined ? {} : { stopLossPrice: stopPrice }),
      ...(type === 'limit' ? { timeInForce: order.timeInForce ?? 'GTC' } : {}),
      ...(type === 'limit_maker' ? { postOnly: true } : {}),
    };
    if (type === 'stop' && !this.capabilities.stopMarket) {
      return { ...UNSUPPORTED, reason: 'not sent: stops that become market orders are not supported here' };
    }
    const kind = type === 'market' || type === 'stop' ? 'market' : 'limit';
    const direction = side === 'BUY' ? 'buy' : 'sell';
    const outcome = await this.#change(order.symbol, (symbol) =>
      this.#exchange.createOrder(symbol, kind, direction, quantity, price, params),
    );
    if (outcome.kind !== 'rejected') this.#watch(order.symbol, clientId);
    return this.#read(outcome, (value) => {
      const row = record(value);
      if (row.clientOrderId != null && text(row, 'clientOrderId') !== clientId) {
        throw new Error(`Expected the order "${clientId}", got "${text(row, 'clientOrderId')}"`);
      }
      const asked = {
        symbol: order.symbol,
        clientId,
        side,
        status: 'working',
        ...(quantity === undefined ? {} : { quantity }),
      } as const;
      return unifiedReport(row, asked, this.time());
    });
  }

  async placeOco(_list: VenueOco): Promise<Outcome<readonly VenueReport[]>> {
    return UNSUPPORTED;
  }

  async cancel(symbol: string, clientId: string, list: boolean): Promise<Outcome<readonly VenueReport[]>> {
    if (list) return UNSUPPORTED;
    const params = { clientOrderId: clientId };
    const outcome = await this.#change(symbol, (unified) => this.#exchange.cancelOrder('', unified, params));
    return this.#read(outcome, (value) => [
      unifiedReport(value, { symbol, clientId, status: 'canceled' }, this.time()),
    ]);
  }

  async order(symbol: string, clientId: string): Promise<Lookup> {
    const asked: CallRecord = { changes: 0, reply: undefined, until: 0 };
    try {
      const { symbol: unified } = (await this.#load()).market(symbol);
      await this.#time.fresh();
      const params = { clientOrderId: clientId };
      const found = await this.#requests.run(asked, () => this.#exchange.fetchOrder(undefined, unified, params));
      const report = unifiedReport(found, { symbol, clientId, status: 'unknown' }, this.time());
      return { kind: 'found', report };
    } catch (error) {
      if (saysUnknown(error, asked)) return { kind: 'absent', at: this.time() };
      return { kind: 'unknown', reason: reasonOf(error) };
    }
  }

  async openOrders(): Promise<readonly VenueReport[]> {
    const markets = await this.#load();
    return this.#query('fetchOpenOrders', async () => {
      const rows = (await this.#exchange.fetchOpenOrders()) as readonly unknown[];
      return rows.map((value) => {
        const row = record(value);
        const symbol = markets.nameOf(text(row, 'symbol'));
        const clientId = row.clientOrderId == null ? '' : text(row, 'clientOrderId');
        const report = unifiedReport(row, { symbol, clientId, status: 'working' }, this.time());
        if (clientId !== '') this.#watch(symbol, clientId);
        return report;
      });
    });
  }

  async trades(symbol: string, fromId: number): Promise<readonly VenueTrade[]> {
    if (!TRADES_BY_ID.has(this.name)) return this.#tradesSince(symbol, this.time() - LOOKBACK, fromId);
    const all: VenueTrade[] = [];
    for (let next = fromId; ; ) {
      const page = await this.#tradePage(symbol, undefined, { fromId: next });
      const news = page.filter(({ tradeId }) => tradeId >= next);
      all.push(...news);
      if (page.length < PAGE) return all;
      if (news.length === 0) throw lost(this.name, 'fetchMyTrades', `only trades before "${next}"`);
      next = news[news.length - 1].tradeId + 1;
    }
  }

  async balances(): Promise<ReadonlyMap<string, VenueBalance>> {
    return this.#query('fetchBalance', async () => unifiedBalances(await this.#exchange.fetchBalance()));
  }

  time(): number {
    return this.#time.now();
  }

  stream(events: VenueStreamEvents): VenueStream {
    return new PolledStream({
      clock: this.#clock,
      events,
      live: () => [...this.#live.values()],
      over: ({ clientId }) => this.#live.delete(clientId),
      look: ({ symbol, clientId }) => this.order(symbol, clientId),
      trades: async ({ symbol, orderId, clientId }) => {
        const recent = await this.#tradesSince(symbol, this.time() - LOOKBACK / 7, 0);
        return recent.filter((trade) => trade.orderId === orderId).map((trade) => ({ ...trade, clientId }));
      },
    });
  }

  #watch(symbol: string, clientId: string): void {
    const since = this.#live.get(clientId)?.since ?? this.#clock.monotonic();
    this.#live.set(clientId, { symbol, clientId, since });
  }

  async #tradesSince(symbol: string, since: number, fromId: number): Promise<readonly VenueTrade[]> {
    const all = new Map<number, VenueTrade>();
    for (let from = since; ; ) {
      const page = await this.#tradePage(symbol, from, {});
      for (const trade of page) if (trade.tradeId >= fromId) all.set(trade.tradeId, trade);
      if (page.length < PAGE) return [...all.values()].sort((a, b) => a.tradeId - b.tradeId);
      const last = page[page.length - 1].time;
      if (last <= from) throw lost(this.name, 'fetchMyTrades', `${PAGE} trades within one ms`);
      from = last;
    }
  }

  /** One page of trades, rising. */
  async #tradePage(
    symbol: string,
    since: number | undefined,
    params: Readonly<Record<string, unknown>>,
  ): Promise<readonly VenueTrade[]> {
    const { symbol: unified } = (await this.#load()).market(symbol);
    return this.#query('fetchMyTrades', async () => {
      const rows = (await this.#exchange.fetchMyTrades(unified, since, PAGE, params)) as readonly unknown[];
      return rows.map((row) => unifiedTrade(row, symbol)).sort((a, b) => a.tradeId - b.tradeId);
    });
  }

  #load(again = false): Promise<Markets> {
    if (!again && this.#markets) return this.#markets;
    this.#markets = this.#query('loadMarkets', async () => {
      await this.#exchange.loadMarkets(again);
      return new Markets(this.name, this.#exchange.markets, this.#exchange.precisionMode);
    });
    this.#markets.catch(() => {
      this.#markets = undefined;
    });
    return this.#markets;
  }

  /** A query of the library. @throws ValvulinError `VLV_VENUE_REQUEST` where it fails */
  async #query<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      await this.#time.fresh();
      return await run();
    } catch (error) {
      throw error instanceof ValvulinError ? error : lost(this.name, what, reasonOf(error));
    }
  }

  /** A call of the library that changes something, sent once or not at all. */
  async #change(symbol: string, call: (unified: string) => Promise<unknown>): Promise<Outcome<unknown>> {
    const made: CallRecord = { changes: 0, reply: undefined, until: this.#clock.monotonic() + LATEST };
    const latest = this.time() + LATEST;
    try {
      const { symbol: unified } = (await this.#load()).market(symbol);
      await this.#time.fresh();
      if (this.time() > latest) throw new Error("the exchange's clock was read meanwhile");
      return { kind: 'accepted', value: await this.#requests.run(made, () => call(unified)) };
    } catch (error) {
      const failure = judgeFailure(error, made);
      if (failure.kind === 'rejected' && error instanceof Error && error.name === 'InvalidNonce') {
        this.#time.sync().catch(() => undefined);
      }
      return failure;
    }
  }

  #read<T>(outcome: Outcome<unknown>, read: (value: unknown) => T): Outcome<T> {
    if (outcome.kind !== 'accepted') return outcome;
    try {
      return { kind: 'accepted', value: read(outcome.value) };
    } catch (error) {
      return { kind: 'in_doubt', reason: reasonOf(error) };
    }
  }
}

function lost(name: string, what: string, reason: string): ValvulinError {
  return new ValvulinError('VLV_VENUE_REQUEST', `Expected an answer of the exchange, got "${reason}"`, {
    where: `${name} ${what}`,
  });
}
