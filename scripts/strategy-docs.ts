// Writes the generated parts of docs/strategies.md: `node scripts/strategy-docs.ts`. A test holds them current.
//   <!-- strategies -->       the table of all built-in strategies
//   <!-- params: CLASS -->    the parameters of one of them, from its schema
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInStrategies, describeParams, type ParamDescription } from '../src/strategies/index.ts';

const BLOCK = /<!-- (strategies|params: (\w+)) -->\n[\s\S]*?<!-- end -->/g;

/** The page with its generated parts renewed. @throws Error where it names a strategy that does not exist */
export function strategiesPage(text: string): string {
  return text.replace(BLOCK, (_whole, kind: string, name: string | undefined) => {
    const table = name === undefined ? overview() : parameters(name);
    return `<!-- ${kind} -->\n${table}\n<!-- end -->`;
  });
}

function overview(): string {
  const rows = Object.entries(builtInStrategies).map(
    ([name, { summary }]) => `| [${name}](#${name.toLowerCase()}) | ${summary} |`,
  );
  return ['| strategy | what it does |', '|---|---|', ...rows].join('\n');
}

function parameters(name: string): string {
  const strategy = builtInStrategies[name];
  if (!strategy) throw new Error(`Expected a built-in strategy, got "${name}"`);
  return ['| parameter | type | bounds | default | meaning |', '|---|---|---|---|---|', ...rows(strategy)].join('\n');
}

function rows(strategy: Parameters<typeof describeParams>[0]): string[] {
  return describeParams(strategy).map(
    (param) =>
      `| \`${param.configName}\` | ${escaped(param.type)} | ${bounds(param)} | ${initial(param.default)} | ${escaped(param.description)} |`,
  );
}

function bounds({ minimum, maximum }: ParamDescription): string {
  if (minimum === null && maximum === null) return '';
  return `${minimum ?? ''} to ${maximum ?? ''}`.trim();
}

function initial(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) {
  const path = join(import.meta.dirname, '..', 'docs', 'strategies.md');
  writeFileSync(path, strategiesPage(readFileSync(path, 'utf8')));
}
