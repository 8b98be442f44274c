import { type Bars, lowerBound } from '../../src/core/bars.ts';
import type { Http, HttpReply, HttpRequest, Socket, SocketEvents, Sockets } from '../../src/core/ports.ts';
import { resample } from '../../src/core/resample.ts';
import { barClose, barOpen, type Timeframe, toTimeframe } from '../../src/core/timeframe.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A frame on its way to one connection. */
export interface Frame {
  readonly stream: string;
  readonly data: { readonly e: string; E: number; s: string; k: Record<string, unknown> };
}

/** What happens to a frame: the frames that arrive in its place. */
export type FrameFault = (frame: Frame, socket: MarketSocket) => readonly unknown[];

const PING_MS = 20_000;
const DAY_MS = 86_400_000;

/** One connection as the exchange sees it. */
export class MarketSocket implements Socket {
  readonly streams = new Set<string>();
  readonly openedAt: number;
  readonly messages: number[] = [];
  /** The other side is gone without a word. */
  halfOpen = false;
  over = false;
  readonly #market: TruthMarket;
  readonly #events: SocketEvents;

  constructor(market: TruthMarket, events: SocketEvents, refused: boolean) {
    const { clock } = market;
    this.#market = market;
    this.#events = events;
    this.openedAt = clock.monotonic();
    clock.after(1, () => (refused ? this.end(1006, 'refused') : events.open()));
    this.#ping();
    clock.after(DAY_MS, () => this.end(1000, 'after 24 hours'));
  }

  send(text: string): void {
    if (this.over || this.halfOpen) return;
    this.messages.push(this.#market.clock.monotonic());
    const { id, params } = JSON.parse(text) as { id: number; params: string[] };
    for (const stream of params) this.streams.add(stream);
    this.#market.clock.after(1, () => this.deliver({ result: null, id }));
  }

  close(): void {
    if (!this.halfOpen) this.#market.clock.after(1, () => this.end(1000, ''));
  }

  terminate(): void {
    this.end(1006, 'terminated');
  }

  end(code: number, reason: string): void {
    if (this.over) return;
    this.over = true;
    this.#events.close(code, reason);
  }

  deliver(json: unknown): void {
    if (!this.over && !this.halfOpen) this.#events.message(JSON.stringify(json));
  }

  #ping(): void {
    this.#market.clock.after(PING_MS, () => {
      if (this.over || this.halfOpen) return;
      this.#events.ping();
      this.#ping();
    });
  }
}

/**
 * An exchange that plays known one-minute bars over kline streams and REST, on a virtual clock. The truth never
 * changes; what of it arrives is up to the test.
 */
export class TruthMarket implements Http, Sockets {
  readonly clock: VirtualClock;
  readonly sockets: MarketSocket[] = [];
  readonly requests: { readonly url: URL; readonly at: number }[] = [];
  /** Exchange time minus the machine's wall clock at the start. */
  skew = 0;
  roundTrip = 40;
  refuse = false;
  fault: FrameFault = (frame) => [frame];
  /** Replaces a reply; undefined lets it pass. */
  reply: (url: URL) => Partial<HttpReply> | Error | undefined = () => undefined;
  /** Rows of REST, before they are sent. */
  rows: (rows: unknown[][], url: URL) => unknown[][] = (rows) => rows;
  readonly #bars: readonly Bars[];
  readonly #wall: number;
  readonly #cache = new Map<string, Bars>();

  /** `bars` of one minute; the market plays from the clock's present. */
  constructor(clock: VirtualClock, bars: readonly Bars[]) {
    this.clock = clock;
    this.#bars = bars;
    this.#wall = clock.wall;
    clock.after(10_000, () => this.#push((bar, timeframe) => part(bar, timeframe, this.time())));
    this.#play();
  }

  /** Exchange time, epoch ms. */
  time(): number {
    return this.#wall + this.clock.monotonic() + this.skew;
  }

  /** The truth: closed bars of a timeframe up to now. */
  closed(symbol: string, timeframe: Timeframe): Bars {
    const all = this.#series(symbol, timeframe);
    const open = barOpen(this.time(), timeframe);
    return all.slice(0, lowerBound(all.time, open));
  }

  connect(_url: string, events: SocketEvents): Socket {
    const socket = new MarketSocket(this, events, this.refuse);
    this.sockets.push(socket);
    return socket;
  }

  get live(): MarketSocket[] {
    return this.sockets.filter(({ over }) => !over);
  }

  async send(request: HttpRequest): Promise<HttpReply> {
    const url = new URL(request.url);
    this.requests.push({ url, at: this.clock.monotonic() });
    await new Promise<void>((resolve) => this.clock.after(this.roundTrip / 2, resolve));
    const replaced = this.reply(url);
    const answer = replaced ?? { body: JSON.stringify(this.#answer(url)) };
    await new Promise<void>((resolve) => this.clock.after(this.roundTrip / 2, resolve));
    if (answer instanceof Error) throw answer;
    return { status: 200, headers: {}, body: '', ...answer };
  }

  asked(path: string): number {
    return this.requests.filter(({ url }) => url.pathname === path).length;
  }

  #answer(url: URL): unknown {
    if (url.pathname === '/api/v3/time') return { serverTime: Math.round(this.time()) };
    const get = (name: string, or: number): number => Number(url.searchParams.get(name) ?? or);
    const timeframe = toTimeframe(url.searchParams.get('interval') ?? '1m');
    const bars = this.#series(url.searchParams.get('symbol') ?? '', timeframe);
    const now = this.time();
    const [from, to, limit] = [get('startTime', 0), get('endTime', now), get('limit', 500)];
    const rows: unknown[][] = [];
    for (let i = 0; i < bars.length && bars.time[i] <= Math.min(to, now); i++) {
      if (bars.time[i] < from) continue;
      const close = barClose(bars.time[i], timeframe);
      const part = now >= close ? 1 : (now - bars.time[i]) / (close - bars.time[i]);
      const k = klineOf(bars, i, part);
      rows.push([k.t, k.o, k.h, k.l, k.c, k.v, k.T, '0', k.n, '0', '0', '0']);
    }
    return this.rows(url.searchParams.has('startTime') ? rows.slice(0, limit) : rows.slice(-limit), url);
  }

  #series(symbol: string, timeframe: Timeframe): Bars {
    const key = `${symbol}:${timeframe}`;
    const base = this.#bars.find((bars) => bars.symbol === symbol);
    if (!base) throw new Error(`Unknown symbol "${symbol}"`);
    const bars = this.#cache.get(key) ?? resample(base, timeframe, true);
    this.#cache.set(key, bars);
    return bars;
  }

  /** Three instants of every minute: closes, then opens 5 ms later, and a look half-way through. */
  #play(): void {
    const next = barOpen(this.time(), '1m') + 60_000;
    this.clock.after(next - this.time(), () => {
      this.#push((bar, timeframe) => (barClose(bar, timeframe) === next ? 1 : undefined), -1);
      this.clock.after(5, () => this.#push((bar) => (bar === next ? 0.001 : undefined)));
      this.clock.after(30_000, () => this.#push((bar, timeframe) => part(bar, timeframe, this.time())));
      this.#play();
    });
  }

  #push(partOf: (barTime: number, timeframe: Timeframe) => number | undefined, offset = 0): void {
    for (const socket of this.live) {
      for (const stream of socket.streams) {
        const [name, interval] = stream.split('@kline_');
        const timeframe = toTimeframe(interval);
        const symbol = name.toUpperCase();
        const open = barOpen(this.time() + offset, timeframe);
        const share = partOf(open, timeframe);
        const bars = this.#series(symbol, timeframe);
        const i = lowerBound(bars.time, open);
        if (share === undefined || bars.time[i] !== open) continue;
        const k = { ...klineOf(bars, i, share), s: symbol, i: timeframe, x: share === 1 };
        const frame: Frame = { stream, data: { e: 'kline', E: this.time(), s: symbol, k } };
        for (const json of this.fault(frame, socket)) socket.deliver(json);
      }
    }
  }
}

function part(bar: number, timeframe: Timeframe, now: number): number {
  return (now - bar) / (barClose(bar, timeframe) - bar);
}

/** A kline after `share` of its time: its range grows, its price moves from open to close. */
function klineOf(bars: Bars, i: number, share: number): Record<string, number | string> {
  const bar = bars.at(i);
  if (!bar) throw new Error(`No bar ${i}`);
  const close = share === 1 ? bar.close : bar.open + (bar.close - bar.open) * share;
  const high = share === 1 ? bar.high : Math.max(bar.open, close);
  const low = share === 1 ? bar.low : Math.min(bar.open, close);
  const volume = share === 1 ? bar.volume : bar.volume * share;
  return {
    t: bar.time,
    T: barClose(bar.time, bars.timeframe) - 1,
    o: String(bar.open),
    h: String(high),
    l: String(low),
    c: String(close),
    v: String(volume),
    n: volume === 0 ? 0 : Math.ceil(100 * share),
  };
}
