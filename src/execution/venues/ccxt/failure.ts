import type { Outcome, RejectCure } from '../venue.ts';
import { type Json, parseJson } from '../binance/reply-fields.ts';
import type { CallRecord } from './one-request.ts';

/** Statuses whose replies may be a refusal: not those of servers, gateways, firewalls and half-done requests. */
const REFUSING = [200, 400, 401, 422, 429, 418];

/**
 * The library's classes of errors that prove that nothing was executed, and what may help. They count only together
 * with a whole reply of the exchange: the library gives the same class to replies that prove nothing. Every other class
 * is in doubt, and so is everything that is no error of the library.
 */
const CURES: Readonly<Record<string, RejectCure>> = {
  InsufficientFunds: 'balance',
  OrderNotFound: 'unknown_order',
  InvalidOrder: 'none',
  OrderImmediatelyFillable: 'price',
  OrderNotFillable: 'none',
  BadRequest: 'none',
  BadSymbol: 'none',
  ArgumentsRequired: 'none',
  NotSupported: 'none',
  MarketClosed: 'none',
  AuthenticationError: 'none',
  PermissionDenied: 'none',
  AccountNotEnabled: 'none',
  AccountSuspended: 'none',
  InvalidNonce: 'rate',
  RateLimitExceeded: 'rate',
  DDoSProtection: 'rate',
};

/** What the exchange's own words say more precisely than the class. */
const WORDS: readonly (readonly [RegExp, RejectCure])[] = [
  [/trigger immediately/i, 'would_trigger'],
  [/immediately match/i, 'price'],
  [/PRICE_FILTER|PERCENT_PRICE/, 'price'],
  [/LOT_SIZE|NOTIONAL/, 'quantity'],
];

/** What an error of the library says about a request that changes something. */
export function judgeFailure(error: unknown, record: CallRecord): Exclude<Outcome<never>, { kind: 'accepted' }> {
  const reason = reasonOf(error);
  if (record.changes === 0) {
    // What the library itself refuses stays wrong; what was only late, or could not be prepared, may pass next time.
    const cure = error instanceof Error && Object.hasOwn(CURES, error.name) ? CURES[error.name] : 'rate';
    return { kind: 'rejected', code: 0, reason: `not sent: ${reason}`, cure };
  }
  const json = refusalOf(record);
  const name = error instanceof Error ? error.name : '';
  const cure = Object.hasOwn(CURES, name) ? CURES[name] : undefined;
  // An order with this client id is alive: an earlier attempt got through.
  if (!json || cure === undefined || /duplicate/i.test(reason)) return { kind: 'in_doubt', reason };
  const code = Number(json.code ?? 0);
  const word = WORDS.find(([pattern]) => pattern.test(reason));
  return { kind: 'rejected', code: Number.isInteger(code) ? code : 0, reason, cure: word ? word[1] : cure };
}

/** Whether the exchange itself said that it knows no such order. */
export function saysUnknown(error: unknown, record: CallRecord): boolean {
  return error instanceof Error && error.name === 'OrderNotFound' && refusalOf(record) !== undefined;
}

/** The reply of the exchange where it may be a refusal: whole, and not of a server that failed. */
function refusalOf({ reply }: CallRecord): Json | undefined {
  const json = reply && REFUSING.includes(reply.status) ? parseJson(reply.body) : undefined;
  return typeof json === 'object' && json !== null ? (json as Json) : undefined;
}

/** An error in words, without the addresses in it, which carry signatures. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/(https?|wss?):\/\/\S+/g, '[address]').slice(0, 240);
}
