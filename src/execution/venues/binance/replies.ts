import type { VenueReport, VenueTrade } from '../venue.ts';
import { amount, flag, type Json, record, records, side, text, whole } from './reply-fields.ts';

const STATUSES: Readonly<Record<string, VenueReport['status']>> = {
  NEW: 'working',
  PENDING_NEW: 'working',
  PENDING_CANCEL: 'working',
  PARTIALLY_FILLED: 'working',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  REJECTED: 'rejected',
};

/** The client ids of order lists, which replies about single orders lack: they name a list by its number. */
export interface ListNames {
  ofList(listId: number): string | null;
}

/**
 * An order as REST writes it in every reply: placed, canceled, queried. A canceled one carries its own client id in
 * `origClientOrderId`, since `clientOrderId` is the cancel's.
 * @throws Error where a field is missing or of the wrong form
 */
export function orderReport(value: unknown, lists: ListNames): VenueReport {
  const row = record(value);
  const time = row.updateTime ?? row.transactTime ?? row.time;
  return {
    symbol: text(row, 'symbol'),
    clientId: typeof row.origClientOrderId === 'string' ? row.origClientOrderId : text(row, 'clientOrderId'),
    orderId: whole(row, 'orderId'),
    listClientId: listName(row, 'orderListId', lists),
    side: side(row, 'side'),
    status: statusOf(text(row, 'status')),
    detail: detailOf(text(row, 'status'), row.expiryReason),
    quantity: amount(row, 'origQty'),
    filled: amount(row, 'executedQty'),
    time: whole({ time }, 'time'),
  };
}

/** The orders of a list, or the one order, that a reply is about. @throws Error where it is neither */
export function orderReports(value: unknown, lists: ListNames): readonly VenueReport[] {
  const row = record(value);
  if (row.orderReports === undefined) return [orderReport(row, lists)];
  return records(row.orderReports).map((order) => orderReport(order, lists));
}

/** An `executionReport` of the user stream. @throws Error where a field is missing or of the wrong form */
export function streamReport(row: Json, lists: ListNames): VenueReport {
  const status = text(row, 'X');
  return {
    symbol: text(row, 's'),
    clientId: orderName(row),
    orderId: whole(row, 'i'),
    listClientId: listName(row, 'g', lists),
    side: side(row, 'S'),
    status: statusOf(status),
    detail: detailOf(status, row.r, row.eR),
    quantity: amount(row, 'q'),
    filled: amount(row, 'z'),
    time: whole(row, 'T'),
  };
}

/** The trade in an `executionReport`, or undefined where it reports none. @throws Error as `streamReport` */
export function streamTrade(row: Json): VenueTrade | undefined {
  if (row.x !== 'TRADE') return undefined;
  return {
    symbol: text(row, 's'),
    tradeId: whole(row, 't'),
    orderId: whole(row, 'i'),
    clientId: orderName(row),
    side: side(row, 'S'),
    price: amount(row, 'L'),
    quantity: amount(row, 'l'),
    quoteQuantity: amount(row, 'Y'),
    fee: amount(row, 'n'),
    // Null where the commission is zero.
    feeAsset: typeof row.N === 'string' ? row.N : '',
    maker: flag(row, 'm'),
    time: whole(row, 'T'),
  };
}

/** A row of `myTrades`. @throws Error where a field is missing or of the wrong form */
export function accountTrade(row: Json): VenueTrade {
  return {
    symbol: text(row, 'symbol'),
    tradeId: whole(row, 'id'),
    orderId: whole(row, 'orderId'),
    clientId: null,
    side: flag(row, 'isBuyer') ? 'BUY' : 'SELL',
    price: amount(row, 'price'),
    quantity: amount(row, 'qty'),
    quoteQuantity: amount(row, 'quoteQty'),
    fee: amount(row, 'commission'),
    feeAsset: text(row, 'commissionAsset'),
    maker: flag(row, 'isMaker'),
    time: whole(row, 'time'),
  };
}

/** In a cancel, `c` is the cancel's own id and `C` the order's. */
function orderName(row: Json): string {
  return row.x === 'CANCELED' && typeof row.C === 'string' && row.C !== '' ? row.C : text(row, 'c');
}

function listName(row: Json, field: string, lists: ListNames): string | null {
  const id = whole(row, field);
  return id < 0 ? null : lists.ofList(id);
}

/** A status that is new to us is none of those we know: it is not guessed at. */
function statusOf(status: string): VenueReport['status'] {
  return STATUSES[status] ?? 'unknown';
}

function detailOf(status: string, ...reasons: readonly unknown[]): string {
  const known = reasons.filter((reason) => typeof reason === 'string' && reason !== 'NONE' && reason !== '');
  return [status, ...known].join(' ');
}
