import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load-config.ts';

export function registerConfigShow(parent: Command, context: CommandContext): void {
  parent
    .command('show')
    .description('print the config with every default filled in')
    .argument('[file]', 'config file (default: VALVULIN_CONFIG, else ./config.yaml)')
    .option('--json', 'print JSON instead of YAML')
    .addHelpText(
      'after',
      `
Values of environment variables are filled in: mind who reads along.

Examples:
  valvulin config show
  valvulin config show --json | jq .execution`,
    )
    .action((file: string | undefined, options: { json?: boolean }) => {
      const { config } = loadConfig(file, context.env, context.cwd);
      context.terminal.out(options.json ? JSON.stringify(config, null, 2) : stringify(config).trimEnd());
    });
}
