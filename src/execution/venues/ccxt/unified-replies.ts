import { amount, type Json, record, text, whole } from '../binance/reply-fields.ts';
import type { VenueBalance, VenueReport, VenueTrade } from '../venue.ts';

const STATUSES: Readonly<Record<string, VenueReport['status']>> = {
  open: 'working',
  closed: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
};

/** What is known of an order without the reply: some exchanges answer with little more than an id. */
export interface Asked {
  readonly symbol: string;
  readonly clientId: string;
  readonly side?: 'BUY' | 'SELL';
  readonly quantity?: string;
  /** Status where the reply has none. */
  readonly status: VenueReport['status'];
}

/** An order as the library writes it. @throws Error where a field is missing or of the wrong form */
export function unifiedReport(value: unknown, asked: Asked, now: number): VenueReport {
  const row = record(value);
  const said = row.status == null ? undefined : text(row, 'status');
  return {
    symbol: asked.symbol,
    clientId: asked.clientId,
    orderId: numericId(row, 'id'),
    listClientId: null,
    side: asked.side ?? sideOf(row),
    status: said === undefined ? asked.status : (STATUSES[said] ?? 'unknown'),
    detail: said ?? 'no status',
    quantity: row.amount == null && asked.quantity !== undefined ? asked.quantity : amount(row, 'amount'),
    filled: row.filled == null ? '0' : amount(row, 'filled'),
    time: whole({ time: row.lastUpdateTimestamp ?? row.timestamp ?? now }, 'time'),
  };
}

/** A trade of the account as the library writes it. @throws Error where a field is missing or of the wrong form */
export function unifiedTrade(value: unknown, symbol: string): VenueTrade {
  const row = record(value);
  const fee = row.fee == null ? undefined : record(row.fee);
  return {
    symbol,
    tradeId: numericId(row, 'id'),
    orderId: numericId(row, 'order'),
    clientId: null,
    side: sideOf(row),
    price: amount(row, 'price'),
    quantity: amount(row, 'amount'),
    quoteQuantity: amount(row, 'cost'),
    fee: fee?.cost == null ? '0' : amount(fee, 'cost'),
    feeAsset: fee?.cost == null ? '' : text(fee, 'currency'),
    maker: row.takerOrMaker === 'maker',
    time: whole(row, 'timestamp'),
  };
}

/** Balances by asset, those that are zero left out. @throws Error where they cannot be read */
export function unifiedBalances(value: unknown): ReadonlyMap<string, VenueBalance> {
  const row = record(value);
  const [free, used] = [record(row.free), record(row.used)];
  const balances = new Map<string, VenueBalance>();
  for (const asset of Object.keys(free)) {
    const balance = { free: amount(free, asset), locked: used[asset] == null ? '0' : amount(used, asset) };
    if (/[1-9]/.test(balance.free + balance.locked)) balances.set(asset, balance);
  }
  return balances;
}

/** An id that our books can hold. @throws Error where it is no whole number below 2^53 */
export function numericId(row: Json, field: string): number {
  const id = /^\d{1,16}$/.test(String(row[field])) ? Number(row[field]) : Number.NaN;
  return whole({ [field]: id }, field);
}

function sideOf(row: Json): 'BUY' | 'SELL' {
  if (row.side === 'buy') return 'BUY';
  if (row.side === 'sell') return 'SELL';
  throw new Error(`Expected buy or sell, got "${String(row.side)}"`);
}
