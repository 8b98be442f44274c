import { type ApprovedOrder, type Command, OrderDraft } from './order.ts';

class Submit {
  readonly kind = 'submit';
  readonly order: ApprovedOrder;

  constructor(order: ApprovedOrder) {
    this.order = order;
  }
}

class Cancel {
  readonly kind = 'cancel';
  orderId = 0;
  symbol = 0;
}

class Amend {
  readonly kind = 'amend';
  orderId = 0;
  symbol = 0;
  price = 0.5;
  quantity = 0.5;
}

/** What one step sends to the venue. The objects are used again in the next step: whoever keeps one copies it. */
export class CommandList {
  readonly sent: Command[] = [];
  readonly #drafts: OrderDraft[] = [];
  readonly #submits: Submit[] = [];
  readonly #cancels: Cancel[] = [];
  readonly #amends: Amend[] = [];
  #submitted = 0;
  #canceled = 0;
  #amended = 0;

  /** Starts the next step. */
  clear(): void {
    if (this.sent.length > 0) this.#reset();
  }

  #reset(): void {
    // One after the other, which keeps the array's memory; setting its length would drop it.
    while (this.sent.length > 0) this.sent.pop();
    this.#submitted = 0;
    this.#canceled = 0;
    this.#amended = 0;
  }

  /** The order that the next `submit` sends, for risk to write. */
  draft(): OrderDraft {
    const n = this.#submitted;
    if (n === this.#drafts.length) this.#drafts.push(new OrderDraft());
    return this.#drafts[n];
  }

  /** Sends the present draft, once risk has approved it. */
  submit(order: ApprovedOrder): void {
    const n = this.#submitted++;
    if (n === this.#submits.length) this.#submits.push(new Submit(order));
    this.sent.push(this.#submits[n]);
  }

  cancel(orderId: number, symbol: number): void {
    const n = this.#canceled++;
    if (n === this.#cancels.length) this.#cancels.push(new Cancel());
    const command = this.#cancels[n];
    command.orderId = orderId;
    command.symbol = symbol;
    this.sent.push(command);
  }

  amend(orderId: number, symbol: number, price: number, quantity: number): void {
    const n = this.#amended++;
    if (n === this.#amends.length) this.#amends.push(new Amend());
    const command = this.#amends[n];
    command.orderId = orderId;
    command.symbol = symbol;
    command.price = price;
    command.quantity = quantity;
    this.sent.push(command);
  }
}
