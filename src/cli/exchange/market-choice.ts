import { type Bars, lowerBound } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import { Instrument, type InstrumentRules } from '../../core/instrument.ts';
import { barOpen, type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import { readBars, syntheticBars, syntheticRules } from '../../data/index.ts';
import { type BarSource, knownBars } from '../../exchange/market-driver.ts';
import type { ExchangeSymbol } from '../../exchange/types.ts';

/** What a local exchange plays. */
export interface MarketChoice {
  readonly bars: BarSource;
  readonly symbols: readonly ExchangeSymbol[];
  readonly timeframe: Timeframe;
  /** Open time of the first bar that is played and not history, epoch ms. */
  readonly from: number;
  /** Exchange time at the start, epoch ms. */
  readonly start: number;
  /** True where exchange time is the machine's own, as long as it does not run faster. */
  readonly ownTime: boolean;
  /** Such as `synthetic market, seed 7`. */
  readonly described: string;
}

export interface SyntheticChoice {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly seed: number;
  /** When the market begins to be played, epoch ms; it has `historyMs` of klines then. */
  readonly now: number;
  readonly historyMs: number;
}

/** A made-up market without an end. */
export function syntheticMarket({ symbols, timeframe, seed, now, historyMs }: SyntheticChoice): MarketChoice {
  const from = barOpen(now, timeframe);
  const first = from - historyMs;
  const bars: BarSource = (count) => syntheticBars({ symbols, timeframe, seed, from: first, bars: count });
  const opens = bars(1);
  return {
    bars,
    symbols: symbols.map((symbol, s) => exchangeSymbol(syntheticRules(symbol), opens[s].open[0])),
    timeframe,
    from,
    start: now,
    ownTime: true,
    described: `synthetic market, seed ${seed}`,
  };
}

/**
 * The bars of files, one for each symbol; what comes first is history: `historyMs`, or half of it where that is shorter.
 * @throws ValvulinError as `readBars`; `VLV_USAGE` where the files differ in timeframe or share a symbol
 */
export async function recordedMarket(paths: readonly string[], historyMs: number): Promise<MarketChoice> {
  const all: Bars[] = [];
  for (const path of paths) all.push((await readBars(path)).bars);
  const [first] = all;
  const names = new Set(all.map(({ symbol }) => symbol));
  if (names.size < all.length || all.some(({ timeframe }) => timeframe !== first.timeframe)) {
    const found = all.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`).join(', ');
    throw new ValvulinError('VLV_USAGE', `Expected one file for each symbol, all of one timeframe, got "${found}"`, {
      where: '--from-bars',
    });
  }
  const start = Math.min(...all.map((bars) => bars.time[0]));
  const middle = first.time[first.length >> 1];
  const wanted = Math.min(start + historyMs, middle);
  const from = first.time[lowerBound(first.time, wanted)] ?? start;
  return {
    bars: knownBars(all),
    symbols: all.map((bars) => exchangeSymbol(Instrument.inferred(bars.symbol, bars).rules, bars.open[0])),
    timeframe: first.timeframe,
    from,
    start: from,
    ownTime: false,
    described: `recorded ${first.timeframe} bars of ${[...names].join(', ')}`,
  };
}

/** Bars of a playground are played in about this many trades. */
export function printsOf(timeframe: Timeframe): number {
  return Math.min(60, Math.max(12, Math.round(timeframeMs(timeframe) / 60_000)));
}

function exchangeSymbol(rules: InstrumentRules, price: number): ExchangeSymbol {
  const { symbol, base, quote, priceTick, lotStep, minNotional } = rules;
  return {
    name: symbol,
    base,
    quote,
    price: decimal(price),
    tickSize: decimal(priceTick),
    stepSize: decimal(lotStep),
    minNotional: decimal(minNotional),
    liquidity: { halfSpreadBps: 1 },
  };
}

function decimal(value: number): string {
  return value.toFixed(8).replace(/\.?0+$/, '');
}
