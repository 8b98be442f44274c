/**
 * Columns as short text for a page: whole numbers, each as its difference to the one before, seven bits to a byte
 * (zigzag, so that small differences of either sign take one byte), in base64. `page/unpack.js` reads them back.
 */
export interface PackedColumn {
  /** How many values. */
  readonly n: number;
  /** Values are whole numbers divided by this. */
  readonly scale: number;
  readonly data: string;
}

/** NaN is kept; every other value is rounded to a multiple of `1 / scale`. */
export function pack(values: ArrayLike<number>, scale: number): PackedColumn {
  let bytes = new Uint8Array(values.length * 3 + 16);
  let at = 0;
  let before = 0;
  for (let i = 0; i < values.length; i++) {
    if (at + 10 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    const value = values[i] as number;
    // 0 stands for NaN, so that every difference is moved up by one.
    let code = 0;
    if (Number.isFinite(value)) {
      const whole = Math.round(value * scale);
      const step = whole - before;
      code = (step < 0 ? -2 * step - 1 : 2 * step) + 1;
      before = whole;
    }
    // Differences pass 2^32, which bit operators would cut.
    while (code >= 128) {
      bytes[at++] = (code % 128) + 128;
      code = Math.floor(code / 128);
    }
    bytes[at++] = code;
  }
  return { n: values.length, scale, data: Buffer.from(bytes.buffer, 0, at).toString('base64') };
}

/** A price with more significant digits than any exchange quotes is a computed one. */
const MOST_DIGITS = 10;

/**
 * The fewest decimals (at most 8) that show every given price exactly; where none do, or only implausibly many, as many
 * as seven significant digits need.
 */
export function priceDecimals(prices: ArrayLike<number>): number {
  const step = Math.max(1, Math.floor(prices.length / 2_000));
  let needed = 0;
  let largest = 0;
  for (let i = 0; i < prices.length; i += step) {
    const price = prices[i] as number;
    if (!Number.isFinite(price)) continue;
    largest = Math.max(largest, Math.abs(price));
    while (needed < 9 && Math.abs(Math.round(price * 10 ** needed) / 10 ** needed - price) > 1e-12 * price) needed++;
  }
  const digits = needed + Math.floor(Math.log10(Math.max(largest, 1e-8))) + 1;
  return needed < 9 && digits <= MOST_DIGITS ? needed : significantDecimals(largest, 7);
}

/** Decimals, 0 to 8, that give a value of this size so many significant digits: 2 for 60,000 and seven. */
export function significantDecimals(size: number, digits: number): number {
  if (!(size > 0)) return 2;
  return Math.max(0, Math.min(8, digits - 1 - Math.floor(Math.log10(size))));
}
