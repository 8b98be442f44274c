import { hashText } from './random.ts';

/** What distinguishes one synthetic symbol from another. Volatilities are yearly and fractions: 0.5 is 50 %. */
export interface SymbolProfile {
  readonly symbol: string;
  /** Price of the first bar, quote asset. */
  readonly price: number;
  /** Price steps in one unit of the quote asset: 100 is a tick of 0.01. */
  readonly ticksPerUnit: number;
  /** Quantity steps in one unit of the base asset. */
  readonly lotsPerUnit: number;
  /** How strongly it follows the common factor. */
  readonly beta: number;
  /** Volatility of its own, beside the common factor's. */
  readonly ownVolatility: number;
  /** Base asset traded in an average day. */
  readonly dailyVolume: number;
}

const KNOWN: readonly SymbolProfile[] = [
  profile('BTCUSDT', 42_000, 100, 100_000, 1, 0.16, 24_000),
  profile('ETHUSDT', 2_300, 100, 10_000, 1.1, 0.32, 310_000),
  profile('BNBUSDT', 310, 100, 1_000, 0.9, 0.36, 420_000),
  profile('SOLUSDT', 98, 100, 1_000, 1.3, 0.55, 3_600_000),
  profile('XRPUSDT', 0.62, 10_000, 10, 1, 0.52, 290_000_000),
  profile('ADAUSDT', 0.58, 10_000, 10, 1.15, 0.5, 150_000_000),
  profile('DOGEUSDT', 0.09, 100_000, 1, 1.2, 0.6, 900_000_000),
  profile('LTCUSDT', 72, 100, 1_000, 1, 0.42, 420_000),
];

/** The profile of a symbol: a fixed one for the well-known names, else one drawn from the name itself. */
export function symbolProfile(symbol: string): SymbolProfile {
  const known = KNOWN.find((entry) => entry.symbol === symbol);
  if (known) return known;
  const hash = hashText(symbol);
  const share = (shift: number): number => ((hash >>> shift) & 0xff) / 256;
  const price = [0.08, 0.7, 6, 25, 120, 900][hash % 6];
  return profile(
    symbol,
    price,
    price < 1 ? 100_000 : 100,
    price < 1 ? 1 : 1_000,
    0.8 + 0.5 * share(8),
    0.3 + 0.35 * share(16),
    60_000_000 / price,
  );
}

function profile(
  symbol: string,
  price: number,
  ticksPerUnit: number,
  lotsPerUnit: number,
  beta: number,
  ownVolatility: number,
  dailyVolume: number,
): SymbolProfile {
  return { symbol, price, ticksPerUnit, lotsPerUnit, beta, ownVolatility, dailyVolume };
}
