import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nearest } from '../core/config/nearest.ts';
import { ValvulinError } from '../core/errors.ts';
import { BaseStrategy, type StrategyClass } from '../strategies/base.ts';
import { builtInStrategies } from '../strategies/index.ts';

/** What stands for a file in the handlers of built-in strategies. */
export const BUILT_IN = 'strategies';

/** The file that a handler names, as it is written there. */
export function handlerModule(handler: string): string {
  return handler.slice(0, handler.lastIndexOf(':'));
}

/**
 * Finds the class a handler names: `strategies:EMAMACDStrategy` is a built-in, `./strategies/mine.ts:Mine` a file of
 * the user's (TypeScript or JavaScript, no build), relative to `baseDir`.
 * @throws ValvulinError `VLV_STRATEGY_LOAD`
 */
export async function loadStrategy(handler: string, baseDir: string): Promise<StrategyClass> {
  const module = handlerModule(handler);
  const name = handler.slice(module.length + 1);
  if (module === BUILT_IN) return pick(builtInStrategies, name, 'the built-in strategies');
  const path = resolve(baseDir, module);
  if (!existsSync(path)) {
    throw new ValvulinError('VLV_STRATEGY_LOAD', `Expected a strategy file, got "${module}", which does not exist`, {
      where: path,
      hint: 'The path starts from the folder of the config file. "valvulin strategies new NAME" writes one.',
    });
  }
  return pick(await importFile(path), name, module);
}

async function importFile(path: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(path).href;
  try {
    if (/\.[cm]?js$/.test(path)) return (await import(url)) as Record<string, unknown>;
    const { tsImport } = await import('tsx/esm/api');
    return (await tsImport(url, import.meta.url)) as Record<string, unknown>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ValvulinError('VLV_STRATEGY_LOAD', `Expected a file that loads, got an error: ${reason}`, {
      where: path,
      cause,
    });
  }
}

function pick(exports: Readonly<Record<string, unknown>>, name: string, where: string): StrategyClass {
  const found = exports[name];
  if (isStrategyClass(found)) return found;
  const known = Object.keys(exports).filter((key) => isStrategyClass(exports[key]));
  const like = nearest(name, known);
  throw new ValvulinError('VLV_STRATEGY_LOAD', `Expected a strategy class, got "${name}"`, {
    where,
    hint: `${like ? `Did you mean "${like}"? ` : ''}It exports: ${known.join(', ') || 'no strategy class'}.`,
  });
}

/**
 * A user's file may see another copy of the package than the program that loads it (a linked or bundled one), so a
 * class counts by what it has, not only by whom it extends.
 */
function isStrategyClass(value: unknown): value is StrategyClass {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  if (prototype instanceof BaseStrategy) return true;
  return (
    typeof prototype === 'object' && prototype !== null && ('generateSignals' in prototype || 'onSlice' in prototype)
  );
}
