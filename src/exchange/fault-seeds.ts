import type { Random } from '../core/ports.ts';
import type { ExchangeFault, FaultPlan, RequestFault, RequestFaultRule, TimedFault } from './faults.ts';

/** What a random plan is drawn for. Times are epoch ms of the exchange. */
export interface FaultScope {
  readonly from: number;
  /** Everything is whole again from here on. */
  readonly until: number;
  readonly symbols: readonly string[];
  readonly apiKeys: readonly string[];
  /** Assets that the owner may deposit or withdraw. */
  readonly assets: readonly string[];
}

type Draw = (random: Random) => RequestFault;

const between = (random: Random, low: number, high: number): number => Math.round(low + random() * (high - low));

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)];
}

/** Rates of requests are drawn evenly by their order of magnitude. */
const LEAST_RATE = 0.002;
const GREATEST_RATE = 0.2;
/** Share of the kinds that one plan has. */
const KINDS = 0.4;
const SERVER_ERRORS = [
  [500, -1000],
  [502, -1001],
  [503, -1008],
  [504, -1007],
] as const;
const REJECTIONS = [
  [-2010, 'Account has insufficient balance for requested action.'],
  [-2010, 'Order would trigger immediately.'],
  [-2010, 'Market is closed.'],
  [-1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
  [-1013, 'Filter failure: MAX_NUM_ALGO_ORDERS'],
] as const;
const EXPIRIES = ['INSUFFICIENT_LIQUIDITY', 'EXECUTION_RULE_PRICE_RANGE_EXCEEDED', 'EXCHANGE_CANCELED'] as const;
const PLACING = [
  'order.place',
  'orderList.place.oco',
  'orderList.place.oto',
  'orderList.place.otoco',
  'orderList.place.opo',
  'orderList.place.opoco',
];

const REQUESTS: readonly Draw[] = [
  () => ({ verb: 'net.dropReq' }),
  () => ({ verb: 'net.dropRes' }),
  (random) => ({ verb: 'net.delay', requestMs: between(random, 0, 8_000), replyMs: between(random, 0, 8_000) }),
  () => ({ verb: 'dns.fail' }),
  (random) => ({ verb: 'http.429', retryAfter: between(random, 1, 30) }),
  (random) => ({ verb: 'http.418', retryAfter: between(random, 10, 120) }),
  () => ({ verb: 'http.403html' }),
  (random) => {
    const [status, code] = pick(random, SERVER_ERRORS);
    return { verb: 'http.5xx', status, code, executed: random() < 0.5 };
  },
  () => ({ verb: 'http.truncBody' }),
  () => ({ verb: 'http.emptyBody' }),
  () => ({ verb: 'http.resetAfterExec' }),
  (random) => ({ verb: 'eng.partial', share: random() }),
  (random) => {
    const [code, message] = pick(random, REJECTIONS);
    return { verb: 'eng.reject', code, message };
  },
  (random) => ({ verb: 'eng.expire', reason: pick(random, EXPIRIES) }),
  (random) => ({ verb: 'eng.slow', gatewayMs: between(random, 0, 6_000), engineMs: between(random, 0, 9_000) }),
];

/** Outcomes of the engine that only make sense for new orders. */
const ONLY_PLACING = ['eng.partial', 'eng.reject', 'eng.expire'];

/**
 * A plan that one seed stands for: some kinds of faults, each at its own rate, and some events, all within
 * `[from, until)`. The same numbers from `random` give the same plan.
 */
export function randomFaults(random: Random, scope: FaultScope): FaultPlan {
  const requests: RequestFaultRule[] = [];
  for (const draw of REQUESTS) {
    const fault = draw(random);
    const chance = LEAST_RATE * (GREATEST_RATE / LEAST_RATE) ** random();
    const chosen = random() < KINDS;
    if (!chosen) continue;
    const operations = ONLY_PLACING.includes(fault.verb) ? { operations: PLACING } : {};
    requests.push({ fault, chance, from: scope.from, until: scope.until, ...operations });
  }
  return { requests, timed: randomEvents(random, scope) };
}

function randomEvents(random: Random, { from, until, symbols, apiKeys, assets }: FaultScope): TimedFault[] {
  const timed: TimedFault[] = [];
  const at = (): number => between(random, from, until - 1);
  const add = (time: number, fault: ExchangeFault): void => {
    timed.push({ at: time, fault });
  };
  const symbol = pick(random, symbols);
  const apiKey = pick(random, apiKeys);
  if (random() < KINDS) {
    add(at(), { verb: 'eng.lagVisible', ms: between(random, 100, 20_000) });
    add(until, { verb: 'eng.lagVisible', ms: 0 });
  }
  if (random() < KINDS) {
    add(at(), { verb: 'eng.symbolStatus', symbol, status: pick(random, ['HALT', 'BREAK', 'CANCEL_ONLY'] as const) });
    add(until, { verb: 'eng.symbolStatus', symbol, status: 'TRADING' });
  }
  if (random() < KINDS) add(at(), { verb: 'eng.maintenance', ms: Math.min(60_000, until - from) });
  if (random() < KINDS) add(at(), { verb: 'eng.expireOpen', symbol, reason: 'EXCHANGE_CANCELED' });
  if (random() < KINDS)
    add(at(), { verb: 'eng.filterChange', symbol, change: { maxAlgoOrders: between(random, 1, 5) } });
  if (random() < KINDS) add(at(), { verb: 'ext.cancel', apiKey, symbol });
  if (random() < KINDS) {
    const verb = pick(random, ['ext.sell', 'ext.buy'] as const);
    add(at(), { verb, apiKey, symbol, quantity: random().toFixed(3) });
  }
  if (random() < KINDS) {
    const verb = pick(random, ['ext.transfer', 'ext.deposit'] as const);
    add(at(), { verb, apiKey, asset: pick(random, assets), amount: random().toFixed(8) });
  }
  return timed.sort((a, b) => a.at - b.at);
}
