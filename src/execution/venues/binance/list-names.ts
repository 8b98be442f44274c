import type { ListNames } from './replies.ts';

/** More than the lists an account may have open, over all its symbols; older ones are over. */
const KEPT = 5_000;

/** Client ids of order lists by the exchange's numbers, as far as they were seen. */
export class KnownLists implements ListNames {
  readonly #names = new Map<number, string>();

  ofList(listId: number): string | null {
    return this.#names.get(listId) ?? null;
  }

  has(listId: number): boolean {
    return this.#names.has(listId);
  }

  learn(listId: number, clientId: string): void {
    this.#names.set(listId, clientId);
    if (this.#names.size <= KEPT) return;
    const [oldest] = this.#names.keys();
    this.#names.delete(oldest);
  }
}
