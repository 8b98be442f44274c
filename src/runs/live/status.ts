import { nextClose } from '../../core/scheduler.ts';
import { pow10 } from '../../core/money.ts';
import { type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import { orderRecord } from '../../execution/records.ts';
import type { EngineStatus } from '../control-protocol.ts';
import type { HealthPart, LiveOrder, LivePosition, LiveStatus } from '../live-status.ts';
import type { LogEvent } from '../log.ts';
import { positionOf } from './journal-records.ts';
import type { LiveSession } from './session.ts';

const DAY_MS = 86_400_000;

/** What a status says besides what the session itself knows. */
export interface StatusContext {
  readonly account: string;
  readonly mode: 'paper' | 'live';
  readonly venue: string;
  readonly quote: string;
  readonly pid: number;
  /** Epoch ms. */
  readonly started: number;
  readonly events: () => readonly LogEvent[];
  readonly health: () => readonly HealthPart[];
}

/** Looks at a session for the view, `valvulin status` and the dashboard. Reads only. */
export class StatusReader {
  readonly #session: LiveSession;
  readonly #context: StatusContext;
  #day = Number.NaN;
  #dayStart = 0;

  constructor(session: LiveSession, context: StatusContext) {
    this.#session = session;
    this.#context = context;
  }

  engine(): EngineStatus {
    const { account, mode, venue, quote, pid, started } = this.#context;
    const { run, engineRun, executor, cashDecimals, plan, strategies } = this.#session;
    const { ledger, risk, slots, book } = engineRun.engine;
    const cash = pow10(cashDecimals);
    const orders = executor?.openOrders() ?? [];
    let working = 0;
    for (let id = 1; id <= book.size; id++) if (book.isOpen(id)) working++;
    return {
      account,
      mode,
      venue,
      run,
      pid,
      started,
      state: risk.gate.state,
      blocks: risk.gate.blocks().map(({ symbol, reason }) => (symbol === null ? reason : `${symbol}: ${reason}`)),
      quote,
      equity: ledger.equity() / cash,
      cash: ledger.cash / cash,
      positions: slots.filter(({ index }) => ledger.positions[index].quantity !== 0).length,
      workingOrders: executor ? orders.length : working,
      ordersInDoubt: orders.filter(({ state }) => state === 'in_doubt').length,
      strategies: strategies.map(({ key, enabled, problem }) => ({ key, enabled, problem })),
      streams: plan.streams.map(({ symbol, timeframe }, stream) => ({
        key: `${symbol}:${timeframe}`,
        lastClose: this.#session.lastClose(stream),
        stale: risk.gate.blocks().some((block) => block.symbol === symbol),
      })),
    };
  }

  live(): LiveStatus {
    const { engineRun, cashDecimals, plan } = this.#session;
    const { engine } = engineRun;
    const { closed, ledger } = engine;
    const cash = pow10(cashDecimals);
    const time = this.#session.now();
    const equity = ledger.equity() / cash;
    if (Math.floor(time / DAY_MS) !== this.#day) {
      this.#day = Math.floor(time / DAY_MS);
      this.#dayStart = equity;
    }
    let won = 0;
    for (let n = 0; n < closed.length; n++) if (closed.at(n).profit > 0) won++;
    const timeframes = [...new Set(plan.streams.map(({ timeframe }) => timeframe))];
    return {
      time,
      engine: this.engine(),
      capital: ledger.capital / cash,
      dayProfit: equity - this.#dayStart,
      closedTrades: closed.length,
      wonTrades: won,
      positions: engine.slots.flatMap(({ index, spec }): LivePosition[] => {
        const position = positionOf(engine, index, cashDecimals);
        return position ? [{ ...position, slot: `${spec.symbol}:${spec.timeframe}:${spec.strategy}` }] : [];
      }),
      orders: this.#orders(),
      clocks: timeframes
        .sort((a, b) => timeframeMs(a) - timeframeMs(b))
        .map((timeframe: Timeframe) => ({ timeframe, nextClose: nextClose(time, timeframe) })),
      health: this.#context.health(),
      events: this.#context.events(),
    };
  }

  #orders(): LiveOrder[] {
    const { engineRun, executor } = this.#session;
    const { engine } = engineRun;
    const states = new Map(executor?.openOrders().map(({ order, state }) => [order, state]));
    const orders: LiveOrder[] = [];
    for (let id = 1; id <= engine.book.size; id++) {
      if (!engine.book.isOpen(id)) continue;
      const known = states.get(id);
      const state = known === 'in_doubt' || known === 'sending' ? known : 'working';
      orders.push({ ...orderRecord(engine, id), state });
    }
    return orders;
  }
}
