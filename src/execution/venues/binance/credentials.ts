import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ValvulinError } from '../../../core/errors.ts';
import { Secret } from './secret.ts';

/** Keys of one account at one venue. */
export interface Credentials {
  /** Name of the venue that they belong to: `binance`, `binance-testnet`, `binance-demo` or `local`. */
  readonly venue: string;
  readonly apiKey: Secret;
  /** HMAC secret, or an RSA or Ed25519 private key as PEM. */
  readonly secret: Secret;
}

/** Keys as they were found, and what their owner should be told about where they lie. */
export interface FoundCredentials {
  readonly credentials: Credentials;
  readonly warning: string | null;
}

const FILE_KEYS = ['venue', 'api_key', 'api_secret', 'private_key'];
const FORM = 'Write "venue", "api_key" and either "api_secret" or "private_key" (PEM), one a line, as YAML or JSON.';

/**
 * Keys from a file that nobody but its owner may read.
 * @param venue the venue that is about to be used; keys of another one are refused, so that live keys never reach a
 *   test server and the other way round
 * @throws ValvulinError `VLV_VENUE_KEYS` where the file is missing, open to others, or not of this form
 */
export function credentialsFromFile(path: string, venue: string): FoundCredentials {
  const content = readPrivate(path);
  let fields: unknown;
  try {
    fields = parse(content);
  } catch {
    // The parser's message would quote the line, and with it the key.
    throw new ValvulinError('VLV_VENUE_KEYS', 'Expected a file of keys in YAML or JSON', { where: path, hint: FORM });
  }
  const { owner, apiKey, apiSecret, privateKey } = readFields(fields, path);
  if (owner !== venue) {
    throw new ValvulinError('VLV_VENUE_KEYS', `Expected keys of the venue "${venue}", got keys of "${owner}"`, {
      where: path,
      hint: 'Use the key file of this venue; keys of one are never sent to another.',
    });
  }
  return {
    credentials: { venue, apiKey: new Secret(apiKey), secret: new Secret(apiSecret ?? privateKey ?? '') },
    warning: null,
  };
}

/**
 * Keys from environment variables, whose names begin with the venue's: `BINANCE_API_KEY` and `BINANCE_API_SECRET` or
 * `BINANCE_PRIVATE_KEY`; `BINANCE_TESTNET_API_KEY` and so on. Undefined where none of them is set.
 * @throws ValvulinError `VLV_VENUE_KEYS` where one is set and the other is missing
 */
export function credentialsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  venue: string,
): FoundCredentials | undefined {
  const prefix = venue.toUpperCase().replaceAll('-', '_');
  const apiKey = environment[`${prefix}_API_KEY`];
  const secret = environment[`${prefix}_API_SECRET`] ?? environment[`${prefix}_PRIVATE_KEY`]?.replaceAll('\\n', '\n');
  if (!apiKey && !secret) return undefined;
  if (!apiKey || !secret) {
    throw new ValvulinError('VLV_VENUE_KEYS', `Expected an API key and its secret, got only one of them`, {
      where: 'environment',
      hint: `Set "${prefix}_API_KEY" and "${prefix}_API_SECRET" (or "${prefix}_PRIVATE_KEY").`,
    });
  }
  return {
    credentials: { venue, apiKey: new Secret(apiKey.trim()), secret: new Secret(secret.trim()) },
    warning: 'The API keys come from environment variables, which every child process can read: prefer a key file.',
  };
}

interface KeyFields {
  readonly owner: string;
  readonly apiKey: string;
  readonly apiSecret: string | undefined;
  readonly privateKey: string | undefined;
}

function readFields(fields: unknown, where: string): KeyFields {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new ValvulinError('VLV_VENUE_KEYS', 'Expected a file of keys in YAML or JSON', { where, hint: FORM });
  }
  const row = fields as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(row).find((key) => !FILE_KEYS.includes(key));
  if (unknown !== undefined) {
    throw new ValvulinError('VLV_VENUE_KEYS', `Expected only the keys ${FILE_KEYS.join(', ')}, got "${unknown}"`, {
      where,
      hint: FORM,
    });
  }
  const field = (name: string): string | undefined => {
    const value = row[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    throw new ValvulinError('VLV_VENUE_KEYS', `Expected a text for "${name}", got a ${typeof value}`, {
      where,
      hint: FORM,
    });
  };
  const owner = field('venue');
  const apiKey = field('api_key');
  const apiSecret = field('api_secret');
  const privateKey = field('private_key');
  if (owner === undefined || apiKey === undefined || (apiSecret === undefined) === (privateKey === undefined)) {
    throw new ValvulinError('VLV_VENUE_KEYS', 'Expected the venue, an API key and one secret', { where, hint: FORM });
  }
  return { owner, apiKey, apiSecret, privateKey };
}

/** The content, read through the same handle whose mode was checked. */
function readPrivate(path: string): string {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch (error) {
    throw new ValvulinError('VLV_VENUE_KEYS', `Expected a readable key file, got "${(error as Error).message}"`, {
      where: path,
      cause: error,
    });
  }
  try {
    const { mode, uid } = fstatSync(handle);
    const own = process.getuid?.();
    if (own !== undefined && (mode & 0o077) !== 0) {
      throw new ValvulinError(
        'VLV_VENUE_KEYS',
        `Expected a key file of mode 0600, got "0${(mode & 0o777).toString(8)}"`,
        {
          where: path,
          hint: `chmod 600 "${path}"; if others could read it, make new keys.`,
        },
      );
    }
    if (own !== undefined && uid !== own) {
      throw new ValvulinError('VLV_VENUE_KEYS', `Expected a key file of user "${own}", got one of user "${uid}"`, {
        where: path,
        hint: 'The engine runs as the owner of its key file.',
      });
    }
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}
