import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { BarWindow } from '../../src/core/bar-window.ts';
import type { Bars } from '../../src/core/bars.ts';
import { checkConfig, type Config } from '../../src/core/config/index.ts';
import type { InstrumentRules } from '../../src/core/instrument.ts';
import type { Command } from '../../src/core/order.ts';
import { systemClock } from '../../src/data/node-ports.ts';
import { InlineLiveHost } from '../../src/execution/inline-live-host.ts';
import type { Journal } from '../../src/execution/journal/journal.ts';
import { openJournal } from '../../src/execution/journal/open.ts';
import type { LiveRun } from '../../src/execution/live-run.ts';
import { buildRun, runBooks } from '../../src/runs/live/build-run.ts';
import type { RunDetails } from '../../src/runs/live/earlier-runs.ts';
import { planTrading } from '../../src/runs/live/plan.ts';
import { loadStrategy } from '../../src/runs/load-strategy.ts';
import { packageVersion } from '../../src/runs/version.ts';
import { marketEvents } from './live-drivers.ts';

export interface JournaledCase {
  readonly mode: 'paper' | 'live';
  readonly config: Config;
  readonly bars: readonly Bars[];
  readonly rules: readonly InstrumentRules[];
}

/** A config that trades each symbol with one strategy. */
export function testConfig(symbols: readonly string[], handler: string): Config {
  const checked = checkConfig({
    version: 1,
    data_feeds: [{ name: 'live', type: 'binance-live' }],
    strategies: symbols.map((symbol) => ({
      name: 'one',
      symbol,
      timeframe: '15m',
      handler,
      sizing: { percent: 20 },
      stop: { percent: 1.5 },
      rr_ratio: 1.5,
    })),
    execution: { mode: 'paper', capital: 10_000 },
  });
  if (!('config' in checked) || !checked.config) throw new Error(JSON.stringify(checked));
  return checked.config;
}

/**
 * Trades the bars as a session would, into a journal on the disk. "Live" fills every order that is due at the market a
 * little after its bar has opened, a little above or below it; stops and targets are left to rest.
 */
export async function journaledRun(
  { mode, config, bars, rules }: JournaledCase,
  stateDir = mkdtempSync(join(tmpdir(), 'vlv-journaled-')),
): Promise<Journal> {
  const journal = openJournal({ stateDir, account: mode }, 0);
  onTestFinished(() => {
    journal.close();
    rmSync(stateDir, { recursive: true, force: true });
  });
  const plan = planTrading(config);
  const { capital, quote } = config.execution;
  const details: RunDetails = { continues: null, capital, rules, config };
  const run = journal.beginRun({
    started: 0,
    mode,
    venue: mode,
    configHash: '',
    packageVersion: packageVersion(),
    nodeVersion: process.version,
    details: JSON.stringify(details),
  });
  const host = new InlineLiveHost({ loadClass: (handler) => loadStrategy(handler, '.'), clock: systemClock });
  const infos = await host.load(plan.strategies);
  const windows = plan.streams.map(({ symbol, timeframe }) => new BarWindow(symbol, timeframe, bars[0].length));
  const engineRun: LiveRun = buildRun(plan, runBooks(plan, capital, rules, quote), windows, {
    host,
    log: {
      input: (time, kind, payload) => journal.input(run, time, kind, payload),
      commands: (seq, commands) => {
        journal.commit(seq, commands, []);
      },
    },
    strategies: infos.map(({ key, history }, s) => ({
      key,
      history,
      enabled: true,
      problem: null,
      slots: [{ slot: s, stream: s }],
    })),
    onFailure: ({ detail }) => {
      throw new Error(detail);
    },
  });
  if (mode === 'live') engineRun.tradeOn({ apply: (commands) => fillLate(engineRun, bars, commands) });
  for (const event of marketEvents(bars)) {
    engineRun.market(event);
    await engineRun.idle();
  }
  journal.endRun(run, 'stopped', engineRun.time);
  return journal;
}

const DELAY_MS = 700;
const CASH = 1e8;
let trades = 0;

function fillLate(run: LiveRun, bars: readonly Bars[], commands: readonly Command[]): void {
  for (const command of commands) {
    if (command.kind === 'cancel') {
      const { orderId } = command;
      run.input({ kind: 'end', end: { orderId, status: 'canceled', reason: 'asked', time: run.time } });
    }
    if (command.kind !== 'submit' || command.order.type !== 'market') continue;
    const { id, slot, side, budget, time } = command.order;
    const { instrument } = run.engine.slots[slot].spec.market;
    const series = bars[slot];
    const next = Array.from(series.time).indexOf(time);
    if (next < 0) continue;
    const price = instrument.priceUnits(series.open[next]) + side * 5 * instrument.tick;
    const affordable = instrument.quantityUnits(budget / CASH / instrument.price(price + 1) / 1.001);
    const quantity = command.order.quantity > 0 ? command.order.quantity : affordable;
    const fill = {
      tradeId: ++trades,
      orderId: id,
      quantity,
      price,
      fee: Math.round(instrument.quantity(quantity) * instrument.price(price) * CASH * 0.0005),
      feeQuantity: 0,
    };
    const how = { at: 'open', ambiguous: false, complete: true } as const;
    run.input({ kind: 'fill', fill: { ...fill, time: time + DELAY_MS, ...how } });
  }
}
