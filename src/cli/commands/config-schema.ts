import type { Command } from 'commander';
import { configJsonSchema } from '../../core/config/index.ts';
import type { CommandContext } from '../command-context.ts';

export function registerConfigSchema(parent: Command, context: CommandContext): void {
  parent
    .command('schema')
    .description('print the JSON Schema of the config, for completion in editors')
    .addHelpText(
      'after',
      `
Editors with a YAML language server use it through the first line of a config:
  # yaml-language-server: $schema=./config.schema.json

Examples:
  valvulin config schema > config.schema.json`,
    )
    .action(() => context.terminal.out(configSchemaText().trimEnd()));
}

/** The content of `config.schema.json`. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
