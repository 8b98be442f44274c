import { refusal } from './api-error.ts';
import type { Parameters } from './parameters.ts';
import type { OrderTerms, TimeInForce } from './spot-order.ts';
import { ORDER_TYPES, type OrderType, STP_MODES, type StpMode } from './symbol-rules.ts';
import type { Side } from './types.ts';

const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;
const SIDES = ['BUY', 'SELL'] as const;

/** How the parameters of one order are called: as they are, or behind the prefix of a leg (`aboveStopPrice`). */
export interface Naming {
  readonly prefix: '' | 'above' | 'below' | 'working' | 'pending' | 'pendingAbove' | 'pendingBelow';
  readonly clientId: string;
}

/** What the leg of a list shares with the other legs. */
export interface Shared {
  readonly side?: Side;
  readonly quantity?: bigint;
  readonly stp?: StpMode;
}

export const PLAIN: Naming = { prefix: '', clientId: 'newClientOrderId' };

export function leg(prefix: Exclude<Naming['prefix'], ''>): Naming {
  return { prefix, clientId: `${prefix}ClientOrderId` };
}

export function readSide(parameters: Parameters, name: string): Side {
  return parameters.choice(name, SIDES, -1117, 'Invalid side.');
}

export function readStp(parameters: Parameters): StpMode {
  const words = STP_MODES.filter((mode) => mode !== 'NONE');
  return (
    parameters.optionalChoice<StpMode>('selfTradePreventionMode', ['NONE', ...words], -1130, 'Invalid STP mode.') ??
    'EXPIRE_MAKER'
  );
}

/**
 * One order out of the parameters: what its type needs, nothing that it must not have. `newId` makes a client id.
 * @throws Refusal -1102, -1106, -1115.., -1100, -1111
 */
export function readTerms(parameters: Parameters, naming: Naming, shared: Shared, newId: () => string): OrderTerms {
  const { prefix } = naming;
  const name = (plain: string): string => (prefix === '' ? plain : prefix + plain[0].toUpperCase() + plain.slice(1));
  const type = parameters.choice(name('type'), ORDER_TYPES, -1116, 'Invalid orderType.');
  const side = shared.side ?? readSide(parameters, name('side'));
  const limit = type === 'LIMIT' || type === 'LIMIT_MAKER' || type.endsWith('_LIMIT');
  const stop = type.startsWith('STOP_LOSS') || type.startsWith('TAKE_PROFIT');
  const price = limit ? needed(parameters, name('price')) : absent(parameters, name('price'));
  const timeInForce = readTimeInForce(parameters, name('timeInForce'), type);
  const stopPrice = stop ? (parameters.amount(name('stopPrice')) ?? 0n) : absent(parameters, name('stopPrice'));
  if (!stop) parameters.forbid(name('trailingDelta'));
  const trailingDelta = parameters.integer(name('trailingDelta')) ?? 0;
  if (stop && stopPrice === 0n && trailingDelta === 0) parameters.text(name('stopPrice'));
  const icebergQuantity = parameters.amount(name('icebergQty')) ?? 0n;
  if (icebergQuantity > 0n && timeInForce !== 'GTC') {
    throw refusal(-1106, `Parameter '${name('icebergQty')}' sent when not required.`);
  }
  const strategyId = parameters.integer(name('strategyId'));
  const strategyType = parameters.integer(name('strategyType'));
  if (strategyType !== undefined && strategyType < 1_000_000) {
    throw refusal(-1134, 'strategyType was less than 1000000.');
  }
  return {
    ...readQuantity(parameters, name, type, shared),
    clientId: parameters.clientId(naming.clientId) ?? newId(),
    side,
    type,
    timeInForce,
    price,
    stopPrice,
    trailingDelta,
    icebergQuantity,
    stp: shared.stp ?? readStp(parameters),
    ...(strategyId === undefined ? {} : { strategyId }),
    ...(strategyType === undefined ? {} : { strategyType }),
  };
}

function needed(parameters: Parameters, name: string): bigint {
  parameters.text(name);
  return parameters.amount(name) ?? 0n;
}

function absent(parameters: Parameters, name: string): bigint {
  parameters.forbid(name);
  return 0n;
}

function readTimeInForce(parameters: Parameters, name: string, type: OrderType): TimeInForce {
  if (type === 'LIMIT' || type.endsWith('_LIMIT')) {
    return parameters.choice(name, TIMES_IN_FORCE, -1115, 'Invalid timeInForce.');
  }
  parameters.forbid(name);
  return 'GTC';
}

function readQuantity(
  parameters: Parameters,
  name: (plain: string) => string,
  type: OrderType,
  shared: Shared,
): { quantity: bigint; quoteQuantity: bigint } {
  if (shared.quantity !== undefined) return { quantity: shared.quantity, quoteQuantity: 0n };
  const byQuote = parameters.has(name('quoteOrderQty'));
  if (byQuote && (type !== 'MARKET' || name('quantity') !== 'quantity')) parameters.forbid(name('quoteOrderQty'));
  if (!byQuote) return { quantity: needed(parameters, name('quantity')), quoteQuantity: 0n };
  parameters.forbid('quantity');
  return { quantity: 0n, quoteQuantity: needed(parameters, 'quoteOrderQty') };
}
