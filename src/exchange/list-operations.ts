import { orderRefusal, refusal } from './api-error.ts';
import { checkCounts } from './filters.ts';
import type { SymbolDesk } from './exchange-state.ts';
import type { AccountContext, Operation } from './operation.ts';
import { assertNewId, canceledList, prepare } from './order-operations.ts';
import { assertAffordable } from './order-checks.ts';
import { type OrderList, ordersOf } from './order-list.ts';
import { leg, readSide, readStp, readTerms, type Shared } from './order-terms.ts';
import { type JsonObject, listView, newOrderView } from './order-views.ts';
import type { OrderTerms, SpotOrder } from './spot-order.ts';
import type { Json } from './types.ts';

const BAD_PRICES = 'The relationship of the prices for the orders is not correct.';

/** The two legs of an OCO in their price relation. @throws Refusal -1165.., -2010 */
function checkPair(above: OrderTerms, below: OrderTerms, { book }: SymbolDesk): void {
  const stops = [above, below].filter(({ type }) => type.startsWith('STOP_LOSS'));
  if (stops.length !== 1 || below.type === 'LIMIT' || above.type === 'LIMIT') {
    throw refusal(-1158, 'OCO orders must have one STOP_LOSS leg and one LIMIT_MAKER or TAKE_PROFIT leg.');
  }
  const sells = above.side === 'SELL';
  if (above.type.startsWith('STOP_LOSS') === sells) throw orderRefusal(BAD_PRICES);
  const level = (terms: OrderTerms): bigint => (terms.type === 'LIMIT_MAKER' ? terms.price : terms.stopPrice);
  const { last } = book.quotes;
  const [high, low] = [level(above), level(below)];
  // A trailing leg may have no price of its own.
  if ((high > 0n && high <= last) || (low > 0n && low >= last)) throw orderRefusal(BAD_PRICES);
}

function makeList(
  { engine, parameters, state, account, time }: AccountContext,
  desk: SymbolDesk,
  working: SpotOrder | null,
  legs: readonly SpotOrder[],
  sellsProceeds = false,
): OrderList {
  const clientId = parameters.clientId('listClientOrderId') ?? state.newClientId();
  parameters.finish();
  state.assertTrading(desk);
  for (const list of account.lists.values()) {
    if (list.orderStatus === 'EXECUTING' && list.clientId === clientId) throw orderRefusal('Duplicate order sent.');
  }
  const orders = working === null ? legs : [working, ...legs];
  checkCounts(account, desk.book.rules, orders, 1);
  const ids = new Set<string>();
  for (const order of orders) {
    assertNewId(account, order.clientId);
    if (ids.has(order.clientId)) throw orderRefusal('Duplicate order sent.');
    ids.add(order.clientId);
  }
  return {
    id: engine.nextListId(),
    clientId,
    account,
    symbol: desk.book.rules.name,
    contingency: working === null ? 'OCO' : 'OTO',
    working,
    legs,
    sellsProceeds,
    time,
    statusType: 'EXEC_STARTED',
    orderStatus: 'EXECUTING',
  };
}

function placedList(list: OrderList, time: number): JsonObject {
  return { ...listView(list), orderReports: ordersOf(list).map((order) => newOrderView(order, 'RESULT', time)) };
}

function readResponseType({ parameters }: AccountContext): void {
  parameters.optionalChoice('newOrderRespType', ['ACK', 'RESULT', 'FULL'], -1130, 'Invalid newOrderRespType.');
}

function oco(context: AccountContext): Json {
  const { state, engine, parameters, account, mishap, time } = context;
  const desk = state.desk(parameters.text('symbol'));
  parameters.text('quantity');
  const shared = {
    side: readSide(parameters, 'side'),
    quantity: parameters.amount('quantity') ?? 0n,
    stp: readStp(parameters),
  };
  const above = readTerms(parameters, leg('above'), shared, state.newClientId);
  const below = readTerms(parameters, leg('below'), shared, state.newClientId);
  readResponseType(context);
  checkPair(above, below, desk);
  const legs = [below, above].map((terms) => prepare(state, account, desk, terms));
  const list = makeList(context, desk, null, legs);
  assertAffordable(legs, desk.book);
  engine.acceptList(list);
  engine.accept(legs, mishap);
  return placedList(list, time);
}

interface OtoKind {
  /** Two orders follow, which end each other. */
  readonly pair: boolean;
  readonly sellsProceeds: boolean;
}

/** An order that comes first, and what it sets to work once it is filled whole. */
function placeOto(context: AccountContext, { pair, sellsProceeds }: OtoKind): Json {
  const { state, engine, parameters, account, mishap, time } = context;
  const desk = state.desk(parameters.text('symbol'));
  const stp = readStp(parameters);
  parameters.choice('workingType', ['LIMIT', 'LIMIT_MAKER'], -1116, 'Invalid orderType.');
  const first = readTerms(parameters, leg('working'), { stp }, state.newClientId);
  if (sellsProceeds) parameters.forbid('pendingQuantity');
  else if (pair) parameters.text('pendingQuantity');
  const quantity = sellsProceeds ? first.quantity : parameters.amount('pendingQuantity');
  const shared = { stp, ...(quantity === undefined ? {} : { quantity }) };
  const terms = pair
    ? readPair(context, desk, shared)
    : [readTerms(parameters, leg('pending'), shared, state.newClientId)];
  if (sellsProceeds && (first.side !== 'BUY' || terms[0].side !== 'SELL')) {
    throw refusal(-1222, 'OPO orders must buy first and then sell.');
  }
  readResponseType(context);
  const working = prepare(state, account, desk, first);
  const legs = terms.map((one) => prepare(state, account, desk, one));
  const list = makeList(context, desk, working, legs, sellsProceeds);
  engine.check(working);
  engine.acceptList(list);
  for (const order of legs) engine.acceptPending(order);
  engine.accept([working], mishap);
  return placedList(list, time);
}

function readPair({ parameters, state }: AccountContext, { book }: SymbolDesk, common: Shared): OrderTerms[] {
  const shared = { ...common, side: readSide(parameters, 'pendingSide') };
  const above = readTerms(parameters, leg('pendingAbove'), shared, state.newClientId);
  const below = readTerms(parameters, leg('pendingBelow'), shared, state.newClientId);
  const level = (terms: OrderTerms): bigint => (terms.type === 'LIMIT_MAKER' ? terms.price : terms.stopPrice);
  const [high, low] = [level(above), level(below)];
  const sells = above.side === 'SELL';
  const shapes = above.type.startsWith('STOP_LOSS') !== sells && below.type.startsWith('STOP_LOSS') === sells;
  if (!shapes || (high > 0n && low > 0n && high <= low)) throw orderRefusal(BAD_PRICES);
  if (book.rules.status !== 'TRADING') throw orderRefusal('Market is closed.');
  return [below, above];
}

function cancelList({ state, engine, parameters, account, time }: AccountContext): Json {
  state.desk(parameters.text('symbol'));
  const id = parameters.integer('orderListId');
  const clientId = parameters.optional('listClientOrderId');
  const requestId = parameters.clientId('newClientOrderId') ?? state.newClientId();
  parameters.finish();
  if (id === undefined && clientId === undefined) {
    throw refusal(-1102, "Param 'listClientOrderId' or 'orderListId' must be sent, but both were empty/null!");
  }
  for (const list of account.lists.values()) {
    if (list.orderStatus !== 'EXECUTING' || (id === undefined ? list.clientId !== clientId : list.id !== id)) continue;
    const open = ordersOf(list).find(({ isOpen }) => isOpen);
    if (!open) break;
    engine.end(open, 'CANCELED', { requestId });
    return canceledList(open, requestId, time);
  }
  throw refusal(-2011, 'Unknown order list sent.');
}

function oto(orders: number, pair: boolean, sellsProceeds: boolean): Operation {
  return {
    security: 'trade',
    weight: 1,
    orders,
    matches: true,
    run: (context) => placeOto(context, { pair, sellsProceeds }),
  };
}

export const LIST_OPERATIONS: Readonly<Record<string, Operation>> = {
  'orderList.place.oco': { security: 'trade', weight: 1, orders: 2, matches: true, run: oco },
  'orderList.place.oto': oto(2, false, false),
  'orderList.place.otoco': oto(3, true, false),
  'orderList.place.opo': oto(2, false, true),
  'orderList.place.opoco': oto(3, true, true),
  'orderList.cancel': { security: 'trade', weight: 1, matches: true, run: cancelList },
};
