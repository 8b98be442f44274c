import { type Config, isoInstant, nearest, strategyKey, strategySymbols } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';

/** What the command line changes about a run. */
export interface RunFlags {
  readonly enableStrategy: readonly string[];
  readonly disableStrategy: readonly string[];
  readonly symbol: readonly string[];
  readonly param: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

export interface RunOverrides {
  readonly enable: string[];
  readonly disable: string[];
  readonly symbols?: string[];
  readonly params: Record<string, string>;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Checks the flags of a run against its config.
 * @throws ValvulinError `VLV_USAGE` for a strategy or symbol the config does not have, quoting those it has, and for
 * dates and parameters that cannot be read
 */
export function runOverrides(flags: RunFlags, config: Config): RunOverrides {
  const keys = config.strategies.map(strategyKey);
  for (const key of flags.enableStrategy) expectKnown(key, keys, 'strategy', '--enable-strategy');
  for (const key of flags.disableStrategy) expectKnown(key, keys, 'strategy', '--disable-strategy');
  const both = flags.enableStrategy.find((key) => flags.disableStrategy.includes(key));
  if (both !== undefined) {
    throw new ValvulinError('VLV_USAGE', `The strategy "${both}" is both enabled and disabled`, {
      where: '--enable-strategy',
    });
  }
  const symbols = [...new Set(config.strategies.flatMap((entry) => strategySymbols(entry)))];
  for (const symbol of flags.symbol) expectKnown(symbol, symbols, 'symbol', '--symbol');
  return {
    enable: [...flags.enableStrategy],
    disable: [...flags.disableStrategy],
    ...(flags.symbol.length > 0 ? { symbols: [...flags.symbol] } : {}),
    params: Object.fromEntries(flags.param.map(assignment)),
    ...period(flags),
  };
}

function expectKnown(given: string, known: readonly string[], noun: string, where: string): void {
  if (known.includes(given)) return;
  const meant = nearest(given, known);
  throw new ValvulinError('VLV_USAGE', `The config has no ${noun} "${given}"`, {
    where,
    hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}It has ${known.length > 0 ? known.join(', ') : 'none'}.`,
  });
}

/** `ema_short=10`; the strategy's own schema checks name and value. */
function assignment(text: string): [string, string] {
  const match = /^([a-z][a-z0-9_]*)=(.*)$/.exec(text);
  if (match?.[1] !== undefined && match[2] !== undefined) return [match[1], match[2]];
  throw new ValvulinError('VLV_USAGE', `Expected a parameter such as "ema_short=10", got "${text}"`, {
    where: '--param',
  });
}

function period({ from, to }: RunFlags): { from?: string; to?: string } {
  const times = [from, to].map((text, i) => {
    const instant = text === undefined ? undefined : isoInstant(text);
    if (text === undefined || instant !== undefined) return instant;
    throw new ValvulinError('VLV_USAGE', `Expected a date such as "2024-01-31", got "${text}"`, {
      where: i === 0 ? '--from' : '--to',
    });
  });
  if (times[0] !== undefined && times[1] !== undefined && times[0] >= times[1]) {
    throw new ValvulinError('VLV_USAGE', `Expected a date after "${from}", got "${to}"`, { where: '--to' });
  }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
