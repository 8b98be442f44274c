import type { Command } from 'commander';
import { ConfigError } from '../config/config-error.ts';
import { configError, loadConfig } from '../config/load-config.ts';
import { strategyProblems } from '../config/strategy-problems.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodeOf } from '../render-error.ts';

export function registerConfigCheck(parent: Command, context: CommandContext): void {
  parent
    .command('check')
    .description('check a config file and show everything that is wrong with it')
    .argument('[file]', 'config file (default: VALVULIN_CONFIG, else ./config.yaml)')
    .option('--json', 'print the problems as JSON')
    .addHelpText(
      'after',
      `
Examples:
  valvulin config check
  valvulin config check config.example.yaml
  valvulin config check --json | jq '.problems[].message'`,
    )
    .action((file: string | undefined, options: { json?: boolean }) => configCheck(file, options, context));
}

async function configCheck(
  file: string | undefined,
  options: { json?: boolean },
  context: CommandContext,
): Promise<void> {
  const { terminal, env, cwd } = context;
  try {
    const { config, file: found, baseDir } = loadConfig(file, env, cwd);
    const problems = await strategyProblems(config, baseDir);
    if (problems.length > 0) throw configError(found, cwd, problems);
    if (options.json) {
      terminal.out(JSON.stringify({ version: 1, ok: true, file: found, problems: [] }));
      return;
    }
    const enabled = config.strategies.filter((strategy) => strategy.enabled).length;
    terminal.out(
      `${terminal.outColors.green('ok')} ${found}: ${count(config.data_feeds.length, 'feed')}, ` +
        `${count(config.strategies.length, 'strategy', 'strategies')} (${enabled} enabled)`,
    );
  } catch (error) {
    if (!options.json || !(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({ file: name, place, message, allowed, didYouMean }) => ({
      file: name,
      line: place.line,
      column: place.column,
      message,
      ...(allowed === '' ? {} : { expected: allowed }),
      ...(didYouMean === null ? {} : { did_you_mean: didYouMean }),
    }));
    terminal.out(JSON.stringify({ version: 1, ok: false, code: error.code, problems }));
    context.exitCode = exitCodeOf(error);
  }
}

function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
