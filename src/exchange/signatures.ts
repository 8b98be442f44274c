import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { ValvulinError } from '../core/errors.ts';
import type { Account } from './account.ts';
import type { ExchangeKey, KeyPermissions } from './types.ts';

/** What may be done with one API key, and how its signatures are proved. */
export class ApiKey {
  readonly id: string;
  readonly account: Account;
  readonly permissions: Required<KeyPermissions>;
  readonly kind: 'HMAC' | 'RSA' | 'ED25519';
  readonly #secret: string;
  readonly #publicKey: KeyObject | null;

  /** @throws ValvulinError `VLV_EXCHANGE_SETUP` where there is not exactly one secret or public key */
  constructor(spec: ExchangeKey, account: Account) {
    this.id = spec.apiKey;
    this.account = account;
    const { reading = true, spotTrading = true, withdrawals = false, ipRestrict = false } = spec.permissions ?? {};
    this.permissions = { reading, spotTrading, withdrawals, ipRestrict };
    if ((spec.secret === undefined) === (spec.publicKey === undefined)) {
      throw new ValvulinError(
        'VLV_EXCHANGE_SETUP',
        `Expected a secret or a public key for the API key "${spec.apiKey}", got both or none`,
      );
    }
    this.#secret = spec.secret ?? '';
    this.#publicKey = spec.publicKey === undefined ? null : createPublicKey(spec.publicKey);
    this.kind = this.#publicKey === null ? 'HMAC' : this.#publicKey.asymmetricKeyType === 'rsa' ? 'RSA' : 'ED25519';
  }

  /** Whether `signature` (hexadecimal for HMAC, else base64) was made of `payload` by the owner of the key. */
  signed(payload: string, signature: string): boolean {
    const data = Buffer.from(payload, 'utf8');
    if (this.#publicKey !== null) {
      const algorithm = this.kind === 'RSA' ? 'sha256' : null;
      return verify(algorithm, data, this.#publicKey, Buffer.from(signature, 'base64'));
    }
    const expected = createHmac('sha256', this.#secret).update(data).digest();
    const given = Buffer.from(signature, 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
