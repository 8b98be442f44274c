import { formatBigUnits, parseBigUnits } from '../core/decimal.ts';
import type { Random } from '../core/ports.ts';
import type { ExchangeBar } from './types.ts';

/** One trade of the market that a bar is played as. Price and quantity are decimal strings. */
export interface BarPrint {
  readonly time: number;
  readonly price: string;
  readonly quantity: string;
}

/** Open, both ends of the range, close. */
const CORNERS = 4;
const DECIMALS = 8;
/** Smallest units in one trade, where there are decimals left to have so many. */
const COARSEST = 100;

/**
 * The trades that make exactly this bar, volume included: open, one way round its range (low first where it rises),
 * close; with more than four, others lie between. A bar whose volume is too small for all of them has fewer.
 * @param closeTime end of the bar, exclusive, epoch ms
 */
export function barPrints(bar: ExchangeBar, closeTime: number, count: number, random: Random): BarPrint[] {
  const { open, high, low, close } = bar;
  const corners = close >= open ? [open, low, high, close] : [open, high, low, close];
  const decimals = Math.max(...corners.map(decimalsOf));
  const between = Math.max(0, count - CORNERS);
  const prices = [open];
  for (let leg = 1; leg < CORNERS; leg++) {
    const from = corners[leg - 1];
    const inside = Math.floor((leg * between) / 3) - Math.floor(((leg - 1) * between) / 3);
    for (let n = 0; n < inside; n++) prices.push(from + ((corners[leg] - from) * (n + random())) / inside);
    prices.push(corners[leg]);
  }
  const last = closeTime - bar.time - 1;
  const quantities = shares(bar.volume, prices.length);
  return prices.flatMap((price, n) => {
    const time = bar.time + Math.floor((last * n) / (prices.length - 1));
    return quantities[n] === '' ? [] : [{ time, price: price.toFixed(decimals), quantity: quantities[n] }];
  });
}

/** The volume in `count` shares that sum to it exactly; those that would be nothing are empty. */
function shares(volume: number, count: number): string[] {
  let decimals = decimalsOf(volume);
  while (decimals < DECIMALS && volume * 10 ** decimals < COARSEST * count) decimals++;
  const units = parseBigUnits(volume.toFixed(DECIMALS), decimals);
  const each = units / BigInt(count);
  return Array.from({ length: count }, (_, n) => {
    const own = n === count - 1 ? units - each * BigInt(count - 1) : each;
    return own === 0n ? '' : formatBigUnits(own, decimals);
  });
}

/** Decimals that the number is written with, eight at most. */
function decimalsOf(value: number): number {
  const text = value.toFixed(DECIMALS).replace(/0+$/, '');
  return text.length - text.indexOf('.') - 1;
}
