import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { checkConfig, type Config, type ConfigProblem } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import { ConfigError, type ShownProblem } from './config-error.ts';
import { interpolate } from './interpolate.ts';
import { ConfigSource, type Place } from './source.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path of the file. */
  readonly file: string;
  /** Folder that relative paths in the config start from: the file's own. */
  readonly baseDir: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const DEFAULT_FILES = ['config.yaml', 'config.yml', 'config.json'];

/**
 * Reads and checks a config: the given file, else `VALVULIN_CONFIG`, else `./config.yaml`.
 * @throws ValvulinError `VLV_CONFIG_FILE` where there is none; `ConfigError` (`VLV_CONFIG`, or `VLV_CONFIG_ENV` where
 * only environment variables are missing) with every problem and its place
 */
export function loadConfig(
  given: string | undefined,
  env: Env = process.env,
  cwd: string = process.cwd(),
): LoadedConfig {
  const file = findConfig(given, env, cwd);
  return { config: parseConfig(shownName(file, cwd), readConfig(file), env), file, baseDir: dirname(file) };
}

/** Checks the text of a config; `name` stands in messages. @throws ConfigError */
export function parseConfig(name: string, text: string, env: Env): Config {
  const source = new ConfigSource(name, text);
  const shown = (place: Place, message: string, allowed = '', didYouMean: string | null = null): ShownProblem => ({
    file: name,
    place,
    sourceLine: source.line(place.line),
    message,
    allowed,
    didYouMean,
  });
  const syntax = source.syntaxErrors();
  if (syntax.length > 0) {
    throw new ConfigError(
      'VLV_CONFIG',
      name,
      syntax.map((error) => shown(error.place, error.message)),
      'This is no valid YAML: check indentation, colons and quotes there.',
    );
  }
  const missing = interpolate(source, env).map(({ name: variable, place }) =>
    shown(place, `The environment variable "${variable}" is not set`),
  );
  const check = checkConfig(plainValue(source, name));
  if (check.ok && missing.length === 0) return check.config;
  const wrong = check.ok
    ? []
    : check.problems.map((problem) =>
        shown(source.placeOf(problem), problem.message, problem.allowed, problem.didYouMean),
      );
  const atMissing = new Set(missing.map(({ place }) => `${place.line}:${place.column}`));
  const others = wrong.filter(({ place }) => !atMissing.has(`${place.line}:${place.column}`));
  const problems = [...missing, ...others].sort(
    (a, b) => a.place.line - b.place.line || a.place.column - b.place.column,
  );
  if (others.length > 0) throw new ConfigError('VLV_CONFIG', name, problems);
  const hint = `Set it, or give a default in the file: \${${/"(.*)"/.exec(problems[0]?.message ?? '')?.[1]}:-value}.`;
  throw new ConfigError('VLV_CONFIG_ENV', name, problems, hint);
}

/** An error that shows problems found after parsing, at their places in the file. */
export function configError(file: string, cwd: string, problems: readonly ConfigProblem[]): ConfigError {
  const name = shownName(file, cwd);
  const source = new ConfigSource(name, readConfig(file));
  const shown = problems.map((problem): ShownProblem => {
    const place = source.placeOf(problem);
    const { message, allowed, didYouMean } = problem;
    return { file: name, place, sourceLine: source.line(place.line), message, allowed, didYouMean };
  });
  return new ConfigError('VLV_CONFIG', name, shown);
}

function plainValue(source: ConfigSource, name: string): unknown {
  try {
    return source.document.toJS({ maxAliasCount: 1_000 });
  } catch (cause) {
    throw new ValvulinError('VLV_CONFIG', `Expected aliases that resolve, got "${String(cause)}"`, {
      where: name,
      cause,
    });
  }
}

function findConfig(given: string | undefined, env: Env, cwd: string): string {
  const named = given ?? (env.VALVULIN_CONFIG || undefined);
  if (named !== undefined) {
    const file = resolve(cwd, named);
    if (existsSync(file)) return file;
    throw new ValvulinError('VLV_CONFIG_FILE', `No config file "${named}"`, {
      where: given === undefined ? 'VALVULIN_CONFIG' : '--config',
      hint: 'Check the path; it starts from the current folder.',
    });
  }
  const found = DEFAULT_FILES.map((name) => resolve(cwd, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new ValvulinError('VLV_CONFIG_FILE', 'No "config.yaml" in this folder', {
    where: cwd,
    hint: 'Copy config.example.yaml to config.yaml, name a file with --config FILE, or start with "valvulin init DIR".',
  });
}

function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new ValvulinError('VLV_CONFIG_FILE', `Could not read "${file}": ${(cause as Error).message}`, { cause });
  }
}

function shownName(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}
