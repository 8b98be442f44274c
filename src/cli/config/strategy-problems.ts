import { z } from 'zod';
import {
  allowedWords,
  type Config,
  type ConfigProblem,
  type JsonSchema,
  nearest,
  type StrategyEntry,
  strategyParams,
  toSnake,
} from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { StrategyClass } from '../../strategies/base.ts';

/**
 * What is wrong with the strategies a config names: classes that cannot be loaded, and parameters that their own
 * schemas refuse.
 * @param chosen which of the strategies to look at
 */
export async function strategyProblems(
  config: Config,
  baseDir: string,
  chosen: (entry: StrategyEntry) => boolean = () => true,
): Promise<ConfigProblem[]> {
  const { loadStrategy } = await import('../../runs/load-strategy.ts');
  const problems: ConfigProblem[] = [];
  for (const [i, entry] of config.strategies.entries()) {
    if (!chosen(entry)) continue;
    try {
      const type = await loadStrategy(entry.handler, baseDir);
      problems.push(...parameterProblems(type, entry, ['strategies', i, 'parameters']));
    } catch (error) {
      if (!(error instanceof ValvulinError)) throw error;
      const message = [error.message, error.hint].filter(Boolean).join('. ');
      problems.push({ path: ['strategies', i, 'handler'], at: 'value', message, allowed: '', didYouMean: null });
    }
  }
  return problems;
}

function parameterProblems(type: StrategyClass, entry: StrategyEntry, at: (string | number)[]): ConfigProblem[] {
  const schema = type.params instanceof z.ZodObject ? type.params.strict() : type.params;
  const result = schema.safeParse(strategyParams(entry));
  if (result.success) return [];
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const known = Object.keys(shape.properties ?? {});
  return result.error.issues.flatMap((issue): ConfigProblem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownParameter(toSnake(key), known.map(toSnake), at, entry));
    }
    const name = String(issue.path[0] ?? '');
    const given = entry.parameters[toSnake(name)];
    const words = issue.code === 'custom' ? '' : allowedWords(shape.properties?.[name] ?? {});
    const message = words === '' ? snakeNames(issue.message, known) : `Expected ${words}, got ${JSON.stringify(given)}`;
    return [{ path: [...at, toSnake(name)], at: 'value', message, allowed: '', didYouMean: null }];
  });
}

function unknownParameter(
  key: string,
  known: readonly string[],
  at: readonly (string | number)[],
  entry: StrategyEntry,
): ConfigProblem {
  return {
    path: [...at, key],
    at: 'key',
    message: `Unknown parameter "${key}" of ${entry.handler}`,
    allowed: known.length > 0 ? `one of ${known.join(', ')}` : 'none: it takes no parameters',
    didYouMean: nearest(key, known) ?? null,
  };
}

/** A schema's own message, with its parameters under the names the config gives them. */
function snakeNames(message: string, known: readonly string[]): string {
  return message.replace(/"([A-Za-z]\w*)"/g, (quoted, name: string) =>
    known.includes(name) ? `"${toSnake(name)}"` : quoted,
  );
}
