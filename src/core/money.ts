import { ValvulinError } from './errors.ts';

/**
 * Money, prices and quantities are integers of their smallest step, held in doubles: exact up to 2^53. Products that
 * pass it go through BigInt; results that pass it are an error, never a rounded amount.
 */
export const MAX_UNITS: number = Number.MAX_SAFE_INTEGER;

/** @throws ValvulinError `VLV_MONEY_RANGE` where the amount is no longer exact */
export function exact(units: number, what: string): number {
  return units <= MAX_UNITS && units >= -MAX_UNITS ? units : inexact(units, what);
}

/** Apart, so that `exact` is small enough to be compiled into its callers. */
function inexact(units: number, what: string): never {
  throw new ValvulinError('VLV_MONEY_RANGE', `Expected "${what}" below 2^53 smallest units, got "${units}"`, {
    hint: 'Use less capital, or fewer decimals for the quantity of this instrument.',
  });
}

/**
 * `a % b` for whole `a` from 0 to 2^53 and whole `b > 0`: below 2^53 no quotient rounds up to the next whole number, so
 * this is exact. The operator takes many times as long on doubles.
 */
export function remainder(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}

/** `floor(a * b / divisor)` for non-negative integers, exact whatever the size of the product. */
export function mulDivFloor(a: number, b: number, divisor: number): number {
  const product = a * b;
  if (product <= MAX_UNITS) return divisor === 1 ? product : (product - remainder(product, divisor)) / divisor;
  return bigMulDivFloor(a, b, divisor);
}

// Apart, so that what happens nearly always is small enough to be compiled into its callers.
function bigMulDivFloor(a: number, b: number, divisor: number): number {
  return exact(Number((BigInt(a) * BigInt(b)) / BigInt(divisor)), 'product');
}

/** `ceil(a * b / divisor)` for non-negative integers, exact whatever the size of the product. */
export function mulDivCeil(a: number, b: number, divisor: number): number {
  const product = a * b;
  if (product <= MAX_UNITS) {
    if (divisor === 1) return product;
    const rest = remainder(product, divisor);
    return (product - rest) / divisor + (rest > 0 ? 1 : 0);
  }
  return bigMulDivCeil(a, b, divisor);
}

function bigMulDivCeil(a: number, b: number, divisor: number): number {
  const big = BigInt(a) * BigInt(b);
  const by = BigInt(divisor);
  return exact(Number(big / by) + (big % by > 0n ? 1 : 0), 'product');
}

/** 10^n for whole n from 0 to 22: exactly representable. */
export function pow10(n: number): number {
  let value = 1;
  for (let i = 0; i < n; i++) value *= 10;
  return value;
}

/**
 * Decimals with which an account of this capital (quote money) counts its cash: eight where that leaves room for a
 * thousandfold growth below 2^53, fewer for larger accounts.
 */
export function cashDecimals(capital: number): number {
  let decimals = 8;
  while (decimals > 2 && capital * 1_000 * pow10(decimals) > MAX_UNITS) decimals--;
  return decimals;
}
