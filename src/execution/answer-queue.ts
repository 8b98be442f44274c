import type { Input } from '../core/engine.ts';
import type { EndFact, FillFact } from '../core/order.ts';

/** A fill as the simulated venue writes it. */
class Fill implements FillFact {
  tradeId = 0;
  orderId = 0;
  // Numbers that are no small integers start as fractions, so that they are stored unboxed.
  quantity = 0.5;
  price = 0.5;
  fee = 0.5;
  feeQuantity = 0;
  time = 0.5;
  at: FillFact['at'] = 'open';
  ambiguous = false;
  complete = false;
}

class FillAnswer {
  readonly kind = 'fill';
  readonly fill = new Fill();
}

class End implements EndFact {
  orderId = 0;
  status: EndFact['status'] = 'canceled';
  reason = '';
  time = 0.5;
}

class EndAnswer {
  readonly kind = 'end';
  readonly end = new End();
}

/**
 * A venue's answers on their way to the engine, first in first out. The objects are used again once all of them were
 * taken, because the engine keeps none.
 */
export class AnswerQueue {
  /** Places are written again too: only the first `#count` hold answers of the present turn. */
  readonly #waiting: Input[] = [];
  readonly #fills: FillAnswer[] = [];
  readonly #ends: EndAnswer[] = [];
  #count = 0;
  #taken = 0;
  #filled = 0;
  #ended = 0;

  /** True where nothing waits. */
  get isEmpty(): boolean {
    return this.#taken === this.#count;
  }

  /** The oldest answer that nobody took; undefined after the last. */
  take(): Input | undefined {
    if (this.#taken < this.#count) return this.#waiting[this.#taken++];
    this.#count = 0;
    this.#taken = 0;
    this.#filled = 0;
    this.#ended = 0;
    return undefined;
  }

  /** A fill to be written, in line already. */
  addFill(): Fill {
    const n = this.#filled++;
    if (n === this.#fills.length) this.#fills.push(new FillAnswer());
    const answer = this.#fills[n];
    this.#waiting[this.#count++] = answer;
    return answer.fill;
  }

  addEnd(orderId: number, status: EndFact['status'], reason: string, time: number): void {
    const n = this.#ended++;
    if (n === this.#ends.length) this.#ends.push(new EndAnswer());
    const answer = this.#ends[n];
    const { end } = answer;
    end.orderId = orderId;
    end.status = status;
    end.reason = reason;
    end.time = time;
    this.#waiting[this.#count++] = answer;
  }
}
