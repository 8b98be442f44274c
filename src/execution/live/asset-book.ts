import { formatBigUnits, parseBigUnits } from '../../core/decimal.ts';
import type { VenueTrade } from '../venues/venue.ts';

/** Decimals in which exchanges count amounts; what is finer than the book can hold is an error, never rounded. */
const DECIMALS = 16;

/**
 * What own trades have changed of each asset, exactly: the side of the books that must equal the exchange's to the last
 * unit. It knows no prices and no positions.
 */
export class AssetBook {
  readonly #changes = new Map<string, bigint>();

  take(trade: VenueTrade, base: string, quote: string): void {
    const sign = trade.side === 'BUY' ? 1n : -1n;
    this.#add(base, sign * parseBigUnits(trade.quantity, DECIMALS));
    this.#add(quote, -sign * parseBigUnits(trade.quoteQuantity, DECIMALS));
    if (trade.feeAsset !== '') this.#add(trade.feeAsset, -parseBigUnits(trade.fee, DECIMALS));
  }

  /** Change of an asset since the books began, a decimal string. */
  change(asset: string): string {
    return formatBigUnits(this.#changes.get(asset) ?? 0n, DECIMALS);
  }

  assets(): readonly string[] {
    return [...this.#changes.keys()];
  }

  /** `total - change`: what the account would hold without our trades. */
  without(asset: string, total: string): string {
    return formatBigUnits(parseBigUnits(total, DECIMALS) - (this.#changes.get(asset) ?? 0n), DECIMALS);
  }

  #add(asset: string, units: bigint): void {
    this.#changes.set(asset, (this.#changes.get(asset) ?? 0n) + units);
  }
}
