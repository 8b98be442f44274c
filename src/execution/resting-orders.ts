import type { SimOrder } from './sim-order.ts';

const NONE_BELOW = 0;
const NONE_ABOVE = Number.POSITIVE_INFINITY;

/** The working orders of one symbol, oldest first, and the band of prices in which none of them acts. */
export class RestingOrders {
  readonly orders: SimOrder[] = [];
  // Numbers that are no small integers start as fractions, so that they are stored unboxed.
  /** Nearest levels below and above: a bar inside them changes nothing. Crossed where an order trades at any price. */
  below = 0.5;
  above = 0.5;
  /** How many bars of the symbol have opened. */
  bars = 0;

  constructor() {
    this.below = NONE_BELOW;
    this.above = NONE_ABOVE;
  }

  add(order: SimOrder): void {
    this.orders.push(order);
    this.#narrowBand(order);
  }

  find(id: number): SimOrder | null {
    for (let o = 0; o < this.orders.length; o++) if (this.orders[o].intent.id === id) return this.orders[o];
    return null;
  }

  remove(order: SimOrder): void {
    const { orders } = this;
    // In place: `splice` would make a list of what it took.
    for (let o = orders.indexOf(order) + 1; o < orders.length; o++) orders[o - 1] = orders[o];
    orders.pop();
    this.updateBand();
  }

  /** Looks at every order again, after one has changed. */
  updateBand(): void {
    this.below = NONE_BELOW;
    this.above = NONE_ABOVE;
    for (let o = 0; o < this.orders.length; o++) this.#narrowBand(this.orders[o]);
  }

  #narrowBand(order: SimOrder): void {
    const { type } = order.intent;
    const { level } = order;
    if (type === 'market' || (type === 'stop' && order.triggered)) this.below = NONE_ABOVE;
    else if (order.actsBelow) this.below = Math.max(this.below, level);
    else this.above = Math.min(this.above, level);
  }
}
