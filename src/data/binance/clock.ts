import { setTimeout as wait } from 'node:timers/promises';

/** The outside world of the feed; a test replaces it, so that no test waits for a real rate limit. */
export interface Surroundings {
  readonly fetch: (url: string, options: { signal: AbortSignal; headers: Record<string, string> }) => Promise<Response>;
  /** Resolves after `ms`; rejects as soon as the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Uniform in [0, 1), for the jitter between retries. */
  readonly random: () => number;
  /** Epoch ms. */
  readonly now: () => number;
}

export const REAL_SURROUNDINGS: Surroundings = {
  fetch: (url, options) => fetch(url, options),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, { signal });
  },
  random: Math.random,
  now: Date.now,
};
