import type { Exchange } from './local-exchange.ts';
import type { UserEvent } from './types.ts';

interface Subscription {
  readonly apiKey: string;
  readonly stop: () => void;
}

interface UserStreamsSpec {
  readonly exchange: Exchange;
  readonly timeScale: 1 | 1_000;
  /** Sends the JSON of one event in its envelope. */
  readonly send: (text: string) => void;
}

/** Fields of user events that hold a time, as far as `timeUnit=MICROSECOND` changes them. */
const TIMES: Readonly<Record<string, readonly string[]>> = {
  executionReport: ['E', 'T', 'O', 'W', 'D'],
  outboundAccountPosition: ['E', 'u'],
  balanceUpdate: ['E', 'T'],
  listStatus: ['E', 'T'],
  externalLockUpdate: ['E', 'T'],
  eventStreamTerminated: ['E'],
};

/** The user data subscriptions of one connection: one for each account, numbered from 0, never the same number twice. */
export class UserStreams {
  readonly #spec: UserStreamsSpec;
  readonly #subscriptions = new Map<number, Subscription>();
  #next = 0;

  constructor(spec: UserStreamsSpec) {
    this.#spec = spec;
  }

  get count(): number {
    return this.#subscriptions.size;
  }

  ids(): number[] {
    return [...this.#subscriptions.keys()];
  }

  /** Number of the new subscription, or null where this key already has one here. */
  subscribe(apiKey: string): number | null {
    for (const subscription of this.#subscriptions.values()) if (subscription.apiKey === apiKey) return null;
    const id = this.#next++;
    const stop = this.#spec.exchange.onUser(apiKey, (event) => this.#send(id, event));
    this.#subscriptions.set(id, { apiKey, stop });
    return id;
  }

  /** Ends one subscription, or all; false where there is none with this number. */
  unsubscribe(id?: number): boolean {
    const ids = id === undefined ? this.ids() : [id];
    for (const one of ids) {
      const subscription = this.#subscriptions.get(one);
      if (subscription === undefined) return false;
      subscription.stop();
      this.#subscriptions.delete(one);
    }
    return true;
  }

  /** The exchange ends all of them and says so. */
  terminate(): void {
    const E = this.#spec.exchange.time();
    for (const id of this.ids()) {
      this.#send(id, { e: 'eventStreamTerminated', E });
      this.unsubscribe(id);
    }
  }

  #send(subscriptionId: number, event: UserEvent): void {
    this.#spec.send(JSON.stringify({ subscriptionId, event: scaled(event, this.#spec.timeScale) }));
  }
}

function scaled(event: UserEvent, scale: 1 | 1_000): UserEvent {
  if (scale === 1) return event;
  const times = (TIMES[event.e] ?? ['E']).flatMap((name) => {
    const value = event[name];
    return typeof value === 'number' && value > 0 ? [[name, value * scale] as const] : [];
  });
  return { ...event, ...Object.fromEntries(times) };
}
