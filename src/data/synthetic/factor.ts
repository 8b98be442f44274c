import { type Calendar, YEAR_DAYS } from './calendar.ts';
import { RandomStream } from './random.ts';

interface Regime {
  readonly name: 'bull' | 'bear' | 'range' | 'high_volatility';
  /** Yearly drift of the common factor. */
  readonly drift: number;
  /** Multiplies every volatility. */
  readonly volatility: number;
  /** Mean length. */
  readonly days: number;
  /** How fast the level returns to where the regime began, per day. */
  readonly pull: number;
  /** Chance of each regime to come next, in the order of `REGIMES`. */
  readonly next: readonly [number, number, number, number];
}

/**
 * Drifts are small beside the volatility, as in real markets: within a regime the yearly Sharpe ratio of holding is
 * about two, over all of them about a third. A trend strategy finds something, and not much after costs.
 */
export const REGIMES: readonly Regime[] = [
  { name: 'bull', drift: 1.05, volatility: 0.9, days: 42, pull: 0, next: [0, 0.25, 0.5, 0.25] },
  { name: 'bear', drift: -0.85, volatility: 1.1, days: 28, pull: 0, next: [0.3, 0, 0.5, 0.2] },
  { name: 'range', drift: 0, volatility: 0.7, days: 30, pull: 0.08, next: [0.55, 0.3, 0, 0.15] },
  { name: 'high_volatility', drift: -0.3, volatility: 1.9, days: 6, pull: 0, next: [0.4, 0.3, 0.3, 0] },
];

const FACTOR_VOLATILITY = 0.44;
const JUMPS_PER_YEAR = 14;
const JUMP_SIZE = 0.016;
/** A drift that comes and goes: yearly size and mean life. It is what a trend strategy on hours can find. */
const SWING = { size: 1.3, days: 4 } as const;

/** GARCH(1,1) with a long-run variance of one: clustering, and its weight on the last shock. */
export const GARCH = { shock: 0.11, memory: 0.875, cap: 14 } as const;

/** What all symbols share. */
export interface Factor {
  /** Return of the factor inside each bar, drift and jumps included. */
  readonly returns: Float64Array;
  /** Multiplier that regime, clustering and time of day put on every symbol's own volatility. */
  readonly volatility: Float64Array;
  /** Index into `REGIMES`. */
  readonly regime: Uint8Array;
  /** Return of the factor between the previous close and the open; mostly zero. */
  readonly gaps: Float64Array;
}

export function drawFactor(calendar: Calendar, seed: number): Factor {
  const count = calendar.time.length;
  const random = new RandomStream(seed, 0xfac70);
  const returns = new Float64Array(count);
  const volatility = new Float64Array(count);
  const regimes = new Uint8Array(count);
  const gaps = new Float64Array(count);
  const { barDays } = calendar;
  const years = barDays / YEAR_DAYS;
  const barVolatility = FACTOR_VOLATILITY * Math.sqrt(years);
  let regime = Math.floor(random.uniform() * REGIMES.length);
  let variance = 1;
  let level = 1;
  let anchor = 1;
  let swing = 0;
  const swingStep = Math.min(1, barDays / SWING.days);
  const swingScale = SWING.size * Math.sqrt(2 * swingStep);
  for (let i = 0; i < count; i++) {
    if (random.uniform() * REGIMES[regime].days < barDays) {
      regime = draw(REGIMES[regime].next, random.uniform());
      anchor = level;
    }
    const { drift, volatility: scale, pull } = REGIMES[regime];
    const clustered = Math.sqrt(variance);
    const bar = scale * clustered * calendar.volatility[i];
    const shock = random.student();
    swing += swingScale * random.normal() - swingStep * swing;
    let change = (drift + swing) * years + pull * barDays * ((anchor - level) / level) + barVolatility * bar * shock;
    if (random.uniform() < JUMPS_PER_YEAR * years) {
      const jump = random.normal() * jumpSize(JUMP_SIZE, barVolatility);
      if (random.uniform() < 0.5) change += jump;
      else gaps[i] = jump;
    }
    returns[i] = bounded(change);
    volatility[i] = bar;
    regimes[i] = regime;
    level *= 1 + returns[i];
    variance = nextVariance(variance, shock);
  }
  return { returns, volatility, regime: regimes, gaps };
}

/** The GARCH(1,1) step for a shock of variance one; capped, so that one draw cannot blow the process up. */
export function nextVariance(variance: number, shock: number): number {
  const next = 1 - GARCH.shock - GARCH.memory + variance * (GARCH.shock * shock * shock + GARCH.memory);
  return next > GARCH.cap ? GARCH.cap : next;
}

/** A jump is large beside the bars around it but not absurd: on short bars it is cut to some of their volatility. */
export function jumpSize(size: number, barVolatility: number): number {
  return Math.min(size, 5 * barVolatility);
}

/** Keeps a return where a price can follow it. */
export function bounded(change: number): number {
  return change < -0.4 ? -0.4 : change > 0.6 ? 0.6 : change;
}

function draw(chances: readonly number[], uniform: number): number {
  let left = uniform;
  for (let i = 0; i < chances.length - 1; i++) {
    if (left < chances[i]) return i;
    left -= chances[i];
  }
  return chances.length - 1;
}
