import { parseBigUnits } from '../core/decimal.ts';

/** Decimals of every price, quantity and balance of the exchange: one unit is 1e-8. */
export const DECIMALS = 8;
const SCALE = 100_000_000n;

/** Units of a decimal string, or of a number to its nearest 1e-8. @throws ValvulinError `VLV_INSTRUMENT` */
export function units(amount: string | number): bigint {
  return parseBigUnits(typeof amount === 'number' ? amount.toFixed(DECIMALS) : amount, DECIMALS);
}

/** Always eight decimals, as Binance prints amounts. */
export function print(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

/** Quote units that `quantity` costs at `price`, rounded down: what the buyer pays is what the seller gets. */
export function valueOf(price: bigint, quantity: bigint): bigint {
  return (price * quantity) / SCALE;
}

/** `amount` times a rate in units, rounded up: fees. */
export function feeOf(amount: bigint, rate: bigint): bigint {
  return (amount * rate + SCALE - 1n) / SCALE;
}

/** Base units that `quote` units buy at `price`, rounded down. */
export function quantityFor(quote: bigint, price: bigint): bigint {
  return (quote * SCALE) / price;
}

/** `amount` rounded down to a multiple of `step`; unchanged where the step is 0 (a rule that is off). */
export function floorTo(amount: bigint, step: bigint): bigint {
  return step === 0n ? amount : amount - (amount % step);
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
