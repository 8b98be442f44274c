import type { Config } from '../../core/config/index.ts';
import { strategyKey } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { LiveHost } from '../../execution/live-host.ts';
import { planTrading } from './plan.ts';
import { planReload, type RunningStrategy } from './reload.ts';
import type { LiveSession } from './session.ts';

export interface ReloaderOptions {
  /** As the engine was started. */
  readonly config: Config;
  readonly session: Pick<LiveSession, 'strategies' | 'engineRun' | 'plan'>;
  readonly host: Pick<LiveHost, 'load'>;
  /** Reads the config again, with what the command line said. */
  readonly reread: () => Promise<Config>;
  readonly onLevel: (level: Config['logging']['level']) => void;
}

/**
 * Takes a changed config while the engine runs. All that could fail is done first, so that a config is taken with all
 * its changes that are safe or not at all. Nothing of it is an input: a replay sees the answers that were given.
 */
export class Reloader {
  readonly #options: ReloaderOptions;
  #config: Config;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  /**
   * @returns what was changed and what was not, one line each
   * @throws ValvulinError of the config, and `VLV_STRATEGY_LOAD`; nothing is changed then
   */
  async reload(): Promise<readonly string[]> {
    const { session, host, reread, onLevel } = this.#options;
    const next = await reread();
    const plan = planReload(this.#config, next, this.#running());
    const specs = planTrading(plan.config).strategies;
    const again = new Set(plan.load.map(strategyKey));
    const infos = again.size === 0 ? [] : await host.load(specs.filter(({ key }) => again.has(key)));
    for (const { key, history } of infos) {
      const known = session.strategies.find((group) => group.key === key)?.history ?? 0;
      if (history <= known) continue;
      await host.load(planTrading(this.#config).strategies.filter((spec) => spec.key === key));
      throw new ValvulinError('VLV_CONFIG', `Expected parameters that need ${known} bars, got ${history}`, {
        where: key,
        hint: 'More bars are loaded at a start only: restart the engine. Nothing was changed.',
      });
    }
    for (const group of session.strategies) {
      if (again.has(group.key)) group.problem = null;
      if (plan.enable.includes(group.key) || again.has(group.key)) group.enabled = true;
      if (plan.disable.includes(group.key)) group.enabled = false;
    }
    if (plan.level !== null) onLevel(plan.level);
    this.#config = plan.config;
    const lines = [
      ...plan.disable.map((key) => `${key} is asked no more; its position keeps its stops`),
      ...plan.enable.map((key) => `${key} is asked again`),
      ...plan.load.map((entry) => `${strategyKey(entry)} was loaded again`),
      ...(plan.level === null ? [] : [`logging.level is ${plan.level}`]),
      ...plan.refused,
    ];
    return lines.length > 0 ? lines : ['nothing changed'];
  }

  #running(): RunningStrategy[] {
    const { session } = this.#options;
    const { ledger, book } = session.engineRun.engine;
    const busy = new Set<number>();
    for (let id = 1; id <= book.size; id++) if (book.isOpen(id)) busy.add(book.slot(id));
    return session.strategies.map(({ key, enabled, problem, slots }) => ({
      key,
      enabled,
      problem,
      flat: slots.every(({ slot }) => ledger.positions[slot].quantity === 0 && !busy.has(slot)),
    }));
  }
}
