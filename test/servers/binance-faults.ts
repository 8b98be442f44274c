import type { ServerResponse } from 'node:http';

/** What a request is for. */
export type Endpoint = 'ping' | 'time' | 'exchangeInfo' | 'klines' | 'archive' | 'checksum';

export type FaultKind =
  /** HTTP 429 with Retry-After. */
  | { readonly kind: 'limited'; readonly retryAfter?: number | string }
  /** HTTP 418: banned. */
  | { readonly kind: 'banned'; readonly retryAfter?: number }
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** Answers after a while. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Sends the body in five parts with a pause before each. */
  | { readonly kind: 'trickle'; readonly pauseMs: number }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Sends the beginning of the body and cuts the connection. */
  | { readonly kind: 'cut' }
  /** Sends the beginning of the body and then nothing more. */
  | { readonly kind: 'stall' }
  /** A whole answer whose body is not what it should be. */
  | { readonly kind: 'malformed'; readonly body?: string }
  /** Another checksum than the archive's. */
  | { readonly kind: 'wrong_checksum' }
  /** Rows twice, out of order, and rows outside the range that was asked for. */
  | { readonly kind: 'overlap' };

export type Fault = FaultKind & {
  readonly on: Endpoint;
  /** Only requests that this says yes to are counted and hit. */
  readonly when?: (url: URL) => boolean;
  /** How many requests go well first. */
  readonly after?: number;
  /** How many requests it hits; 1 by default. */
  readonly times?: number;
};

/** Deals out faults in the order they were planned. */
export class FaultPlan {
  #planned: { fault: Fault; skip: number; left: number }[] = [];

  add(...faults: readonly Fault[]): void {
    this.#planned.push(...faults.map((fault) => ({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 })));
  }

  clear(): void {
    this.#planned = [];
  }

  /** The fault of this request, if any; counts it. */
  take(endpoint: Endpoint, url: URL): FaultKind | undefined {
    const entry = this.#planned.find(
      ({ fault, left }) => fault.on === endpoint && left > 0 && (fault.when?.(url) ?? true),
    );
    if (!entry) return undefined;
    if (entry.skip > 0) {
      entry.skip--;
      return undefined;
    }
    entry.left--;
    return entry.fault;
  }
}

/** Answers a request wrongly. False where the fault only changes a body, which the caller then does. */
export function answerFault(fault: FaultKind, response: ServerResponse, body: Buffer, now: number): boolean {
  const { kind } = fault;
  if (kind === 'limited' || kind === 'banned') {
    const { retryAfter } = fault;
    const seconds = Number(retryAfter ?? 60);
    const msg =
      kind === 'limited'
        ? 'Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.'
        : `Way too much request weight used; IP banned until ${now + 1_000 * seconds}. Please use WebSocket Streams for live updates to avoid bans.`;
    response.writeHead(kind === 'limited' ? 429 : 418, {
      'content-type': 'application/json;charset=UTF-8',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    response.end(JSON.stringify({ code: -1003, msg }));
    return true;
  }
  if (kind === 'status') {
    response.writeHead(fault.status).end(fault.body ?? '');
    return true;
  }
  if (kind === 'hang') return true;
  if (kind === 'malformed') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(fault.body ?? '[[1700000000000,"1.0",');
    return true;
  }
  if (kind === 'trickle') {
    response.writeHead(200, { 'content-length': body.length });
    const size = Math.ceil(body.length / 5);
    for (let part = 0; part < 5; part++) {
      setTimeout(() => response.write(body.subarray(part * size, (part + 1) * size)), (part + 1) * fault.pauseMs);
    }
    return true;
  }
  if (kind === 'cut' || kind === 'stall') {
    response.writeHead(200, { 'content-length': body.length });
    response.write(body.subarray(0, Math.max(1, body.length >> 1)), () => {
      if (kind === 'cut') response.destroy();
    });
    return true;
  }
  return false;
}
