import type { Clock } from '../core/ports.ts';
import type { LiveHost, LiveStrategyInfo, LiveStrategySpec, StrategyQuestion, StrategyReply } from './live-host.ts';
import { LiveStrategies, type StrategyLoader } from './live-strategies.ts';

/**
 * Runs live strategies in the thread of the engine: the host of the simulation and of tests. It stops a strategy that
 * throws, but cannot stop one that hangs.
 */
export class InlineLiveHost implements LiveHost {
  readonly #strategies: LiveStrategies;
  readonly #clock: Clock;

  constructor(options: StrategyLoader & { readonly clock: Clock }) {
    this.#strategies = new LiveStrategies(options);
    this.#clock = options.clock;
  }

  load(specs: readonly LiveStrategySpec[]): Promise<readonly LiveStrategyInfo[]> {
    return this.#strategies.load(specs);
  }

  unload(key: string): void {
    this.#strategies.unload(key);
  }

  async decide(questions: readonly StrategyQuestion[]): Promise<readonly StrategyReply[]> {
    return questions.map((question) => {
      const start = this.#clock.monotonic();
      const answer = this.#strategies.ask(question);
      return answer.kind === 'failed' ? answer : { ...answer, ms: this.#clock.monotonic() - start };
    });
  }

  async stop(): Promise<void> {
    // There is no thread to end.
  }
}
