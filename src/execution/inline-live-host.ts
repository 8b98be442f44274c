import type { Clock } from '../core/ports.ts';
import type { StrategyClass } from '../strategies/base.ts';
import type {
  LiveHost,
  LiveStrategyInfo,
  LiveStrategySpec,
  StrategyFailure,
  StrategyQuestion,
  StrategyReply,
} from './live-host.ts';
import { LiveStrategy } from './live-strategy.ts';
import { strategyErrorText } from './strategy-error.ts';

export interface InlineHostOptions {
  /** Finds the class that a handler names. */
  readonly loadClass: (handler: string) => Promise<StrategyClass>;
  /** Absolute path of the strategy file that a handler names, to find its lines on a stack; null for a built-in. */
  readonly fileOf?: (handler: string) => string | null;
  readonly clock: Clock;
}

/**
 * Runs live strategies in the thread of the engine: the host of the simulation and of tests. It stops a strategy that
 * throws, but cannot stop one that hangs.
 */
export class InlineLiveHost implements LiveHost {
  readonly #options: InlineHostOptions;
  readonly #strategies = new Map<string, { readonly strategy: LiveStrategy; readonly handler: string }>();
  readonly #failures = new Map<string, StrategyFailure>();

  constructor(options: InlineHostOptions) {
    this.#options = options;
  }

  async load(specs: readonly LiveStrategySpec[]): Promise<readonly LiveStrategyInfo[]> {
    const loaded: (readonly [LiveStrategySpec, LiveStrategy])[] = [];
    for (const spec of specs) loaded.push([spec, new LiveStrategy(await this.#options.loadClass(spec.handler), spec)]);
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

  async decide(questions: readonly StrategyQuestion[]): Promise<readonly StrategyReply[]> {
    return questions.map((question) => this.#ask(question));
  }

  async stop(): Promise<void> {
    this.#strategies.clear();
  }

  #ask(question: StrategyQuestion): StrategyReply {
    const key = question.strategy;
    const failure = this.#failures.get(key);
    if (failure) return failure;
    const loaded = this.#strategies.get(key);
    if (!loaded) return notLoaded(key);
    const { clock, fileOf } = this.#options;
    const start = clock.monotonic();
    try {
      const answers = loaded.strategy.decide(question);
      return { kind: 'answered', strategy: key, answers, ms: clock.monotonic() - start };
    } catch (error) {
      const detail = strategyErrorText(error, fileOf?.(loaded.handler) ?? null, loaded.handler);
      const stopped: StrategyFailure = { kind: 'failed', strategy: key, failed: 'threw', detail };
      this.#failures.set(key, stopped);
      return stopped;
    }
  }
}

/** The reply to a question for a strategy that the host does not have. */
export function notLoaded(strategy: string): StrategyFailure {
  return { kind: 'failed', strategy, failed: 'exited', detail: 'it is not loaded' };
}
