import type { StrategyClass } from '../strategies/base.ts';
import type { LiveAnswer, LiveStrategyInfo, LiveStrategySpec, StrategyFailure, StrategyQuestion } from './live-host.ts';
import { LiveStrategy } from './live-strategy.ts';
import { strategyErrorText } from './strategy-error.ts';

export interface StrategyLoader {
  /** Finds the class that a handler names. */
  readonly loadClass: (handler: string) => Promise<StrategyClass>;
  /** Absolute path of the strategy file that a handler names, to find its lines on a stack; null for a built-in. */
  readonly fileOf?: (handler: string) => string | null;
}

/** What a strategy answered, before anybody measured how long it took. */
export type StrategyAnswer =
  | { readonly kind: 'answered'; readonly strategy: string; readonly answers: readonly LiveAnswer[] }
  | StrategyFailure;

/** Loaded strategies, asked one by one in this thread. One that throws is stopped, until it is loaded afresh. */
export class LiveStrategies {
  readonly #loader: StrategyLoader;
  readonly #strategies = new Map<string, { readonly strategy: LiveStrategy; readonly handler: string }>();
  readonly #failures = new Map<string, StrategyFailure>();

  constructor(loader: StrategyLoader) {
    this.#loader = loader;
  }

  /** All of them or, where one does not load, none. @throws ValvulinError as `LiveHost.load` */
  async load(specs: readonly LiveStrategySpec[]): Promise<readonly LiveStrategyInfo[]> {
    const loaded: (readonly [LiveStrategySpec, LiveStrategy])[] = [];
    for (const spec of specs) {
      loaded.push([spec, new LiveStrategy(await this.#loader.loadClass(spec.handler), spec)]);
    }
    for (const [{ key, handler }, strategy] of loaded) {
      this.#strategies.set(key, { strategy, handler });
      this.#failures.delete(key);
    }
    return loaded.map(([, { info }]) => info);
  }

  unload(key: string): void {
    this.#strategies.delete(key);
    this.#failures.delete(key);
  }

  ask(question: StrategyQuestion): StrategyAnswer {
    const key = question.strategy;
    const failure = this.#failures.get(key);
    if (failure) return failure;
    const loaded = this.#strategies.get(key);
    if (!loaded) return notLoaded(key);
    try {
      return { kind: 'answered', strategy: key, answers: loaded.strategy.decide(question) };
    } catch (error) {
      const detail = strategyErrorText(error, this.#loader.fileOf?.(loaded.handler) ?? null, loaded.handler);
      const stopped: StrategyFailure = { kind: 'failed', strategy: key, failed: 'threw', detail };
      this.#failures.set(key, stopped);
      return stopped;
    }
  }
}

/** The reply to a question for a strategy that nobody loaded. */
export function notLoaded(strategy: string): StrategyFailure {
  return { kind: 'failed', strategy, failed: 'exited', detail: 'it is not loaded' };
}
