import { worsened } from '../execution/fill-rules.ts';
import { units } from './amount.ts';
import type { SymbolRules } from './symbol-rules.ts';
import type { Liquidity, Side } from './types.ts';

const USUAL_LEVELS = 20;
/** What an endless level shows. */
const ENDLESS = 100_000_000_000_000_000n;

export interface Level {
  readonly price: bigint;
  readonly quantity: bigint;
}

/** The simulated market of one symbol: its last price, and levels around it that takers meet. */
export class Quotes {
  last: bigint;
  readonly #rules: SymbolRules;
  readonly #bps: number;
  readonly #levels: number;
  readonly #size: bigint | null;
  /** Taken from each level since the last print, by price. */
  readonly #taken = new Map<bigint, bigint>();

  constructor(rules: SymbolRules, price: string, liquidity: Liquidity) {
    this.#rules = rules;
    this.last = units(price);
    this.#bps = liquidity.halfSpreadBps ?? 0;
    this.#levels = liquidity.levels ?? USUAL_LEVELS;
    this.#size = liquidity.levelQuantity === undefined ? null : units(liquidity.levelQuantity);
  }

  /**
   * True where bid and ask stand apart: then they are offers that a limit at their very price takes. Without a spread
   * both stand at the last price, and only trading through it proves that somebody would have sold there.
   */
  get isOffer(): boolean {
    return this.#bps > 0;
  }

  /** The market trades at `price`: all levels are full again. */
  move(price: bigint): void {
    this.last = price;
    this.#taken.clear();
  }

  /** Levels that a taker of `side` meets, the best first; those that were emptied are left out. */
  levels(side: Side): Level[] {
    const { tick } = this.#rules;
    const sign = side === 'BUY' ? 1 : -1;
    const best = this.#nearest(sign);
    const levels: Level[] = [];
    for (let n = 0; n < this.#levels; n++) {
      const price = best + BigInt(sign * n) * tick;
      const quantity = this.#left(price);
      if (price > 0n && quantity > 0n) levels.push({ price, quantity });
    }
    return levels;
  }

  /** The first of `levels`, or null where all are empty. */
  best(side: Side): Level | null {
    if (this.#size !== null) return this.levels(side).at(0) ?? null;
    return { price: this.#nearest(side === 'BUY' ? 1 : -1), quantity: ENDLESS };
  }

  #nearest(sign: 1 | -1): bigint {
    // Prices are below 2^53 units, so the rules' numbers hold them exactly.
    return BigInt(worsened(Number(this.last), sign, this.#bps, Number(this.#rules.tick)));
  }

  #left(price: bigint): bigint {
    return this.#size === null ? ENDLESS : this.#size - (this.#taken.get(price) ?? 0n);
  }

  take(price: bigint, quantity: bigint): void {
    if (this.#size !== null) this.#taken.set(price, (this.#taken.get(price) ?? 0n) + quantity);
  }
}
