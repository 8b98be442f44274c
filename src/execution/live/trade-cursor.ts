/** Trades may become visible to queries so much later than they happened, and out of order. */
const OVERLAP_MS = 120_000;
/** How far the exchange's time of an order may lie before ours. */
const EARLIER_MS = 10_000;

/**
 * From which trade on the own trades of one symbol must be read again. Knowing a trade says nothing of those before it,
 * since a stream may have lost one of them: only what lies before every order that is not over, and a while before now,
 * is complete.
 */
export class TradeCursor {
  #known: { readonly id: number; readonly time: number }[] = [];

  see(id: number, time: number): void {
    if (!this.#known.some((trade) => trade.id === id)) this.#known.push({ id, time });
  }

  /**
   * @param now exchange time, epoch ms
   * @param oldest when the oldest order that is not over was sent, epoch ms; infinite where there is none
   * @returns the first trade id to ask for
   */
  from(now: number, oldest: number): number {
    const complete = Math.min(now - OVERLAP_MS, oldest) - EARLIER_MS;
    let last = -1;
    for (const { id, time } of this.#known) if (time < complete) last = Math.max(last, id);
    this.#known = this.#known.filter(({ id }) => id >= last);
    return last + 1;
  }
}
