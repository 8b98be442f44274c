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
  readonly #waiting: Input[] = [];
  readonly #fills: FillAnswer[] = [];
  readonly #ends: EndAnswer[] = [];
  #taken = 0;
  #filled = 0;
  #ended = 0;

  /** True where nothing waits. */
  get isEmpty(): boolean {
    return this.#taken === this.#waiting.length;
  }

  /** The oldest answer that nobody took; undefined after the last. */
  take(): Input | undefined {
    if (!this.isEmpty) return this.#waiting[this.#taken++];
    while (this.#waiting.length > 0) this.#waiting.pop();
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
    this.#waiting.push(answer);
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
    this.#waiting.push(answer);
  }
}
