import { ValvulinError } from './errors.ts';
import { MAX_UNITS } from './money.ts';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * A decimal string such as `"0.00100000"` as a whole number of `10^-decimals`, exactly. Zeros behind the last
 * decimal are allowed; exponents, signs of plus, spaces and bare points are not.
 * @throws ValvulinError `VLV_INSTRUMENT` where the text is no decimal number or finer than `decimals`;
 *   `VLV_MONEY_RANGE` where the units pass 2^53
 */
export function parseUnits(text: string, decimals: number): number {
  const units = parseBigUnits(text, decimals);
  if (units <= MAX_UNITS && units >= -MAX_UNITS) return Number(units);
  throw new ValvulinError('VLV_MONEY_RANGE', `Expected an amount below 2^53 units of 1e-${decimals}, got "${text}"`);
}

/** As `parseUnits`, for sums and amounts that may pass 2^53. */
export function parseBigUnits(text: string, decimals: number): bigint {
  const match = DECIMAL.exec(text);
  if (!match) {
    throw new ValvulinError('VLV_INSTRUMENT', `Expected a decimal number without exponent, got "${text}"`);
  }
  const [, sign, whole, fraction = ''] = match;
  if (/[^0]/.test(fraction.slice(decimals))) {
    throw new ValvulinError('VLV_INSTRUMENT', `Expected at most ${decimals} decimals, got "${text}"`);
  }
  const units = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  return sign === '-' ? -units : units;
}

/**
 * Units of `10^-decimals` as a plain decimal string, never an exponent and without zeros at the end, so that equal
 * amounts are equal strings.
 * @throws ValvulinError `VLV_MONEY_RANGE` where `units` is no whole number below 2^53
 */
export function formatUnits(units: number, decimals: number): string {
  if (Number.isSafeInteger(units)) return formatBigUnits(BigInt(units), decimals);
  throw new ValvulinError('VLV_MONEY_RANGE', `Expected a whole number of units below 2^53, got "${units}"`);
}

/** As `formatUnits`, for amounts of any size. */
export function formatBigUnits(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const fraction = digits.slice(point).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
}
