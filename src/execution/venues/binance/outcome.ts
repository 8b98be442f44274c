import type { RejectCure } from '../venue.ts';
import { type Json, parseJson } from './reply-fields.ts';

/**
 * What an HTTP reply says about a request that changes something. An accepted one still has to be read: where its body
 * is not what was expected, it is in doubt as well.
 */
export type Verdict =
  | { readonly kind: 'accepted'; readonly body: unknown }
  | { readonly kind: 'rejected'; readonly code: number; readonly reason: string; readonly cure: RejectCure }
  | { readonly kind: 'in_doubt'; readonly reason: string };

/** One line of the table: the first that fits decides. */
export interface OutcomeRow {
  /** HTTP statuses. */
  readonly status: readonly number[];
  readonly codes: readonly number[];
  /** What the message must hold. */
  readonly message?: RegExp;
  readonly cure: RejectCure | 'in_doubt';
}

const BAD_REQUEST = [400] as const;
const REFUSED = [400, 401] as const;
const TOO_MANY = [429, 418] as const;

/**
 * Replies that prove that nothing was executed, with what may help. The exchange documents each as decided before or
 * by the matching engine. Whatever is not here is in doubt: statuses of 500 and more (-1000, -1001, -1006, -1007 and
 * -1008 with them), 403 of a firewall, 404, bodies that are empty, cut short or HTML, and codes that are new.
 */
export const OUTCOMES: readonly OutcomeRow[] = [
  { status: BAD_REQUEST, codes: [-1013], message: /PRICE|TRAILING_DELTA|[Ii]nvalid (price|stop)/, cure: 'price' },
  {
    status: BAD_REQUEST,
    codes: [-1013],
    message: /LOT_SIZE|NOTIONAL|MAX_POSITION|ICEBERG_PARTS|[Qq]uantity/,
    cure: 'quantity',
  },
  { status: BAD_REQUEST, codes: [-1013], cure: 'none' },
  { status: BAD_REQUEST, codes: [-1111], message: /quantity|quoteOrderQty|icebergQty|Qty/, cure: 'quantity' },
  { status: BAD_REQUEST, codes: [-1111], message: /price/i, cure: 'price' },
  // The request was too old or too new: nothing is wrong with the order, and the clock is being set again.
  { status: BAD_REQUEST, codes: [-1021], cure: 'rate' },
  { status: [400, 429], codes: [-1015], cure: 'rate' },
  { status: TOO_MANY, codes: [-1003], cure: 'rate' },
  // An open order has this client id: an earlier attempt got through.
  { status: BAD_REQUEST, codes: [-2010], message: /[Dd]uplicate order/, cure: 'in_doubt' },
  { status: BAD_REQUEST, codes: [-2010], message: /trigger immediately/, cure: 'would_trigger' },
  // One leg of a list lies on the wrong side of the market: the price has passed it.
  { status: BAD_REQUEST, codes: [-2010], message: /relationship of the prices/, cure: 'would_trigger' },
  { status: BAD_REQUEST, codes: [-2010], message: /immediately match/, cure: 'price' },
  { status: BAD_REQUEST, codes: [-2010], message: /insufficient balance/, cure: 'balance' },
  { status: BAD_REQUEST, codes: [-2010], cure: 'none' },
  { status: BAD_REQUEST, codes: [-2011], message: /restrictions/, cure: 'none' },
  { status: BAD_REQUEST, codes: [-2011, -2013], cure: 'unknown_order' },
  { status: BAD_REQUEST, codes: [-2026, -2038, -2039], cure: 'none' },
  // Keys, their rights and the signature.
  { status: REFUSED, codes: [-1002, -1022, -2008, -2014, -2015], cure: 'none' },
  // The exchange did not understand the request: wrong, missing, unknown or contradictory parameters.
  {
    status: BAD_REQUEST,
    codes: [
      -1014, -1020, -1100, -1101, -1102, -1103, -1104, -1105, -1106, -1108, -1111, -1112, -1114, -1115, -1116, -1117,
      -1118, -1119, -1121, -1122, -1128, -1130, -1134, -1135, -1145, -1151, -1158, -1160, -1165, -1166, -1167, -1168,
      -1194, -1196, -1197, -1198, -1199, -1210, -1211, -1220, -1222, -1223, -1224, -1225,
    ],
    cure: 'none',
  },
];

const CANCEL_REPLACE_FAILED = -2022;

/** Reads the reply to a request that changes something. Never throws. */
export function judge(status: number, body: string): Verdict {
  const json = parseJson(body);
  if (status === 200) {
    return json === undefined
      ? { kind: 'in_doubt', reason: `HTTP 200 with ${describe(body)}` }
      : { kind: 'accepted', body: json };
  }
  const { code, msg } = errorOf(json);
  if (code === undefined) return { kind: 'in_doubt', reason: `HTTP ${status} with ${describe(body)}` };
  const reason = `${code} ${msg}`;
  if (code === CANCEL_REPLACE_FAILED && status === 400 && nothingHappened(json)) {
    return { kind: 'rejected', code, reason, cure: 'none' };
  }
  const row = OUTCOMES.find(
    (entry) => entry.status.includes(status) && entry.codes.includes(code) && (entry.message?.test(msg) ?? true),
  );
  if (!row || row.cure === 'in_doubt') return { kind: 'in_doubt', reason: `HTTP ${status}: ${reason}` };
  return { kind: 'rejected', code, reason, cure: row.cure };
}

/** Code and message of an error reply; the code undefined where it is none. */
export function errorOf(json: unknown): { readonly code: number | undefined; readonly msg: string } {
  if (typeof json !== 'object' || json === null) return { code: undefined, msg: '' };
  const { code, msg } = json as Json;
  return {
    code: typeof code === 'number' && Number.isInteger(code) ? code : undefined,
    msg: typeof msg === 'string' ? msg.slice(0, 200) : '',
  };
}

/** A cancel-and-replace of which neither half was done; 409 and -2021 say that one of them was. */
function nothingHappened(json: unknown): boolean {
  const data = (json as Json).data as Json | null | undefined;
  return (
    data?.cancelResult === 'FAILURE' && (data.newOrderResult === 'NOT_ATTEMPTED' || data.newOrderResult === 'FAILURE')
  );
}

/** A body for a message: its beginning, since firewalls answer with whole pages. */
export function describe(body: string): string {
  const start = body.trim().replace(/\s+/g, ' ').slice(0, 60);
  return start === '' ? 'an empty body' : `the body "${start}"`;
}
