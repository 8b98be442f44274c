import type { Clock, Http, HttpReply, HttpRequest } from '../core/ports.ts';
import type { FaultInjector } from './fault-injector.ts';
import type { RequestFault } from './faults.ts';
import type { Gateway } from './gateway.ts';
import type { ApiAnswer, Caller } from './types.ts';

/** Which operation a path is, by method. */
const ROUTES: Readonly<Record<string, string>> = {
  'GET /api/v3/ping': 'ping',
  'GET /api/v3/time': 'time',
  'GET /api/v3/exchangeInfo': 'exchangeInfo',
  'GET /api/v3/klines': 'klines',
  'GET /api/v3/uiKlines': 'uiKlines',
  'GET /api/v3/depth': 'depth',
  'GET /api/v3/trades': 'trades.recent',
  'GET /api/v3/historicalTrades': 'trades.historical',
  'GET /api/v3/aggTrades': 'trades.aggregate',
  'GET /api/v3/avgPrice': 'avgPrice',
  'GET /api/v3/ticker/price': 'ticker.price',
  'GET /api/v3/ticker/bookTicker': 'ticker.book',
  'GET /api/v3/ticker/24hr': 'ticker.24hr',
  'GET /api/v3/ticker/tradingDay': 'ticker.tradingDay',
  'GET /api/v3/ticker': 'ticker',
  'POST /api/v3/order': 'order.place',
  'POST /api/v3/order/test': 'order.test',
  'GET /api/v3/order': 'order.status',
  'DELETE /api/v3/order': 'order.cancel',
  'POST /api/v3/order/cancelReplace': 'order.cancelReplace',
  'PUT /api/v3/order/amend/keepPriority': 'order.amend.keepPriority',
  'GET /api/v3/order/amendments': 'order.amendments',
  'GET /api/v3/openOrders': 'openOrders.status',
  'DELETE /api/v3/openOrders': 'openOrders.cancelAll',
  'GET /api/v3/allOrders': 'allOrders',
  'GET /api/v3/myTrades': 'myTrades',
  'POST /api/v3/orderList/oco': 'orderList.place.oco',
  'POST /api/v3/orderList/oto': 'orderList.place.oto',
  'POST /api/v3/orderList/otoco': 'orderList.place.otoco',
  'POST /api/v3/orderList/opo': 'orderList.place.opo',
  'POST /api/v3/orderList/opoco': 'orderList.place.opoco',
  'GET /api/v3/orderList': 'orderList.status',
  'DELETE /api/v3/orderList': 'orderList.cancel',
  'GET /api/v3/allOrderList': 'allOrderLists',
  'GET /api/v3/openOrderList': 'openOrderLists.status',
  'GET /api/v3/account': 'account.status',
  'GET /api/v3/account/commission': 'account.commission',
  'GET /api/v3/rateLimit/order': 'account.rateLimits.orders',
  'GET /sapi/v1/account/apiRestrictions': 'sapi.apiRestrictions',
  'GET /sapi/v1/margin/allPairs': 'sapi.none',
  'GET /sapi/v1/margin/isolated/allPairs': 'sapi.none',
  'GET /sapi/v1/capital/config/getall': 'sapi.none',
};

const SIGNATURE = /(^|&)signature=[^&]*/;
const BLOCKED =
  '<html>\n<head><title>403 Forbidden</title></head>\n<body>\n<center><h1>403 Forbidden</h1></center>\n</body>\n</html>\n';
const FIRST_FAILURE = 500;

interface RestSpec {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly latencyMs: number;
}

/** REST in process: what a request over a network meets, without the network. */
export class Rest implements Http {
  readonly #spec: RestSpec;
  readonly #address: string;

  constructor(spec: RestSpec, address: string) {
    this.#spec = spec;
    this.#address = address;
  }

  /** Rejects as a network does: refused, reset or timed out. Executes a request once at most. */
  async send(request: HttpRequest): Promise<HttpReply> {
    const { clock, faults, latencyMs } = this.#spec;
    const fault = faults.network(operationOf(request));
    const [out, back] = fault?.verb === 'net.delay' ? [fault.requestMs, fault.replyMs] : [0, 0];
    return new Promise((resolve, reject) => {
      const timer = clock.after(request.timeoutMs, () => reject(new Error('The operation was aborted due to timeout')));
      const fail = (message: string): void => {
        timer.cancel();
        reject(new Error(message));
      };
      const travel = (ms: number, run: () => void): void => {
        if (ms > 0) clock.after(ms, run);
        else run();
      };
      const arrived = (reply: HttpReply): void => {
        if (fault?.verb === 'net.dropRes') return;
        travel(latencyMs + back, () => {
          if (fault?.verb === 'http.resetAfterExec') fail('read ECONNRESET');
          else {
            timer.cancel();
            resolve(reply);
          }
        });
      };
      if (fault?.verb === 'dns.fail') fail('getaddrinfo ENOTFOUND');
      else if (fault?.verb !== 'net.dropReq') {
        travel(latencyMs + out, () => {
          this.#serve(request, fault).then(arrived, (error: unknown) => {
            timer.cancel();
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        });
      }
    });
  }

  async #serve(request: HttpRequest, fault: RequestFault | null): Promise<HttpReply> {
    switch (fault?.verb) {
      case 'http.429':
        return failure(429, -1003, 'Too much request weight used; please use WebSocket Streams.', fault.retryAfter);
      case 'http.418':
        return failure(418, -1003, 'Way too much request weight used; IP banned.', fault.retryAfter);
      case 'http.403html':
        return { status: 403, headers: { 'content-type': 'text/html' }, body: BLOCKED };
      case 'http.5xx': {
        if (fault.executed) await this.#execute(request);
        return failure(Math.max(FIRST_FAILURE, fault.status), fault.code, 'Internal error.');
      }
      case 'http.truncBody': {
        const reply = await this.#execute(request);
        return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
      }
      case 'http.emptyBody':
        return { ...(await this.#execute(request)), body: '' };
      default:
        return this.#execute(request);
    }
  }

  async #execute(request: HttpRequest): Promise<HttpReply> {
    const operation = operationOf(request);
    if (operation === '') return { status: 404, headers: { 'content-type': 'application/json' }, body: '{}' };
    const query = new URL(request.url).search.slice(1);
    const body = isForm(request) ? (request.body ?? '') : '';
    const { parameters, repeated } = readParameters(query, body);
    if (repeated !== null) return failure(400, -1101, `Duplicate values for parameter '${repeated}' detected.`);
    const caller = callerOf(request, parameters, query, body);
    parameters.delete('signature');
    return replyOf(await this.#spec.gateway.call({ operation, parameters, caller, address: this.#address }));
  }
}

function operationOf({ method, url }: HttpRequest): string {
  return ROUTES[`${method} ${new URL(url).pathname}`] ?? '';
}

/** A body is read as a form unless it says that it is something else, which some libraries do with an empty one. */
function isForm({ headers }: HttpRequest): boolean {
  const [, type = ''] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  return type === '' || type.includes('form');
}

/** Parameters of query and body; the query's value counts where both have one. */
function readParameters(query: string, body: string): { parameters: Map<string, string>; repeated: string | null } {
  const parameters = new Map<string, string>();
  for (const text of [body, query]) {
    const seen = new Set<string>();
    for (const [name, value] of new URLSearchParams(text)) {
      if (seen.has(name)) return { parameters, repeated: name };
      seen.add(name);
      parameters.set(name, value);
    }
  }
  return { parameters, repeated: null };
}

/** The payload is query and body as they were sent, one behind the other, without the signature wherever it stands. */
function callerOf(
  { headers }: HttpRequest,
  parameters: ReadonlyMap<string, string>,
  query: string,
  body: string,
): Caller {
  const [, apiKey] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-mbx-apikey') ?? [];
  const signature = parameters.get('signature');
  if (apiKey === undefined && signature === undefined) return { kind: 'anonymous' };
  const strip = (text: string): string => text.replace(SIGNATURE, '').replace(/^&/, '');
  return { kind: 'signed', apiKey, signature, payload: strip(query) + strip(body) };
}

function replyOf({ status, headers, body }: ApiAnswer): HttpReply {
  return { status, headers, body: JSON.stringify(body) };
}

function failure(status: number, code: number, msg: string, retryAfter?: number): HttpReply {
  const more: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` };
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...more },
    body: JSON.stringify({ code, msg }),
  };
}
