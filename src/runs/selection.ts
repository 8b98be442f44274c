import { type Config, nearest, type StrategyEntry, strategyKey } from '../core/config/index.ts';
import { ValvulinError } from '../core/errors.ts';

export interface SelectionOptions {
  /** `SYMBOL:TIMEFRAME:NAME` of strategies to switch on or off, whatever the config says. */
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
  /** Only strategies of these symbols. */
  readonly symbols?: readonly string[];
}

/**
 * The config with the overrides of the command line, and only the strategies that run.
 * @throws ValvulinError `VLV_USAGE` where an override names no strategy, symbol or parameter
 */
export function selectStrategies(config: Config, options: SelectionOptions): Config {
  const enable = keys(config, options.enable ?? []);
  const disable = keys(config, options.disable ?? []);
  const symbols = options.symbols ?? [];
  const known = config.strategies.flatMap((entry) => [entry.symbol, ...(entry.symbols ?? [])]);
  for (const symbol of symbols) if (!known.includes(symbol)) unknown('symbol', symbol, [...new Set(known)]);
  const strategies = config.strategies
    .filter((entry) => {
      const key = strategyKey(entry);
      const enabled = disable.has(key) ? false : entry.enabled || enable.has(key);
      return enabled && (symbols.length === 0 || symbols.includes(entry.symbol));
    })
    .map((entry) => ({ ...entry, enabled: true }));
  if (strategies.length === 0) {
    throw new ValvulinError('VLV_USAGE', 'Expected at least one enabled strategy, got none', {
      hint: `Enable one with --enable-strategy: ${config.strategies.map(strategyKey).join(', ')}`,
    });
  }
  return { ...config, strategies };
}

function keys(config: Config, asked: readonly string[]): ReadonlySet<string> {
  const known = config.strategies.map((entry: StrategyEntry) => strategyKey(entry));
  for (const key of asked) if (!known.includes(key)) unknown('strategy', key, known);
  return new Set(asked);
}

function unknown(what: string, got: string, known: readonly string[]): never {
  const like = nearest(got, known);
  throw new ValvulinError('VLV_USAGE', `Expected a ${what} of the config, got "${got}"`, {
    hint: `${like ? `Did you mean "${like}"? ` : ''}Known: ${known.join(', ')}.`,
  });
}
