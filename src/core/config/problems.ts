import type { z } from 'zod';
import { allowedWords, schemaAt } from './json-schema.ts';
import { nearest } from './nearest.ts';
import { type Config, configSchema } from './schema.ts';

/** One thing that is wrong with a config, with the place it belongs to. */
export interface ConfigProblem {
  /** Keys and list positions from the root to the value. */
  readonly path: readonly (string | number)[];
  /** `key`: the key itself is wrong; `value`: what stands there; `missing`: a key of this place is not there. */
  readonly at: 'key' | 'value' | 'missing';
  readonly message: string;
  /** What may stand there; empty where that says nothing new. */
  readonly allowed: string;
  readonly didYouMean: string | null;
}

export type ConfigCheck =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Checks a parsed config file and fills in the defaults; finds every problem, not only the first. */
export function checkConfig(value: unknown): ConfigCheck {
  const result = configSchema.safeParse(value);
  if (result.success) return { ok: true, config: result.data };
  return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, value)) };
}

/** `strategies[1].allocation`, as messages name a place. */
export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, value: unknown): ConfigProblem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, value));
  if (issue.code === 'invalid_key') {
    return [{ path, at: 'key', message: issue.issues[0]?.message ?? issue.message, allowed: '', didYouMean: null }];
  }
  const given = valueAt(value, path);
  const schema = schemaAt(path, value);
  const allowed = schema ? allowedWords(schema) : '';
  if (given === undefined) return [missing(path, schema?.description, allowed)];
  const own = issue.code === 'custom' || issue.code === 'invalid_format';
  return [
    {
      path,
      at: 'value',
      message: own ? withValue(issue.message, given) : `Expected ${allowed || 'another value'}, got ${quoted(given)}`,
      allowed: '',
      didYouMean: suggestion(schema?.enum ?? [], given),
    },
  ];
}

function unknownKey(path: readonly (string | number)[], key: string, value: unknown): ConfigProblem {
  const known = Object.keys(schemaAt(path, value)?.properties ?? {});
  return {
    path: [...path, key],
    at: 'key',
    message: `Unknown key "${key}"${path.length > 0 ? ` in ${pathText(path)}` : ''}`,
    allowed: known.length > 0 ? `one of ${known.join(', ')}` : '',
    didYouMean: nearest(key, known) ?? null,
  };
}

function missing(path: readonly (string | number)[], description: string | undefined, allowed: string): ConfigProblem {
  const parent = path.slice(0, -1);
  const place = parent.length > 0 ? ` in ${pathText(parent)}` : '';
  return {
    path,
    at: 'missing',
    message: `The key "${path.at(-1)}" is missing${place}${description ? `: ${description}` : ''}`,
    allowed: allowed === 'text' ? '' : allowed,
    didYouMean: null,
  };
}

function suggestion(options: readonly unknown[], given: unknown): string | null {
  return typeof given === 'string' ? (nearest(given, options.map(String)) ?? null) : null;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (here, step) =>
      here !== null && typeof here === 'object' ? (here as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

/** Adds the value to a message that says what was expected, where the value is short enough to help. */
function withValue(message: string, given: unknown): string {
  const short = given === null || typeof given !== 'object';
  return short && message.startsWith('Expected') ? `${message}, got ${quoted(given)}` : message;
}

function quoted(given: unknown): string {
  if (given === null) return 'nothing (null)';
  if (Array.isArray(given)) return 'a list';
  if (typeof given === 'object') return 'a map';
  return typeof given === 'string' ? `"${given}"` : String(given as number | boolean);
}
