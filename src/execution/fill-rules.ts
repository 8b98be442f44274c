/**
 * The one rule book of simulated fills: pure functions of whole price units, used by the simulated venue (backtest,
 * paper and the local exchange) and by the fast path. `side` is 1 for a buy and -1 for a sell. Where a rule follows
 * other engines or departs from them is written in docs/honesty.md.
 */

/** A price made worse for the taker by `bps` basis points and rounded to the next tick against him; at least one tick. */
export function worsened(price: number, side: number, bps: number, tick: number): number {
  if (bps === 0) return price;
  const raw = (price * (10_000 + side * bps)) / 10_000 / tick;
  const ticks = side > 0 ? Math.ceil(raw) : Math.floor(raw);
  return ticks < 1 ? tick : ticks * tick;
}

/** A stop triggers when the bar trades at it or beyond. */
export function stopReached(side: number, trigger: number, high: number, low: number): boolean {
  return side > 0 ? high >= trigger : low <= trigger;
}

/** Price at which a triggered stop trades, before slippage: at the stop, or at the open where the bar gapped past it. */
export function stopPrice(side: number, trigger: number, open: number): number {
  return side > 0 ? (open > trigger ? open : trigger) : open < trigger ? open : trigger;
}

/** A limit order fills when the bar trades through it, or only at it where `touch` says so. */
export function limitReached(side: number, limit: number, high: number, low: number, touch: boolean): boolean {
  if (touch) return side > 0 ? low <= limit : high >= limit;
  return side > 0 ? low < limit : high > limit;
}

/** Price of a limit fill: the limit, or the open where the bar opened beyond it. */
export function limitPrice(side: number, limit: number, open: number): number {
  return side > 0 ? (open < limit ? open : limit) : open > limit ? open : limit;
}
