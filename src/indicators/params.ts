/** Parameters of most indicators. */
export interface LengthParams {
  /** Window or smoothing length in bars. */
  readonly length: number;
}

/** A window above this is refused as a mistake before it is allocated. */
const MAX_LENGTH = 10_000_000;

/** @throws RangeError where `value` is not a whole number of at least `least` */
export function requireWhole(indicator: string, name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least && value <= MAX_LENGTH) return;
  throw new RangeError(`${indicator}: expected ${name} to be a whole number of at least ${least}, got "${value}"`);
}

/** @throws RangeError where `value` is not a finite number greater than zero */
export function requirePositive(indicator: string, name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new RangeError(`${indicator}: expected ${name} to be a number greater than 0, got "${value}"`);
}
