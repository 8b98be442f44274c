import { ValvulinError } from '../../../core/errors.ts';
import type { VenueCapabilities } from '../venue.ts';
import type { CcxtExchange } from './unified.ts';

/** Exchanges whose orders the library finds and cancels by client id alone, as its source says. */
export const REVIEWED: ReadonlySet<string> = new Set(['binance', 'binanceus', 'bitget', 'htx', 'mexc']);

/** Those of them whose trades can be asked for from an id on; the others only from a time on. */
export const TRADES_BY_ID: ReadonlySet<string> = new Set(['binance', 'binanceus']);

/** Those of them that refuse requests older than the window they carry. */
const WINDOWED: ReadonlySet<string> = new Set(['binance', 'binanceus']);

const NEEDED = [
  'spot',
  'createOrder',
  'cancelOrder',
  'fetchOrder',
  'fetchOpenOrders',
  'fetchMyTrades',
  'fetchTrades',
  'fetchBalance',
  'fetchTime',
];

/** What the engine needs and the library does not offer for the exchange. */
export function missingCapabilities({ has }: CcxtExchange): readonly string[] {
  return NEEDED.filter((name) => has[name] !== true);
}

export function capabilitiesOf(exchange: CcxtExchange, recvWindowMs: number): VenueCapabilities {
  const spot = group(exchange.features, 'spot');
  return {
    stopMarket: group(spot, 'createOrder')?.stopLossPrice === true,
    // The library has no common way to place one.
    oco: false,
    deadlineMs: WINDOWED.has(exchange.id) ? recvWindowMs : null,
  };
}

/**
 * The library can be told to send again what was not answered, orders too, and then executes them twice.
 * @throws ValvulinError `VLV_VENUE_UNSUPPORTED` where it was told so, for all requests or for some
 */
export function checkNoRetries(options: Readonly<Record<string, unknown>>, where = 'options'): void {
  for (const [name, value] of Object.entries(options)) {
    if (name === 'maxRetriesOnFailure' && value !== 0 && value !== undefined) {
      throw new ValvulinError(
        'VLV_VENUE_UNSUPPORTED',
        `Expected maxRetriesOnFailure of 0, got ${JSON.stringify(value)}`,
        {
          where: `${where}.${name}`,
          hint: 'Requests are never sent again by the library: an order could be executed twice.',
        },
      );
    }
    if (typeof value === 'object' && value !== null) {
      checkNoRetries(value as Readonly<Record<string, unknown>>, `${where}.${name}`);
    }
  }
}

function group(value: unknown, name: string): Readonly<Record<string, unknown>> | undefined {
  const inner = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>) : undefined;
}
