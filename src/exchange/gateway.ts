import type { Clock } from '../core/ports.ts';
import { Refusal, refusal } from './api-error.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { FaultInjector } from './fault-injector.ts';
import type { RequestFault } from './faults.ts';
import { LIST_OPERATIONS } from './list-operations.ts';
import { MARKET_OPERATIONS } from './market-operations.ts';
import type { Mishap } from './matching-engine.ts';
import { type AccountContext, type Operation, weightOf } from './operation.ts';
import { ORDER_OPERATIONS } from './order-operations.ts';
import { Parameters } from './parameters.ts';
import { QUERY_OPERATIONS } from './query-operations.ts';
import { SESSION_OPERATIONS } from './session-operations.ts';
import type { ApiKey } from './signatures.ts';
import { TICKER_OPERATIONS } from './ticker-operations.ts';
import type { ApiAnswer, ApiCall, Caller, Json } from './types.ts';

type SignedOperation = Exclude<Operation, { security: 'none' }>;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ...MARKET_OPERATIONS,
    ...TICKER_OPERATIONS,
    ...ORDER_OPERATIONS,
    ...LIST_OPERATIONS,
    ...QUERY_OPERATIONS,
    ...SESSION_OPERATIONS,
  }),
);

const USUAL_WINDOW = 5_000;
const LONGEST_WINDOW = 60_000;
const AHEAD = 1_000;
/** How long the API waits for the engine. */
const PATIENCE = 10_000;
/** A time above this is in microseconds. */
const MICROSECONDS = 1e14;
const TIMING = ['timestamp', 'recvWindow', 'signature', 'apiKey', 'returnRateLimits'];

interface Timing {
  readonly timestamp: number;
  readonly window: number;
}

/** The way of every call through limits, signature and clock to its operation, and back as an answer. */
export class Gateway {
  /** Exchange time until which nothing is served. */
  closedUntil = 0;
  readonly #state: ExchangeState;
  readonly #clock: Clock;
  readonly #faults: FaultInjector;

  constructor(state: ExchangeState, clock: Clock, faults: FaultInjector) {
    this.#state = state;
    this.#clock = clock;
    this.#faults = faults;
  }

  async call(call: ApiCall): Promise<ApiAnswer> {
    const operation = OPERATIONS.get(call.operation);
    let key: ApiKey | null = null;
    try {
      if (this.#state.time() < this.closedUntil) throw refusal(-1016, 'This service is no longer available.', 503);
      if (!operation) throw refusal(-1020, 'This operation is not supported.', 404);
      const weight = weightOf(operation, call.parameters);
      this.#state.limiter.request(call.address, weight, this.#state.time());
      if (operation.security === 'none') {
        const parameters = new Parameters(call.parameters);
        const body = operation.run({ state: this.#state, parameters, time: this.#state.time() });
        return this.#answer(call, null, 200, body);
      }
      const timing = readTiming(call.parameters);
      key = this.#authenticate(call.caller, timing);
      this.#authorise(key, operation);
      const body = await this.#execute(call, operation, key, timing);
      if (operation.matches) this.#state.limiter.refund(call.address, weight, this.#state.time());
      return this.#answer(call, operation.orders === undefined ? null : key, 200, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#refuse(call, error);
    }
  }

  /** @throws Refusal in the order in which Binance checks: key, parameters, time, signature */
  #authenticate(caller: Caller, timing: Timing | null): ApiKey {
    const id = caller.kind === 'anonymous' ? undefined : caller.apiKey;
    if (id === undefined || !/^[\w-]{1,128}$/.test(id)) throw refusal(-2014, 'API-key format invalid.', 401);
    const key = this.#state.keys.get(id);
    if (!key) throw invalidKey();
    if (timing === null) throw mandatory('timestamp');
    if (caller.kind === 'signed' && caller.signature === undefined) throw mandatory('signature');
    this.#checkTime(timing);
    if (caller.kind === 'signed' && !key.signed(caller.payload, caller.signature ?? '')) {
      throw refusal(-1022, 'Signature for this request is not valid.');
    }
    return key;
  }

  #authorise({ permissions }: ApiKey, { security }: SignedOperation): void {
    if (security === 'trade' ? !permissions.spotTrading : !permissions.reading) throw invalidKey();
  }

  /** @throws Refusal -1021 */
  #checkTime({ timestamp, window }: Timing): void {
    if (!this.#state.checksTimestamps) return;
    const now = this.#state.time();
    if (timestamp >= now + AHEAD) {
      throw refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    }
    if (now - timestamp > window) {
      throw refusal(-1021, 'Timestamp for this request is outside of the recvWindow.');
    }
  }

  async #execute(call: ApiCall, operation: SignedOperation, key: ApiKey, timing: Timing | null): Promise<Json> {
    const context = (mishap: Mishap): AccountContext => {
      const values = new Map([...call.parameters].filter(([name]) => !TIMING.includes(name)));
      const { engine } = this.#state;
      const { account } = key;
      const parameters = new Parameters(values);
      return { state: this.#state, engine, parameters, account, key, mishap, time: this.#state.time() };
    };
    if (!operation.matches) return operation.run(context({}));
    const faults = this.#faults.engine(call.operation);
    const delay = delayOf(faults);
    const done = this.#match(operation, key, timing, delay, faults, context);
    if (delay.gatewayMs + delay.engineMs <= PATIENCE) return done;
    return this.#impatient(done);
  }

  async #match(
    operation: SignedOperation,
    key: ApiKey,
    timing: Timing | null,
    delay: { readonly gatewayMs: number; readonly engineMs: number },
    faults: readonly RequestFault[],
    context: (mishap: Mishap) => AccountContext,
  ): Promise<Json> {
    const { limiter, engine } = this.#state;
    const { name } = key.account;
    if (delay.gatewayMs > 0) {
      await this.wait(delay.gatewayMs);
      try {
        if (timing !== null) this.#checkTime(timing);
      } catch (error) {
        // Too late here costs one unfilled order besides.
        limiter.orders(name, 1, this.#state.time());
        throw error;
      }
    }
    if (operation.orders !== undefined) limiter.orders(name, operation.orders, this.#state.time());
    if (delay.engineMs > 0) await this.wait(delay.engineMs);
    for (const fault of faults) if (fault.verb === 'eng.reject') throw refusal(fault.code, fault.message);
    return engine.run(() => operation.run(context(mishapOf(faults))));
  }

  /** The API stops waiting, while the engine goes on. */
  async #impatient(done: Promise<Json>): Promise<Json> {
    const late = this.wait(PATIENCE).then((): never => {
      throw refusal(
        -1007,
        'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
        504,
      );
    });
    return Promise.race([done, late]);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }

  #answer(call: ApiCall, key: ApiKey | null, status: number, body: Json, more: Record<string, string> = {}): ApiAnswer {
    const { limiter } = this.#state;
    const now = this.#state.time();
    const weight = limiter.weightCount(call.address, now);
    const orders = key === null ? [] : limiter.orderCounts(key.account.name, now);
    const headers: Record<string, string> = {
      'content-type': 'application/json;charset=UTF-8',
      'x-mbx-used-weight': `${weight.count}`,
      'x-mbx-used-weight-1m': `${weight.count}`,
      ...more,
    };
    for (const { interval, intervalNum, count } of orders) {
      headers[`x-mbx-order-count-${intervalNum}${interval[0].toLowerCase()}`] = `${count}`;
    }
    return { status, body, headers, rateLimits: [weight, ...orders] };
  }

  #refuse(call: ApiCall, { error }: Refusal): ApiAnswer {
    const { status, code, msg, data, retryAfter } = error;
    const body = data === undefined ? { code, msg } : { code, msg, data };
    return this.#answer(call, null, status, body, retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` });
  }
}

function invalidKey(): Refusal {
  return refusal(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
}

function mandatory(name: string): Refusal {
  return refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
}

/** Null where no timestamp was sent; then the key is judged first. @throws Refusal -1100, -1102 */
function readTiming(values: ReadonlyMap<string, string>): Timing | null {
  const sent = values.get('timestamp');
  if (sent === undefined || sent === '') return null;
  if (!/^[0-9]{1,20}$/.test(sent)) {
    throw refusal(-1100, "Illegal characters found in parameter 'timestamp'; legal range is '^[0-9]{1,20}$'.");
  }
  const window = values.get('recvWindow') ?? `${USUAL_WINDOW}`;
  if (!/^[0-9]{1,20}(\.[0-9]{1,3})?$/.test(window)) throw mandatory('recvWindow');
  if (Number(window) > LONGEST_WINDOW) {
    throw refusal(-1102, "'recvWindow' contains unexpected value. Cannot be greater than 60000.");
  }
  const timestamp = Number(sent);
  return { timestamp: timestamp > MICROSECONDS ? timestamp / 1_000 : timestamp, window: Number(window) };
}

function delayOf(faults: readonly RequestFault[]): { gatewayMs: number; engineMs: number } {
  const delay = { gatewayMs: 0, engineMs: 0 };
  for (const fault of faults) {
    if (fault.verb !== 'eng.slow') continue;
    delay.gatewayMs += fault.gatewayMs;
    delay.engineMs += fault.engineMs;
  }
  return delay;
}

function mishapOf(faults: readonly RequestFault[]): Mishap {
  let mishap: Mishap = {};
  for (const fault of faults) {
    if (fault.verb === 'eng.partial') mishap = { ...mishap, share: fault.share };
    if (fault.verb === 'eng.expire') mishap = { ...mishap, expire: fault.reason };
  }
  return mishap;
}
