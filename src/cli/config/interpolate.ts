import { schemaAt } from '../../core/config/index.ts';
import type { ConfigSource, Place } from './source.ts';

/** `$${NAME}` stands for itself, `${NAME}` for the variable, `${NAME:-text}` for the text where it is unset or empty. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export interface MissingVariable {
  readonly name: string;
  readonly place: Place;
}

/**
 * Replaces environment references in the values of a config, never in its keys or comments, after parsing: a variable
 * cannot change the structure. A value that a reference was in becomes a number or a boolean where the schema wants one.
 */
export function interpolate(
  source: ConfigSource,
  env: Readonly<Record<string, string | undefined>>,
): MissingVariable[] {
  const missing: MissingVariable[] = [];
  const before: unknown = source.document.toJS();
  source.eachScalar((scalar, path, place) => {
    const text = scalar.value;
    if (typeof text !== 'string' || !text.includes('${')) return;
    let replaced = false;
    const result = text.replace(REFERENCE, (match, name: string | undefined, fallback: string | undefined) => {
      if (name === undefined) return '${';
      replaced = true;
      const value = env[name];
      if (fallback !== undefined && (value === undefined || value === '')) return fallback;
      if (value === undefined) missing.push({ name, place });
      return value ?? match;
    });
    scalar.value = replaced ? typed(result, schemaAt(path, before)?.type) : result;
  });
  return missing;
}

function typed(text: string, type: string | readonly string[] | undefined): unknown {
  const free = type === undefined;
  if ((free || type === 'number' || type === 'integer') && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) {
    return Number(text);
  }
  if ((free || type === 'boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
