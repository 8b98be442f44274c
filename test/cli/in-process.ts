import type { Command } from 'commander';
import pc from 'picocolors';
import type { CommandContext } from '../../src/cli/command-context.ts';
import { buildProgram } from '../../src/cli/index.ts';
import { exitCodeOf, renderError } from '../../src/cli/render-error.ts';
import type { CliOptions, CliResult } from './process.ts';

/** Runs a command line in this process, for what needs no process of its own. */
export async function inProcess(
  args: readonly string[],
  options: CliOptions = {},
  build: (context: CommandContext) => Command = buildProgram,
): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const colors = pc.createColors(false);
  const context: CommandContext = {
    terminal: {
      out: (text) => {
        stdout += `${text}\n`;
      },
      note: (text) => {
        stderr += `${text}\n`;
      },
      width: 100,
      interactive: false,
      outColors: colors,
      noteColors: colors,
    },
    interruptible: () => new AbortController().signal,
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    exitCode: 0,
  };
  try {
    await build(context).parseAsync([...args], { from: 'user' });
    return { code: context.exitCode, stdout, stderr };
  } catch (error) {
    renderError(error, context.terminal, false);
    return { code: exitCodeOf(error), stdout, stderr };
  }
}
