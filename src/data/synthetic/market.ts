import { allocateColumns, Bars } from '../../core/bars.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import { barOpen, barsBetween, type Timeframe } from '../../core/timeframe.ts';
import { type Calendar, layOutCalendar, YEAR_DAYS } from './calendar.ts';
import { bounded, drawFactor, type Factor, jumpSize, nextVariance } from './factor.ts';
import { type SymbolProfile, symbolProfile } from './profile.ts';
import { hashText, RandomStream } from './random.ts';

export interface SyntheticRequest {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** A whole number; the same seed gives the same bits on every machine. */
  readonly seed: number;
  /** Open time of the first bar, epoch ms, moved down to the timeframe's grid; 2024-01-01 UTC by default. */
  readonly from?: number;
  /** First open time that is not made any more, epoch ms. Give this or `bars`. */
  readonly to?: number;
  /** Number of bars of each symbol. Give this or `to`. */
  readonly bars?: number;
}

const DEFAULT_FROM = Date.UTC(2024, 0, 1);
const QUOTES = ['USDT', 'USDC', 'BTC', 'ETH', 'EUR'];
const OWN_JUMPS_PER_YEAR = 8;
const OWN_JUMP_SIZE = 0.022;
/** Share of bars that do not open at the previous close, and the size of that gap beside the bar's volatility. */
const GAP_SHARE = 0.4;
const GAP_SIZE = 0.06;
/** The price is turned back here, so that rounding to a tick stays a small thing. */
const LOWEST_TICKS = 200;
/** Within a bar the price wanders less than the fat tails of whole bars suggest. */
const WICK_SIZE = 0.8;

/**
 * A made-up market: one set of bars for each symbol, from a common factor and a part of its own. It has regimes (bull,
 * bear, range, high volatility), volatility clustering, fat tails, jumps, gaps between close and open, and quiet and
 * busy hours. A symbol's bars depend on the seed, the timeframe, the start and its name only, not on which other
 * symbols are asked for. Whoever shows results on these bars must say that they are synthetic.
 * @throws ValvulinError `VLV_SETTINGS` where the range is empty, or both or neither of `to` and `bars` are given
 */
export function syntheticBars(request: SyntheticRequest): Bars[] {
  const { timeframe, seed } = request;
  const from = barOpen(request.from ?? DEFAULT_FROM, timeframe);
  const calendar = layOutCalendar(from, barCount(request, from), timeframe);
  const factor = drawFactor(calendar, seed);
  return request.symbols.map((symbol) => drawSymbol(symbolProfile(symbol), timeframe, calendar, factor, seed));
}

/** The trading rules that the prices and volumes of `syntheticBars` keep. */
export function syntheticRules(symbol: string): InstrumentRules {
  const { ticksPerUnit, lotsPerUnit } = symbolProfile(symbol);
  const quote = QUOTES.find((name) => symbol.endsWith(name) && symbol !== name) ?? '';
  return {
    symbol,
    base: symbol.slice(0, symbol.length - quote.length),
    quote,
    priceTick: 1 / ticksPerUnit,
    lotStep: 1 / lotsPerUnit,
    minNotional: 5,
    source: 'given',
  };
}

function barCount(request: SyntheticRequest, from: number): number {
  const { to, bars, timeframe } = request;
  if ((to === undefined) === (bars === undefined)) {
    throw new ValvulinError('VLV_SETTINGS', `Expected either "to" or "bars", got "${to}" and "${bars}"`);
  }
  const count = bars ?? barsBetween(from, barOpen((to ?? from) - 1, timeframe), timeframe) + 1;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ValvulinError('VLV_SETTINGS', `Expected at least one synthetic bar, got "${count}"`);
  }
  return count;
}

function drawSymbol(
  profile: SymbolProfile,
  timeframe: Timeframe,
  calendar: Calendar,
  factor: Factor,
  seed: number,
): Bars {
  const count = calendar.time.length;
  const random = new RandomStream(seed, hashText(profile.symbol));
  const out = allocateColumns(count);
  const { beta, ownVolatility, ticksPerUnit, lotsPerUnit } = profile;
  const years = calendar.barDays / YEAR_DAYS;
  const ownScale = ownVolatility * Math.sqrt(years);
  const scale = Math.sqrt(beta * beta * 0.2 + ownVolatility * ownVolatility) * Math.sqrt(years);
  const barVolume = profile.dailyVolume * calendar.barDays * lotsPerUnit;
  const lowest = LOWEST_TICKS / ticksPerUnit;
  let variance = 1;
  let close = profile.price;
  for (let i = 0; i < count; i++) {
    const volatility = factor.volatility[i];
    const sigma = scale * volatility;
    let gap = beta * factor.gaps[i];
    if (random.uniform() < GAP_SHARE) gap += GAP_SIZE * sigma * random.student();
    const shock = random.student();
    let change = beta * factor.returns[i] + ownScale * volatility * Math.sqrt(variance) * shock;
    variance = nextVariance(variance, shock);
    if (random.uniform() < OWN_JUMPS_PER_YEAR * years) {
      const jump = random.normal() * jumpSize(OWN_JUMP_SIZE, ownScale);
      if (random.uniform() < 0.5) change += jump;
      else gap += jump;
    }
    let open = close * (1 + bounded(gap));
    if (open < lowest) open = lowest;
    close = open * (1 + bounded(change));
    if (close < lowest) close = lowest * (1 + random.uniform() * sigma);
    const span = WICK_SIZE * sigma * open;
    // The highest point of a Brownian path between two known ends has this exact law (reflection principle).
    const step = close - open;
    const up = 0.5 * (open + close + Math.sqrt(step * step + 2 * span * span * random.exponential()));
    const down = 0.5 * (open + close - Math.sqrt(step * step + 2 * span * span * random.exponential()));
    const size = Math.abs(step) / (span + lowest * 1e-9);
    const volume =
      barVolume *
      calendar.activity[i] *
      (0.35 + 0.35 * volatility + 0.25 * (size > 6 ? 6 : size)) *
      (0.55 + 0.45 * random.exponential());

    // Dividing a whole number of ticks gives the double nearest to the decimal price; multiplying by 0.01 would not.
    const openTicks = Math.round(open * ticksPerUnit);
    const closeTicks = Math.round(close * ticksPerUnit);
    const highTicks = Math.round(up * ticksPerUnit);
    const lowTicks = Math.max(1, Math.round(down * ticksPerUnit));
    const top = openTicks > closeTicks ? openTicks : closeTicks;
    const bottom = openTicks < closeTicks ? openTicks : closeTicks;
    close = closeTicks / ticksPerUnit;
    out.time[i] = calendar.time[i];
    out.open[i] = openTicks / ticksPerUnit;
    out.high[i] = (highTicks > top ? highTicks : top) / ticksPerUnit;
    out.low[i] = (lowTicks < bottom ? lowTicks : bottom) / ticksPerUnit;
    out.close[i] = close;
    out.volume[i] = Math.max(1, Math.round(volume)) / lotsPerUnit;
  }
  return new Bars(profile.symbol, timeframe, out);
}
