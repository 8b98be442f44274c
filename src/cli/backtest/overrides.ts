import {
  type Config,
  nearest,
  type StrategyEntry,
  strategyKey,
  strategySymbols,
  toInstant,
  toSnake,
} from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { SelectionOptions } from '../../runs/index.ts';
import type { StrategyClass } from '../../strategies/base.ts';

/** What the command line changes about a run. */
export interface RunFlags {
  readonly enableStrategy?: readonly string[];
  readonly disableStrategy?: readonly string[];
  readonly symbol?: readonly string[];
  readonly param?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

/** The flags that choose strategies. @throws ValvulinError `VLV_USAGE` for what the config does not have */
export function selectionOf(flags: RunFlags, config: Config): SelectionOptions {
  const { enableStrategy: enable = [], disableStrategy: disable = [], symbol: symbols = [] } = flags;
  const both = enable.find((key) => disable.includes(key));
  if (both !== undefined) {
    throw new ValvulinError('VLV_USAGE', `The strategy "${both}" is both enabled and disabled`);
  }
  const keys = config.strategies.map(strategyKey);
  for (const key of enable) expectKnown(key, keys, 'strategy', '--enable-strategy');
  for (const key of disable) expectKnown(key, keys, 'strategy', '--disable-strategy');
  const known = [...new Set(config.strategies.flatMap((entry) => strategySymbols(entry)))];
  for (const symbol of symbols) expectKnown(symbol, known, 'symbol', '--symbol');
  return { enable, disable, symbols };
}

/** `--from` and `--to`, epoch ms. @throws ValvulinError `VLV_USAGE` */
export function periodOf({ from, to }: RunFlags): { from?: number; to?: number } {
  const start = from === undefined ? undefined : toInstant(from, '--from');
  const end = to === undefined ? undefined : toInstant(to, '--to');
  if (start !== undefined && end !== undefined && start >= end) {
    throw new ValvulinError('VLV_USAGE', `Expected a date after "${from}", got "${to}"`, { where: '--to' });
  }
  return { ...(start === undefined ? {} : { from: start }), ...(end === undefined ? {} : { to: end }) };
}

/**
 * The strategies with `--param` applied to each that has such a parameter.
 * @param load finds a strategy's class
 * @throws ValvulinError `VLV_USAGE` for a parameter that none of them has
 */
export async function withParams(
  strategies: readonly StrategyEntry[],
  flags: Pick<RunFlags, 'param'>,
  load: (handler: string) => Promise<StrategyClass>,
): Promise<StrategyEntry[]> {
  const given = (flags.param ?? []).map(assignment);
  if (given.length === 0) return [...strategies];
  const known = await Promise.all(strategies.map(async ({ handler }) => parameterNames(await load(handler))));
  for (const [name] of given) expectKnown(name, [...new Set(known.flat())], 'parameter', '--param');
  return strategies.map((entry, i) => {
    const own = given.filter(([name]) => known[i]?.includes(name));
    return { ...entry, parameters: { ...entry.parameters, ...Object.fromEntries(own) } };
  });
}

function parameterNames({ params }: StrategyClass): string[] {
  return 'shape' in params ? Object.keys(params.shape as object).map(toSnake) : [];
}

function expectKnown(given: string, known: readonly string[], noun: string, where: string): void {
  if (known.includes(given)) return;
  const meant = nearest(given, known);
  throw new ValvulinError('VLV_USAGE', `Expected a known ${noun}, got "${given}"`, {
    where,
    hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}Known: ${known.length > 0 ? known.join(', ') : 'none'}.`,
  });
}

/** `ema_short=10`; numbers and booleans become such, the strategy's own schema checks them. */
function assignment(text: string): [string, unknown] {
  const match = /^([a-z][a-z0-9_]*)=(.+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new ValvulinError('VLV_USAGE', `Expected a parameter such as "ema_short=10", got "${text}"`, {
      where: '--param',
    });
  }
  const value = match[2];
  if (value === 'true' || value === 'false') return [match[1], value === 'true'];
  return [match[1], value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
}
