import type { Clock } from '../core/ports.ts';
import type {
  LiveHost,
  LiveStrategyInfo,
  LiveStrategySpec,
  StrategyQuestion,
  StrategyReply,
} from '../execution/live-host.ts';
import { notLoaded } from '../execution/live-strategies.ts';
import { handlerModule } from './load-strategy.ts';
import { StrategyThread } from './strategy-thread.ts';

const DEADLINE_MS = 5_000;

export interface WorkerHostOptions {
  /** Folder that the handlers of the config start from. */
  readonly baseDir: string;
  /** Real time, also where the market runs faster: strategies do not think faster for that. */
  readonly clock: Clock;
  /** Most time a strategy may take for one answer, ms; default 5,000. */
  readonly deadlineMs?: number;
  /** What strategies print, as it comes. */
  readonly onOutput: (text: string) => void;
}

/**
 * Runs live strategies in worker threads, one for each strategy file and one for all built-in strategies. Strategies of
 * one file share a thread, as they share their module; loading one of them afresh loads the file afresh for all.
 */
export class WorkerHost implements LiveHost {
  readonly #options: WorkerHostOptions;
  /** By file, as handlers name it. */
  readonly #threads = new Map<string, StrategyThread>();
  readonly #moduleOf = new Map<string, string>();

  constructor(options: WorkerHostOptions) {
    this.#options = options;
  }

  async load(specs: readonly LiveStrategySpec[]): Promise<readonly LiveStrategyInfo[]> {
    const asked = new Set(specs.map(({ key }) => key));
    const started = new Map<string, StrategyThread>();
    const modules = new Set(specs.map(({ handler }) => handlerModule(handler)));
    const starts = [...modules].map((module) => {
      const kept = this.#threads.get(module)?.specs.filter(({ key }) => !asked.has(key)) ?? [];
      const own = specs.filter(({ handler }) => handlerModule(handler) === module);
      const thread = new StrategyThread({ deadlineMs: DEADLINE_MS, ...this.#options });
      started.set(module, thread);
      return thread.start([...kept, ...own]);
    });
    const results = await Promise.allSettled(starts);
    const refused = results.find((result) => result.status === 'rejected');
    if (refused) {
      await Promise.all([...started.values()].map((thread) => thread.stop()));
      throw refused.reason;
    }
    const infos = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    // A strategy that comes from another file now is no longer wanted in the thread of the old one.
    for (const { key, handler } of specs) if (this.#moduleOf.get(key) !== handlerModule(handler)) this.unload(key);
    for (const [module, thread] of started) {
      this.#threads.get(module)?.retire(thread);
      this.#threads.set(module, thread);
    }
    for (const { key, handler } of specs) this.#moduleOf.set(key, handlerModule(handler));
    return specs.flatMap(({ key }) => infos.find((info) => info.key === key) ?? []);
  }

  unload(key: string): void {
    this.#threadOf(key)?.unload(key);
    this.#moduleOf.delete(key);
  }

  decide(questions: readonly StrategyQuestion[]): Promise<readonly StrategyReply[]> {
    const ask = async (question: StrategyQuestion): Promise<StrategyReply> =>
      this.#threadOf(question.strategy)?.ask(question) ?? notLoaded(question.strategy);
    return Promise.all(questions.map(ask));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#threads.values()].map((thread) => thread.stop()));
    this.#threads.clear();
    this.#moduleOf.clear();
  }

  #threadOf(key: string): StrategyThread | undefined {
    const module = this.#moduleOf.get(key);
    return module === undefined ? undefined : this.#threads.get(module);
  }
}
