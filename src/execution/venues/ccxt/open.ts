import { ValvulinError } from '../../../core/errors.ts';
import { checkNoRetries, missingCapabilities, REVIEWED } from './capabilities.ts';
import type { CcxtExchange, CcxtModule } from './unified.ts';

export interface LibrarySettings {
  /** The library's name of the exchange, e.g. `binance`. */
  readonly exchange: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly password?: string;
  /** Options of the library, e.g. of its rate limiter. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/**
 * The library's object for an exchange, with amounts as texts and no retries.
 * @throws ValvulinError `VLV_VENUE_UNSUPPORTED` where the library is not installed, does not know the exchange, or the
 *   exchange lacks what the engine needs
 */
export async function openExchange(settings: LibrarySettings): Promise<CcxtExchange> {
  const { exchange: id, options } = settings;
  const library = await loadLibrary();
  const Exchange = library[id];
  if (typeof Exchange !== 'function' || !REVIEWED.has(id)) {
    throw new ValvulinError('VLV_VENUE_UNSUPPORTED', `Expected one of ${[...REVIEWED].join(', ')}, got "${id}"`, {
      hint: 'An exchange is used only once it is known how it tells orders apart by their client ids.',
    });
  }
  const exchange = Reflect.construct(Exchange, [
    {
      apiKey: settings.apiKey,
      secret: settings.secret,
      ...(settings.password === undefined ? {} : { password: settings.password }),
      enableRateLimit: true,
      options: {
        defaultType: 'spot',
        fetchMarkets: { types: ['spot'] },
        fetchMargins: false,
        fetchCurrencies: false,
        warnOnFetchOpenOrdersWithoutSymbol: false,
        ...options,
      },
    },
  ]) as CcxtExchange;
  exchange.number = String;
  checkNoRetries(exchange.options);
  const missing = missingCapabilities(exchange);
  if (missing.length === 0) return exchange;
  throw new ValvulinError('VLV_VENUE_UNSUPPORTED', `Expected an exchange with ${missing.join(', ')}, got "${id}"`);
}

async function loadLibrary(): Promise<CcxtModule> {
  try {
    const module = (await import('ccxt')) as unknown as { readonly default: CcxtModule };
    return module.default;
  } catch (cause) {
    throw new ValvulinError('VLV_VENUE_UNSUPPORTED', 'Expected the package "ccxt", which is not installed', {
      hint: 'npm install ccxt',
      cause,
    });
  }
}
