import { Refusal } from './api-error.ts';
import { floorTo, least, units } from './amount.ts';
import { balanceUpdate, externalLockUpdate } from './execution-report.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { ExchangeFault } from './faults.ts';
import type { Side } from './types.ts';

type Event = Exclude<ExchangeFault, { verb: 'eng.maintenance' }>;

/** Lets something happen to the exchange or to an account that no request asked for. */
export function happen(state: ExchangeState, event: Event): void {
  const { engine } = state;
  switch (event.verb) {
    case 'eng.lagVisible':
      state.history.lag = event.ms;
      return;
    case 'eng.filterChange':
      state.desk(event.symbol).book.rules.change(event.change);
      return;
    case 'eng.symbolStatus':
      state.desk(event.symbol).book.rules.status = event.status;
      return;
    case 'clock.skew':
      state.skew = event.ms;
      return;
    case 'feed.hole':
      state.desk(event.symbol).candles.remove(event.from, event.to);
      return;
    case 'eng.expireOpen':
      engine.run(() => expireOpen(state, event));
      return;
    case 'ext.sell':
    case 'ext.buy':
      engine.run(() =>
        trade(state, event.apiKey, event.symbol, event.verb === 'ext.buy' ? 'BUY' : 'SELL', event.quantity),
      );
      return;
    case 'ext.cancel':
      engine.run(() => cancel(state, event));
      return;
    case 'ext.transfer':
    case 'ext.deposit':
      engine.run(() => transfer(state, event));
      return;
    case 'ext.lock':
    case 'ext.unlock':
      engine.run(() => lock(state, event));
  }
}

function expireOpen(
  state: ExchangeState,
  { symbol, reason, clientOrderId }: Extract<Event, { verb: 'eng.expireOpen' }>,
): void {
  for (const account of state.users.keys()) {
    for (const order of [...account.open]) {
      const meant = clientOrderId === undefined || order.clientId === clientOrderId;
      if (order.rules.name === symbol && meant) state.engine.end(order, 'EXPIRED', { reason });
    }
  }
}

/** A market order of the owner, as far as his money goes; nothing where it does not. */
function trade(state: ExchangeState, apiKey: string, symbol: string, side: Side, quantity: string): void {
  const account = state.account(apiKey);
  const { book } = state.desk(symbol);
  const wanted = units(quantity);
  const most = side === 'SELL' ? least(wanted, floorTo(account.free(book.rules.base), book.rules.step)) : wanted;
  if (most <= 0n) return;
  const order = state.engine.draft(account, book, {
    clientId: `web_${state.newClientId()}`,
    side,
    type: 'MARKET',
    timeInForce: 'GTC',
    quantity: most,
    quoteQuantity: 0n,
    price: 0n,
    stopPrice: 0n,
    trailingDelta: 0,
    icebergQuantity: 0n,
    stp: 'EXPIRE_MAKER',
  });
  try {
    state.engine.check(order);
  } catch (error) {
    // The owner sees a refusal on his screen; for the exchange nothing happened.
    if (error instanceof Refusal) return;
    throw error;
  }
  state.engine.accept([order]);
}

function cancel(state: ExchangeState, { apiKey, symbol, clientOrderId }: Extract<Event, { verb: 'ext.cancel' }>): void {
  const account = state.account(apiKey);
  for (const order of [...account.open]) {
    const meant = clientOrderId === undefined || order.clientId === clientOrderId;
    if (order.rules.name !== symbol || !meant) continue;
    state.engine.end(order, 'CANCELED', { requestId: `web_${state.newClientId()}` });
  }
}

function transfer(
  state: ExchangeState,
  { verb, apiKey, asset, amount }: Extract<Event, { verb: 'ext.transfer' | 'ext.deposit' }>,
): void {
  const account = state.account(apiKey);
  const wanted = units(amount);
  const change = verb === 'ext.deposit' ? wanted : -least(wanted, account.free(asset));
  if (change === 0n) return;
  state.engine.touch(account);
  account.add(asset, change);
  const time = state.time();
  for (const listener of state.users.get(account) ?? []) listener(balanceUpdate(asset, change, time));
}

function lock(
  state: ExchangeState,
  { verb, apiKey, asset, amount }: Extract<Event, { verb: 'ext.lock' | 'ext.unlock' }>,
): void {
  const account = state.account(apiKey);
  const held = account.externalLocks.get(asset) ?? 0n;
  const wanted = units(amount);
  const change = verb === 'ext.lock' ? least(wanted, account.free(asset)) : -least(wanted, held);
  if (change === 0n) return;
  state.engine.touch(account);
  account.externalLocks.set(asset, held + change);
  account.lock(asset, change);
  const time = state.time();
  for (const listener of state.users.get(account) ?? []) listener(externalLockUpdate(asset, change, time));
}
