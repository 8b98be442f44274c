import type { RefusalCode } from './trade.ts';

/** What the engine may do: everything; only leave positions; nothing but what protects them; leave all of them. */
export const TRADING_STATES = ['ACTIVE', 'REDUCE_ONLY', 'HALT', 'FLATTEN'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/**
 * Whether entries may pass at all: the trading state that an operator set, and whatever makes the present moment
 * unfit, such as stale prices or an order of unknown fate. Exits always pass.
 */
export class EntryGate {
  state: TradingState = 'ACTIVE';
  /** Reasons by symbol; the empty symbol stands for all. */
  readonly #blocks = new Map<string, Set<string>>();

  /** Puts a reason in the way of a symbol's entries (of all, where it is null), or takes it away. */
  block(symbol: string | null, reason: string, on: boolean): void {
    const key = symbol ?? '';
    const reasons = this.#blocks.get(key) ?? new Set<string>();
    if (on) reasons.add(reason);
    else reasons.delete(reason);
    if (reasons.size > 0) this.#blocks.set(key, reasons);
    else this.#blocks.delete(key);
  }

  /** Why an entry of the symbol cannot pass now; null where it can. */
  refusal(symbol: string): { readonly code: RefusalCode; readonly detail: string } | null {
    if (this.state !== 'ACTIVE') return { code: 'NOT_TRADING', detail: `the engine is in ${this.state}` };
    if (this.#blocks.size === 0) return null;
    const [reason] = this.#blocks.get('') ?? this.#blocks.get(symbol) ?? [];
    return reason === undefined ? null : { code: 'BLOCKED', detail: reason };
  }

  /** All present reasons, with the symbol they hold for; null is all. */
  blocks(): readonly { readonly symbol: string | null; readonly reason: string }[] {
    return [...this.#blocks].flatMap(([symbol, reasons]) =>
      [...reasons].map((reason) => ({ symbol: symbol === '' ? null : symbol, reason })),
    );
  }
}
