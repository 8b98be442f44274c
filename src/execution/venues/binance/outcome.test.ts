import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, OUTCOMES } from './outcome.ts';

const error = (code: number, msg: string): string => JSON.stringify({ code, msg });

/** Status, code and message as the exchange writes them, and what they mean. */
const REJECTED: readonly (readonly [number, number, string, string])[] = [
  [400, -1013, 'Filter failure: PRICE_FILTER', 'price'],
  [400, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE', 'price'],
  [400, -1013, 'Filter failure: PERCENT_PRICE', 'price'],
  [400, -1013, 'Filter failure: TRAILING_DELTA', 'price'],
  [400, -1013, 'Filter failure: LOT_SIZE', 'quantity'],
  [400, -1013, 'Filter failure: MARKET_LOT_SIZE', 'quantity'],
  [400, -1013, 'Filter failure: NOTIONAL', 'quantity'],
  [400, -1013, 'Filter failure: MIN_NOTIONAL', 'quantity'],
  [400, -1013, 'Filter failure: MAX_POSITION', 'quantity'],
  [400, -1013, 'Invalid quantity.', 'quantity'],
  [400, -1013, 'Invalid price.', 'price'],
  [400, -1013, 'Filter failure: MAX_NUM_ALGO_ORDERS', 'none'],
  [400, -1013, 'Filter failure: MAX_NUM_ORDERS', 'none'],
  [400, -1013, 'Filter failure: T_PLUS_SELL', 'none'],
  [400, -1111, "Parameter 'quantity' has too much precision.", 'quantity'],
  [400, -1111, "Parameter 'stopPrice' has too much precision.", 'price'],
  [400, -1111, 'Precision is over the maximum defined for this asset.', 'none'],
  [400, -1021, 'Timestamp for this request is outside of the recvWindow.', 'rate'],
  [400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.", 'rate'],
  [429, -1015, 'Too many new orders; current limit is 100 orders per 10 SECOND.', 'rate'],
  [400, -1015, 'Too many new orders.', 'rate'],
  [429, -1003, 'Too much request weight used; current limit is 6000 request weight per 1 MINUTE.', 'rate'],
  [418, -1003, 'Way too much request weight used; IP banned until 1790000000000.', 'rate'],
  [400, -2010, 'Order would trigger immediately.', 'would_trigger'],
  [400, -2010, 'Stop price would trigger immediately.', 'would_trigger'],
  [400, -2010, 'The relationship of the prices for the orders is not correct.', 'would_trigger'],
  [400, -2010, 'Order would immediately match and take.', 'price'],
  [400, -2010, 'Account has insufficient balance for requested action.', 'balance'],
  [400, -2010, 'Market is closed.', 'none'],
  [400, -2010, 'This symbol is not permitted for this account.', 'none'],
  [400, -2010, 'Order book liquidity is less than `LOT_SIZE` filter minimum quantity.', 'none'],
  [400, -2011, 'Unknown order sent.', 'unknown_order'],
  [400, -2011, 'Order was not canceled due to cancel restrictions.', 'none'],
  [400, -2013, 'Order does not exist.', 'unknown_order'],
  [400, -2026, 'Order was canceled or expired with no executed qty over 90 days ago and has been archived.', 'none'],
  [400, -2038, 'The requested order amendment would not decrease the order quantity.', 'none'],
  [400, -2039, 'Client order ID is not correct for this order ID.', 'none'],
  [401, -1002, 'You are not authorized to execute this request.', 'none'],
  [400, -1022, 'Signature for this request is not valid.', 'none'],
  [401, -1022, 'Signature for this request is not valid.', 'none'],
  [401, -2008, 'Invalid Api-Key ID.', 'none'],
  [401, -2014, 'API-key format invalid.', 'none'],
  [401, -2015, 'Invalid API-key, IP, or permissions for action.', 'none'],
  [400, -2014, 'API-key format invalid.', 'none'],
  [400, -2015, 'Invalid API-key, IP, or permissions for action.', 'none'],
];

const IN_DOUBT: readonly (readonly [string, number, string])[] = [
  ['a duplicate client id', 400, error(-2010, 'Duplicate order sent.')],
  ['a half-done cancel-replace', 409, error(-2021, 'Order cancel-replace partially failed.')],
  ['a cancel-replace whose halves are not told', 400, error(-2022, 'Order cancel-replace failed.')],
  ['a cancel-replace cut off by the order limit', 429, error(-2021, 'Order cancel-replace partially failed.')],
  ['an internal error', 500, error(-1000, 'An unknown error occurred while processing the request.')],
  ['a lost back end', 500, error(-1001, 'Internal error; unable to process your request. Please try again.')],
  [
    'an unexpected reply inside',
    500,
    error(-1006, 'Unexpected response from the message bus; execution status unknown.'),
  ],
  [
    'a timeout inside',
    504,
    error(-1007, 'Timeout waiting for response from backend server; execution status unknown.'),
  ],
  ['a timeout inside with another status', 408, error(-1007, 'Timeout waiting for response from backend server.')],
  ['an overloaded server', 503, error(-1008, 'Server is currently overloaded with other requests.')],
  ['a server that shuts down', 503, error(-1016, 'This service is no longer available.')],
  ['a definite code with a status of the gateway', 502, error(-2010, 'Account has insufficient balance.')],
  ['a definite code with a status of the firewall', 403, error(-1013, 'Filter failure: LOT_SIZE')],
  ['the page of a firewall', 403, '<html><body>Request blocked</body></html>'],
  ['a page that was not found', 404, '<html>404</html>'],
  ['a redirect', 302, ''],
  ['an empty body', 200, ''],
  ['a body cut short', 200, '{"symbol":"BTCUSDT","orderId":'],
  ['a page instead of a reply', 200, '<html>Maintenance</html>'],
  ['an empty refusal', 400, ''],
  ['a refusal cut short', 400, '{"code":-2010,"msg":"Account has'],
  ['a limit without a code', 429, 'Too many requests'],
  ['a ban without a code', 418, ''],
  ['a code that is new', 400, error(-9_999, 'Something new.')],
  ['an unknown error with the status of a refusal', 400, error(-1000, 'An unknown error occurred.')],
  ['a code that is no number', 400, '{"code":"-2010","msg":"Account has insufficient balance"}'],
  ['a refusal that is a list', 400, '[-2010]'],
];

describe('the outcome table', () => {
  it.each(REJECTED)('HTTP %i, %i "%s" is a rejection, cure: %s', (status, code, msg, cure) => {
    expect(judge(status, error(code, msg))).toEqual({ kind: 'rejected', code, reason: `${code} ${msg}`, cure });
  });

  it.each(IN_DOUBT)('%s (HTTP %i) is in doubt', (_what, status, body) => {
    expect(judge(status, body).kind).toBe('in_doubt');
  });

  it('has no row that another one hides, and none that is not tried here', () => {
    const tried = new Set<unknown>();
    for (const [status, code, msg] of [...REJECTED, [400, -2010, 'Duplicate order sent.'] as const]) {
      tried.add(
        OUTCOMES.find(
          (row) => row.status.includes(status) && row.codes.includes(code) && (row.message?.test(msg) ?? true),
        ),
      );
    }
    expect(OUTCOMES.filter((row) => !tried.has(row))).toEqual([]);
    for (const code of OUTCOMES.at(-1)!.codes) {
      expect(judge(400, error(code, 'Illegal parameter.'))).toMatchObject({ kind: 'rejected', code, cure: 'none' });
      for (const status of [204, 403, 404, 409, 418, 429, 500, 503]) {
        expect(judge(status, error(code, 'Illegal parameter.')).kind).toBe('in_doubt');
      }
    }
  });

  it('takes a cancel-replace as refused only where both halves say so', () => {
    const body = (cancelResult: string, newOrderResult: string): string =>
      JSON.stringify({ code: -2022, msg: 'Order cancel-replace failed.', data: { cancelResult, newOrderResult } });
    expect(judge(400, body('FAILURE', 'NOT_ATTEMPTED'))).toMatchObject({ kind: 'rejected', code: -2022 });
    expect(judge(400, body('FAILURE', 'FAILURE'))).toMatchObject({ kind: 'rejected', code: -2022 });
    expect(judge(400, body('SUCCESS', 'FAILURE')).kind).toBe('in_doubt');
    expect(judge(409, body('FAILURE', 'NOT_ATTEMPTED')).kind).toBe('in_doubt');
    expect(judge(400, JSON.stringify({ code: -2022, msg: '', data: null })).kind).toBe('in_doubt');
  });

  it('accepts only what is JSON with status 200', () => {
    expect(judge(200, '{"orderId":1}')).toEqual({ kind: 'accepted', body: { orderId: 1 } });
    expect(judge(201, '{"orderId":1}').kind).toBe('in_doubt');
  });

  it('rejects by no code with the status of a server, a firewall or a conflict', () => {
    for (const code of OUTCOMES.flatMap((row) => row.codes)) {
      for (const status of [202, 302, 403, 404, 408, 409, 500, 501, 502, 503, 504, 520]) {
        expect(judge(status, error(code, 'Filter failure: LOT_SIZE')).kind).toBe('in_doubt');
      }
    }
  });

  it('never rejects by a status of 500 or more, and never throws', () => {
    const json = fc.oneof(
      fc.json(),
      fc.record({ code: fc.integer(), msg: fc.string() }).map((row) => JSON.stringify(row)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 599 }), fc.oneof(json, fc.string()), (status, body) => {
        expect(judge(status, body).kind).toBe('in_doubt');
      }),
    );
    const codes = fc.constantFrom(...OUTCOMES.flatMap((row) => row.codes));
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 599 }), codes, fc.string(), (status, code, msg) => {
        expect(judge(status, error(code, msg)).kind).toBe('in_doubt');
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.string(), (status, body) => {
        expect(['accepted', 'rejected', 'in_doubt']).toContain(judge(status, body).kind);
      }),
    );
  });
});
