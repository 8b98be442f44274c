import { orderRefusal, refusal, Refusal } from './api-error.ts';
import { checkCounts, checkFilters } from './filters.ts';
import { walk } from './liquidity.ts';
import type { AccountContext, Operation } from './operation.ts';
import { PLAIN, readTerms } from './order-terms.ts';
import { amendedView, cancelView, listView, newOrderView, type JsonObject, type ResponseType } from './order-views.ts';
import type { ExchangeState, SymbolDesk } from './exchange-state.ts';
import type { Account } from './account.ts';
import { ordersOf } from './order-list.ts';
import type { Parameters } from './parameters.ts';
import type { OrderTerms, SpotOrder } from './spot-order.ts';
import type { Json } from './types.ts';

const RESPONSES = ['ACK', 'RESULT', 'FULL'] as const;
const RESTRICTIONS = ['ONLY_NEW', 'ONLY_PARTIALLY_FILLED'] as const;

/** An order that passed the checks which need no engine: symbol, client id, filters. */
export function prepare(state: ExchangeState, account: Account, desk: SymbolDesk, terms: OrderTerms): SpotOrder {
  const order = state.engine.draft(account, desk.book, terms);
  if (terms.quoteQuantity > 0n) order.quantity = walk(order, desk.book).quantity;
  checkFilters(order, state.average(desk));
  return order;
}

/** @throws Refusal -2010 where an open order has the client id already */
export function assertNewId(account: Account, clientId: string): void {
  for (const { clientId: known } of account.open) if (known === clientId) throw orderRefusal('Duplicate order sent.');
}

function readResponse(parameters: Parameters, terms: OrderTerms): ResponseType {
  const asked = parameters.optionalChoice('newOrderRespType', RESPONSES, -1130, 'Invalid newOrderRespType.');
  return asked ?? (terms.type === 'MARKET' || terms.type === 'LIMIT' ? 'FULL' : 'ACK');
}

function place({ state, engine, parameters, account, mishap, time }: AccountContext): Json {
  const desk = state.desk(parameters.text('symbol'));
  const terms = readTerms(parameters, PLAIN, {}, state.newClientId);
  const response = readResponse(parameters, terms);
  parameters.finish();
  state.assertTrading(desk);
  const order = prepare(state, account, desk, terms);
  checkCounts(account, desk.book.rules, [order], 0);
  assertNewId(account, terms.clientId);
  engine.check(order);
  engine.accept([order], mishap);
  return newOrderView(order, response, time);
}

function test({ state, parameters, account }: AccountContext): Json {
  const desk = state.desk(parameters.text('symbol'));
  const terms = readTerms(parameters, PLAIN, {}, state.newClientId);
  readResponse(parameters, terms);
  const rates = parameters.optional('computeCommissionRates') === 'true';
  parameters.finish();
  const order = prepare(state, account, desk, terms);
  checkCounts(account, desk.book.rules, [order], 0);
  return rates ? commissionForOrder(desk) : {};
}

function commissionForOrder({ book: { rules } }: SymbolDesk): JsonObject {
  const none = { maker: '0.00000000', taker: '0.00000000' };
  const print = (rate: bigint): string => `0.${rate.toString().padStart(8, '0')}`;
  return {
    standardCommissionForOrder: { maker: print(rules.makerRate), taker: print(rules.takerRate) },
    specialCommissionForOrder: none,
    taxCommissionForOrder: none,
    discount: { enabledForAccount: false, enabledForSymbol: true, discountAsset: 'BNB', discount: '0.25000000' },
  };
}

/** The open order that `idName` or `clientIdName` names; the reason of the refusal is Binance's. */
function openOrder({ state, parameters, account }: AccountContext, idName: string, clientIdName: string): SpotOrder {
  const desk = state.desk(parameters.text('symbol'));
  const id = parameters.integer(idName);
  const clientId = parameters.optional(clientIdName);
  if (id === undefined && clientId === undefined) {
    throw refusal(-1102, `Param '${clientIdName}' or '${idName}' must be sent, but both were empty/null!`);
  }
  for (const order of account.open) {
    if (order.rules !== desk.book.rules) continue;
    if (id !== undefined ? order.id === id : order.clientId === clientId) {
      if (clientId !== undefined && order.clientId !== clientId) break;
      return order;
    }
  }
  throw refusal(-2011, 'Unknown order sent.');
}

function readRestrictions(parameters: Parameters): (typeof RESTRICTIONS)[number] | undefined {
  return parameters.optionalChoice('cancelRestrictions', RESTRICTIONS, -1145, 'Invalid cancelRestrictions.');
}

function assertCancelable(order: SpotOrder, restriction: (typeof RESTRICTIONS)[number] | undefined): void {
  if (restriction === undefined) return;
  const wanted = restriction === 'ONLY_NEW' ? 'NEW' : 'PARTIALLY_FILLED';
  if (order.status !== wanted) throw refusal(-2011, 'Order was not canceled due to cancel restrictions.');
}

function cancel(context: AccountContext): Json {
  const { parameters, state, engine, time } = context;
  const order = openOrder(context, 'orderId', 'origClientOrderId');
  const requestId = parameters.clientId('newClientOrderId') ?? state.newClientId();
  const restriction = readRestrictions(parameters);
  parameters.finish();
  assertCancelable(order, restriction);
  engine.end(order, 'CANCELED', { requestId });
  return cancelView(order, requestId, time);
}

/** A cancelled list with the reports of its orders. */
export function canceledList({ list }: SpotOrder, requestId: string, time: number): JsonObject {
  if (list === null) return {};
  const orderReports = ordersOf(list).map((order) => cancelView(order, requestId, time));
  return { ...listView(list), transactionTime: time, orderReports };
}

function cancelAll({ state, engine, parameters, account, time }: AccountContext): Json {
  const desk = state.desk(parameters.text('symbol'));
  parameters.finish();
  const open = [...account.open].filter(({ rules }) => rules === desk.book.rules);
  if (open.length === 0) throw refusal(-2011, 'Unknown order sent.');
  const rows: JsonObject[] = [];
  for (const order of open) {
    if (!order.isOpen) continue;
    const requestId = state.newClientId();
    engine.end(order, 'CANCELED', { requestId });
    rows.push(order.list === null ? cancelView(order, requestId, time) : canceledList(order, requestId, time));
  }
  return rows;
}

function amend(context: AccountContext): Json {
  const { parameters, state, engine, time } = context;
  const order = openOrder(context, 'orderId', 'origClientOrderId');
  const clientId = parameters.clientId('newClientOrderId') ?? state.newClientId();
  parameters.text('newQty');
  const quantity = parameters.amount('newQty') ?? 0n;
  parameters.finish();
  const { rules } = order;
  const refused = (msg: string): Refusal => refusal(-2038, msg);
  if (quantity >= order.quantity) throw refused('The requested action would result in an equal or larger quantity.');
  if (order.amends >= rules.maxAmends) throw refusal(-1013, 'Filter failure: MAX_NUM_ORDER_AMENDS');
  if (quantity < rules.minQty || quantity % rules.step !== 0n) throw refusal(-1013, 'Filter failure: LOT_SIZE');
  if (quantity <= order.executed + order.prevented) throw refused('The requested quantity is executed already.');
  const before = order.clientId;
  if (clientId !== before) assertNewId(order.account, clientId);
  const executionId = engine.amend(order, quantity, clientId);
  state.history.amendment(order, {
    symbol: rules.name,
    orderId: order.id,
    executionId,
    origClientOrderId: before,
    newClientOrderId: clientId,
    time,
  });
  const { list } = order;
  return {
    transactTime: time,
    executionId,
    amendedOrder: amendedView(order, before),
    ...(list === null ? {} : { listStatus: listView(list) }),
  };
}

function cancelReplace(context: AccountContext): Json {
  const { parameters, state, engine, account, mishap, time } = context;
  const desk = state.desk(parameters.text('symbol'));
  const terms = readTerms(parameters, PLAIN, {}, state.newClientId);
  const response = readResponse(parameters, terms);
  const modes = ['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const;
  const mode = parameters.choice('cancelReplaceMode', modes, -1130, 'Invalid cancelReplaceMode.');
  const full = ['DO_NOTHING', 'CANCEL_ONLY'] as const;
  parameters.optionalChoice('orderRateLimitExceededMode', full, -1130, 'Invalid orderRateLimitExceededMode.');
  const requestId = parameters.clientId('cancelNewClientOrderId') ?? state.newClientId();
  const restriction = readRestrictions(parameters);
  const canceled = attempt(() => {
    const order = openOrder(context, 'cancelOrderId', 'cancelOrigClientOrderId');
    parameters.finish();
    assertCancelable(order, restriction);
    // Filters are judged before anything is cancelled.
    const replacement = prepare(state, account, desk, terms);
    checkCounts(account, desk.book.rules, [replacement], 0);
    engine.end(order, 'CANCELED', { requestId });
    return cancelView(order, requestId, time);
  });
  if (!canceled.done && canceled.code !== -2011) throw canceled.refusal;
  if (!canceled.done && mode === 'STOP_ON_FAILURE') throw half(canceled.row, null, false, false);
  const placed = attempt(() => {
    state.assertTrading(desk);
    const order = prepare(state, account, desk, terms);
    checkCounts(account, desk.book.rules, [order], 0);
    assertNewId(account, terms.clientId);
    engine.check(order);
    engine.accept([order], mishap);
    return newOrderView(order, response, time);
  });
  if (!canceled.done || !placed.done) throw half(canceled.row, placed.row, canceled.done, placed.done);
  return {
    cancelResult: 'SUCCESS',
    newOrderResult: 'SUCCESS',
    cancelResponse: canceled.row,
    newOrderResponse: placed.row,
  };
}

type Attempt =
  | { readonly done: true; readonly row: JsonObject }
  | { readonly done: false; readonly row: JsonObject; readonly code: number; readonly refusal: Refusal };

function attempt(work: () => JsonObject): Attempt {
  try {
    return { done: true, row: work() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, msg } = error.error;
    return { done: false, row: { code, msg }, code, refusal: error };
  }
}

/** -2022 where nothing was done, -2021 where one of the two was. */
function half(
  cancelResponse: JsonObject,
  newOrderResponse: JsonObject | null,
  canceled: boolean,
  placed: boolean,
): Refusal {
  const partly = canceled || placed;
  const word = (done: boolean): string => (done ? 'SUCCESS' : 'FAILURE');
  return new Refusal({
    status: partly ? 409 : 400,
    code: partly ? -2021 : -2022,
    msg: partly ? 'Order cancel-replace partially failed.' : 'Order cancel-replace failed.',
    data: {
      cancelResult: word(canceled),
      newOrderResult: newOrderResponse === null ? 'NOT_ATTEMPTED' : word(placed),
      cancelResponse,
      newOrderResponse,
    },
  });
}

export const ORDER_OPERATIONS: Readonly<Record<string, Operation>> = {
  'order.place': { security: 'trade', weight: 1, orders: 1, matches: true, run: place },
  'order.test': {
    security: 'trade',
    weight: (parameters) => (parameters.get('computeCommissionRates') === 'true' ? 20 : 1),
    run: test,
  },
  'order.cancel': { security: 'trade', weight: 1, matches: true, run: cancel },
  'openOrders.cancelAll': { security: 'trade', weight: 1, matches: true, run: cancelAll },
  'order.cancelReplace': { security: 'trade', weight: 1, orders: 1, matches: true, run: cancelReplace },
  'order.amend.keepPriority': { security: 'trade', weight: 4, matches: true, run: amend },
};
