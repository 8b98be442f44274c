/**
 * The rounding errors of double arithmetic, as doubles (Dekker 1971, Knuth). A sum kept together with its errors is the
 * exact sum: values can be added and removed for ever, and the result depends on nothing but what is in the window.
 */

/** 2^27 + 1: multiplying by it splits a double into two halves whose products are exact. */
const SPLITTER = 134217729;

/** The first 26 bits of `x`; `x` minus it is the rest, exactly. */
export function upperHalf(x: number): number {
  const scaled = SPLITTER * x;
  return scaled - (scaled - x);
}

/** What rounding took from `sum = a + b`. */
export function sumError(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

/** What rounding took from `product = a * b`. */
export function productError(a: number, b: number, product: number): number {
  const aUpper = upperHalf(a);
  const bUpper = upperHalf(b);
  const aLower = a - aUpper;
  const bLower = b - bUpper;
  return aUpper * bUpper - product + aUpper * bLower + aLower * bUpper + aLower * bLower;
}

/** What rounding took from `square = a * a`. */
export function squareError(a: number, square: number): number {
  const upper = upperHalf(a);
  const lower = a - upper;
  return upper * upper - square + 2 * upper * lower + lower * lower;
}

/** `(high + low) / divisor`, rounded once; the divisor is a whole number below 2^26. */
export function exactQuotient(high: number, low: number, divisor: number): number {
  const total = high + low;
  const quotient = total / divisor;
  const upper = upperHalf(quotient);
  const lower = quotient - upper;
  return quotient + (total - upper * divisor - lower * divisor + (high - total + low)) / divisor;
}
