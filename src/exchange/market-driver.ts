import { type Bars, lowerBound } from '../core/bars.ts';
import { ValvulinError } from '../core/errors.ts';
import type { Clock, Random, Timer } from '../core/ports.ts';
import { barClose, type Timeframe } from '../core/timeframe.ts';
import { barPrints } from './bar-prints.ts';
import type { Exchange } from './local-exchange.ts';
import type { ExchangeBar } from './types.ts';

/**
 * The market's bars: the first `count` of every symbol, all of the exchange's base interval. The same bars come again
 * when more are asked for; fewer than `count` means that there are no more.
 */
export type BarSource = (count: number) => readonly Bars[];

/** A market of bars that are known in full. */
export function knownBars(bars: readonly Bars[]): BarSource {
  return () => bars;
}

/** One trade of a recorded market. */
export interface MarketTrade {
  readonly symbol: string;
  readonly time: number;
  /** Decimal strings. */
  readonly price: string;
  readonly quantity: string;
  /** True where the price did not pass through what lies between the last trade and this one. */
  readonly jump?: boolean;
}

interface DriverOptions {
  readonly exchange: Exchange;
  /** Exchange time. */
  readonly clock: Clock;
  /** Called once when the market has nothing more to play. */
  readonly onEnd?: () => void;
}

interface BarMarket extends DriverOptions {
  readonly bars: BarSource;
  /** Bars that open before this are history: klines that no order meets. Epoch ms. */
  readonly from: number;
  /**
   * How a bar is played. `bars`: open, then what its range reaches, then close, by the rules of a backtest. A number: as
   * so many trades on one way through its range (at least 4), which move the price bit by bit.
   */
  readonly play: 'bars' | number;
  /** Places trades between the corners of a bar. */
  readonly random?: Random;
}

interface TradeMarket extends DriverOptions {
  readonly trades: Iterable<MarketTrade>;
}

/** Something that happens at one instant; `run` is false where nothing happened. */
interface Instant {
  readonly time: number;
  run(): boolean;
}

const FIRST_LOOK = 4_096;
/** Instants played in one go, so that a market that falls behind leaves time for everything else. */
const AT_ONCE = 500;

/** Moves the prices of an exchange: by the clock, or one instant at a time where a client says when. */
export class MarketDriver {
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  readonly #instants: Iterator<Instant, void>;
  #next: Instant | null;
  #timer: Timer | null = null;

  constructor(options: BarMarket | TradeMarket) {
    this.#clock = options.clock;
    this.#onEnd = options.onEnd ?? (() => undefined);
    this.#instants = 'trades' in options ? tradeInstants(options) : new BarPlay(options).instants();
    this.#next = this.#take();
  }

  /** When the next instant is due, epoch ms; null at the end. */
  get nextTime(): number | null {
    return this.#next?.time ?? null;
  }

  /** Plays the market by the clock from now on; what is overdue is played at once. */
  start(): void {
    if (this.#timer !== null || this.#next === null) return;
    this.#timer = this.#clock.after(Math.max(0, this.#next.time - this.#clock.now()), () => {
      this.#timer = null;
      // The clock is read anew each time: one that is paced goes on only when the instant before has been played.
      for (let n = 0; n < AT_ONCE && this.#next !== null && this.#next.time <= this.#clock.now(); n++) this.play();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Plays the next instant, whose time the clock must have reached. False where nothing happened at it. */
  play(): boolean {
    if (this.#next === null) return false;
    const happened = this.#next.run();
    this.#next = this.#take();
    if (this.#next === null) this.#onEnd();
    return happened;
  }

  #take(): Instant | null {
    const result = this.#instants.next();
    return result.done === true ? null : result.value;
  }
}

function* tradeInstants({ exchange, trades }: TradeMarket): Generator<Instant, void> {
  const last = new Map<string, number>();
  for (const { symbol, time, price, quantity, jump = false } of trades) {
    // Sellers take where the price falls.
    const buyerIsMaker = Number(price) < (last.get(symbol) ?? 0);
    last.set(symbol, Number(price));
    yield {
      time,
      run: () => {
        exchange.trade(symbol, price, quantity, { jump, buyerIsMaker });
        return true;
      },
    };
  }
}

interface OpenBar {
  readonly symbol: string;
  readonly bar: ExchangeBar;
  readonly end: number;
  /** True where trades alone make the bar. */
  readonly traded: boolean;
}

/** The instants of bars: those of several symbols that close together close first, and then the next ones open. */
class BarPlay {
  readonly #options: BarMarket;
  readonly #timeframe: Timeframe;
  #bars: readonly Bars[];
  #asked = FIRST_LOOK;
  /** Index of the next bar of each symbol. */
  readonly #index: number[];

  constructor(options: BarMarket) {
    this.#options = options;
    this.#bars = options.bars(this.#asked);
    let more = true;
    while (more && this.#bars.some((bars) => !reaches(bars, options.from))) more = this.#more();
    const [first] = this.#bars;
    if (first === undefined || this.#bars.some((bars) => bars.timeframe !== first.timeframe)) {
      throw new ValvulinError(
        'VLV_EXCHANGE_SETUP',
        'Expected bars of one timeframe for the market, got none or several',
      );
    }
    this.#timeframe = first.timeframe;
    this.#index = this.#bars.map((bars) => lowerBound(bars.time, options.from));
    for (const [s, bars] of this.#bars.entries()) {
      options.exchange.seed(bars.symbol, rows(bars.slice(0, this.#index[s])));
    }
  }

  *instants(): Generator<Instant, void> {
    let open: OpenBar[] = [];
    for (;;) {
      const opening = this.#nextOpening();
      const closing = open.length === 0 ? null : Math.min(...open.map(({ end }) => end));
      if (opening === null && closing === null) return;
      const time = Math.min(opening ?? Number.POSITIVE_INFINITY, closing ?? Number.POSITIVE_INFINITY);
      const closed = open.filter(({ end }) => end === time);
      const opened = opening === time ? this.#openAt(time) : [];
      open = [...open.filter(({ end }) => end !== time), ...opened];
      const { exchange } = this.#options;
      yield {
        time,
        run: () => {
          const [over, begun] = [closed, opened].map((bars) => bars.filter(({ traded }) => !traded));
          for (const { symbol, bar } of over) exchange.closeBar(symbol, bar);
          for (const { symbol, bar } of begun) exchange.openBar(symbol, bar);
          return over.length + begun.length > 0;
        },
      };
      yield* this.#inside(opened);
    }
  }

  /** What happens between open and close of bars that opened together. */
  *#inside(opened: readonly OpenBar[]): Generator<Instant, void> {
    const { exchange, play, random = () => 0.5 } = this.#options;
    if (play !== 'bars') {
      const prints = opened.flatMap(({ symbol, bar, end }) =>
        barPrints(bar, end, play, random).map((print) => ({ symbol, jump: print.time === bar.time, ...print })),
      );
      prints.sort((a, b) => a.time - b.time);
      yield* tradeInstants({ ...this.#options, trades: prints });
      return;
    }
    for (const { symbol, bar, end } of opened) {
      for (let reached = true; reached; ) {
        yield {
          time: end - 1,
          run: () => {
            reached = exchange.stepBar(symbol, bar);
            return reached;
          },
        };
      }
    }
  }

  #nextOpening(): number | null {
    let next: number | null = null;
    if (this.#index.some((index, s) => index >= this.#bars[s].length)) this.#more();
    for (const [s, bars] of this.#bars.entries()) {
      const index = this.#index[s];
      if (index < bars.length && (next === null || bars.time[index] < next)) next = bars.time[index];
    }
    return next;
  }

  #openAt(time: number): OpenBar[] {
    return this.#bars.flatMap((bars, s) => {
      const bar = bars.at(this.#index[s]);
      if (bar?.time !== time) return [];
      this.#index[s]++;
      const traded = this.#options.play !== 'bars' && bar.volume > 0;
      return [{ symbol: bars.symbol, bar, end: barClose(time, this.#timeframe), traded }];
    });
  }

  /** Asks for more bars than there are; false where none come. */
  #more(): boolean {
    const longest = Math.max(0, ...this.#bars.map(({ length }) => length));
    if (longest < this.#asked) return false;
    this.#asked *= 2;
    this.#bars = this.#options.bars(this.#asked);
    return Math.max(0, ...this.#bars.map(({ length }) => length)) > longest;
  }
}

function reaches(bars: Bars, time: number): boolean {
  return bars.length > 0 && bars.time[bars.length - 1] >= time;
}

function rows(bars: Bars): ExchangeBar[] {
  return Array.from({ length: bars.length }, (_, i) => bars.at(i)).filter((bar) => bar !== undefined);
}
