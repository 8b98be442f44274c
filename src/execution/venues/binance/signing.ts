import { createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { ValvulinError } from '../../../core/errors.ts';
import type { Credentials } from './credentials.ts';
import type { Secret } from './secret.ts';

export type Params = Readonly<Record<string, string | number | undefined>>;

/** Signs what goes to the exchange, by the kind of key the account has. */
export class Signer {
  readonly apiKey: Secret;
  readonly kind: 'hmac' | 'rsa' | 'ed25519';
  readonly #sign: (payload: string) => string;

  /** @throws ValvulinError `VLV_VENUE_KEYS` where a private key is neither RSA nor Ed25519 */
  constructor({ apiKey, secret }: Pick<Credentials, 'apiKey' | 'secret'>) {
    this.apiKey = apiKey;
    if (!secret.reveal().includes('-----BEGIN')) {
      this.kind = 'hmac';
      this.#sign = (payload) => createHmac('sha256', secret.reveal()).update(payload).digest('hex');
      return;
    }
    const key = readPrivateKey(secret);
    this.kind = key.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'rsa';
    // PKCS#1 v1.5 is what Node does with an RSA key by default; Ed25519 takes no digest.
    const digest = this.kind === 'rsa' ? 'sha256' : null;
    this.#sign = (payload) => sign(digest, Buffer.from(payload), key).toString('base64');
  }

  /** Hex of HMAC keys, else base64; not percent-encoded. */
  sign(payload: string): string {
    return this.#sign(payload);
  }
}

/** Parameters of a REST request, percent-encoded in the order given. Undefined ones are left out. */
export function encodeParams(params: Params): string {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
    .join('&');
}

/** The signed form of the same: signed as it is sent, with the signature last. */
export function signedParams(params: Params, signer: Signer): string {
  const payload = encodeParams(params);
  return `${payload}&signature=${encode(signer.sign(payload))}`;
}

/** What a WebSocket API request signs: every parameter, sorted by name, not encoded. */
export function socketSignature(params: Params, signer: Signer): string {
  const payload = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return signer.sign(payload);
}

/** Stricter than `encodeURIComponent`, so that no URL parser on the way encodes what was signed plain. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function readPrivateKey(secret: Secret): KeyObject {
  const hint = 'Binance takes RSA keys of 2048 to 4096 bits and Ed25519 keys, as PKCS#8 PEM without a passphrase.';
  let key: KeyObject;
  try {
    key = createPrivateKey(secret.reveal());
  } catch {
    // What the parser says may hold parts of the key.
    throw new ValvulinError('VLV_VENUE_KEYS', 'Expected a private key in PEM form', { hint });
  }
  if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ed25519') return key;
  throw new ValvulinError('VLV_VENUE_KEYS', `Expected an RSA or Ed25519 key, got "${key.asymmetricKeyType}"`, { hint });
}
