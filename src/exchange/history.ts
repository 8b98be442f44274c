import type { Account, OwnTrade } from './account.ts';
import type { OrderList } from './order-list.ts';
import { type BalanceRow, balanceRows, type JsonObject, listView, orderView } from './order-views.ts';
import type { SpotOrder } from './spot-order.ts';

/** An order as it stood when it was written down. */
export interface OrderRow {
  readonly id: number;
  readonly symbol: string;
  readonly clientId: string;
  readonly open: boolean;
  readonly time: number;
  readonly view: JsonObject;
}

export interface ListRow {
  readonly id: number;
  readonly clientId: string;
  readonly open: boolean;
  readonly time: number;
  readonly view: JsonObject;
}

/** What the queries of one account see. */
export class AccountHistory {
  readonly orders = new Map<number, OrderRow>();
  readonly openOrders = new Map<number, OrderRow>();
  /** Id of the newest order of each client id, by symbol and client id. */
  readonly #newest = new Map<string, number>();
  readonly lists = new Map<number, ListRow>();
  readonly trades: OwnTrade[] = [];
  readonly amendments: JsonObject[] = [];
  balances: readonly BalanceRow[] = [];
  updateTime = 0;

  put(row: OrderRow): void {
    this.orders.set(row.id, row);
    if (row.open) this.openOrders.set(row.id, row);
    else this.openOrders.delete(row.id);
    const name = `${row.symbol} ${row.clientId}`;
    this.#newest.set(name, Math.max(row.id, this.#newest.get(name) ?? 0));
  }

  /** The newest order that has or had this client id. */
  byClientId(symbol: string, clientId: string): OrderRow | undefined {
    return this.orders.get(this.#newest.get(`${symbol} ${clientId}`) ?? 0);
  }
}

interface Pending {
  readonly at: number;
  readonly apply: () => void;
}

/**
 * The database behind the queries. What the engine books arrives here in the same order and, where a lag is set, that
 * much later: an order may be live and not yet be found.
 */
export class History {
  /** How late from now on, ms. */
  lag = 0;
  readonly #accounts = new Map<Account, AccountHistory>();
  readonly #time: () => number;
  #pending: Pending[] = [];
  #lastAt = 0;

  constructor(time: () => number) {
    this.#time = time;
  }

  /** What is visible of an account now. */
  of(account: Account): AccountHistory {
    const now = this.#time();
    let due = 0;
    while (due < this.#pending.length && this.#pending[due].at <= now) this.#pending[due++].apply();
    if (due > 0) this.#pending = this.#pending.slice(due);
    return this.#rows(account);
  }

  order(order: SpotOrder): void {
    const { id, clientId, time, isOpen, rules } = order;
    const row: OrderRow = { id, clientId, time, open: isOpen, symbol: rules.name, view: orderView(order) };
    this.#later(() => this.#rows(order.account).put(row));
  }

  list(list: OrderList): void {
    const { id, clientId, time } = list;
    const row: ListRow = { id, clientId, time, open: list.orderStatus === 'EXECUTING', view: listView(list) };
    this.#later(() => this.#rows(list.account).lists.set(id, row));
  }

  amendment(order: SpotOrder, row: JsonObject): void {
    this.#later(() => this.#rows(order.account).amendments.push(row));
  }

  trade(account: Account, trade: OwnTrade): void {
    this.#later(() => this.#rows(account).trades.push(trade));
  }

  balances(account: Account): void {
    const rows = balanceRows(account);
    const time = this.#time();
    this.#later(() => {
      const history = this.#rows(account);
      history.balances = rows;
      history.updateTime = time;
    });
  }

  #rows(account: Account): AccountHistory {
    const known = this.#accounts.get(account);
    if (known) return known;
    const rows = new AccountHistory();
    this.#accounts.set(account, rows);
    return rows;
  }

  #later(apply: () => void): void {
    const at = Math.max(this.#lastAt, this.#time() + this.lag);
    if (this.lag === 0 && this.#pending.length === 0) {
      apply();
      return;
    }
    this.#lastAt = at;
    this.#pending.push({ at, apply });
  }
}
