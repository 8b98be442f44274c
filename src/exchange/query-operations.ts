import { refusal } from './api-error.ts';
import { print } from './amount.ts';
import type { ListRow } from './history.ts';
import type { AccountContext, Operation } from './operation.ts';
import { tradeView } from './order-views.ts';
import type { Json } from './types.ts';

const DAY = 86_400_000;
const USUAL_LIMIT = 500;
const MOST = 1_000;

function order({ state, parameters, account }: AccountContext): Json {
  const symbol = state.desk(parameters.text('symbol')).book.rules.name;
  const id = parameters.integer('orderId');
  const clientId = parameters.optional('origClientOrderId');
  parameters.finish();
  if (id === undefined && clientId === undefined) {
    throw refusal(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
  }
  const history = state.history.of(account);
  const found = id === undefined ? history.byClientId(symbol, clientId ?? '') : history.orders.get(id);
  // An amended order has left its old name.
  if (found?.symbol !== symbol || (id === undefined && found.clientId !== clientId))
    throw refusal(-2013, 'Order does not exist.');
  if (clientId !== undefined && found.clientId !== clientId) {
    throw refusal(-2039, 'Client order ID is not correct for this order ID.');
  }
  return found.view;
}

function openOrders({ state, parameters, account }: AccountContext): Json {
  const symbol = parameters.optional('symbol');
  if (symbol !== undefined) state.desk(symbol);
  parameters.finish();
  const rows = [...state.history.of(account).openOrders.values()].sort((a, b) => a.id - b.id);
  return rows.filter((row) => symbol === undefined || row.symbol === symbol).map(({ view }) => view);
}

interface Span {
  readonly from: number;
  readonly to: number;
  /** True where the last rows up to `to` are wanted, not the first ones from `from`. */
  readonly newest: boolean;
}

/** `startTime` and `endTime` of a request. @throws Refusal -1127 where they are more than a day apart */
function readSpan({ parameters }: AccountContext): Span {
  const from = parameters.integer('startTime');
  const to = parameters.integer('endTime');
  if (from !== undefined && to !== undefined && to - from > DAY) {
    throw refusal(-1127, 'More than 24 hours between startTime and endTime.');
  }
  return { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER, newest: from === undefined };
}

function page<T>(rows: readonly T[], limit: number, newest: boolean): T[] {
  return newest ? rows.slice(-limit) : rows.slice(0, limit);
}

function allOrders(context: AccountContext): Json {
  const { state, parameters, account } = context;
  const symbol = state.desk(parameters.text('symbol')).book.rules.name;
  const fromId = parameters.integer('orderId');
  const span = readSpan(context);
  const limit = parameters.limit(USUAL_LIMIT, MOST);
  parameters.finish();
  const rows = [...state.history.of(account).orders.values()].filter(
    (row) =>
      row.symbol === symbol &&
      row.time >= span.from &&
      row.time <= span.to &&
      (fromId === undefined || row.id >= fromId),
  );
  return page(rows, limit, span.newest && fromId === undefined).map(({ view }) => view);
}

function myTrades(context: AccountContext): Json {
  const { state, parameters, account } = context;
  const symbol = state.desk(parameters.text('symbol')).book.rules.name;
  const orderId = parameters.integer('orderId');
  const fromId = parameters.integer('fromId');
  const span = readSpan(context);
  const limit = parameters.limit(USUAL_LIMIT, MOST);
  parameters.finish();
  const rows = state.history
    .of(account)
    .trades.filter(
      (trade) =>
        trade.symbol === symbol &&
        trade.time >= span.from &&
        trade.time <= span.to &&
        (orderId === undefined || trade.orderId === orderId) &&
        (fromId === undefined || trade.id >= fromId),
    );
  return page(rows, limit, span.newest && fromId === undefined).map(tradeView);
}

function account({ state, parameters, account: owner, key }: AccountContext): Json {
  const omitZero = parameters.optional('omitZeroBalances') === 'true';
  parameters.finish();
  const history = state.history.of(owner);
  const zero = print(0n);
  const balances = omitZero
    ? history.balances.filter(({ free, locked }) => free !== zero || locked !== zero)
    : history.balances;
  const rules = [...state.symbols.values()].at(0)?.book.rules;
  const [maker, taker] = [rules?.makerRate ?? 0n, rules?.takerRate ?? 0n];
  return {
    makerCommission: Number(maker / 10_000n),
    takerCommission: Number(taker / 10_000n),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: { maker: print(maker), taker: print(taker), buyer: print(0n), seller: print(0n) },
    canTrade: key.permissions.spotTrading,
    canWithdraw: key.permissions.withdrawals,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: history.updateTime,
    accountType: 'SPOT',
    balances,
    permissions: ['SPOT'],
    uid: owner.uid,
  };
}

function commission({ state, parameters, account: owner }: AccountContext): Json {
  const { rules } = state.desk(parameters.text('symbol')).book;
  parameters.finish();
  const none = { maker: print(0n), taker: print(0n), buyer: print(0n), seller: print(0n) };
  return {
    symbol: rules.name,
    standardCommission: { ...none, maker: print(rules.makerRate), taker: print(rules.takerRate) },
    specialCommission: none,
    taxCommission: none,
    discount: {
      enabledForAccount: owner.fees === 'bnb',
      enabledForSymbol: true,
      discountAsset: 'BNB',
      discount: '0.25000000',
    },
  };
}

function orderCounts({ state, parameters, account: owner, time }: AccountContext): Json {
  parameters.finish();
  return state.limiter.orderCounts(owner.name, time);
}

function orderList({ state, parameters, account: owner }: AccountContext): Json {
  const id = parameters.integer('orderListId');
  const clientId = parameters.optional('origClientOrderId') ?? parameters.optional('listClientOrderId');
  parameters.finish();
  if (id === undefined && clientId === undefined) {
    throw refusal(-1102, "Param 'origClientOrderId' or 'orderListId' must be sent, but both were empty/null!");
  }
  let found: ListRow | undefined;
  for (const row of state.history.of(owner).lists.values()) {
    if (id === undefined ? row.clientId === clientId : row.id === id) found = row;
  }
  if (!found) throw refusal(-2018, 'Order list does not exist.');
  return found.view;
}

function openOrderLists({ state, parameters, account: owner }: AccountContext): Json {
  parameters.finish();
  return [...state.history.of(owner).lists.values()].filter(({ open }) => open).map(({ view }) => view);
}

function allOrderLists(context: AccountContext): Json {
  const { state, parameters, account: owner } = context;
  const fromId = parameters.integer('fromId');
  const span = readSpan(context);
  const limit = parameters.limit(USUAL_LIMIT, MOST);
  parameters.finish();
  const rows = [...state.history.of(owner).lists.values()].filter(
    ({ id, time }) => time >= span.from && time <= span.to && (fromId === undefined || id >= fromId),
  );
  return page(rows, limit, span.newest && fromId === undefined).map(({ view }) => view);
}

function amendments({ state, parameters, account: owner }: AccountContext): Json {
  const symbol = state.desk(parameters.text('symbol')).book.rules.name;
  parameters.text('orderId');
  const orderId = parameters.integer('orderId');
  const limit = parameters.limit(USUAL_LIMIT, MOST);
  parameters.finish();
  const rows = state.history.of(owner).amendments.filter((row) => row.symbol === symbol && row.orderId === orderId);
  return rows.slice(0, limit);
}

function apiRestrictions({ parameters, key }: AccountContext): Json {
  parameters.finish();
  const { reading, spotTrading, withdrawals, ipRestrict } = key.permissions;
  return {
    ipRestrict,
    createTime: 0,
    enableReading: reading,
    enableWithdrawals: withdrawals,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: false,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: spotTrading,
    enablePortfolioMarginTrading: false,
  };
}

/** What libraries ask for while they load their markets, and this exchange does not have. */
function none({ parameters }: AccountContext): Json {
  parameters.has('symbol');
  return [];
}

export const QUERY_OPERATIONS: Readonly<Record<string, Operation>> = {
  'order.status': { security: 'read', weight: 4, run: order },
  'order.amendments': { security: 'read', weight: 4, run: amendments },
  'openOrders.status': {
    security: 'read',
    weight: (parameters) => (parameters.has('symbol') ? 6 : 80),
    run: openOrders,
  },
  allOrders: { security: 'read', weight: 20, run: allOrders },
  myTrades: { security: 'read', weight: (parameters) => (parameters.has('orderId') ? 5 : 20), run: myTrades },
  'account.status': { security: 'read', weight: 20, run: account },
  'account.commission': { security: 'read', weight: 20, run: commission },
  'account.rateLimits.orders': { security: 'read', weight: 40, run: orderCounts },
  'orderList.status': { security: 'read', weight: 4, run: orderList },
  'openOrderLists.status': { security: 'read', weight: 6, run: openOrderLists },
  allOrderLists: { security: 'read', weight: 20, run: allOrderLists },
  'sapi.apiRestrictions': { security: 'read', weight: 1, run: apiRestrictions },
  'sapi.none': { security: 'read', weight: 1, run: none },
};
