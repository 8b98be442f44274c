import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { TradingState } from '../../../src/core/entry-gate.ts';
import { ExchangeSockets } from '../../../src/exchange/exchange-sockets.ts';
import { LocalExchange } from '../../../src/exchange/local-exchange.ts';
import { knownBars, MarketDriver } from '../../../src/exchange/market-driver.ts';
import { MemoryDisk } from '../../../src/execution/journal/memory-disk.ts';
import { API_KEY, type SimPlan } from './draw.ts';
import { amount, Oracle } from './oracle.ts';
import { seeded } from './random.ts';
import { SimClock } from './sim-clock.ts';

export interface Violation {
  readonly time: number;
  readonly invariant: string;
  readonly detail: string;
}

/** No sound run has so many. */
const MOST_EVENTS = 60_000;

/** Stands for the death of the process at a write. */
export class Death extends Error {}

/** What outlives the process: time, the exchange, the disk, and the oracle that watches them. */
export class World {
  readonly plan: SimPlan;
  readonly clock: SimClock;
  readonly exchange: LocalExchange;
  readonly sockets: ExchangeSockets;
  readonly market: MarketDriver;
  readonly disk: MemoryDisk;
  readonly oracle: Oracle;
  readonly violations: Violation[] = [];
  readonly trace: string[] = [];
  /** Things that happened; how long a run was. */
  events = 0;
  /** Journal write points so far. */
  writes = 0;
  /** What the operator asked for last. */
  state: TradingState = 'ACTIVE';
  /** Set by the life: why no entry may be sent now, and what to do at a write point. */
  barred: () => string | null = () => 'no process runs';
  onWrite: () => void = () => undefined;
  readonly #hash = createHash('sha256');

  constructor(plan: SimPlan) {
    this.plan = plan;
    const { seed, start, symbols, balances, fees, latencyMs, faults, socketFaults, bars, prints } = plan;
    this.clock = new SimClock(start, seeded(seed, 'ties'));
    const { clock } = this;
    this.exchange = new LocalExchange({
      clock,
      random: seeded(seed, 'exchange'),
      symbols,
      accounts: [{ apiKey: API_KEY, secret: 'secret', balances, fees }],
      latencyMs,
      faults,
    });
    const { exchange } = this;
    this.sockets = new ExchangeSockets({
      exchange,
      clock,
      random: seeded(seed, 'hub'),
      latencyMs,
      faults: socketFaults,
      ...(plan.connectionMs === undefined ? {} : { limits: { lifeMs: plan.connectionMs } }),
    });
    this.market = new MarketDriver({
      exchange,
      clock,
      bars: knownBars(bars),
      from: Math.ceil(start / 60_000) * 60_000,
      play: prints,
      random: seeded(seed, 'prints'),
    });
    this.disk = new MemoryDisk(() => {
      this.writes++;
      this.onWrite();
    });
    this.oracle = new Oracle({
      now: () => clock.now(),
      capital: amount(plan.config.execution.capital),
      baseOf: (symbol) => symbols.find(({ name }) => name === symbol)?.base ?? '',
      isDurable: (clientId) => this.disk.find('intents', clientId) !== undefined,
      barred: () => this.barred(),
      violated: (invariant, detail) => this.violated(invariant, detail),
    });
    exchange.onUser(API_KEY, (event) => {
      this.note(`x ${JSON.stringify(event)}`);
      this.oracle.onEvent(event);
    });
  }

  violated(invariant: string, detail: string): void {
    this.violations.push({ time: this.clock.now(), invariant, detail });
    this.note(`VIOLATED ${invariant} ${detail}`);
  }

  /** One line of the trace; the hash of a run is that of all its lines. */
  note(line: string): void {
    const text = `${this.clock.now()} ${line}`;
    this.#hash.update(text).update('\n');
    this.trace.push(text);
  }

  hash(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Lets everything happen that is due by `time`, and what follows from each thing before the next one. */
  async runUntil(time: number, stop: () => boolean = () => false): Promise<void> {
    await turn();
    while (this.violations.length === 0 && !stop() && this.clock.step(time)) {
      if (++this.events > MOST_EVENTS) this.violated('I11', `${MOST_EVENTS} things happened: it runs in circles`);
      await turn();
      this.oracle.check();
    }
  }
}
