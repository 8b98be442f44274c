import { ValvulinError } from '../core/errors.ts';
import { units } from './amount.ts';
import type { SpotOrder } from './spot-order.ts';
import type { OrderList } from './order-list.ts';
import type { ExchangeAccount, FeeMode } from './types.ts';

export interface Balance {
  free: bigint;
  locked: bigint;
}

/** An own trade, exactly as it was booked. Amounts are units of 1e-8. */
export interface OwnTrade {
  readonly symbol: string;
  readonly id: number;
  readonly orderId: number;
  readonly listId: number;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly value: bigint;
  readonly fee: bigint;
  readonly feeAsset: string;
  readonly time: number;
  readonly isBuyer: boolean;
  readonly isMaker: boolean;
}

/** Money, orders and trades of one account: the truth that queries see later and tests compare with. */
export class Account {
  /** The first API key: its name towards tests. */
  readonly name: string;
  readonly uid: number;
  readonly fees: FeeMode;
  readonly orders = new Map<number, SpotOrder>();
  readonly open = new Set<SpotOrder>();
  readonly lists = new Map<number, OrderList>();
  readonly trades: OwnTrade[] = [];
  /** Assets whose balance changed since the last position report. */
  readonly changed = new Set<string>();
  updateTime = 0;
  /** What other products of the exchange have locked, by asset. */
  readonly externalLocks = new Map<string, bigint>();
  readonly #balances = new Map<string, Balance>();

  constructor(spec: ExchangeAccount, uid: number) {
    this.name = spec.apiKey;
    this.uid = uid;
    this.fees = spec.fees ?? 'received';
    for (const [asset, amount] of Object.entries(spec.balances)) {
      this.#balances.set(asset, { free: units(amount), locked: 0n });
    }
  }

  balances(): ReadonlyMap<string, Readonly<Balance>> {
    return this.#balances;
  }

  free(asset: string): bigint {
    return this.#balances.get(asset)?.free ?? 0n;
  }

  locked(asset: string): bigint {
    return this.#balances.get(asset)?.locked ?? 0n;
  }

  /** Adds to what is free, or takes from it where `amount` is below 0. */
  add(asset: string, amount: bigint): void {
    this.#change(asset, amount, 0n);
  }

  /** Moves free money into a lock, or back where `amount` is below 0. */
  lock(asset: string, amount: bigint): void {
    this.#change(asset, -amount, amount);
  }

  #change(asset: string, free: bigint, locked: bigint): void {
    if (free === 0n && locked === 0n) return;
    const balance = this.#balances.get(asset) ?? { free: 0n, locked: 0n };
    balance.free += free;
    balance.locked += locked;
    this.#balances.set(asset, balance);
    this.changed.add(asset);
    if (balance.free >= 0n && balance.locked >= 0n) return;
    throw new ValvulinError(
      'VLV_EXCHANGE_SETUP',
      `Expected no balance below 0, got free "${balance.free}" and locked "${balance.locked}" of ${asset}`,
      { where: this.name, hint: 'This is a fault of the local exchange.' },
    );
  }
}
