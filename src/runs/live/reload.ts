import { type Config, type StrategyEntry, strategyKey, strategySymbols } from '../../core/config/index.ts';

/** What of a changed config takes effect while the engine runs, by keys such as `BTCUSDT:1h:ema-macd`. */
export interface ReloadPlan {
  readonly enable: readonly string[];
  readonly disable: readonly string[];
  /** Strategies to load again: with other parameters, or since they were stopped. */
  readonly load: readonly StrategyEntry[];
  readonly level: Config['logging']['level'] | null;
  /** What is left as it was, one line each, with what it needs. */
  readonly refused: readonly string[];
  /** The config as it is in effect afterwards. */
  readonly config: Config;
}

/** A strategy of the running engine. */
export interface RunningStrategy {
  readonly key: string;
  readonly enabled: boolean;
  readonly problem: string | null;
  /** Holds nothing, and has no order working. */
  readonly flat: boolean;
}

/** Parts of a config that a run reads, besides its strategies and what is printed. */
const FIXED = ['data_feeds', 'risk', 'execution', 'scheduler', 'backtester'] as const;

/**
 * Says what to do about a changed config. A strategy with a change that needs a restart is left alone altogether.
 * @param current the config in effect, with every strategy that the engine has a place for
 * @param next the config as it is now, with the strategies that shall run
 */
export function planReload(current: Config, next: Config, running: readonly RunningStrategy[]): ReloadPlan {
  const refused: string[] = FIXED.filter((part) => !same(current[part], next[part])).map(
    (part) => `${part} changed: needs a restart`,
  );
  const wanted = new Map(next.strategies.map((entry) => [strategyKey(entry), entry]));
  const enable: string[] = [];
  const disable: string[] = [];
  const load: StrategyEntry[] = [];
  const strategies = current.strategies.map((entry) => {
    const key = strategyKey(entry);
    const state = running.find((one) => one.key === key);
    const now = wanted.get(key);
    wanted.delete(key);
    if (!state) return entry;
    if (!now) {
      if (state.enabled) disable.push(key);
      return entry;
    }
    const fixed = changedKeys(entry, now).filter((name) => name !== 'parameters');
    if (fixed.length > 0) {
      refused.push(`${key}: ${fixed.join(', ')} changed: needs a restart`);
      return entry;
    }
    const changed = !same(entry.parameters, now.parameters);
    if (changed && !state.flat) {
      refused.push(`${key}: parameters changed while it has a position: needs it flat, or a restart`);
      return entry;
    }
    if (changed || state.problem !== null) load.push(now);
    if (!state.enabled) enable.push(key);
    return now;
  });
  for (const [key, entry] of wanted) {
    refused.push(`${key} on ${strategySymbols(entry).join(', ')} was not running at the start: needs a restart`);
  }
  const level = current.logging.level === next.logging.level ? null : next.logging.level;
  return { enable, disable, load, level, refused, config: { ...current, logging: next.logging, strategies } };
}

function changedKeys(one: StrategyEntry, other: StrategyEntry): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof StrategyEntry>;
  return [...names].filter((name) => !same(one[name], other[name]));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
