import type { Command } from 'commander';
import { z } from 'zod';
import { toSnake } from '../../core/config/index.ts';
import type { StrategyClass } from '../../strategies/base.ts';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load-config.ts';
import { wrap } from '../terminal.ts';
import { textTable } from '../text-table.ts';

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}

interface Listed {
  readonly handler: string;
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly description: string;
}

export function registerStrategiesList(parent: Command, context: CommandContext): void {
  parent
    .command('list')
    .description('show the built-in strategies with their parameters, and those of a config')
    .option('-c, --config <file>', 'also show what this config runs')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  valvulin strategies list
  valvulin strategies list --config config.yaml
  valvulin strategies list --json | jq '.built_in[].handler'`,
    )
    .action((flags: Flags) => list(flags, context));
}

async function list(flags: Flags, { terminal, env, cwd }: CommandContext): Promise<void> {
  const builtIn = await listBuiltIn();
  const configured = flags.config === undefined ? [] : loadConfig(flags.config, env, cwd).config.strategies;
  if (flags.json) {
    const shown = configured.map(({ symbol, timeframe, name, handler, enabled, allocation, parameters }) => {
      return { symbol, timeframe, name, handler, enabled, allocation, parameters };
    });
    terminal.out(JSON.stringify({ version: 1, built_in: builtIn, configured: shown }));
    return;
  }
  const colors = terminal.outColors;
  for (const { handler, parameters } of builtIn) {
    terminal.out(colors.bold(handler));
    for (const parameter of parameters) terminal.out(wrap(parameterText(parameter), terminal.width, '  '));
  }
  if (configured.length === 0) return;
  const columns = [{ title: 'STRATEGY' }, { title: 'HANDLER' }, { title: 'ENABLED' }, { title: 'SHARE' }];
  const rows = configured.map((entry) => [
    `${entry.symbol}:${entry.timeframe}:${entry.name}`,
    entry.handler,
    entry.enabled ? 'yes' : 'no',
    String(entry.allocation),
  ]);
  terminal.out(`\n${textTable(columns, rows, terminal.width)}`);
}

async function listBuiltIn(): Promise<Listed[]> {
  const { builtInStrategies } = await import('../../strategies/index.ts');
  return Object.entries(builtInStrategies)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, type]) => ({ handler: `strategies:${name}`, parameters: parametersOf(type) }));
}

function parametersOf(type: StrategyClass): Parameter[] {
  const schema = z.toJSONSchema(type.params, { io: 'input', unrepresentable: 'any' });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const known = typeof property === 'boolean' ? {} : property;
    return {
      name: toSnake(name),
      type: known.enum ? known.enum.join(' | ') : String(known.type ?? 'any'),
      default: known.default ?? null,
      minimum: bound(known.minimum ?? known.exclusiveMinimum),
      maximum: bound(known.maximum ?? known.exclusiveMaximum),
      description: known.description ?? '',
    };
  });
}

/** Whole numbers carry the limits of exact doubles as bounds, which say nothing. */
function bound(value: number | boolean | undefined): number | null {
  return typeof value !== 'number' || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;
}

function parameterText({ name, type, default: initial, minimum, maximum, description }: Parameter): string {
  const range = [minimum === null ? '' : `from ${minimum}`, maximum === null ? '' : `to ${maximum}`].filter(Boolean);
  const facts = [type, ...range].join(' ');
  return `${name} = ${JSON.stringify(initial)} (${facts})${description === '' ? '' : ` ${description}`}`;
}
