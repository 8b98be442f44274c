import type { HttpRequest } from '../../../src/core/ports.ts';
import type { UserEvent } from '../../../src/exchange/types.ts';

/** Units of 1e-8 of a decimal string of the exchange. */
export function amount(text: unknown): bigint {
  const [whole, part = ''] = String(text).split('.');
  return BigInt(whole + part.padEnd(8, '0').slice(0, 8));
}

/** An order as the exchange's matching engine told of it. */
export interface SeenOrder {
  readonly id: number;
  readonly clientId: string;
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly list: number;
  readonly time: number;
  quantity: bigint;
  filled: bigint;
  live: boolean;
}

export interface SeenTrade {
  readonly symbol: string;
  readonly id: number;
  readonly clientId: string;
  readonly side: string;
  readonly quantity: bigint;
  readonly value: bigint;
  readonly fee: bigint;
  readonly feeAsset: string;
  readonly time: number;
}

/** Letters of client ids, taken apart here on purpose and not by the engine's own code. */
const OWN = /^vvsim-([a-z0-9]+)-([a-z0-9]+)-([exstl])([a-z0-9]+)$/;

/** What the oracle may ask of the world around the exchange. */
export interface Surroundings {
  readonly now: () => number;
  readonly capital: bigint;
  readonly baseOf: (symbol: string) => string;
  /** Whether an intent with this client id is safe on the disk. */
  readonly isDurable: (clientId: string) => boolean;
  /** Why no entry may be sent now; null where it may. */
  readonly barred: () => string | null;
  readonly violated: (invariant: string, detail: string) => void;
}

/**
 * Watches the matching engine itself, not what it tells its clients, and each request as it leaves. It knows client ids
 * and arithmetic, and shares no code with what it judges.
 */
export class Oracle {
  readonly orders = new Map<number, SeenOrder>();
  readonly trades: SeenTrade[] = [];
  /** Base asset from own trades, by symbol; and quote money that they changed. */
  readonly held = new Map<string, bigint>();
  quoteChange = 0n;
  readonly #around: Surroundings;
  /** Exchange orders of each entry, and open ones of each market exit. */
  readonly #entries = new Map<string, number>();
  readonly #sent = new Set<string>();
  readonly #changed = new Set<string>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  isOwn(clientId: string): boolean {
    return OWN.test(clientId);
  }

  onRequest({ method, url, body = '' }: HttpRequest): void {
    if (method !== 'POST') return;
    const { pathname, search } = new URL(url);
    if (!pathname.startsWith('/api/v3/order')) return;
    const parameters = new URLSearchParams(search.slice(1) || body);
    const clientId = parameters.get('listClientOrderId') ?? parameters.get('newClientOrderId') ?? '';
    const { violated, isDurable, barred } = this.#around;
    if (!OWN.test(clientId)) violated('I8', `the order "${clientId}" has no id of ours`);
    if (!isDurable(clientId)) violated('I15', `${clientId} was sent before its intent was on the disk`);
    if (this.#sent.has(clientId)) violated('I1', `${clientId} was sent twice`);
    this.#sent.add(clientId);
    if (parameters.get('side') === 'BUY') {
      const why = barred();
      if (why !== null) violated('I10', `${clientId} was sent although ${why}`);
    }
  }

  onEvent(event: UserEvent): void {
    if (event.e !== 'executionReport') return;
    const id = Number(event.i);
    const clientId = String(event.C === '' || event.C === undefined ? event.c : event.C);
    const known = this.orders.get(id);
    const order: SeenOrder = known ?? {
      id,
      clientId,
      symbol: String(event.s),
      side: String(event.S),
      type: String(event.o),
      list: Number(event.g),
      time: Number(event.O),
      quantity: 0n,
      filled: 0n,
      live: true,
    };
    order.quantity = amount(event.q);
    order.filled = amount(event.z);
    order.live = event.X === 'NEW' || event.X === 'PARTIALLY_FILLED' || event.X === 'PENDING_NEW';
    if (!known) {
      this.orders.set(id, order);
      this.#onNew(order);
    }
    if (event.x === 'TRADE') this.#onTrade(order, event);
    if (this.isOwn(order.clientId)) this.#changed.add(order.symbol);
  }

  /** Judges what the last event left. */
  check(): void {
    if (this.#changed.size === 0) return;
    for (const symbol of this.#changed) this.#checkSells(symbol);
    this.#changed.clear();
  }

  #onNew(order: SeenOrder): void {
    const own = OWN.exec(order.clientId);
    if (!own) return;
    const [, , number, leg] = own;
    if (leg !== 'e') return;
    const count = (this.#entries.get(number) ?? 0) + 1;
    this.#entries.set(number, count);
    if (count > 1)
      this.#around.violated('I1', `entry ${number} reached the exchange ${count} times: ${order.clientId}`);
  }

  #onTrade(order: SeenOrder, event: UserEvent): void {
    if (!this.isOwn(order.clientId)) return;
    const { symbol, side, clientId } = order;
    const trade: SeenTrade = {
      symbol,
      id: Number(event.t),
      clientId,
      side,
      quantity: amount(event.l),
      value: amount(event.Y),
      fee: amount(event.n),
      feeAsset: String(event.N),
      time: Number(event.T),
    };
    this.trades.push(trade);
    const sign = side === 'BUY' ? 1n : -1n;
    const base = this.#around.baseOf(symbol);
    // A sale's fee in its own base is paid from the wallet.
    const fee = side === 'BUY' && trade.feeAsset === base ? trade.fee : 0n;
    this.held.set(symbol, (this.held.get(symbol) ?? 0n) + sign * trade.quantity - fee);
    this.quoteChange -= sign * trade.value + (trade.feeAsset === 'USDT' ? trade.fee : 0n);
    // A market order may meet a price that has moved since it was sized.
    if (this.#around.capital + this.quoteChange < -this.#around.capital / 50n) {
      this.#around.violated('I5', `more than the capital was spent: ${-this.quoteChange} of ${this.#around.capital}`);
    }
  }

  /** What all open sells could take never exceeds what own trades have brought. Legs of a pair sell once. */
  #checkSells(symbol: string): void {
    const pairs = new Map<number, bigint>();
    let committed = 0n;
    const exits = new Set<string>();
    for (const order of this.open()) {
      if (order.symbol !== symbol || order.side !== 'SELL') continue;
      const left = order.quantity - order.filled;
      const own = OWN.exec(order.clientId);
      if (own?.[3] === 'x') {
        if (exits.has(own[2])) this.#around.violated('I2', `two live exits for order ${own[2]}`);
        exits.add(own[2]);
      }
      if (order.list < 0) committed += left;
      else {
        const pair = pairs.get(order.list);
        pairs.set(order.list, pair === undefined || left < pair ? left : pair);
      }
    }
    for (const left of pairs.values()) committed += left;
    const held = this.held.get(symbol) ?? 0n;
    if (committed > held) this.#around.violated('I2', `${symbol}: sells of ${committed} stand against ${held}`);
    if (held < 0n) this.#around.violated('I1', `${symbol}: ${held} is held`);
  }

  /** Own orders that stand at the exchange. */
  *open(): IterableIterator<SeenOrder> {
    for (const order of this.orders.values()) if (order.live && this.isOwn(order.clientId)) yield order;
  }
}
