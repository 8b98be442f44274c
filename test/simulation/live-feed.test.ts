import { describe, expect, it } from 'vitest';
import { type Bar, Bars } from '../../src/core/bars.ts';
import type { HttpReply, HttpRequest } from '../../src/core/ports.ts';
import { resample } from '../../src/core/resample.ts';
import { barClose, barOpen, type Timeframe } from '../../src/core/timeframe.ts';
import type { FeedEvent } from '../../src/data/live/feed-events.ts';
import { BinanceLiveFeed } from '../../src/data/live/live-feed.ts';
import { RandomStream } from '../../src/data/synthetic/random.ts';
import { syntheticBars } from '../../src/data/synthetic/index.ts';
import { ExchangeSockets } from '../../src/exchange/exchange-sockets.ts';
import type { RequestFaultRule } from '../../src/exchange/faults.ts';
import { LocalExchange } from '../../src/exchange/local-exchange.ts';
import { MarketDriver } from '../../src/exchange/market-driver.ts';
import type { SocketFaultPlan } from '../../src/exchange/socket-faults.ts';
import { VirtualClock } from '../servers/virtual-clock.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 28, 23, 30);
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];
const TIMEFRAMES: readonly Timeframe[] = ['1m', '5m', '10m'];
/** Faults stop so long before the end, and everything must be well again. */
const HEALING = 10 * MINUTE;

interface Plan {
  readonly sockets?: SocketFaultPlan;
  readonly requests?: readonly RequestFaultRule[];
  readonly confirm?: 'before' | 'after';
  readonly minutes?: number;
  readonly seed?: number;
}

/** A feed on the local exchange, in process, on a virtual clock. */
class Run {
  readonly clock = new VirtualClock(START + 1_234);
  readonly events: FeedEvent[] = [];
  readonly asked: { readonly at: number; readonly status: number; readonly retryAfter: number }[] = [];
  readonly exchange: LocalExchange;
  readonly feed: BinanceLiveFeed;
  connections = 0;
  usedWeight = 0;

  constructor({ sockets = {}, requests = [], confirm = 'after', minutes = 60, seed = 1 }: Plan) {
    const { clock } = this;
    const words = new RandomStream(seed);
    const random = (): number => words.uniform();
    const until = START + (minutes + 2) * MINUTE;
    const bars = syntheticBars({ symbols: SYMBOLS, timeframe: '1m', from: START - 60 * MINUTE, to: until, seed });
    this.exchange = new LocalExchange({
      clock,
      random,
      symbols: SYMBOLS.map((name) => ({
        name,
        base: name.slice(0, 3),
        quote: 'USDT',
        price: '100',
        tickSize: '0.01',
        stepSize: '0.00001',
      })),
      accounts: [],
      faults: { requests },
      latencyMs: 20,
    });
    const hub = new ExchangeSockets({ exchange: this.exchange, clock, random, latencyMs: 15, faults: sockets });
    new MarketDriver({
      exchange: this.exchange,
      clock,
      bars: () => bars,
      from: START,
      play: 8,
      random,
    }).start();
    const http = this.exchange.http();
    const ports = hub.sockets();
    this.feed = new BinanceLiveFeed({
      http: { send: (request) => this.#send(http, request) },
      sockets: {
        connect: (url, events) => {
          this.connections++;
          return ports.connect(url, events);
        },
      },
      clock,
      random,
      endpoints: { rest: 'http://exchange', ws: 'ws://exchange' },
      streams: SYMBOLS.flatMap((symbol) => TIMEFRAMES.map((timeframe) => ({ symbol, timeframe }))),
      confirm,
      book: true,
    });
  }

  async play(minutes: number): Promise<void> {
    const started = this.feed.start((event) => this.events.push(event));
    await this.clock.advance(minutes * MINUTE);
    await started;
    await this.feed.stop();
  }

  /** The bars as released. */
  released(symbol: string, timeframe: Timeframe): Bar[] {
    const bars = this.events.filter((event) => event.kind === 'bar');
    return bars.filter((event) => event.symbol === symbol && event.timeframe === timeframe).map(({ bar }) => bar);
  }

  /** The bars as released, with the corrections that were told. */
  corrected(symbol: string, timeframe: Timeframe): Bar[] {
    const bars = this.released(symbol, timeframe);
    for (const event of this.events) {
      if (event.kind !== 'revision' || event.symbol !== symbol || event.timeframe !== timeframe) continue;
      bars[bars.findIndex(({ time }) => time === event.released.time)] = event.revised;
    }
    return bars;
  }

  /** The truth of all bars that the feed should have released by now. */
  truth(symbol: string, timeframe: Timeframe): Bar[] {
    const bars: Bar[] = [];
    const now = this.exchange.time() - 1_000;
    for (let time = barOpen(START, timeframe); barClose(time, timeframe) <= now; time = barClose(time, timeframe)) {
      const kline = this.exchange.kline(symbol, timeframe, time);
      if (!kline) continue;
      const { open, high, low, close, volume } = kline;
      const [o, h, l, c, v] = [open, high, low, close, volume].map(Number);
      bars.push({ time, open: o, high: h, low: l, close: c, volume: v });
    }
    return bars;
  }

  /** Each bar once, in order, whole, and true; every symbol well again; the exchange's limits kept. */
  check(): void {
    for (const symbol of SYMBOLS) {
      for (const timeframe of ['1m', '5m'] as const) {
        const [got, expected] = [this.corrected(symbol, timeframe), this.truth(symbol, timeframe)].map(lines);
        expect(got, `${symbol} ${timeframe}\n${this.#reasons()}`).toEqual(expected);
      }
      // A built bar is made of its parts as they were released, in the way of a backtest.
      const parts = Bars.fromRows(symbol, '5m', this.released(symbol, '5m'));
      const built = resample(parts, '10m');
      expect(Bars.fromRows(symbol, '10m', this.released(symbol, '10m'))).toEqual(built);
      const health = this.events.filter((event) => event.kind === 'health');
      expect(health.findLast((event) => event.symbol === symbol)?.healthy, symbol).toBe(true);
      expect(health.findLast((event) => event.symbol === null)?.healthy ?? true).toBe(true);
    }
    expect(this.events.filter(({ kind }) => kind === 'gap')).toEqual([]);
    for (const { at, status, retryAfter } of this.asked) {
      if (status !== 429 && status !== 418) continue;
      // Up to four requests may have been on their way when the first was refused.
      const early = this.asked.filter((other) => other.at > at + 50 && other.at < at + retryAfter * 1_000 - 50);
      expect(early).toEqual([]);
    }
    expect(this.usedWeight).toBeLessThan(6_000 * 0.6);
  }

  #reasons(): string {
    const health = this.events.filter((event) => event.kind === 'health');
    return health.map(({ symbol, healthy, reason }) => `${symbol} ${healthy} ${reason}`).join('\n');
  }

  async #send(http: { send(request: HttpRequest): Promise<HttpReply> }, request: HttpRequest): Promise<HttpReply> {
    const at = this.clock.monotonic();
    const reply = await http.send(request);
    const { status, headers } = reply;
    this.asked.push({ at, status, retryAfter: Number(headers['retry-after'] ?? 0) });
    this.usedWeight = Math.max(this.usedWeight, Number(headers['x-mbx-used-weight-1m'] ?? 0));
    return reply;
  }
}

const lines = (bars: readonly Bar[]): string[] => bars.map((bar) => JSON.stringify(bar));

async function played(plan: Plan): Promise<Run> {
  const minutes = plan.minutes ?? 60;
  const run = new Run({ ...plan, minutes });
  await run.play(minutes);
  return run;
}

const soon = { from: START + 3 * MINUTE, until: START + 60 * MINUTE - HEALING };

describe('a live feed on the local exchange', () => {
  it('tells the truth, with best bid and ask', async () => {
    const run = await played({});
    run.check();
    expect(run.events.filter(({ kind }) => kind === 'revision')).toEqual([]);
    const book = run.events.filter((event) => event.kind === 'price' && event.bid !== undefined);
    expect(book.length).toBeGreaterThan(100);
    expect(run.connections).toBe(1);
  });

  it.each([
    ['feed.gap', { feed: [{ fault: { verb: 'feed.gap' }, chance: 0.3, ...soon }] }],
    ['feed.dup', { feed: [{ fault: { verb: 'feed.dup' }, chance: 0.5, ...soon }] }],
    ['feed.late', { feed: [{ fault: { verb: 'feed.late', ms: 45_000 }, chance: 0.3, ...soon }] }],
    ['feed.revise', { feed: [{ fault: { verb: 'feed.revise', parts: 500, ms: 4_000 }, chance: 0.3, ...soon }] }],
    ['feed.zeroVol', { feed: [{ fault: { verb: 'feed.zeroVol' }, chance: 0.3, ...soon }] }],
    ['feed.spike up', { feed: [{ fault: { verb: 'feed.spike', factor: 1.5 }, chance: 0.3, ...soon }] }],
    ['feed.spike down', { feed: [{ fault: { verb: 'feed.spike', factor: 0.5 }, chance: 0.3, ...soon }] }],
    ['ws.dropFrame', { frames: [{ fault: { verb: 'ws.dropFrame' }, chance: 0.3, ...soon }] }],
    ['ws.dup', { frames: [{ fault: { verb: 'ws.dup' }, chance: 0.5, ...soon }] }],
    ['ws.reorder', { frames: [{ fault: { verb: 'ws.reorder' }, chance: 0.4, ...soon }] }],
    ['ws.replayStale', { frames: [{ fault: { verb: 'ws.replayStale', depth: 300 }, chance: 0.4, ...soon }] }],
    ['net.delay', { frames: [{ fault: { verb: 'net.delay', ms: 20_000 }, chance: 0.3, ...soon }] }],
    ['ws.silent', { timed: [{ at: START + 5 * MINUTE, fault: { verb: 'ws.silent', ms: 20 * MINUTE } }] }],
    ['ws.halfOpen', { timed: [{ at: START + 5 * MINUTE, fault: { verb: 'ws.halfOpen' } }] }],
    ['ws.close', { timed: [{ at: START + 5 * MINUTE, fault: { verb: 'ws.close', code: 1008 } }] }],
    ['ws.shutdown', { timed: [{ at: START + 5 * MINUTE, fault: { verb: 'ws.shutdown', noticeMs: 20_000 } }] }],
  ] satisfies readonly (readonly [string, SocketFaultPlan])[])(
    '%s: every bar once, and true',
    async (verb, sockets) => {
      const run = await played({ sockets });
      run.check();
      if (['feed.zeroVol', 'feed.spike up', 'feed.spike down'].includes(verb)) {
        expect(run.events.filter(({ kind }) => kind === 'revision')).toEqual([]);
      }
      if (verb === 'feed.revise') {
        expect(run.events.filter(({ kind }) => kind === 'revision').length).toBeGreaterThan(5);
        const strict = await played({ sockets, confirm: 'before' });
        strict.check();
        expect(strict.events.filter(({ kind }) => kind === 'revision')).toEqual([]);
      }
      if (verb === 'ws.shutdown') {
        expect(run.events.filter((event) => event.kind === 'connection').map(({ up }) => up)).toEqual([true]);
      }
    },
  );

  it('ten minutes of refused connections cost a bounded number of attempts, and no bar', async () => {
    const timed = [
      { at: START + 5 * MINUTE, fault: { verb: 'ws.refuse', ms: 10 * MINUTE } },
      { at: START + 5 * MINUTE + 1, fault: { verb: 'ws.close', code: 1006 } },
    ] as const;
    const run = await played({ sockets: { timed } });
    run.check();
    expect(run.connections).toBeLessThan(30);
  });

  it.each([
    ['http.429', { verb: 'http.429', retryAfter: 20 }, 2],
    ['http.418', { verb: 'http.418', retryAfter: 240 }, 1],
    ['http.403html', { verb: 'http.403html' }, 1],
    ['http.5xx', { verb: 'http.5xx', status: 503, code: -1001, executed: false }, 40],
    ['http.truncBody', { verb: 'http.truncBody' }, 40],
    ['http.emptyBody', { verb: 'http.emptyBody' }, 40],
    ['net.dropReq', { verb: 'net.dropReq' }, 10],
    ['net.dropRes', { verb: 'net.dropRes' }, 10],
    ['dns.fail', { verb: 'dns.fail' }, 40],
  ] as const)('%s beside lost frames: every bar once, and true', async (_verb, fault, times) => {
    const sockets: SocketFaultPlan = { frames: [{ fault: { verb: 'ws.dropFrame' }, chance: 0.3, ...soon }] };
    const run = await played({ sockets, requests: [{ fault, times, ...soon }] });
    run.check();
  });
});

describe('seeds', () => {
  it.each(Array.from({ length: 24 }, (_, i) => i + 1))('%i: several faults together', async (seed) => {
    const draw = new RandomStream(seed, 99);
    const chance = (): number => draw.uniform() ** 3 * 0.6;
    const at = (): number => START + (3 + draw.uniform() * 40) * MINUTE;
    const maybe = <T>(...all: T[]): T[] => all.filter(() => draw.uniform() < 0.4);
    const sockets: SocketFaultPlan = {
      feed: maybe(
        { fault: { verb: 'feed.gap' } as const, chance: chance(), ...soon },
        { fault: { verb: 'feed.late', ms: draw.uniform() * 90_000 } as const, chance: chance(), ...soon },
        { fault: { verb: 'feed.revise', parts: 300, ms: 9_000 } as const, chance: chance(), ...soon },
        { fault: { verb: 'feed.zeroVol' } as const, chance: chance(), ...soon },
        { fault: { verb: 'feed.spike', factor: 1.4 } as const, chance: chance(), ...soon },
      ),
      frames: maybe(
        { fault: { verb: 'ws.dropFrame' } as const, chance: chance(), ...soon },
        { fault: { verb: 'ws.dup' } as const, chance: chance(), ...soon },
        { fault: { verb: 'ws.reorder' } as const, chance: chance(), ...soon },
        { fault: { verb: 'ws.replayStale', depth: 200 } as const, chance: chance(), ...soon },
        { fault: { verb: 'net.delay', ms: 30_000 } as const, chance: chance(), ...soon },
      ),
      timed: maybe(
        { at: at(), fault: { verb: 'ws.silent', ms: 5 * MINUTE } as const },
        { at: at(), fault: { verb: 'ws.halfOpen' } as const },
        { at: at(), fault: { verb: 'ws.close', code: 1006 } as const },
        { at: at(), fault: { verb: 'ws.shutdown', noticeMs: 3_000 } as const },
        { at: at(), fault: { verb: 'ws.refuse', ms: 2 * MINUTE } as const },
      ),
    };
    const requests: RequestFaultRule[] = maybe(
      { fault: { verb: 'http.429', retryAfter: 15 } as const, times: 2, ...soon },
      { fault: { verb: 'http.5xx', status: 502, code: -1001, executed: false } as const, chance: 0.5, ...soon },
      { fault: { verb: 'net.dropRes' } as const, chance: 0.3, ...soon },
      { fault: { verb: 'http.truncBody' } as const, chance: 0.3, ...soon },
    );
    const run = await played({ sockets, requests, seed });
    run.check();
  });
});
