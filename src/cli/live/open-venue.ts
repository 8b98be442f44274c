import { resolve } from 'node:path';
import { type Config, nearest } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { FoundCredentials } from '../../execution/venues/binance/credentials.ts';
import type { SpotVenue } from '../../execution/venues/venue.ts';

const BINANCE = ['binance', 'binance-testnet', 'binance-demo', 'local'];
const RECV_WINDOW_MS = 5_000;

export interface VenueChoice {
  readonly venue: string;
  /** Address of the venue `local`. */
  readonly url?: string;
  /** Absolute path; without it, the environment. */
  readonly keysFile?: string;
}

/** The venue that the `execution` section of a config names. */
export function venueOf({ execution }: Config, baseDir: string): VenueChoice {
  return {
    venue: execution.venue,
    ...(execution.url === undefined ? {} : { url: execution.url }),
    ...(execution.keys_file === undefined ? {} : { keysFile: resolve(baseDir, execution.keys_file) }),
  };
}

/** A venue with its keys, and what its owner should be told. */
export interface OpenedVenue {
  readonly venue: SpotVenue;
  /** Values that no log may show. */
  readonly secrets: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Makes the venue with its keys, and makes sure of Binance's that they can do nothing but trade.
 * @throws ValvulinError `VLV_VENUE_UNSUPPORTED`, `VLV_VENUE_KEYS`, `VLV_VENUE_PERMISSION`
 */
export async function openVenue(
  choice: VenueChoice,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  note: (text: string) => void,
): Promise<OpenedVenue> {
  const library = /^ccxt:(.+)$/.exec(choice.venue)?.[1];
  if (library === undefined && !BINANCE.includes(choice.venue)) throw unsupported(choice.venue);
  const { nodeHttp, nodeSockets } = await import('../../data/node-ports.ts');
  const { credentials, warning } = await findKeys(choice, env);
  const [apiKey, secret] = [credentials.apiKey.reveal(), credentials.secret.reveal()];
  const warnings = warning === null ? [] : [warning];
  const common = { http: nodeHttp, clock, recvWindowMs: RECV_WINDOW_MS, note };
  if (library !== undefined) {
    const { openExchange } = await import('../../execution/venues/ccxt/open.ts');
    const { CcxtVenue } = await import('../../execution/venues/ccxt/venue.ts');
    const exchange = await openExchange({ exchange: library, apiKey, secret });
    return { venue: new CcxtVenue({ ...common, exchange }), secrets: [apiKey, secret], warnings };
  }
  const { binanceEndpoints } = await import('../../execution/venues/binance/endpoints.ts');
  const { BinanceVenue } = await import('../../execution/venues/binance/venue.ts');
  const endpoints = binanceEndpoints(choice.venue, choice.url);
  const venue = new BinanceVenue({ ...common, sockets: nodeSockets, random: Math.random, endpoints, credentials });
  if (choice.venue === 'binance') warnings.push(...(await venue.checkPermissions('warn')));
  return { venue, secrets: [apiKey, secret], warnings };
}

async function findKeys(
  { venue, keysFile }: VenueChoice,
  env: Readonly<Record<string, string | undefined>>,
): Promise<FoundCredentials> {
  const keys = await import('../../execution/venues/binance/credentials.ts');
  if (keysFile !== undefined) return keys.credentialsFromFile(keysFile, venue);
  const found = keys.credentialsFromEnvironment(env, venue);
  if (found) return found;
  const prefix = venue.toUpperCase().replaceAll(/[-:]/g, '_');
  throw new ValvulinError('VLV_VENUE_KEYS', `Expected API keys of "${venue}", found none`, {
    where: 'execution.keys_file',
    hint: `Name a file of keys there (mode 0600), or set ${prefix}_API_KEY and ${prefix}_API_SECRET.`,
  });
}

function unsupported(venue: string): ValvulinError {
  const like = nearest(venue, BINANCE);
  return new ValvulinError(
    'VLV_VENUE_UNSUPPORTED',
    `Expected one of ${BINANCE.join(', ')}, ccxt:EXCHANGE, got "${venue}"`,
    {
      where: 'execution.venue',
      ...(like ? { hint: `Did you mean "${like}"?` } : {}),
    },
  );
}
