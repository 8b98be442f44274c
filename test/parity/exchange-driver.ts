import { setImmediate as turn } from 'node:timers/promises';
import type { Bar } from '../../src/core/bars.ts';
import type { Http } from '../../src/core/ports.ts';
import { barClose } from '../../src/core/timeframe.ts';
import { SteppedClock } from '../../src/exchange/exchange-clock.ts';
import { ExchangeSockets } from '../../src/exchange/exchange-sockets.ts';
import { LocalExchange } from '../../src/exchange/local-exchange.ts';
import type { ExchangeSymbol } from '../../src/exchange/types.ts';
import { MemoryDisk, openMemoryJournal } from '../../src/execution/journal/memory-disk.ts';
import type { StepInput } from '../../src/execution/live/input-codec.ts';
import { LiveExecutor } from '../../src/execution/live-executor.ts';
import type { LiveRun } from '../../src/execution/live-run.ts';
import { binanceEndpoints } from '../../src/execution/venues/binance/endpoints.ts';
import { Secret } from '../../src/execution/venues/binance/secret.ts';
import { BinanceVenue } from '../../src/execution/venues/binance/venue.ts';
import { type LiveCase, paperRun, RecordingLog, type Shown } from './live-drivers.ts';

const KEY = 'k'.repeat(64);
const SECRET = 's'.repeat(64);
const REST = 'http://127.0.0.1:1';
/** Rounds without any news after which nothing is under way any more. */
const QUIET = 6;

/**
 * The same case live on the local exchange, in lockstep: the exchange plays a bar step by step and waits after each until
 * the engine has answered. What strategies decide at a close reaches the exchange just after the next open, which is
 * when a backtest fills it.
 */
export async function onExchange(given: LiveCase): Promise<Shown & { readonly alerts: readonly string[] }> {
  const { run, all, show } = await paperRun(given, new RecordingLog());
  const { slots } = run.engine;
  const clock = new SteppedClock(all[0].time[0]);
  const exchange = new LocalExchange({
    clock,
    random: () => 0.5,
    symbols: all.map((bars) => exchangeSymbol(run, bars.symbol, bars.open[0])),
    accounts: [{ apiKey: KEY, secret: SECRET, balances: { USDT: '1000000' }, fees: 'quote' }],
    baseInterval: all[0].timeframe,
    limits: { weightPerMinute: 1e9, ordersPer10Seconds: 1e9, ordersPerDay: 1e9 },
  });
  const sockets = new ExchangeSockets({ exchange, clock, random: () => 0.5 });
  const gate = new Gate(exchange.http());
  const venue = new BinanceVenue({
    http: gate,
    sockets: sockets.sockets(),
    clock,
    random: () => 0.5,
    endpoints: binanceEndpoints('local', REST),
    credentials: { venue: 'local', apiKey: new Secret(KEY), secret: new Secret(SECRET) },
    recvWindowMs: 5_000,
    note: () => undefined,
  });
  const alerts: string[] = [];
  const journal = openMemoryJournal(new MemoryDisk(), 'parity');
  const manifest = { configHash: '', packageVersion: '', nodeVersion: '', details: '{}' };
  let news = 0;
  const executor = new LiveExecutor({
    venue,
    journal,
    clock,
    owner: 'parity',
    run: journal.beginRun({ started: clock.now(), mode: 'live', venue: 'local', ...manifest }),
    cashDecimals: 8,
    costs: run.engine.costs,
    slots: slots.map(({ spec }) => ({ symbol: spec.symbol, market: spec.market })),
    holdBack: () => null,
    decided: (slot) => slots[slot].position.lastPrice,
    emit: (input) => {
      news++;
      run.input(input as StepInput);
    },
    alert: ({ code, detail }) => alerts.push(`${code} ${detail}`),
  });
  run.tradeOn(executor);
  executor.start();
  const settle = async (): Promise<void> => {
    for (let quiet = 0, seen = news + gate.requests; quiet < QUIET; quiet++) {
      clock.moveTo(clock.now());
      await turn();
      if (news + gate.requests === seen) continue;
      seen = news + gate.requests;
      quiet = 0;
    }
    if (run.failure !== undefined) throw run.failure as Error;
  };
  const stream = venue.stream({
    report: (report) => executor.onReport(report),
    trade: (trade) => executor.onTrade(trade),
    balance: () => undefined,
    connected: () => undefined,
  });
  await settle();
  const [{ length, timeframe }] = all;
  for (let i = 0; i < length; i++) {
    const bars = all.map((series) => ({ symbol: series.symbol, bar: series.at(i) as Bar }));
    clock.moveTo(Math.max(clock.now(), bars[0].bar.time));
    for (const { symbol, bar } of bars) exchange.openBar(symbol, bar);
    for (const [stream, { bar }] of bars.entries()) {
      run.market({ kind: 'open', time: bar.time, stream, price: bar.open });
    }
    await settle();
    gate.open();
    await settle();
    // As in a backtest, what happened inside a bar is dated to its last millisecond.
    const time = barClose(bars[0].bar.time, timeframe);
    clock.moveTo(time - 1);
    await settle();
    for (const { symbol, bar } of bars) while (exchange.stepBar(symbol, bar)) await settle();
    for (const { symbol, bar } of bars) exchange.closeBar(symbol, bar);
    await settle();
    gate.shut();
    run.market({ kind: 'slice', time, late: false, bars: bars.map(({ bar }, s) => ({ stream: s, bar })) });
    await run.idle();
  }
  stream.close();
  return { ...show(), alerts };
}

/** Holds requests back while it is shut. */
class Gate implements Http {
  readonly #inner: Http;
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  requests = 0;

  constructor(inner: Http) {
    this.#inner = inner;
  }

  shut(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  async send(request: Parameters<Http['send']>[0]): ReturnType<Http['send']> {
    await this.#opened;
    this.requests++;
    const reply = await this.#inner.send(request);
    this.requests++;
    return reply;
  }
}

function exchangeSymbol(run: LiveRun, symbol: string, price: number): ExchangeSymbol {
  const slot = run.engine.slots.find(({ spec }) => spec.symbol === symbol);
  if (!slot) throw new Error(symbol);
  const { base, quote, priceTick, lotStep, minNotional } = slot.spec.market.instrument.rules;
  const text = (value: number): string => value.toFixed(8).replace(/\.?0+$/, '');
  return {
    name: symbol,
    base,
    quote,
    price: text(price),
    tickSize: text(priceTick),
    stepSize: text(lotStep),
    minNotional: text(minNotional),
    takerCommission: '0.00100000',
    makerCommission: '0.00100000',
    liquidity: { halfSpreadBps: 0 },
  };
}
