import { type ApprovedOrder, OrderDraft, type OrderIntent, type OrderType } from '../core/order.ts';
import type { FillSettings } from '../core/settings.ts';
import { limitReached, stopReached } from './fill-rules.ts';

/** An order as the simulated venue holds it; the object serves one order after the other. */
export class SimOrder {
  readonly #intent = new OrderDraft();
  // Numbers that are no small integers start as fractions, so that they are stored unboxed.
  price = 0.5;
  quantity = 0.5;
  filled = 0.5;
  spent = 0.5;
  /** A stop that was hit and still has quantity to fill, or a stop-limit that became a limit order. */
  triggered = false;
  triggeredInBar = -1;
  /** Quantity already taken from the volume of the bar numbered `volumeBar`. */
  volumeTaken = 0.5;
  volumeBar = -1;
  /** The bar inside which it was placed, where an intrabar entry placed it, and that entry's type. */
  bornInBar = -1;
  parentType: OrderType | null = null;
  /** Number of the venue's walk over its orders that met this one last. */
  pass = 0;
  /** Whether it would have filled earlier could not be decided. */
  ambiguous = false;

  /** What it was sent as. */
  get intent(): OrderIntent {
    return this.#intent;
  }

  /** Holds this order from now on. */
  take(order: ApprovedOrder): void {
    this.#intent.copyFrom(order);
    this.price = order.price;
    this.quantity = order.quantity;
    this.filled = 0;
    this.spent = 0;
    this.triggered = false;
    this.triggeredInBar = -1;
    this.volumeTaken = 0;
    this.volumeBar = -1;
    this.bornInBar = -1;
    this.parentType = null;
    this.pass = 0;
    this.ambiguous = false;
  }

  /** A stop or stop-limit that still waits for its trigger. */
  get awaitsTrigger(): boolean {
    return !this.triggered && (this.intent.type === 'stop' || this.intent.type === 'stop_limit');
  }

  /** The limit this order trades at, once it is one. */
  get limit(): number {
    return this.intent.type === 'stop_limit' ? this.intent.limit : this.price;
  }

  /** True where it acts as a resting limit order now. */
  get isLimit(): boolean {
    return this.intent.type === 'limit' || (this.intent.type === 'stop_limit' && this.triggered);
  }

  /** The price that must trade for it to act. */
  get level(): number {
    return this.awaitsTrigger ? this.price : this.limit;
  }

  /** True where it acts when the price falls to its level: sell stops and buy limits. */
  get actsBelow(): boolean {
    return this.awaitsTrigger ? this.intent.side === -1 : this.intent.side === 1;
  }

  /** True where a bar of this range makes it act. */
  reachedBy(high: number, low: number, settings: FillSettings): boolean {
    const { side } = this.intent;
    if (this.awaitsTrigger) return stopReached(side, this.price, high, low);
    return this.isLimit && limitReached(side, this.limit, high, low, settings.limitFill === 'touch');
  }
}
