import type { Config } from '../../core/config/index.ts';
import { formatUnits } from '../../core/decimal.ts';
import type { TradingState } from '../../core/entry-gate.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import { pow10 } from '../../core/money.ts';
import type { FillFact, OrderRole } from '../../core/order.ts';
import type { Clock, Timer } from '../../core/ports.ts';
import type { Trade } from '../../core/trade.ts';
import type { FeedEvent } from '../../data/live/feed-events.ts';
import type { BinanceLiveFeed } from '../../data/live/live-feed.ts';
import type { HistoryLake } from '../../data/lake/history-lake.ts';
import { ACCOUNT_SCOPE, type Journal } from '../../execution/journal/journal.ts';
import type { Alert } from '../../execution/live/desk-types.ts';
import type { PriceCollar } from '../../execution/live/price-collar.ts';
import type { RunInput, StepInput } from '../../execution/live/input-codec.ts';
import type { LiveHost } from '../../execution/live-host.ts';
import type { LiveExecutor } from '../../execution/live-executor.ts';
import type { LiveRun, LiveStrategyGroup } from '../../execution/live-run.ts';
import { Recovery, type RecoveryReport } from '../../execution/recovery.ts';
import type { SpotVenue, VenueStream } from '../../execution/venues/venue.ts';
import { JournalRecords } from './journal-records.ts';
import { MarketInbox } from './market-inbox.ts';
import type { LivePlan } from './plan.ts';
import { type Built, buildSession } from './build-session.ts';

/** How often books and exchange are compared, even when all looks well. */
const RECOVER_MS = 60_000;
/** Group commit: what was written is on the disk at the latest after this. */
const FLUSH_MS = 1_000;
/** How long a stop waits for requests under way. */
const SETTLE_MS = 20_000;
const SETTLE_LOOK_MS = 50;

export interface LiveSessionOptions {
  /** Only the strategies that run. */
  readonly config: Config;
  readonly journal: Journal;
  readonly host: LiveHost;
  readonly feed: BinanceLiveFeed;
  readonly lake?: HistoryLake;
  /** Trading rules of all symbols, as they are now. */
  readonly rules: readonly InstrumentRules[];
  readonly clock: Clock;
  /** How many times as fast as a real clock `clock` runs, as for a local exchange; 1 by default. */
  readonly speed?: number;
  /** Where orders go; null trades on paper. */
  readonly venue: SpotVenue | null;
  /** Marks own orders at the exchange; 1 to 8 small letters and digits. */
  readonly owner: string;
  /** Starts new books, whatever the account did before. */
  readonly fresh?: boolean;
  readonly on: (event: SessionEvent) => void;
}

/** A fill as people read it. */
export interface FillDescription {
  readonly at: Date;
  readonly strategy: string;
  readonly role: OrderRole;
  readonly side: 'BUY' | 'SELL';
  /** Base asset. */
  readonly quantity: number;
  readonly price: number;
  /** Quote money; what was taken in the base asset is not in it. */
  readonly fee: number;
  /** Number of the engine's order. */
  readonly order: number;
}

/** What somebody may want to see or log, as it happens. */
export type SessionEvent =
  | { readonly kind: 'input'; readonly input: RunInput }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'feed'; readonly event: FeedEvent }
  | { readonly kind: 'missing'; readonly time: number; readonly streams: readonly string[] }
  | { readonly kind: 'resumed'; readonly runs: readonly number[]; readonly inputs: number }
  /** Books and exchange were compared; at the start, so many orders of earlier processes were looked up by name. */
  | { readonly kind: 'recovered'; readonly lookedUp: number | null; readonly report: RecoveryReport }
  | { readonly kind: 'trade'; readonly trade: Trade }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * One run of paper or live trading, from the config to the last flush: goes on with the books that the account has,
 * brings them into agreement with the exchange, and trades until it is stopped.
 */
export class LiveSession {
  readonly plan: LivePlan;
  readonly run: number;
  readonly engineRun: LiveRun;
  readonly executor: LiveExecutor | null;
  readonly cashDecimals: number;
  readonly strategies: readonly LiveStrategyGroup[];
  readonly #options: LiveSessionOptions;
  readonly #recovery: Recovery | null;
  readonly #inbox: MarketInbox;
  readonly #collar: PriceCollar;
  readonly #records: JournalRecords;
  readonly #timers = new Map<string, Timer>();
  #stream: VenueStream | null = null;
  #stopping = false;
  #lowSpace = false;

  private constructor(options: LiveSessionOptions, built: Built) {
    const { journal, clock, feed, venue } = options;
    this.#options = options;
    this.plan = built.plan;
    this.run = built.run;
    this.engineRun = built.engineRun;
    this.executor = built.executor;
    this.cashDecimals = built.cashDecimals;
    this.#collar = built.collar;
    this.strategies = built.groups;
    this.#records = new JournalRecords(journal, built.run, built.engineRun.engine, built.cashDecimals);
    this.#inbox = new MarketInbox({
      streams: built.plan.streams,
      clock,
      now: () => feed.time.now(),
      deadlineMs: built.plan.feed.params.slice_deadline_ms * (options.speed ?? 1),
      onMarket: (event) => this.engineRun.market(event),
      onMissing: (time, streams) => options.on({ kind: 'missing', time, streams }),
    });
    const { executor } = built;
    const { ledger } = built.engineRun.engine;
    this.#recovery =
      venue && executor
        ? new Recovery({
            venue,
            executor,
            slots: built.engineRun.engine.slots.map(({ spec }) => spec),
            quote: options.config.execution.quote,
            cash: () => formatUnits(ledger.cash, built.cashDecimals),
            emit: (input) => this.input(input as StepInput),
            alert: (alert) => options.on({ kind: 'alert', alert }),
          })
        : null;
    built.onStep = (input) => {
      const trades = this.#records.afterStep(input);
      options.on({ kind: 'input', input });
      for (const trade of trades) options.on({ kind: 'trade', trade });
    };
    built.onAlert = (alert) => options.on({ kind: 'alert', alert });
    built.onEmit = (input) => this.input(input);
    built.onFailed = (error) => options.on({ kind: 'failed', error });
  }

  /**
   * Builds the run and brings its books up to where the account's last run ended. Nothing trades yet.
   * @throws ValvulinError `VLV_CONFIG`, `VLV_LIVE_REFUSED`, `VLV_RECOVERY`, `VLV_STRATEGY_LOAD`, `VLV_JOURNAL_BROKEN`
   */
  static async open(options: LiveSessionOptions): Promise<LiveSession> {
    return new LiveSession(options, await buildSession(options));
  }

  /** Warms the strategies up, recovers, and begins to trade. */
  async start(): Promise<void> {
    const { feed, journal, venue, clock } = this.#options;
    const { gate } = this.engineRun.engine.risk;
    // What stood in the way when the last process ended is found anew where it still does.
    for (const block of gate.blocks()) this.input({ kind: 'block', time: feed.time.now(), ...block, on: false });
    // Before anything else: what an operator asked for last holds, whatever the journal's last run was doing.
    this.setState(journal.state(ACCOUNT_SCOPE).state, 'start', false);
    await feed.start((event) => this.#onFeed(event));
    if (venue && this.executor) {
      const { executor } = this;
      this.#blockStream(true);
      this.#stream = venue.stream({
        report: (report) => executor.onReport(report),
        trade: (trade) => executor.onTrade(trade),
        balance: (asset, change) =>
          this.#options.on({ kind: 'alert', alert: { level: 'info', code: 'EXTERNAL', detail: `${asset} ${change}` } }),
        connected: (up, reason) => this.#onConnected(up, reason),
      });
      const doubted = executor.openOrders().filter((order) => order.state === 'in_doubt');
      for (const order of doubted) executor.resolve(order);
      await this.#recover(doubted.length);
      executor.start();
    }
    this.#every('flush', FLUSH_MS, () => this.#flush());
    if (this.#recovery) this.#every('recover', RECOVER_MS, () => void this.#recover(null, true));
    clock.after(0, () => this.#checkFailure());
  }

  /** Such as `BTCUSDT:1h:ema-macd`. */
  slotName(index: number): string {
    const { symbol, timeframe, strategy } = this.engineRun.engine.slots[index].spec;
    return `${symbol}:${timeframe}:${strategy}`;
  }

  /** A fill in ordinary numbers, with what it belongs to. */
  describeFill({ orderId, quantity, price, fee, time }: FillFact): FillDescription {
    const { book, slots } = this.engineRun.engine;
    const slot = book.slot(orderId);
    const { market } = slots[slot].spec;
    return {
      at: new Date(time),
      strategy: this.slotName(slot),
      role: book.role(orderId),
      side: book.side(orderId) > 0 ? 'BUY' : 'SELL',
      quantity: market.instrument.quantity(quantity),
      price: market.instrument.price(price),
      fee: fee / pow10(this.cashDecimals),
      order: orderId,
    };
  }

  /** What the books say that is ours of each asset, quote money included: exact decimal strings. */
  holdings(): Readonly<Record<string, string>> {
    const { slots, ledger } = this.engineRun.engine;
    const units = new Map<string, number>();
    const decimals = new Map<string, number>();
    for (const { index, spec } of slots) {
      const { instrument } = spec.market;
      const { base } = instrument.rules;
      const held = this.executor?.desks[index].held ?? ledger.positions[index].quantity;
      units.set(base, (units.get(base) ?? 0) + held);
      decimals.set(base, instrument.quantityDecimals);
    }
    const bases = [...units].map(([asset, held]) => [asset, formatUnits(held, decimals.get(asset) ?? 0)]);
    const { quote } = this.#options.config.execution;
    return Object.fromEntries([...bases, [quote, formatUnits(ledger.cash, this.cashDecimals)]]) as Record<
      string,
      string
    >;
  }

  /** Exchange time, epoch ms. */
  now(): number {
    return this.#options.feed.time.now();
  }

  /** Close time of a stream's last bar, epoch ms; null before the first. */
  lastClose(stream: number): number | null {
    return this.engineRun.lastClose(stream);
  }

  /** Changes what the engine may do; for good, where an operator asks. */
  setState(state: TradingState, who: string, remember: boolean, why = ''): void {
    const time = this.#options.feed.time.now();
    if (remember) this.#options.journal.recordState({ scope: ACCOUNT_SCOPE, state, who, why, time });
    this.input({ kind: 'operator', time, state, by: who });
  }

  /** Hands an input to the engine. */
  input(input: StepInput): void {
    this.engineRun.input(input);
    this.#checkFailure();
  }

  /**
   * Stops: no entries from now on, requests under way are waited for (20 seconds at most), working entries are taken
   * back, protective orders stay, everything is written down.
   */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const { feed, host, journal, clock } = this.#options;
    for (const timer of this.#timers.values()) timer.cancel();
    if (this.engineRun.failure === undefined) this.setState('REDUCE_ONLY', 'shutdown', false);
    await feed.stop();
    this.#inbox.stop();
    const until = clock.monotonic() + SETTLE_MS;
    while (this.executor?.unsettled && clock.monotonic() < until && this.engineRun.failure === undefined) {
      await new Promise<void>((resolve) => clock.after(SETTLE_LOOK_MS, resolve));
    }
    this.executor?.stop();
    this.#stream?.close();
    await host.stop();
    if (this.engineRun.failure !== undefined) throw this.engineRun.failure;
    journal.endRun(this.run, 'stopped', feed.time.now());
  }

  #onFeed(event: FeedEvent): void {
    this.#options.on({ kind: 'feed', event });
    if (event.kind === 'health') {
      const reason = event.symbol === null ? 'the feed is not healthy' : 'prices are not healthy';
      this.input({ kind: 'block', time: event.time, symbol: event.symbol, reason, on: !event.healthy });
    }
    if (event.kind === 'price') {
      const slot = this.engineRun.engine.slots.find(({ spec }) => spec.symbol === event.symbol);
      if (slot) this.#collar.see(event.symbol, slot.spec.market, event.price, event.bid, event.ask);
    }
    this.#inbox.take(event);
    this.#checkFailure();
  }

  /** With the reserve in use there is room to leave positions, and none to open new ones. */
  #flush(): void {
    const { journal, on } = this.#options;
    journal.flush();
    const low = journal.lowSpace();
    if (low === this.#lowSpace) return;
    this.#lowSpace = low;
    this.input({ kind: 'block', time: this.now(), symbol: null, reason: 'the disk is full', on: low });
    if (!low) return;
    const detail = 'the journal lives on its reserve: entries stop until there is room on the disk';
    on({ kind: 'alert', alert: { level: 'critical', code: 'DISK_FULL', detail } });
  }

  #onConnected(up: boolean, reason: string): void {
    this.#blockStream(!up);
    const code = up ? 'STREAM_UP' : 'STREAM_DOWN';
    this.#options.on({ kind: 'alert', alert: { level: up ? 'info' : 'warning', code, detail: reason } });
    if (up) void this.#recover();
  }

  #blockStream(on: boolean): void {
    const time = this.#options.feed.time.now();
    this.input({ kind: 'block', time, symbol: null, reason: 'own orders are not streamed', on });
  }

  async #recover(lookedUp: number | null = null, routine = false): Promise<void> {
    try {
      const report = await this.#recovery?.run(routine);
      const found = report && (!routine || report.orphans + report.inDoubt + report.missing.length > 0);
      if (found) this.#options.on({ kind: 'recovered', lookedUp, report });
    } catch (error) {
      // The exchange could not be asked: entries stay blocked, and the next minute tries again.
      const detail = error instanceof Error ? error.message : String(error);
      this.#options.on({ kind: 'alert', alert: { level: 'warning', code: 'RECOVERY_FAILED', detail } });
    }
  }

  #every(name: string, ms: number, work: () => void): void {
    const { clock } = this.#options;
    const again = (): void => {
      try {
        work();
      } catch (error) {
        this.#options.on({ kind: 'failed', error });
        return;
      }
      this.#timers.set(name, clock.after(ms, again));
    };
    this.#timers.set(name, clock.after(ms, again));
  }

  #checkFailure(): void {
    if (this.engineRun.failure !== undefined && !this.#stopping) {
      this.#options.on({ kind: 'failed', error: this.engineRun.failure });
    }
  }
}
