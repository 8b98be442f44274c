import type { Json } from './types.ts';

/** An answer that refuses a request: HTTP status, and code and words as Binance has them. */
export interface ApiError {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
  readonly data?: Json;
  /** Seconds, for the header. */
  readonly retryAfter?: number;
}

/** How a handler leaves with a refusal; caught where the answer is made, never a fault of the exchange itself. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly error: ApiError;

  constructor(error: ApiError) {
    super(error.msg);
    this.error = error;
  }
}

export function refusal(code: number, msg: string, status = 400): Refusal {
  return new Refusal({ status, code, msg });
}

/** -2010: what the matching engine says to an order. */
export function orderRefusal(msg: string): Refusal {
  return refusal(-2010, msg);
}

export function filterFailure(filter: string): Refusal {
  return refusal(-1013, `Filter failure: ${filter}`);
}
