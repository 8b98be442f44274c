import type { DurableIntent, Journal, NewIntent, OrderFact } from '../../execution/journal/journal.ts';

/**
 * The journal as the executor writes to it. Facts come from sockets and timers, where nobody could catch an error: a
 * write that fails is told to the run, which ends; its fact counts as known, so that nothing follows from it.
 */
export class OrderJournal implements Pick<Journal, 'attempt' | 'fact'> {
  readonly #journal: Journal;
  readonly #failed: (error: unknown) => void;

  constructor(journal: Journal, failed: (error: unknown) => void) {
    this.#journal = journal;
    this.#failed = failed;
  }

  attempt(run: number, intents: readonly NewIntent[]): readonly DurableIntent[] {
    try {
      return this.#journal.attempt(run, intents);
    } catch (error) {
      this.#failed(error);
      // Nothing is sent without its intent.
      throw error;
    }
  }

  fact(run: number, fact: OrderFact): boolean {
    try {
      return this.#journal.fact(run, fact);
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }
}
