import type { Clock, Random, Timer } from '../../../src/core/ports.ts';

interface Event {
  readonly at: number;
  readonly tie: number;
  readonly order: number;
  /** Null once it is cancelled. */
  run: (() => void) | null;
}

/**
 * The time of a simulated world: stands until `step` lets the next thing happen. What is due at the same instant comes
 * in an order that the seed decides.
 */
export class SimClock implements Clock {
  readonly #start: number;
  readonly #random: Random;
  #now: number;
  #set = 0;
  readonly #heap: Event[] = [];

  /** @param start epoch ms */
  constructor(start: number, random: Random) {
    this.#start = start;
    this.#now = start;
    this.#random = random;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(ms: number, run: () => void): Timer {
    const event: Event = { at: this.#now + Math.ceil(Math.max(0, ms)), tie: this.#random(), order: this.#set++, run };
    this.#push(event);
    return {
      cancel: () => {
        event.run = null;
      },
    };
  }

  /** Lets the next thing happen, if it is due by `until`; otherwise moves there. False where nothing was due. */
  step(until: number): boolean {
    for (let next = this.#heap.at(0); next !== undefined && next.at <= until; next = this.#heap.at(0)) {
      this.#pop();
      if (next.run === null) continue;
      this.#now = Math.max(this.#now, next.at);
      next.run();
      return true;
    }
    this.#now = Math.max(this.#now, until);
    return false;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return (
    one.at - other.at < 0 ||
    (one.at === other.at && (one.tie < other.tie || (one.tie === other.tie && one.order < other.order)))
  );
}
