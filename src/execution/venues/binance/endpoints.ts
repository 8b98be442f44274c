import { ValvulinError } from '../../../core/errors.ts';

/** Addresses of one Binance, without a slash at the end. */
export interface Endpoints {
  /** `binance`, `binance-testnet`, `binance-demo` or `local`. */
  readonly name: string;
  /** Before `/api/v3`. */
  readonly rest: string;
  /** Market streams, before `/ws` and `/stream`. */
  readonly ws: string;
  /** WebSocket API, its whole path included. */
  readonly wsApi: string;
}

const KNOWN: Readonly<Record<string, Endpoints>> = {
  binance: {
    name: 'binance',
    rest: 'https://api.binance.com',
    ws: 'wss://stream.binance.com:9443',
    wsApi: 'wss://ws-api.binance.com:443/ws-api/v3',
  },
  'binance-testnet': {
    name: 'binance-testnet',
    rest: 'https://testnet.binance.vision',
    ws: 'wss://stream.testnet.binance.vision',
    wsApi: 'wss://ws-api.testnet.binance.vision/ws-api/v3',
  },
  'binance-demo': {
    name: 'binance-demo',
    rest: 'https://demo-api.binance.com',
    ws: 'wss://demo-stream.binance.com',
    wsApi: 'wss://demo-ws-api.binance.com/ws-api/v3',
  },
};

/** Every host that keys of a venue may be sent to. */
const HOSTS: Readonly<Record<string, RegExp>> = {
  binance: /^(api[1-4]?|api-gcp|stream|ws-api)\.binance\.com$/,
  'binance-testnet': /^((stream|ws-api)\.)?testnet\.binance\.vision$/,
  'binance-demo': /^demo-(api|stream|ws-api)\.binance\.com$/,
  local: /^(localhost|127\.0\.0\.1|\[::1\])$/,
};

/**
 * The addresses of a venue by its name; with `local`, of a local exchange at `url`.
 * @throws ValvulinError `VLV_VENUE_UNSUPPORTED` for another name, `VLV_VENUE_KEYS` for a `local` that is not here
 */
export function binanceEndpoints(name: string, url = 'http://127.0.0.1:8090'): Endpoints {
  const known = KNOWN[name];
  if (known) return known;
  if (name !== 'local') {
    throw new ValvulinError('VLV_VENUE_UNSUPPORTED', `Expected one of ${Object.keys(HOSTS).join(', ')}, got "${name}"`);
  }
  const rest = url.replace(/\/+$/, '');
  const ws = rest.replace(/^http/, 'ws');
  return checkHosts({ name, rest, ws, wsApi: `${ws}/ws-api/v3` });
}

/**
 * The same addresses, once it is sure that each belongs to the venue whose name they carry.
 * @throws ValvulinError `VLV_VENUE_KEYS`
 */
export function checkHosts(endpoints: Endpoints): Endpoints {
  const allowed = HOSTS[endpoints.name];
  for (const address of [endpoints.rest, endpoints.ws, endpoints.wsApi]) {
    const { hostname, protocol } = new URL(address);
    const encrypted = protocol === 'https:' || protocol === 'wss:';
    if (allowed?.test(hostname) && (encrypted || endpoints.name === 'local')) continue;
    throw new ValvulinError(
      'VLV_VENUE_KEYS',
      `Expected an encrypted address of the venue "${endpoints.name}", got "${address}"`,
      { hint: 'Keys of one venue are never sent to the hosts of another.' },
    );
  }
  return endpoints;
}
