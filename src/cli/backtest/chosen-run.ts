import type { Command } from 'commander';
import { type Config, strategyKey } from '../../core/config/index.ts';
import type { SelectionOptions } from '../../runs/index.ts';
import type { CommandContext } from '../command-context.ts';
import { configError } from '../config/load-config.ts';
import { loadConfigOrHistory } from '../config/stored-config.ts';
import { strategyProblems } from '../config/strategy-problems.ts';
import { periodOf, type RunFlags, selectionOf, withParams } from './overrides.ts';

export interface RunCommandFlags extends RunFlags {
  readonly config?: string;
}

/** What a command line asks to run. */
export interface ChosenRun {
  /** With `--param` applied, and only the strategies that run. */
  readonly config: Config;
  readonly file: string;
  readonly baseDir: string;
  readonly period: { readonly from?: number; readonly to?: number };
}

/** The options that say what is run; shared by the commands that run strategies over history. */
export function addRunOptions(command: Command): Command {
  const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];
  return command
    .option(
      '-c, --config <file>',
      'config file (default: VALVULIN_CONFIG, else ./config.yaml, else what data/history holds)',
    )
    .option('--enable-strategy <key>', 'run SYMBOL:TIMEFRAME:NAME although it is disabled; repeatable', collect)
    .option('--disable-strategy <key>', 'leave SYMBOL:TIMEFRAME:NAME out; repeatable', collect)
    .option('--symbol <symbol>', 'only strategies of this symbol; repeatable', collect)
    .option('--param <name=value>', 'set a parameter of all strategies that have it; repeatable', collect)
    .option('--from <date>', 'first day, UTC')
    .option('--to <date>', 'end, exclusive, UTC');
}

/** Loads the config and applies the flags. @throws ValvulinError with a code of usage or config */
export async function chooseRun(flags: RunCommandFlags, { env, cwd, terminal }: CommandContext): Promise<ChosenRun> {
  const { config, file, baseDir } = loadConfigOrHistory(flags.config, env, cwd, terminal);
  const period = periodOf(flags);
  const selection: SelectionOptions = selectionOf(flags, config);
  const { loadStrategy, selectStrategies } = await import('../../runs/index.ts');
  const selected = selectStrategies(config, selection);
  const running = new Set(selected.strategies.map(strategyKey));
  const problems = await strategyProblems(config, baseDir, (entry) => running.has(strategyKey(entry)));
  if (problems.length > 0) throw configError(file, cwd, problems);
  const strategies = await withParams(selected.strategies, flags, (handler) => loadStrategy(handler, baseDir));
  return { config: { ...selected, strategies }, file, baseDir, period };
}
