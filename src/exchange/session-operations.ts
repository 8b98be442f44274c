import { refusal } from './api-error.ts';
import type { AccountContext, Operation } from './operation.ts';
import type { Json } from './types.ts';

const KEY_NAMES = { HMAC: 'HMAC_SHA256', RSA: 'RSA', ED25519: 'Ed25519' } as const;

/** A WebSocket session may only be opened with an Ed25519 key; the connection itself remembers it. */
function logOn({ parameters, key }: AccountContext): Json {
  parameters.finish();
  if (key.kind !== 'ED25519') throw refusal(-4056, `${KEY_NAMES[key.kind]} API key is not supported.`);
  return {};
}

/** Proves the key; the connection itself makes the subscription. */
function subscribe({ parameters }: AccountContext): Json {
  parameters.finish();
  return {};
}

/** Methods of the WebSocket API that concern the connection: only who asks is decided here. */
export const SESSION_OPERATIONS: Readonly<Record<string, Operation>> = {
  'session.logon': { security: 'read', weight: 2, run: logOn },
  'userDataStream.subscribe.signature': { security: 'read', weight: 2, run: subscribe },
};
